// Disputes: one's own, or those that wait for an auditor.
import { api, ok } from "../../api/api-client";
import { usePages } from "../../api/request-hooks";
import { roleOf, useMe } from "../../api/signed-in-user";
import { Deadline } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { Screen, Skeleton } from "../../components/screen-layout";
import { List } from "../../components/table";
import { named, t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";
import { StatusFilter } from "../../components/status-filter";

const STATUSES = ["open", "paid", "refunded", "split", "unruled"] as const;

export function DisputeList() {
  const me = useMe();
  const [filters, change] = useFilters();
  const role = me.data && roleOf(me.data);
  const side = role === "advertiser" || role === "creator" ? role : undefined;
  const status = filters.status as (typeof STATUSES)[number] | undefined;
  const disputes = usePages(me.data ? `disputes:${side ?? ""}:${status ?? ""}` : null, (cursor) => ok(api.GET("/v1/disputes", { params: { query: { as: side, status, cursor } } })), 30);
  if (!me.data) return <Skeleton />;
  return (
    <Screen title={t("nav.disputes")}>
      <StatusFilter statuses={[...STATUSES]} kind="dispute_status" value={status} change={change} />
      <List
        label={t("nav.disputes")}
        pages={disputes}
        empty={t("disputes.empty")}
        id={(dispute) => dispute.id}
        href={(dispute) => `#/disputes/${dispute.id}`}
        columns={[
          { name: t("reason"), cell: (dispute) => named("dispute_reason", dispute.reason.code) },
          { name: t("status"), cell: (dispute) => <Pill kind="dispute_status" state={dispute.status} /> },
          { name: t("dispute.by"), cell: (dispute) => named("party", dispute.opened_by) },
          { name: t("deadline"), cell: (dispute) => (dispute.status === "open" ? <Deadline at={dispute.due_at} /> : "—") },
        ]}
      />
    </Screen>
  );
}
