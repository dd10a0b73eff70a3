// The advertiser's home: the balance, what waits with its deadline, and running tasks.
import { api, ok } from "../../api/api-client";
import { useData, usePages } from "../../api/request-hooks";
import { useMe, type Me } from "../../api/signed-in-user";
import { Deadline, Money, Time } from "../../components/values/money-and-time";
import { Empty, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { List } from "../../components/table";
import { t } from "../../i18n";
import { link } from "../../frame/address-and-filters";
import { WaitingOrders } from "../orders/waiting-orders";
import { EnterpriseRegistration } from "./enterprise-registration";
import { WalletAmounts } from "../wallet/wallet-amounts";

export function AdvertiserHome() {
  const me = useMe();
  const registered = me.data?.advertiser;
  if (!me.data) return <Skeleton rows={6} />;
  if (!registered || registered.certification.status !== "approved") return <EnterpriseRegistration />;
  return (
    <Screen
      title={t("home.hello", { name: registered.name })}
      actions={
        <a role="button" href="#/tasks/new">
          {t("task.new")}
        </a>
      }
    >
      <Balance />
      <Section title={t("home.waits")}>
        <Waiting counts={me.data.counts.advertiser} />
        <WaitingOrders side="advertiser" expected={me.data.counts.advertiser?.orders} />
      </Section>
      <Section title={t("home.running")} actions={<a href="#/tasks">{t("all")}</a>}>
        <RunningTasks />
      </Section>
    </Screen>
  );
}

function Balance() {
  const wallet = useData("wallet:advertiser", () => ok(api.GET("/v1/wallet", { params: { query: { as: "advertiser" } } })), 30);
  if (wallet.problem) return <ProblemNotice problem={wallet.problem} retry={() => void wallet.reload()} />;
  return (
    <Section title={t("nav.wallet")} actions={<a href="#/wallet">{t("wallet.open")}</a>}>
      <WalletAmounts of={wallet.data} side="advertiser" />
    </Section>
  );
}

function Waiting({ counts }: { counts: NonNullable<Me["counts"]["advertiser"]> | undefined }) {
  if (!counts) return null;
  const { disputes } = counts.queues;
  if (counts.tasks + counts.applications + disputes.waiting === 0) return null;
  return (
    <ul class="waiting">
      {counts.tasks > 0 && (
        <li>
          <a href={link("/tasks")}>
            {t("home.tasks_wait", { count: counts.tasks })} <span>→</span>
          </a>
        </li>
      )}
      {disputes.waiting > 0 && (
        <li>
          <a href={link("/disputes", { status: "open" })}>
            <span>
              {t("home.disputes_wait", { count: disputes.waiting })} <small><Deadline at={disputes.due_at} /></small>
            </span>
            <span>→</span>
          </a>
        </li>
      )}
      {counts.applications > 0 && (
        <li>
          <a href={link("/tasks", { status: "running" })}>
            {t("home.applications_wait", { count: counts.applications })} <span>→</span>
          </a>
        </li>
      )}
    </ul>
  );
}

function RunningTasks() {
  const tasks = usePages("tasks:home", (cursor) => ok(api.GET("/v1/tasks", { params: { query: { limit: 5, cursor } } })), 30);
  if (tasks.data && !tasks.data.length)
    return (
      <Empty text={t("tasks.empty")}>
        <a role="button" class="secondary" href="#/accounts">
          {t("accounts.find")}
        </a>
      </Empty>
    );
  return (
    <List
      label={t("nav.tasks")}
      pages={{ ...tasks, more: undefined }}
      empty={t("tasks.empty")}
      id={(task) => task.id}
      href={(task) => `#/tasks/${task.id}`}
      columns={[
        { name: t("task.title"), cell: (task) => task.title },
        { name: t("status"), cell: (task) => <Pill kind="task_status" state={task.status} /> },
        { name: t("task.orders"), cell: (task) => t("n_orders", { count: Object.values(task.order_counts).reduce((a, b) => a + b, 0) }) },
        { name: t("total"), number: true, cell: (task) => <Money of={task.total} /> },
        { name: t("task.ends"), cell: (task) => <Time at={task.final_at} />, minor: true },
      ]}
    />
  );
}
