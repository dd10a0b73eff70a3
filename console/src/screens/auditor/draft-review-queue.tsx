// The queue of creators' drafts that have findings or further links.
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { Findings, Post } from "../../components/posts/post-preview";
import { StaffQueue } from "../../components/staff-queue/staff-queue";
import { say } from "../../components/toast";
import { t } from "../../i18n";

type Draft = Schemas["DraftInReview"];

export function DraftReviewQueue() {
  const queue = usePages("queue:drafts", (cursor) => ok(api.GET("/v1/draft-reviews", { params: { query: { cursor, limit: 50 } } })), 30);
  const decide = useAct(
    async (intent, draft: Draft, decision: "approved" | "rejected", reason?: string, note?: string) => {
      const body = { revision: draft.revision, decision, ...(reason ? { reasons: [{ code: reason, ...(note ? { note } : {}) }] } : {}) };
      return await ok(api.POST("/v1/orders/{order_id}/draft/review", { params: { path: { order_id: draft.order_id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    () => say(t("decided")),
  );
  return (
    <StaffQueue title={t("nav.draft_reviews")} queue="draft_reviews" pages={queue} id={(draft) => draft.order_id} name={(draft) => `${draft.title} · ${draft.handle}`} reasons="review_reason" decide={decide}>
      {(draft) => (
        <>
          <h3>{t("draft")}</h3>
          <Post text={draft.text} findings={draft.findings} pointer={draft.findings[0]?.pointer ?? "/text"} />
          <Findings of={draft.findings} />
          <h3>{t("draft.brief")}</h3>
          <Post text={draft.brief} urls={draft.urls} />
        </>
      )}
    </StaffQueue>
  );
}
