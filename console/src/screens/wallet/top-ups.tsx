// Top-ups: a new one, and those that are not paid yet.
import { useState } from "preact/hooks";
import { providers } from "../../api/catalogue";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, type Pages } from "../../api/request-hooks";
import { configuration } from "../../configuration";
import { Money, Time } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Section } from "../../components/screen-layout";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { noMoney, readMoney } from "../../format";
import { t } from "../../i18n";
import { ProviderChoice } from "./provider-choice";

/** Top-ups that are not paid yet: the provider's page, or the sandbox's payment in place. */
export function TopUps({ topups, changed }: { topups: Pages<Schemas["TopUp"]>; changed: () => Promise<void> }) {
  if (!topups.data?.length) return null;
  return (
    <Section title={t("topups.pending")}>
      <List
        label={t("topups.pending")}
        pages={topups}
        empty=""
        id={(one) => one.id}
        columns={[
          { name: t("amount"), cell: (one) => <Money of={one.amount} /> },
          { name: t("status"), cell: (one) => <Pill kind="topup_status" state={one.status} /> },
          { name: t("expires"), cell: (one) => <Time at={one.expires_at} /> },
          { name: "", cell: (one) => <PayTopUp id={one.id} url={one.pay_url} done={changed} /> },
        ]}
      />
    </Section>
  );
}

function PayTopUp({ id, url, done }: { id: string; url: string; done: () => Promise<void> }) {
  const pay = useAct(
    async () => await ok(api.POST("/sandbox/payments/{payment_id}/pay", { params: { path: { payment_id: id } }, body: {} })),
    async () => (say(t("topup.paid")), await done()),
  );
  if (configuration.sandbox)
    return (
      <>
        <button type="button" class="secondary" aria-busy={pay.busy} onClick={() => void pay.run()}>{t("topup.pay_sandbox")}</button>
        <ProblemNotice problem={pay.problem} />
      </>
    );
  return <a role="button" class="secondary" href={url} target="_blank" rel="noreferrer">{t("topup.pay")}</a>;
}

export function TopUpDialog({ close, changed }: { close: () => void; changed: () => Promise<void> }) {
  const [amount, setAmount] = useState("");
  const [provider, setProvider] = useState(providers.value[0]?.name);
  const [made, setMade] = useState<Schemas["TopUp"]>();
  const act = useAct(
    async (intent) => {
      const body = { amount: readMoney(amount) ?? noMoney(), provider };
      return await ok(api.POST("/v1/wallet/topups", { params: { header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async (topup) => (setMade(topup), await changed()),
  );
  const paid = async (): Promise<void> => (close(), await changed());
  return (
    <Dialog title={t("topup")} close={close}>
      {made ? (
        <>
          <p>{configuration.sandbox ? t("topup.sandbox_hint") : t("topup.pay_hint")}</p>
          <p class="big"><Money of={made.amount} /></p>
          <PayTopUp id={made.id} url={made.pay_url} done={paid} />
        </>
      ) : (
        <Form act={act} submit={() => act.run()} button={t("continue")} cancel={close}>
          <Field label={t("amount")} pointer="/amount" inputMode="decimal" suffix={t("currency")} value={amount} onValue={setAmount} required autofocus />
          <ProviderChoice value={provider} onValue={setProvider} />
        </Form>
      )}
    </Dialog>
  );
}
