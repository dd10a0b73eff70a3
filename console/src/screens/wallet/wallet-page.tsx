// The wallet: its amounts, and the statement with its running balance.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { download } from "../../api/file-download";
import { useAct, useData, usePages } from "../../api/request-hooks";
import { roleOf, useMe } from "../../api/signed-in-user";
import { Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Money, Time } from "../../components/values/money-and-time";
import { ProblemNotice } from "../../components/problem-notice";
import { Field } from "../../components/form";
import { List } from "../../components/table";
import { named, t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";
import { PayoutAccounts } from "./payout-accounts";
import { WalletAmounts } from "./wallet-amounts";
import { TopUps, TopUpDialog } from "./top-ups";
import { Withdrawals, WithdrawDialog } from "./withdrawals";

type Side = "advertiser" | "creator";
type Entry = Schemas["Entry"];
/** The kinds of movements of each side. */
const KINDS: Record<Side, string[]> = {
  advertiser: ["topup", "hold", "return", "settle", "split", "compensation", "reprice", "substitution", "withdrawal", "withdrawal_failed", "claim", "suspense_credited"],
  creator: ["settle", "split", "compensation", "withdrawal", "withdrawal_failed"],
};

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
        <WalletAmounts of={wallet.data} side={side} />
      </Section>
      <TopUps topups={topups} changed={reload} />
      <PayoutAccounts side={side} />
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
