// Orders that wait for the user, the nearest deadline first.
import { api, ok, type Schemas } from "../../api/api-client";
import { usePages } from "../../api/request-hooks";
import { Deadline, Money } from "../../components/values/money-and-time";
import { Empty } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { List } from "../../components/table";
import { named, t } from "../../i18n";

type Order = Schemas["Order"];

/** Return the next timer that changes the order, and what it does. */
export function nextTimer(order: Order): Order["timers"][number] | undefined {
  return order.timers.find((timer) => timer.at === order.deadline) ?? order.timers[0];
}

/** `expected`: how many there are, as far as that is known before the list is. */
export function WaitingOrders({ side, expected }: { side: "advertiser" | "creator"; expected?: number }) {
  const orders = usePages(
    `orders:waiting:${side}`,
    (cursor) => ok(api.GET("/v1/orders", { params: { query: { as: side, waiting: "me", sort: "deadline", limit: 10, cursor } } })),
    20,
  );
  if (orders.data ? !orders.data.length : expected === 0) return <Empty text={t("home.nothing_waits")} />;
  return (
    <List
      label={t("home.waits")}
      pages={orders}
      expected={expected}
      empty={t("home.nothing_waits")}
      id={(order) => order.id}
      href={(order) => `#/orders/${order.id}`}
      columns={[
        { name: t("task.title"), cell: (order) => order.title },
        { name: t("account"), cell: (order) => order.handle },
        { name: t("waits_for"), cell: (order) => <WaitsFor order={order} /> },
        { name: side === "creator" ? t("net") : t("price"), number: true, cell: (order) => <Money of={side === "creator" ? order.net : (order.counter?.status === "open" ? order.counter.price : order.price)} /> },
        { name: t("deadline"), cell: (order) => { const timer = nextTimer(order); return <Deadline at={order.deadline} outcome={timer && named("order_status", timer.default_outcome)} />; } },
      ]}
    />
  );
}

function WaitsFor({ order }: { order: Order }) {
  if (order.counter?.status === "open") return <span>{t("waits.counter")}</span>;
  if (order.draft?.status === "submitted") return <span>{t("waits.draft")}</span>;
  if (order.status === "offered") return <span>{t("waits.offer")}</span>;
  if (order.status === "accepted") return <span>{order.draft_approval && order.draft?.status !== "approved" ? t("waits.own_draft") : t("waits.publish")}</span>;
  return <Pill kind="order_status" state={order.status} />;
}
