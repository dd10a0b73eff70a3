// What an auditor reads about an enterprise or an account before deciding: its past tasks or orders, disputes, and decisions.
import { api, ok, type Schemas } from "../../api/client";
import { useData } from "../../api/data";
import { Pill, ProblemNotice, Section, Skeleton, Time } from "../../components/basics";
import { Table } from "../../components/table";
import { number } from "../../format";
import { named, t } from "../../i18n";

export function AdvertiserHistory({ id }: { id: string }) {
  const history = useData(`history:${id}`, () => ok(api.GET("/v1/advertisers/{advertiser_id}/history", { params: { path: { advertiser_id: id } } })));
  if (history.problem) return <ProblemNotice problem={history.problem} retry={() => void history.reload()} />;
  if (!history.data) return <Skeleton rows={4} />;
  const { advertiser, tasks, disputes, decisions } = history.data;
  const rejections = tasks.newest.flatMap((task) => task.rejections.map((one) => ({ ...one, title: task.title })));
  return (
    <>
      <Section title={<a href={`#/enterprises/${id}`}>{advertiser.name}</a>}>
        <p>
          <Pill kind="certification_status" state={advertiser.certification.status} /> <small>{advertiser.licence_no}</small>
        </p>
        <Counts of={tasks.counts} kind="task_status" more={tasks.more} />
        {tasks.newest.length > 0 && (
          <Table
            label={t("nav.tasks")}
            rows={tasks.newest}
            id={(task) => task.id}
            href={(task) => `#/tasks/${task.id}`}
            columns={[
              { name: t("task.title"), cell: (task) => task.title },
              { name: t("status"), cell: (task) => <Pill kind="task_status" state={task.status} /> },
            ]}
          />
        )}
      </Section>
      {rejections.length > 0 && (
        <Section title={t("history.rejections")}>
          <ul class="findings">
            {rejections.map((one) => (
              <li>
                {one.title}: {one.reason_codes.map((code) => named("review_reason", code)).join(", ")} <small><Time at={one.at} /></small>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Disputes of={disputes} />
      <Decisions of={decisions} />
    </>
  );
}

export function AccountHistory({ id }: { id: string }) {
  const history = useData(`history:${id}`, () => ok(api.GET("/v1/accounts/{account_id}/history", { params: { path: { account_id: id } } })));
  if (history.problem) return <ProblemNotice problem={history.problem} retry={() => void history.reload()} />;
  if (!history.data) return <Skeleton rows={4} />;
  const { account, orders, disputes, decisions } = history.data;
  return (
    <>
      <Section title={<a href={`#/accounts/${id}`}>{account.handle}</a>}>
        <Counts of={orders.counts} kind="order_status" more={orders.more} />
        {orders.newest.length > 0 && (
          <Table
            label={t("nav.orders")}
            rows={orders.newest}
            id={(order) => order.id}
            href={(order) => `#/orders/${order.id}`}
            columns={[
              { name: t("task.title"), cell: (order) => order.title },
              { name: t("status"), cell: (order) => <Pill kind="order_status" state={order.status} /> },
              { name: t("reason"), cell: (order) => (order.reason_code ? named("end_reason", order.reason_code) : "—"), minor: true },
            ]}
          />
        )}
      </Section>
      <Disputes of={disputes} />
      <Decisions of={decisions} />
    </>
  );
}

function Counts({ of, kind, more }: { of: Record<string, unknown>; kind: string; more: boolean }) {
  const some = Object.entries(of).filter((one): one is [string, number] => typeof one[1] === "number" && one[1] > 0);
  if (!some.length) return <p class="soft">{t("history.nothing")}</p>;
  return (
    <p class="soft">
      {some.map(([status, count]) => `${named(kind, status)} ${number(count)}`).join(" · ")}
      {more && " +"}
    </p>
  );
}

function Disputes({ of }: { of: Schemas["PastDispute"][] }) {
  if (!of.length) return null;
  return (
    <Section title={t("nav.disputes")}>
      <Table
        label={t("nav.disputes")}
        rows={of}
        id={(dispute) => dispute.id}
        href={(dispute) => `#/disputes/${dispute.id}`}
        columns={[
          { name: t("reason"), cell: (dispute) => named("dispute_reason", dispute.reason_code) },
          { name: t("status"), cell: (dispute) => <Pill kind="dispute_status" state={dispute.status} /> },
        ]}
      />
    </Section>
  );
}

function Decisions({ of }: { of: Schemas["Decision"][] }) {
  if (!of.length) return null;
  return (
    <Section title={t("nav.decisions")}>
      <ol class="timeline">
        {of.map((one) => (
          <li class="done">
            {named("outcome", one.outcome)} {one.reason_code && <span class="soft">· {reasonText(one.reason_code)}</span>}
            <small>
              <Time at={one.decided_at} absolute /> {one.note && `· ${one.note}`}
            </small>
          </li>
        ))}
      </ol>
    </Section>
  );
}

const REASON_GROUPS = ["review_reason", "certification_reason", "admission_reason", "revocation_reason", "stop_reason", "dispute_reason"];

/** Return the text of a reason of whatever group names it. */
export function reasonText(code: string): string {
  const raw = code.replaceAll("_", " ");
  return REASON_GROUPS.map((group) => named(group, code)).find((text) => text !== raw) ?? raw;
}
