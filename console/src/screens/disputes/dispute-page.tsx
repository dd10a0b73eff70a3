// One dispute: the order, its statements and its ruling.
import { api, ok } from "../../api/api-client";
import { useClaim } from "../../components/staff-queue/item-claims";
import { useData } from "../../api/request-hooks";
import { roleOf, useMe } from "../../api/signed-in-user";
import { Copy } from "../../components/values/copy-button";
import { Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { MessageThread } from "../orders/message-thread";
import { PendingDeadlines } from "../../components/values/pending-deadlines";
import { percent } from "../../format";
import { named, t } from "../../i18n";
import { Statement, StatementForm } from "./dispute-statements";
import { RulingForm } from "./dispute-ruling";

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
          {side && <MessageThread of={{ dispute: one.id }} side={side} closed={one.status !== "open"} />}
          {one.status === "open" && isStaff && <RulingForm dispute={one} changed={dispute.reload} />}
        </div>
        <aside>
          <Section title={t("timers")}>
            <PendingDeadlines timers={one.timers} kind="dispute_status" />
          </Section>
        </aside>
      </div>
    </Screen>
  );
}
