// The statements of both sides of a dispute, and a further one.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { Copy } from "../../components/values/copy-button";
import { Time } from "../../components/values/money-and-time";
import { Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { named, t } from "../../i18n";

type Dispute = Schemas["Dispute"];

export function Statement({ by, at, note, urls }: { by: string; at: string; note: string; urls: string[] }) {
  return (
    <div>
      <b>{named("party", by)}</b> <small><Time at={at} absolute /></small>
      <p class="post">{note}</p>
      {urls.map((url) => (
        <p><Copy text={url} /></p>
      ))}
    </div>
  );
}

export function StatementForm({ dispute, changed }: { dispute: Dispute; changed: () => Promise<void> }) {
  const [note, setNote] = useState("");
  const [urls, setUrls] = useState("");
  const act = useAct(
    async (intent) => {
      const body = { note, urls: urls.split(/\s+/).filter(Boolean) };
      return await ok(api.POST("/v1/disputes/{dispute_id}/statements", { params: { path: { dispute_id: dispute.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (setNote(""), setUrls(""), say(t("sent")), await changed()),
  );
  return (
    <Form act={act} submit={() => act.run()} button={t("send")}>
      <Field label={t("dispute.statement")} pointer="/note" area value={note} onValue={setNote} required />
      <Field label={t("dispute.urls")} pointer="/urls" area rows={2} value={urls} onValue={setUrls} />
    </Form>
  );
}
