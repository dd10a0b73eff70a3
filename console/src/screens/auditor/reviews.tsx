// The review of tasks: the post as it will appear with its findings, what changed, the advertiser and its other tasks.
import { api, ok, type Schemas } from "../../api/client";
import { useAct, useData, usePages } from "../../api/data";
import { Facts, Money, Pill, Section, Time } from "../../components/basics";
import { Changes, Findings, Pictures, Post } from "../../components/post";
import { Queue } from "../../components/queue";
import { Table } from "../../components/table";
import { say } from "../../components/toast";
import { named, t } from "../../i18n";

type Task = Schemas["TaskInReview"];

export function Reviews() {
  const queue = usePages("queue:reviews", (cursor) => ok(api.GET("/v1/reviews", { params: { query: { cursor, limit: 50 } } })), 30);
  const decide = useAct(
    async (intent, task: Task, decision: "approved" | "rejected", reason?: string, note?: string) => {
      const body = { revision: task.revision, decision, ...(reason ? { reasons: [{ code: reason, ...(note ? { note } : {}) }] } : {}) };
      return await ok(api.POST("/v1/tasks/{task_id}/review", { params: { path: { task_id: task.task_id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    () => say(t("decided")),
  );
  return (
    <Queue title={t("nav.reviews")} pages={queue} id={(task) => task.task_id} name={(task) => task.title} reasons="review_reason" decide={decide} aside={(task) => <Enterprise id={task.advertiser_id} />}>
      {(task) => (
        <>
          {task.appeal && (
            <div class="notice">
              <strong>{t("appeal")}</strong>
              <p>{task.appeal.note}</p>
            </div>
          )}
          <Post text={task.content.text} urls={task.content.urls} findings={task.findings} />
          <Findings of={task.findings} />
          <Pictures of={{ task: task.task_id }} count={task.content.picture_ids.length} />
          {task.source_url && <p><code>{task.source_url}</code></p>}
          <Facts
            of={[
              { label: t("kind"), value: task.call ? t("call") : named("order_kind", task.kind) },
              { label: t("total"), value: <Money of={task.total} /> },
              { label: t("task.start"), value: <Time at={task.window.start_at} absolute /> },
              { label: t("review.round"), value: task.review.round },
            ]}
          />
          {task.review.round > 1 && (
            <>
              <h3>{t("changes")}</h3>
              <Changes of={task.changes} />
            </>
          )}
        </>
      )}
    </Queue>
  );
}

/** Who the advertiser is, and how its other tasks went. */
export function Enterprise({ id }: { id: string }) {
  const advertiser = useData(`advertiser:${id}`, () => ok(api.GET("/v1/advertisers/{advertiser_id}", { params: { path: { advertiser_id: id } } })));
  const tasks = useData(`tasks:of:${id}`, () => ok(api.GET("/v1/tasks", { params: { query: { advertiser_id: id, limit: 10 } } })));
  return (
    <Section title={advertiser.data?.name ?? t("advertiser")}>
      {advertiser.data && (
        <p>
          <Pill kind="certification_status" state={advertiser.data.certification.status} /> <small>{advertiser.data.licence_no}</small>
        </p>
      )}
      {tasks.data && (
        <Table
          label={t("nav.tasks")}
          rows={tasks.data.data}
          id={(task) => task.id}
          href={(task) => `#/tasks/${task.id}`}
          columns={[
            { name: t("task.title"), cell: (task) => task.title },
            { name: t("status"), cell: (task) => <Pill kind="task_status" state={task.status} /> },
          ]}
        />
      )}
    </Section>
  );
}
