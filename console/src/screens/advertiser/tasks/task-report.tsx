// What a task has cost and brought: totals, each order with its course and what is unusual; CSV, a link for others, outcomes.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { download } from "../../../api/file-download";
import { useAct, useData } from "../../../api/request-hooks";
import { Copy } from "../../../components/values/copy-button";
import { Count, Money, Time } from "../../../components/values/money-and-time";
import { Empty, Facts, Screen, Section, Skeleton } from "../../../components/screen-layout";
import { Pill } from "../../../components/values/status-pill";
import { ProblemNotice } from "../../../components/problem-notice";
import { Line } from "../../../components/values/charts";
import { Table } from "../../../components/table";
import { say } from "../../../components/toast";
import { compact, percent } from "../../../format";
import { t } from "../../../i18n";

export function TaskReport({ params }: { params: { id: string } }) {
  const path = { task_id: params.id };
  const report = useData(`report:${params.id}`, () => ok(api.GET("/v1/tasks/{task_id}/report", { params: { path } })), 60);
  const [link, setLink] = useState<Schemas["ReportLink"]>();
  const share = useAct(async () => await ok(api.POST("/v1/tasks/{task_id}/report/link", { params: { path }, body: {} as never })), setLink);
  const revoke = useAct(
    async () => await ok(api.DELETE("/v1/tasks/{task_id}/report/link", { params: { path } })),
    () => (setLink(undefined), say(t("report.revoked"))),
  );
  const csv = useAct(async () => await download(`/v1/tasks/${params.id}/report?times=local`, "report.csv", "text/csv"));
  const outcomes = useAct(
    async (_, text: string) => await ok(api.POST("/v1/tasks/{task_id}/outcomes", { params: { path }, body: text as never, bodySerializer: (body) => body as never, headers: { "Content-Type": "text/csv" } })),
    async () => (say(t("report.outcomes_taken")), await report.reload()),
  );
  if (report.problem && !report.data) return <ProblemNotice problem={report.problem} retry={() => void report.reload()} />;
  if (!report.data) return <Skeleton rows={6} />;
  const { totals, orders } = report.data;
  return (
    <Screen
      title={t("report.of", { title: report.data.title })}
      crumb={{ to: `/tasks/${params.id}`, text: report.data.title }}
      actions={
        <>
          <button type="button" class="secondary" onClick={() => print()}>{t("print")}</button>
          <button type="button" class="secondary" aria-busy={csv.busy} onClick={() => void csv.run()}>{t("csv")}</button>
          <button type="button" aria-busy={share.busy} onClick={() => void share.run()}>{t("report.share")}</button>
        </>
      }
    >
      <ProblemNotice problem={share.problem ?? revoke.problem ?? csv.problem ?? outcomes.problem} />
      {link && (
        <div class="notice neutral">
          <Copy text={link.url} /> <small>{t("expires")} <Time at={link.expires_at} /></small>
          <p><button type="button" class="secondary" aria-busy={revoke.busy} onClick={() => void revoke.run()}>{t("report.revoke")}</button></p>
        </div>
      )}
      <Section>
        <Facts
          of={[
            { label: t("report.spend"), value: <Money of={totals.spend} /> },
            { label: t("reads"), value: <Count of={totals.reads} />, hint: totals.forecast && totals.reads != null ? t("report.of_forecast", { share: percent(totals.reads / (totals.forecast.reads || 1)) }) : undefined },
            { label: t("forecast.interactions"), value: <Count of={totals.interactions} /> },
            { label: t("forecast.clicks"), value: <Count of={totals.clicks} /> },
            { label: t("cpm"), value: <Money of={totals.cpm} /> },
            { label: t("cpe"), value: <Money of={totals.cpe} /> },
            { label: t("cpc"), value: <Money of={totals.cpc} /> },
            totals.outcomes != null && { label: t("report.outcomes"), value: <Count of={totals.outcomes} /> },
          ]}
        />
      </Section>
      {orders.length ? (
        <Section title={t("nav.orders")}>
          <Table
            label={t("nav.orders")}
            rows={orders}
            id={(order) => order.order_id ?? order.account_id}
            href={(order) => (order.order_id ? `#/orders/${order.order_id}` : `#/accounts/${order.account_id}`)}
            columns={[
              { name: t("account"), cell: (order) => order.handle },
              { name: t("status"), cell: (order) => <Pill kind="order_status" state={order.status} /> },
              { name: t("report.spend"), number: true, cell: (order) => <Money of={order.spend} /> },
              { name: t("reads"), number: true, cell: (order) => <Count of={order.reads} /> },
              { name: t("forecast.interactions"), number: true, cell: (order) => <Count of={order.interactions} />, minor: true },
              { name: t("forecast.clicks"), number: true, cell: (order) => <Count of={order.clicks} />, minor: true },
              { name: t("cpm"), number: true, cell: (order) => <Money of={order.cpm} /> },
              { name: t("report.comparable"), number: true, cell: (order) => <Money of={order.comparable?.cpm} />, minor: true },
            ]}
          />
        </Section>
      ) : (
        <Empty text={t("orders.none_yet")} />
      )}
      {orders.filter((order) => order.snapshots.length > 1 || order.anomalies.length).map((order) => (
        <Section title={order.handle}>
          <Line label={t("reads")} points={order.snapshots.flatMap((one) => (one.reads === undefined ? [] : [{ at: one.at, value: one.reads }]))} format={compact} />
          {order.anomalies.map((anomaly) => (
            <p class="notice">{anomaly.says}</p>
          ))}
        </Section>
      ))}
      <Section title={t("report.outcomes")}>
        <p class="soft">{t("report.outcomes_hint")}</p>
        <label class="drop">
          {t("report.outcomes_choose")}
          <input type="file" accept=".csv,text/csv" class="hidden" onChange={(event) => { const file = event.currentTarget.files?.[0]; if (file) void file.text().then((text) => outcomes.run(text)); }} />
        </label>
        {report.data.outcomes_at && <small>{t("changed")} <Time at={report.data.outcomes_at} /></small>}
      </Section>
    </Screen>
  );
}
