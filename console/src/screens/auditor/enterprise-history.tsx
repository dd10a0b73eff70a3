// The past of an enterprise, for auditors: tasks, rejections, disputes, decisions.
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Section, Skeleton } from "../../components/screen-layout";
import { Time } from "../../components/values/money-and-time";
import { Table } from "../../components/table";
import { named, t } from "../../i18n";
import { PastCounts, PastDisputes, PastDecisions } from "./past-decisions";

export function EnterpriseHistory({ id }: { id: string }) {
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
        <PastCounts of={tasks.counts} kind="task_status" more={tasks.more} />
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
      <PastDisputes of={disputes} />
      <PastDecisions of={decisions} />
    </>
  );
}
