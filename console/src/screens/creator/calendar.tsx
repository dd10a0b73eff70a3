// The posts that the creator has promised, by day: the frequency cap counts them.
import { api, ok, type Schemas } from "../../api/client";
import { usePages } from "../../api/data";
import { Empty, Money, Pill, ProblemNotice, Screen, Section, Skeleton, Time } from "../../components/basics";
import { Table } from "../../components/table";
import { language, t } from "../../i18n";

type Order = Schemas["Order"];

export function Calendar() {
  const accepted = usePages("calendar:accepted", (cursor) => ok(api.GET("/v1/orders", { params: { query: { as: "creator", status: "accepted", limit: 100, cursor } } })));
  const published = usePages("calendar:published", (cursor) => ok(api.GET("/v1/orders", { params: { query: { as: "creator", status: "published", limit: 100, cursor } } })));
  const problem = accepted.problem ?? published.problem;
  if (problem) return <ProblemNotice problem={problem} retry={() => void accepted.reload()} />;
  if (!accepted.data || !published.data) return <Skeleton rows={6} />;
  const days = new Map<string, Order[]>();
  for (const order of [...accepted.data, ...published.data].sort((a, b) => a.window.start_at.localeCompare(b.window.start_at))) {
    const day = new Intl.DateTimeFormat(language.value, { dateStyle: "full" }).format(new Date(order.window.start_at));
    days.set(day, [...(days.get(day) ?? []), order]);
  }
  return (
    <Screen title={t("nav.calendar")}>
      <p class="soft">{t("calendar.hint")}</p>
      {days.size === 0 && <Empty text={t("calendar.empty")} />}
      {[...days].map(([day, orders]) => (
        <Section title={day}>
          <Table
            label={day}
            rows={orders}
            id={(order) => order.id}
            href={(order) => `#/orders/${order.id}`}
            columns={[
              { name: t("task.title"), cell: (order) => order.title },
              { name: t("account"), cell: (order) => order.handle },
              { name: t("calendar.window"), cell: (order) => <><Time at={order.window.start_at} absolute /> – <Time at={order.window.end_at} absolute /></> },
              { name: t("status"), cell: (order) => <Pill kind="order_status" state={order.status} /> },
              { name: t("net"), number: true, cell: (order) => <Money of={order.net} /> },
            ]}
          />
        </Section>
      ))}
    </Screen>
  );
}
