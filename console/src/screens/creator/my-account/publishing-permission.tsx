// The permission of the market to publish as an account.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct } from "../../../api/request-hooks";
import { Pill } from "../../../components/values/status-pill";
import { Section } from "../../../components/screen-layout";
import { Time } from "../../../components/values/money-and-time";
import { Field, Form } from "../../../components/form";
import { say } from "../../../components/toast";
import { t } from "../../../i18n";

type Account = Schemas["Account"];
interface Props {
  account: Account;
  changed: (account?: Account) => Promise<void>;
}

/** The permission to publish as the account, for tasks that the market publishes. */
export function PublishingPermission({ account, changed }: Props) {
  const [code, setCode] = useState("");
  const isAllowed = account.publishing?.allowed ?? false;
  const act = useAct(
    async () => await ok(api.PUT("/v1/accounts/{account_id}/publishing", { params: { path: { account_id: account.id } }, body: { allowed: !isAllowed, ...(code && !isAllowed ? { code } : {}) } })),
    async (next) => (say(t("saved")), setCode(""), await changed(next)),
  );
  return (
    <Section title={t("permission")}>
      <p>
        <Pill kind="permission" state={isAllowed ? "allowed" : "not_allowed"} /> {account.publishing?.until && <small>{t("permission.until")} <Time at={account.publishing.until} absolute /></small>}
      </p>
      <Form act={act} submit={() => act.run()} button={isAllowed ? t("permission.revoke") : t("permission.give")}>
        <p class="soft">{t("permission.hint")}</p>
        {!isAllowed && account.network !== "sandbox" && <Field label={t("permission.code")} pointer="/code" value={code} onValue={setCode} hint={t("permission.code_hint")} maxLength={200} />}
      </Form>
    </Section>
  );
}
