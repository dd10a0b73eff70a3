// The prices of an account over time, beside the advised band.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { Money, Time } from "../../components/values/money-and-time";
import { ProblemNotice } from "../../components/problem-notice";
import { Section, Skeleton } from "../../components/screen-layout";
import { Line, PriceBar } from "../../components/values/charts";
import { Table } from "../../components/table";
import { money } from "../../format";
import { named, t } from "../../i18n";

type Kind = "post" | "repost";

export function PriceHistory({ id }: { id: string }) {
  const prices = useData(`prices:${id}`, () => ok(api.GET("/v1/accounts/{account_id}/prices", { params: { path: { account_id: id }, query: { limit: 100 } } })));
  const account = useData(`account:${id}`, () => ok(api.GET("/v1/accounts/{account_id}", { params: { path: { account_id: id } } })));
  const [kind, setKind] = useState<Kind>("post");
  if (prices.problem) return <ProblemNotice problem={prices.problem} retry={() => void prices.reload()} />;
  if (!prices.data) return <Skeleton rows={4} />;
  const changes = [...prices.data.data].reverse();
  const points = changes.flatMap((change) => (change.prices?.[kind] ? [{ at: change.at, value: change.prices[kind]!.amount }] : []));
  const band = changes.flatMap((change) => (change.advised_price?.[kind] ? [{ at: change.at, low: change.advised_price[kind]!.low.amount, high: change.advised_price[kind]!.high.amount }] : []));
  const advised = account.data?.advised_price?.[kind];
  return (
    <Section
      title={t("account.tab.prices")}
      actions={(["post", "repost"] as const).map((one) => (
        <button type="button" class="chip" aria-pressed={one === kind} onClick={() => setKind(one)}>
          {named("order_kind", one)}
        </button>
      ))}
    >
      {advised && (
        <p>
          {t("price.why", { low: money(advised.low), high: money(advised.high), mid: money(advised.mid) })} <PriceBar band={advised} own={account.data?.effective_prices[kind]} />
        </p>
      )}
      <Line label={t("price.history")} points={points} band={band} format={(amount) => money({ amount: Math.round(amount), currency: advised?.mid.currency ?? "CNY" })} />
      <Table
        label={t("price.history")}
        rows={prices.data.data}
        id={(change) => change.at + change.what}
        columns={[
          { name: t("at"), cell: (change) => <Time at={change.at} absolute /> },
          { name: t("price.kind"), cell: (change) => t(`price.${change.what}`) },
          { name: t("price"), number: true, cell: (change) => <Money of={change.what === "own" ? change.prices?.[kind] : change.advised_price?.[kind]?.mid} /> },
        ]}
      />
    </Section>
  );
}
