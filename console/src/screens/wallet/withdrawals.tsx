// The user's withdrawals, and a new one.
import { useState } from "preact/hooks";
import { providers } from "../../api/catalogue";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, type Pages } from "../../api/request-hooks";
import { Money, Time } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { Section } from "../../components/screen-layout";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { noMoney, readMoney } from "../../format";
import { named, t } from "../../i18n";
import { usePayee } from "./payout-accounts";
import { ProviderChoice } from "./provider-choice";

type Side = "advertiser" | "creator";

export function Withdrawals({ withdrawals }: { withdrawals: Pages<Schemas["Withdrawal"]> }) {
  if (!withdrawals.data?.length) return null;
  return (
    <Section title={t("nav.withdrawals")}>
      <List
        label={t("nav.withdrawals")}
        pages={withdrawals}
        empty=""
        id={(one) => one.id}
        columns={[
          { name: t("at"), cell: (one) => <Time at={one.requested_at} absolute /> },
          { name: t("amount"), number: true, cell: (one) => <Money of={one.amount} /> },
          { name: t("payee"), cell: (one) => one.payee?.account ?? t("payee.by_hand") },
          { name: t("status"), cell: (one) => <Pill kind="withdrawal_status" state={one.status} /> },
          { name: t("note"), cell: (one) => one.note ?? (one.status === "requested" && one.payout ? named("payout_status", one.payout.status) : "—"), minor: true },
        ]}
      />
    </Section>
  );
}

export function WithdrawDialog({ side, close, changed }: { side: Side; close: () => void; changed: () => Promise<void> }) {
  const [amount, setAmount] = useState("");
  const [account, setAccount] = useState("");
  const [name, setName] = useState("");
  const [provider, setProvider] = useState(providers.value[0]?.name);
  const opensAccounts = providers.value.some((one) => one.name === provider && one.opens_accounts);
  const payee = usePayee(side, opensAccounts ? provider : undefined);
  const act = useAct(
    async (intent) => {
      const body = { amount: readMoney(amount) ?? noMoney(), provider, ...(account && !opensAccounts ? { payee: { account, name } } : {}) };
      return await ok(api.POST("/v1/wallet/withdrawals", { params: { query: { as: side }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (close(), say(t("withdraw.requested")), await changed()),
  );
  return (
    <Dialog title={t("withdraw")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("withdraw")} cancel={close}>
        <Field label={t("amount")} pointer="/amount" inputMode="decimal" suffix={t("currency")} value={amount} onValue={setAmount} required autofocus />
        <ProviderChoice value={provider} onValue={setProvider} />
        {opensAccounts ? (
          <p>
            {t("payees.at", { provider: named("provider_name", provider) })} {payee.data ? <Pill kind="payee_status" state={payee.data.status} /> : payee.data === null && <span class="fault">{t("payees.none")}</span>}
          </p>
        ) : (
          <Field label={t("payee")} pointer="/payee/account" value={account} onValue={setAccount} hint={t("payee.hint")} />
        )}
        {account && !opensAccounts && <Field label={t("payee.name")} pointer="/payee/name" value={name} onValue={setName} />}
      </Form>
    </Dialog>
  );
}
