// The tasks of an advertiser, or of all advertisers for staff.
import { api, ok, type Schemas } from "../../../api/api-client";
import { usePages } from "../../../api/request-hooks";
import { roleOf, useMe } from "../../../api/signed-in-user";
import { Money, Time } from "../../../components/values/money-and-time";
import { Pill } from "../../../components/values/status-pill";
import { Screen } from "../../../components/screen-layout";
import { List } from "../../../components/table";
import { named, t } from "../../../i18n";
import { useFilters } from "../../../frame/address-and-filters";
import { StatusFilter } from "../../../components/status-filter";
import { OrderCounts } from "./order-counts";

type Status = Schemas["Task"]["status"];
const STATUSES: Status[] = ["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"];

export function TaskList() {
  const [filters, change] = useFilters();
  const status = filters.status as Status | undefined;
  const me = useMe();
  const mayCreate = me.data && roleOf(me.data) === "advertiser";
  const tasks = usePages(`tasks:${status ?? ""}`, (cursor) => ok(api.GET("/v1/tasks", { params: { query: { status, cursor } } })), 30);
  return (
    <Screen title={t("nav.tasks")} actions={mayCreate && <a role="button" href="#/tasks/new">{t("task.new")}</a>}>
      <StatusFilter statuses={STATUSES} kind="task_status" value={status} change={change} />
      <List
        label={t("nav.tasks")}
        pages={tasks}
        empty={status ? t("nothing_here") : t("tasks.empty")}
        id={(task) => task.id}
        href={(task) => `#/tasks/${task.id}`}
        columns={[
          { name: t("task.title"), cell: (task) => task.title },
          { name: t("status"), cell: (task) => <Pill kind="task_status" state={task.status} /> },
          { name: t("kind"), cell: (task) => (task.call ? t("call") : named("order_kind", task.kind)), minor: true },
          { name: t("task.orders"), cell: (task) => <OrderCounts counts={task.order_counts} /> },
          { name: t("total"), number: true, cell: (task) => <Money of={task.total} /> },
          { name: t("created"), cell: (task) => <Time at={task.created_at} />, minor: true },
        ]}
      >
        <a role="button" class="secondary" href="#/accounts">{t("accounts.find")}</a>
      </List>
    </Screen>
  );
}
