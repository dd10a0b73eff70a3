// The creator's appeals of the grade of an account.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct, usePages } from "../../../api/request-hooks";
import { Pill } from "../../../components/values/status-pill";
import { Section } from "../../../components/screen-layout";
import { Time } from "../../../components/values/money-and-time";
import { Dialog } from "../../../components/dialog";
import { Field, Form } from "../../../components/form";
import { say } from "../../../components/toast";
import { t } from "../../../i18n";

type Account = Schemas["Account"];

const FIGURES = ["followers", "reads_avg_30d", "posts_30d", "likes_avg_30d", "comments_avg_30d", "reposts_avg_30d"] as const;

export function GradeAppeals({ account }: { account: Account }) {
  const path = { account_id: account.id };
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [figures, setFigures] = useState<Record<string, string>>({});
  const appeals = usePages(`grade-appeals:${account.id}`, (cursor) => ok(api.GET("/v1/accounts/{account_id}/grade/appeals", { params: { path, query: { cursor } } })));
  const act = useAct(
    async (intent) => {
      const evidence = Object.fromEntries(Object.entries(figures).filter(([, text]) => text).map(([name, text]) => [name, Number(text)]));
      const body = { reason, evidence };
      return await ok(api.POST("/v1/accounts/{account_id}/grade/appeals", { params: { path, header: { "Idempotency-Key": intent.keyFor(body) } }, body: body as never }));
    },
    async () => (setOpen(false), say(t("appeal.sent")), await appeals.reload()),
  );
  return (
    <Section title={t("nav.appeals")} actions={account.grade && <button type="button" class="secondary" onClick={() => setOpen(true)}>{t("grade.appeal")}</button>}>
      {appeals.data?.map((appeal) => (
        <p class="row">
          <Pill kind="grade_appeal_status" state={appeal.status} /> <q>{appeal.reason}</q> <small><Time at={appeal.created_at} /></small> {appeal.ruling && <q class="soft">{appeal.ruling.note}</q>}
        </p>
      ))}
      {!appeals.data?.length && <p class="soft">{t("appeals.none")}</p>}
      {open && (
        <Dialog title={t("grade.appeal")} close={() => setOpen(false)}>
          <Form act={act} submit={() => act.run()} button={t("send")} cancel={() => setOpen(false)}>
            <p>{t("grade.appeal_hint")}</p>
            <Field label={t("reason")} pointer="/reason" area value={reason} onValue={setReason} required />
            <div class="fields">
              {FIGURES.map((name) => (
                <Field label={t(`figure.${name}`)} pointer={`/evidence/${name}`} inputMode="decimal" value={figures[name] ?? ""} onValue={(text) => setFigures({ ...figures, [name]: text })} />
              ))}
            </div>
          </Form>
        </Dialog>
      )}
    </Section>
  );
}
