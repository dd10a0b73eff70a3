// The applications to an open call, which the advertiser accepts or declines.
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct, usePages } from "../../../api/request-hooks";
import { Money } from "../../../components/values/money-and-time";
import { Pill } from "../../../components/values/status-pill";
import { ProblemNotice } from "../../../components/problem-notice";
import { Section } from "../../../components/screen-layout";
import { List } from "../../../components/table";
import { t } from "../../../i18n";

type Task = Schemas["Task"];

export function OpenCallApplications({ task, reload }: { task: Task; reload: () => Promise<void> }) {
  const path = { task_id: task.id };
  const applications = usePages(`applications:${task.id}`, (cursor) => ok(api.GET("/v1/tasks/{task_id}/applications", { params: { path, query: { cursor } } })), 20);
  const decide = useAct(
    async (intent, id: string, accept: boolean) => {
      const params = { path: { application_id: id }, header: { "Idempotency-Key": intent.keyFor([id, accept]) } };
      return accept
        ? await ok<unknown>(api.POST("/v1/applications/{application_id}/accept", { params, body: {} as never }))
        : await ok<unknown>(api.POST("/v1/applications/{application_id}/decline", { params, body: {} as never }));
    },
    async () => void (await Promise.all([applications.reload(), reload()])),
  );
  return (
    <Section title={t("applications")}>
      <ProblemNotice problem={decide.problem} />
      <List
        label={t("applications")}
        pages={applications}
        empty={t("applications.empty")}
        id={(one) => one.id}
        columns={[
          { name: t("account"), cell: (one) => <a href={`#/accounts/${one.account_id}`}>{one.handle}</a> },
          { name: t("price"), number: true, cell: (one) => <Money of={one.price} /> },
          { name: t("note"), cell: (one) => one.note ?? "", minor: true },
          { name: t("status"), cell: (one) => <Pill kind="application_status" state={one.status} /> },
          {
            name: "",
            cell: (one) =>
              one.status === "open" && (
                <span class="row">
                  <button type="button" aria-busy={decide.busy} onClick={() => void decide.run(one.id, true)}>{t("accept")}</button>
                  <button type="button" class="secondary" onClick={() => void decide.run(one.id, false)}>{t("decline")}</button>
                </span>
              ),
          },
        ]}
      />
    </Section>
  );
}
