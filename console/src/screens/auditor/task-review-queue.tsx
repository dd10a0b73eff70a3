// The queue of tasks to review: the post as it will appear with its findings, what changed, the advertiser and its other tasks.
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { Facts } from "../../components/screen-layout";
import { Money, Time } from "../../components/values/money-and-time";
import { TextChanges } from "../../components/posts/text-changes";
import { Findings, Post } from "../../components/posts/post-preview";
import { PostPictures } from "../../components/posts/post-pictures";
import { StaffQueue } from "../../components/staff-queue/staff-queue";
import { say } from "../../components/toast";
import { named, t } from "../../i18n";
import { EnterpriseHistory } from "./enterprise-history";

type Task = Schemas["TaskInReview"];

export function TaskReviewQueue() {
  const queue = usePages("queue:reviews", (cursor) => ok(api.GET("/v1/reviews", { params: { query: { cursor, limit: 50 } } })), 30);
  const decide = useAct(
    async (intent, task: Task, decision: "approved" | "rejected", reason?: string, note?: string) => {
      const body = { revision: task.revision, decision, ...(reason ? { reasons: [{ code: reason, ...(note ? { note } : {}) }] } : {}) };
      return await ok(api.POST("/v1/tasks/{task_id}/review", { params: { path: { task_id: task.task_id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    () => say(t("decided")),
  );
  return (
    <StaffQueue title={t("nav.reviews")} queue="reviews" pages={queue} id={(task) => task.task_id} name={(task) => task.title} reasons="review_reason" decide={decide} aside={(task) => <EnterpriseHistory id={task.advertiser_id} />}>
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
          <PostPictures of={{ task: task.task_id }} count={task.content.picture_ids.length} />
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
              <TextChanges of={task.changes} />
            </>
          )}
        </>
      )}
    </StaffQueue>
  );
}
