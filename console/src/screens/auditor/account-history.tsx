// The past of an account, for auditors: orders, disputes, decisions.
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Section, Skeleton } from "../../components/screen-layout";
import { Table } from "../../components/table";
import { named, t } from "../../i18n";
import { PastCounts, PastDisputes, PastDecisions } from "./past-decisions";

export function AccountHistory({ id }: { id: string }) {
  const history = useData(`history:${id}`, () => ok(api.GET("/v1/accounts/{account_id}/history", { params: { path: { account_id: id } } })));
  if (history.problem) return <ProblemNotice problem={history.problem} retry={() => void history.reload()} />;
  if (!history.data) return <Skeleton rows={4} />;
  const { account, orders, disputes, decisions } = history.data;
  return (
    <>
      <Section title={<a href={`#/accounts/${id}`}>{account.handle}</a>}>
        <PastCounts of={orders.counts} kind="order_status" more={orders.more} />
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
      <PastDisputes of={disputes} />
      <PastDecisions of={decisions} />
    </>
  );
}
