// The proof of ownership of an account: a code that its profile or a new post must show.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct } from "../../../api/request-hooks";
import { configuration } from "../../../configuration";
import { Copy } from "../../../components/values/copy-button";
import { ProblemNotice } from "../../../components/problem-notice";
import { Section } from "../../../components/screen-layout";
import { Time } from "../../../components/values/money-and-time";
import { say } from "../../../components/toast";
import { t } from "../../../i18n";

type Account = Schemas["Account"];
interface Props {
  account: Account;
  changed: (account?: Account) => Promise<void>;
}

/** The proof: a code that the profile or a new post must show. */
export function OwnershipProof({ account, changed }: Props) {
  const path = { account_id: account.id };
  const [code, setCode] = useState<Schemas["OwnershipCode"]>();
  const ask = useAct(async () => await ok(api.POST("/v1/accounts/{account_id}/ownership", { params: { path }, body: {} as never })), setCode);
  const check = useAct(
    async () => await ok(api.POST("/v1/accounts/{account_id}/ownership/check", { params: { path }, body: {} as never })),
    async (next) => (say(t("proof.done")), await changed(next)),
  );
  const describe = useAct(async () => await ok(api.PUT("/sandbox/accounts/{account_id}/profile", { params: { path }, body: { description: `微任务 ${code!.code}` } })), () => say(t("proof.shown")));
  return (
    <Section title={t("proof.title")}>
      <p>{t("proof.hint")}</p>
      <ProblemNotice problem={ask.problem ?? check.problem ?? describe.problem} />
      {code ? (
        <>
          <p class="big"><Copy text={code.code} /></p>
          <p class="soft">{t("expires")} <Time at={code.expires_at} /></p>
          <p class="row">
            {configuration.sandbox && <button type="button" class="secondary" aria-busy={describe.busy} onClick={() => void describe.run()}>{t("proof.sandbox")}</button>}
            <button type="button" aria-busy={check.busy} onClick={() => void check.run()}>{t("proof.check")}</button>
          </p>
        </>
      ) : (
        <button type="button" aria-busy={ask.busy} onClick={() => void ask.run()}>{t("proof.ask")}</button>
      )}
    </Section>
  );
}
