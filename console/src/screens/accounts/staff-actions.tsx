// What staff do with an account: confirm or correct its category, revoke its admission, read its figures from the network.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { ProblemNotice } from "../../components/problem-notice";
import { Dialog } from "../../components/dialog";
import { Check, Field, Form } from "../../components/form";
import { ReasonDialog } from "../../components/reason-dialog";
import { say } from "../../components/toast";
import { choices, t } from "../../i18n";

type Account = Pick<Schemas["Account"], "id" | "revision" | "category" | "category_confirmed" | "status">;
interface Props {
  account: Account;
  changed: () => Promise<void>;
}

export function CategoryButton({ account, changed }: Props) {
  const [open, setOpen] = useState(false);
  const [category, setCategory] = useState(account.category ?? choices("category")[0]?.value ?? "");
  const [note, setNote] = useState("");
  const act = useAct(
    async (intent) => {
      const body = { revision: account.revision, category, ...(note ? { note } : {}) };
      return await ok(api.POST("/v1/accounts/{account_id}/category", { params: { path: { account_id: account.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (setOpen(false), say(t("category.changed")), await changed()),
  );
  return (
    <>
      <button type="button" class="secondary" onClick={() => setOpen(true)}>
        {account.category_confirmed ? t("category.change") : t("category.confirm")}
      </button>
      {open && (
        <Dialog title={t("category")} close={() => setOpen(false)}>
          <Form act={act} submit={() => act.run()} button={t("save")} cancel={() => setOpen(false)}>
            <p>{t("category.hint")}</p>
            <Field label={t("category")} pointer="/category" value={category} onValue={setCategory} options={choices("category")} />
            <Field label={t("note.optional")} pointer="/note" area rows={2} value={note} onValue={setNote} maxLength={1000} />
          </Form>
        </Dialog>
      )}
    </>
  );
}

export function RevokeAccount({ account, changed }: Props) {
  const [open, setOpen] = useState(false);
  const [stops, setStops] = useState(false);
  const act = useAct(
    async (intent, reason: { reason_code: string; note?: string }) => {
      const body = { revision: account.revision, ...reason, stop_accepted: stops };
      return await ok(api.POST("/v1/accounts/{account_id}/revocation", { params: { path: { account_id: account.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (setOpen(false), say(t("revoked")), await changed()),
  );
  if (account.status !== "admitted") return null;
  return (
    <>
      <button type="button" class="secondary" onClick={() => setOpen(true)}>{t("revoke.account")}</button>
      {open && (
        <ReasonDialog title={t("revoke.account")} group="revocation_reason" button={t("revoke")} act={act} close={() => setOpen(false)}>
          <p>{t("revoke.account_hint")}</p>
          <Check label={t("revoke.stop_accepted")} checked={stops} onChange={setStops} />
        </ReasonDialog>
      )}
    </>
  );
}

/** Read the account's figures from its network now, and grade it again. */
export function FetchMetrics({ id, changed }: { id: string; changed: () => Promise<void> }) {
  const act = useAct(
    async (intent) => await ok(api.POST("/v1/accounts/{account_id}/metrics/fetch", { params: { path: { account_id: id }, header: { "Idempotency-Key": intent.keyFor("fetch") } }, body: {} as never })),
    async () => (say(t("metrics.fetched")), await changed()),
  );
  return (
    <>
      <button type="button" class="secondary" aria-busy={act.busy} onClick={() => void act.run()}>{t("metrics.fetch")}</button>
      <ProblemNotice problem={act.problem} />
    </>
  );
}
