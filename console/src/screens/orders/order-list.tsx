// The orders of an advertiser across tasks, or of a creator; staff see the stuck ones elsewhere.
import { api, ok, type Schemas } from "../../api/api-client";
import { usePages } from "../../api/request-hooks";
import { roleOf, useMe } from "../../api/signed-in-user";
import { Deadline, Money } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { Screen, Skeleton } from "../../components/screen-layout";
import { Check } from "../../components/form";
import { List } from "../../components/table";
import { named, t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";
import { StatusFilter } from "../../components/status-filter";
import { nextTimer } from "./waiting-orders";

type Status = Schemas["Order"]["status"];
const STATUSES: Status[] = ["offered", "accepted", "published", "completed", "declined", "lapsed", "failed", "disputed"];

export function OrderList() {
  const me = useMe();
  if (!me.data) return <Skeleton rows={6} />;
  return <OrderListOf side={roleOf(me.data) === "creator" ? "creator" : "advertiser"} title={t("nav.orders")} />;
}

export function OrderListOf({ side, title, statuses = STATUSES }: { side: "advertiser" | "creator"; title: string; statuses?: Status[] }) {
  const [filters, change] = useFilters();
  const status = filters.status as Status | undefined;
  const waiting = filters.waiting === "me";
  const query = { as: side, status, ...(waiting ? { waiting: "me" as const, sort: "deadline" as const } : {}) };
  const orders = usePages(`orders:${JSON.stringify(query)}`, (cursor) => ok(api.GET("/v1/orders", { params: { query: { ...query, cursor } } })), 20);
  return (
    <Screen title={title}>
      {!waiting && <StatusFilter statuses={statuses} kind="order_status" value={status} change={change} />}
      <Check label={t("orders.waiting")} checked={waiting} onChange={(on) => change({ waiting: on ? "me" : undefined, status: undefined })} />
      <List
        label={title}
        pages={orders}
        empty={status || waiting ? t("nothing_here") : t(`orders.empty.${side}`)}
        id={(order) => order.id}
        href={(order) => `#/orders/${order.id}`}
        columns={[
          { name: t("task.title"), cell: (order) => order.title },
          { name: t("account"), cell: (order) => order.handle },
          { name: t("status"), cell: (order) => <Pill kind="order_status" state={order.counter?.status === "open" ? "countered" : order.status} /> },
          { name: side === "creator" ? t("net") : t("price"), number: true, cell: (order) => <Money of={side === "creator" ? order.net : order.price} /> },
          { name: t("deadline"), cell: (order) => { const timer = nextTimer(order); return timer ? <Deadline at={timer.at} outcome={named("order_status", timer.default_outcome)} /> : order.reason ? named("end_reason", order.reason.code) : "—"; } },
        ]}
      />
    </Screen>
  );
}
