// One dispute: the statements of both sides, a further statement, and the ruling of an auditor.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/client";
import { useClaim } from "../../../api/claims";
import { useAct, useData } from "../../../api/data";
import { roleOf, useMe } from "../../../api/me";
import { Copy, Facts, Pill, ProblemNotice, Screen, Section, Skeleton, Time } from "../../../components/basics";
import { Choice, Field, Form } from "../../../components/form";
import { Messages } from "../../../components/messages";
import { Timers } from "../../../components/timeline";
import { say } from "../../../components/toast";
import { percent } from "../../../format";
import { named, t } from "../../../i18n";

type Dispute = Schemas["Dispute"];

export function DisputePage({ params }: { params: { id: string } }) {
  const me = useMe();
  const path = { dispute_id: params.id };
  const dispute = useData(`dispute:${params.id}`, () => ok(api.GET("/v1/disputes/{dispute_id}", { params: { path } })), 20);
  const isStaff = me.data !== undefined && !["advertiser", "creator"].includes(roleOf(me.data) ?? "");
  const isTaken = useClaim("disputes", isStaff && dispute.data?.status === "open" ? params.id : undefined);
  if (dispute.problem && !dispute.data) return <ProblemNotice problem={dispute.problem} retry={() => void dispute.reload()} />;
  if (!dispute.data || !me.data) return <Skeleton rows={6} />;
  const one = dispute.data;
  const role = roleOf(me.data);
  const side = role === "advertiser" || role === "creator" ? role : role === "auditor" || role === "admin" ? ("auditor" as const) : undefined;
  return (
    <Screen title={named("dispute_reason", one.reason.code)} crumb={{ to: "/disputes", text: t("nav.disputes") }}>
      <p class="row">
        <Pill kind="dispute_status" state={one.status} /> <Copy text={one.id} /> <a href={`#/orders/${one.order_id}`}>{t("order")}</a>
      </p>
      {isTaken && <p class="notice">{t("queue.taken")}</p>}
      <div class="side-by-side">
        <div>
          {one.ruling && (
            <Section title={t("ruling")}>
              <Facts of={[{ label: t("ruling.outcome"), value: named("ruling", one.ruling.outcome), hint: one.ruling.creator_share_bps != null ? percent(one.ruling.creator_share_bps / 10_000, 2) : undefined }]} />
              <p class="post">{one.ruling.note}</p>
            </Section>
          )}
          <Section title={t("dispute.statements")}>
            {one.reason.note && <Statement by={one.opened_by} at={one.opened_at} note={one.reason.note} urls={[]} />}
            {one.statements.map((statement) => (
              <Statement {...statement} />
            ))}
            {one.status === "open" && !isStaff && <StatementForm dispute={one} changed={dispute.reload} />}
          </Section>
          {side && <Messages of={{ dispute: one.id }} side={side} closed={one.status !== "open"} />}
          {one.status === "open" && isStaff && <RulingForm dispute={one} changed={dispute.reload} />}
        </div>
        <aside>
          <Section title={t("timers")}>
            <Timers timers={one.timers} kind="dispute_status" />
          </Section>
        </aside>
      </div>
    </Screen>
  );
}

function Statement({ by, at, note, urls }: { by: string; at: string; note: string; urls: string[] }) {
  return (
    <div>
      <b>{named("party", by)}</b> <small><Time at={at} absolute /></small>
      <p class="post">{note}</p>
      {urls.map((url) => (
        <p><Copy text={url} /></p>
      ))}
    </div>
  );
}

function StatementForm({ dispute, changed }: { dispute: Dispute; changed: () => Promise<void> }) {
  const [note, setNote] = useState("");
  const [urls, setUrls] = useState("");
  const act = useAct(
    async (intent) => {
      const body = { note, urls: urls.split(/\s+/).filter(Boolean) };
      return await ok(api.POST("/v1/disputes/{dispute_id}/statements", { params: { path: { dispute_id: dispute.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (setNote(""), setUrls(""), say(t("sent")), await changed()),
  );
  return (
    <Form act={act} submit={() => act.run()} button={t("send")}>
      <Field label={t("dispute.statement")} pointer="/note" area value={note} onValue={setNote} required />
      <Field label={t("dispute.urls")} pointer="/urls" area rows={2} value={urls} onValue={setUrls} />
    </Form>
  );
}

function RulingForm({ dispute, changed }: { dispute: Dispute; changed: () => Promise<void> }) {
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
