// Withdrawals to be paid out. Large amounts need two people.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useClaim } from "../../components/staff-queue/item-claims";
import { useAct, usePages } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { Copy } from "../../components/values/copy-button";
import { Facts, Screen } from "../../components/screen-layout";
import { Money, Time } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Dialog } from "../../components/dialog";
import { Choice, Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { named, t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";
import { StatusFilter } from "../../components/status-filter";

type Withdrawal = Schemas["StaffWithdrawal"];
const STATUSES = ["requested", "paid", "failed"] as const;

export function WithdrawalPayouts() {
  const [filters, change] = useFilters();
  const status = (filters.status as (typeof STATUSES)[number] | undefined) ?? "requested";
  const [open, setOpen] = useState<Withdrawal>();
  const withdrawals = usePages(`staff-withdrawals:${status}`, (cursor) => ok(api.GET("/v1/withdrawals", { params: { query: { status, cursor } } })), 30);
  return (
    <Screen title={t("nav.withdrawals")}>
      <StatusFilter statuses={[...STATUSES]} kind="withdrawal_status" value={status} change={change} />
      <List
        label={t("nav.withdrawals")}
        pages={withdrawals}
        empty={t("withdrawals.empty")}
        id={(one) => one.id}
        columns={[
          { name: t("at"), cell: (one) => <><Time at={one.requested_at} /> <small class="below"><code>{one.id}</code></small></> },
          { name: t("amount"), number: true, cell: (one) => <Money of={one.amount} /> },
          { name: t("payee"), cell: (one) => <>{one.payee?.account ?? t("payee.by_hand")} <small class="below"><code>{one.owner_id}</code></small></> },
          { name: t("status"), cell: (one) => <Pill kind="withdrawal_status" state={one.status} /> },
          { name: t("payout"), cell: (one) => (one.payout ? <Pill kind="payout_status" state={one.payout.status} /> : "—"), minor: true },
          { name: t("confirmed"), cell: (one) => (one.confirmation ? t("confirmed.once") : "—"), minor: true },
          { name: "", cell: (one) => one.status === "requested" && <button type="button" onClick={() => setOpen(one)}>{t("decide")}</button> },
        ]}
      />
      {open && <Decide withdrawal={open} close={() => setOpen(undefined)} changed={withdrawals.reload} />}
    </Screen>
  );
}

function Decide({ withdrawal, close, changed }: { withdrawal: Withdrawal; close: () => void; changed: () => Promise<void> }) {
  const me = useMe();
  const [outcome, setOutcome] = useState<"paid" | "failed">("paid");
  const [note, setNote] = useState("");
  const path = { withdrawal_id: withdrawal.id };
  const isTaken = useClaim("withdrawals", withdrawal.id);
  const done = async (): Promise<void> => {
    close();
    say(t("decided"));
    await Promise.all([changed(), me.reload()]);
  };
  const act = useAct(async (intent) => {
    const body = { revision: withdrawal.revision, outcome, ...(note ? { note } : {}) };
    return await ok(api.POST("/v1/withdrawals/{withdrawal_id}/outcome", { params: { path, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
  }, done);
  const payout = useAct(async (intent) => {
    const body = { revision: withdrawal.revision };
    return await ok(api.POST("/v1/withdrawals/{withdrawal_id}/payout", { params: { path, header: { "Idempotency-Key": intent.keyFor(body) } }, body: body as never }));
  }, done);
  return (
    <Dialog title={t("nav.withdrawals")} close={close}>
      {isTaken && <p class="notice">{t("queue.taken")}</p>}
      <Facts of={[{ label: t("amount"), value: <Money of={withdrawal.amount} /> }, { label: t("payee"), value: withdrawal.payee?.account ?? t("payee.by_hand"), hint: named("provider_name", withdrawal.provider) }]} />
      {withdrawal.payout && (
        <p>
          {t("payout")} <Pill kind="payout_status" state={withdrawal.payout.status} /> {withdrawal.payout.reason && <code>{withdrawal.payout.reason}</code>} <small><Time at={withdrawal.payout.at} /></small>
        </p>
      )}
      <p><Copy text={withdrawal.id} /></p>
      {withdrawal.payee && (
        <>
          <ProblemNotice problem={payout.problem} />
          <p><button type="button" class="secondary" aria-busy={payout.busy} onClick={() => void payout.run()}>{t("payout.ask")}</button></p>
        </>
      )}
      <Form act={act} submit={() => act.run()} button={t("decide")} danger={outcome === "failed"} cancel={close}>
        <Choice label={t("payout.outcome")} value={outcome} onValue={setOutcome} options={(["paid", "failed"] as const).map((value) => ({ value, text: t(`payout.${value}`) }))} />
        <Field label={t("note.optional")} pointer="/note" area rows={2} value={note} onValue={setNote} />
      </Form>
    </Dialog>
  );
}
