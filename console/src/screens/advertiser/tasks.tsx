// The tasks of an advertiser, or of all advertisers for staff.
import { api, ok, type Schemas } from "../../api/client";
import { usePages } from "../../api/data";
import { roleOf, useMe } from "../../api/me";
import { Money, Pill, Screen, Time } from "../../components/basics";
import { List } from "../../components/table";
import { named, t } from "../../i18n";
import { useFilters } from "../../router";

type Status = Schemas["Task"]["status"];
const STATUSES: Status[] = ["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"];

export function StatusChips({ statuses, kind, value, change }: { statuses: string[]; kind: string; value: string | undefined; change: (changed: { status: string | undefined }) => void }) {
  return (
    <div class="filters">
      <div class="chips" role="group" aria-label={t("status")}>
        {statuses.map((status) => (
          <button type="button" class="chip" aria-pressed={status === value} onClick={() => change({ status: status === value ? undefined : status })}>
            {named(kind, status)}
          </button>
        ))}
      </div>
    </div>
  );
}

export function Tasks() {
  const [filters, change] = useFilters();
  const status = filters.status as Status | undefined;
  const me = useMe();
  const mayCreate = me.data && roleOf(me.data) === "advertiser";
  const tasks = usePages(`tasks:${status ?? ""}`, (cursor) => ok(api.GET("/v1/tasks", { params: { query: { status, cursor } } })), 30);
  return (
    <Screen title={t("nav.tasks")} actions={mayCreate && <a role="button" href="#/tasks/new">{t("task.new")}</a>}>
      <StatusChips statuses={STATUSES} kind="task_status" value={status} change={change} />
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

/** How many orders have each state, in words. */
export function OrderCounts({ counts }: { counts: Record<string, number> }) {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return <span>{some.length ? some.map(([status, count]) => `${count} ${named("order_status", status)}`).join(", ") : "—"}</span>;
}
