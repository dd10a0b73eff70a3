// The draft of a creator, which the advertiser approves before it is posted.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { Section } from "../../components/screen-layout";
import { Field, Form } from "../../components/form";
import { Findings } from "../../components/posts/post-preview";
import { say } from "../../components/toast";
import { t } from "../../i18n";

type Order = Schemas["Order"];
interface Props {
  order: Order;
  changed: (order?: Order) => Promise<void>;
}

export function DraftSubmission({ order, changed }: Props) {
  const draft = order.draft;
  const [text, setText] = useState(draft?.text ?? order.content.text);
  const waits = draft?.status === "in_review" || draft?.status === "submitted";
  const act = useAct(
    async (intent) => await ok(api.POST("/v1/orders/{order_id}/draft", { params: { path: { order_id: order.id }, header: { "Idempotency-Key": intent.keyFor(text) } }, body: { text } })),
    async (next) => (say(t("draft.sent")), await changed(next)),
  );
  return (
    <Section title={t("draft")}>
      {draft && (
        <p class="notice">
          {t(`draft.${draft.status}` as "draft.submitted")} {draft.note}
        </p>
      )}
      {waits ? (
        <>
          <p class="post">{draft.text}</p>
          <Findings of={draft.findings} />
        </>
      ) : (
        <Form act={act} submit={() => act.run()} button={t("draft.submit")}>
          <Field label={t("task.text")} pointer="/text" area rows={6} value={text} onValue={setText} hint={t("draft.hint")} />
        </Form>
      )}
    </Section>
  );
}
