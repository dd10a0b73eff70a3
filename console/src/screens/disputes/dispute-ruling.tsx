// The ruling of a dispute by an auditor.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { Section } from "../../components/screen-layout";
import { Choice, Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { named, t } from "../../i18n";

type Dispute = Schemas["Dispute"];

export function RulingForm({ dispute, changed }: { dispute: Dispute; changed: () => Promise<void> }) {
  const [outcome, setOutcome] = useState<"pay" | "refund" | "split">("pay");
  const [share, setShare] = useState("50");
  const [note, setNote] = useState("");
  const act = useAct(
    async (intent) => {
      const body = { revision: dispute.revision, outcome, note, ...(outcome === "split" ? { creator_share_bps: Math.round(Number(share) * 100) } : {}) };
      return await ok(api.POST("/v1/disputes/{dispute_id}/ruling", { params: { path: { dispute_id: dispute.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (say(t("decided")), await changed()),
  );
  return (
    <Section title={t("ruling")}>
      <Form act={act} submit={() => act.run()} button={t("ruling.send")}>
        <Choice label={t("ruling.outcome")} pointer="/outcome" value={outcome} onValue={setOutcome} options={(["pay", "refund", "split"] as const).map((value) => ({ value, text: named("ruling", value) }))} />
        {outcome === "split" && <Field label={t("ruling.share")} pointer="/creator_share_bps" type="number" value={share} onValue={setShare} suffix="%" />}
        <Field label={t("note")} pointer="/note" area value={note} onValue={setNote} required />
      </Form>
    </Section>
  );
}
