// The wallet: balance, top-up, withdrawal, and the statement with its running balance.
import { useState } from "preact/hooks";
import { providers } from "../../api/catalogue";
import { api, ok, type Schemas } from "../../api/client";
import { download } from "../../api/download";
import { useAct, useData, usePages, type Pages } from "../../api/data";
import { roleOf, useMe } from "../../api/me";
import { configuration } from "../../configuration";
import { Facts, Money, Pill, ProblemNotice, Screen, Section, Skeleton, Time } from "../../components/basics";
import { Dialog } from "../../components/dialog";
import { Choice, Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { noMoney, readMoney } from "../../format";
import { named, t } from "../../i18n";
import { useFilters } from "../../router";
import { Payees, usePayee } from "./payees";
import { WalletFacts } from "./wallet-facts";

type Side = "advertiser" | "creator";
/** The kinds of movements of each side. */
const KINDS: Record<Side, string[]> = {
  advertiser: ["topup", "hold", "return", "settle", "split", "compensation", "reprice", "substitution", "withdrawal", "withdrawal_failed", "claim", "suspense_credited"],
  creator: ["settle", "split", "compensation", "withdrawal", "withdrawal_failed"],
};
type Entry = Schemas["Entry"];

export function WalletPage() {
  const me = useMe();
  const [filters, change] = useFilters();
  const [open, setOpen] = useState<"topup" | "withdraw" | null>(null);
  const side: Side = me.data && roleOf(me.data) === "creator" ? "creator" : "advertiser";
  const month = filters.month || undefined;
  const kind = filters.kind || undefined;
  const ready = me.data ? "" : null;
  const query = { as: side, month, kind } as { as: Side; month?: string; kind?: never };
  const wallet = useData(ready === null ? null : `wallet:${side}`, () => ok(api.GET("/v1/wallet", { params: { query: { as: side } } })), 20);
  const summary = useData(ready === null || !month ? null : `summary:${side}:${month}`, () => ok(api.GET("/v1/wallet/summary", { params: { query: { as: side, month } } })));
  const entries = usePages(ready === null ? null : `entries:${side}:${month ?? ""}:${kind ?? ""}`, (cursor) => ok(api.GET("/v1/wallet/entries", { params: { query: { ...query, cursor } } })));
  const topups = usePages(ready === null || side === "creator" ? null : "topups:pending", (cursor) => ok(api.GET("/v1/wallet/topups", { params: { query: { status: "pending", cursor } as never } })), 20);
  const withdrawals = usePages(ready === null ? null : `withdrawals:${side}`, (cursor) => ok(api.GET("/v1/wallet/withdrawals", { params: { query: { as: side, cursor, limit: 5 } } })), 30);
  const csv = useAct(async () => await download(`/v1/wallet/entries?${new URLSearchParams(Object.entries({ as: side, times: "local", month: month ?? "", kind: kind ?? "" }).filter(([, text]) => text))}`, `statement-${month ?? "all"}.csv`, "text/csv"));
  if (!me.data) return <Skeleton rows={6} />;
  const reload = async (): Promise<void> => void (await Promise.all([wallet.reload(), entries.reload(), topups.reload(), withdrawals.reload()]));
  return (
    <Screen
      title={t("nav.wallet")}
      actions={
        <>
          <button type="button" class="secondary" onClick={() => setOpen("withdraw")}>{t("withdraw")}</button>
          {side === "advertiser" && <button type="button" onClick={() => setOpen("topup")}>{t("topup")}</button>}
        </>
      }
    >
      <ProblemNotice problem={wallet.problem ?? csv.problem} />
      <Section>
        <WalletFacts of={wallet.data} side={side} />
      </Section>
      <TopUps topups={topups} changed={reload} />
      <Payees side={side} />
      <Withdrawals withdrawals={withdrawals} />
      <Section
        title={t("statement")}
        actions={
          <>
            <button type="button" class="secondary" onClick={() => print()}>{t("print")}</button>
            <button type="button" class="secondary" aria-busy={csv.busy} onClick={() => void csv.run()}>{t("csv")}</button>
          </>
        }
      >
        <div class="filters">
          <Field label={t("month")} type="month" value={month ?? ""} onValue={(text) => change({ month: text })} />
          <Field label={t("entry.kind")} value={kind ?? ""} onValue={(text) => change({ kind: text })} options={[{ value: "", text: t("any") }, ...KINDS[side].map((value) => ({ value, text: named("entry", value) }))]} />
        </div>
        {summary.data && (
          <Facts of={[{ label: t("summary.opening"), value: <Money of={summary.data.opening} /> }, { label: t("summary.received"), value: <Money of={summary.data.received} /> }, { label: t("summary.spent"), value: <Money of={summary.data.spent} /> }, { label: t("summary.closing"), value: <Money of={summary.data.closing} /> }]} />
        )}
        <List
          label={t("statement")}
          pages={entries}
          empty={month || kind ? t("nothing_here") : t(`statement.empty.${side}`)}
          id={(entry) => entry.id}
          columns={[
            { name: t("at"), cell: (entry) => <Time at={entry.at} absolute /> },
            { name: t("entry.kind"), cell: (entry) => named("entry", entry.kind) },
            { name: t("about"), cell: (entry) => <About entry={entry} />, minor: true },
            { name: t("amount"), number: true, cell: (entry) => <Money of={{ ...entry.amount, amount: entry.direction === "in" ? entry.amount.amount : -entry.amount.amount }} sign /> },
            { name: t("balance"), number: true, cell: (entry) => <Money of={entry.balance_after} /> },
          ]}
        />
      </Section>
      {open === "topup" && <TopUpDialog close={() => setOpen(null)} changed={reload} />}
      {open === "withdraw" && <WithdrawDialog side={side} close={() => setOpen(null)} changed={reload} />}
    </Screen>
  );
}

function About({ entry }: { entry: Entry }) {
  if (entry.order_id) return <a href={`#/orders/${entry.order_id}`}>{t("order")} …{entry.order_id.slice(-6)}</a>;
  if (entry.task_id) return <a href={`#/tasks/${entry.task_id}`}>{t("task")} …{entry.task_id.slice(-6)}</a>;
  return <code>{entry.reference}</code>;
}

/** Top-ups that are not paid yet: the provider's page, or the sandbox's payment in place. */
function TopUps({ topups, changed }: { topups: Pages<Schemas["TopUp"]>; changed: () => Promise<void> }) {
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

function TopUpDialog({ close, changed }: { close: () => void; changed: () => Promise<void> }) {
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

function Withdrawals({ withdrawals }: { withdrawals: Pages<Schemas["Withdrawal"]> }) {
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

/** The providers of the market, if there are several. */
function ProviderChoice({ value, onValue }: { value: string | undefined; onValue: (provider: string) => void }) {
  if (providers.value.length < 2) return null;
  return <Choice label={t("provider")} pointer="/provider" value={value ?? ""} onValue={onValue} options={providers.value.map((one) => ({ value: one.name, text: named("provider_name", one.name) }))} />;
}

function WithdrawDialog({ side, close, changed }: { side: Side; close: () => void; changed: () => Promise<void> }) {
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
