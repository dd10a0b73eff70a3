// The content of an order: money, deadlines with their defaults, the exact text, checks, and what the reader can do now.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { Copy } from "../../components/values/copy-button";
import { Count, Money, Time } from "../../components/values/money-and-time";
import { Facts, Section } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { Line } from "../../components/values/charts";
import { MessageThread } from "./message-thread";
import { PostPictures } from "../../components/posts/post-pictures";
import { Post } from "../../components/posts/post-preview";
import { Table } from "../../components/table";
import { TimeLine } from "../../components/values/time-line";
import { EventHistory } from "../../components/values/event-history";
import { compact, moment } from "../../format";
import { named, t } from "../../i18n";
import { AdvertiserAnswers } from "./advertiser-answers";
import { CreatorAnswers } from "./creator-answers";
import { TextDifference } from "./post-check-result";
import { OpenDisputeDialog } from "../disputes/open-dispute-dialog";

export type Order = Schemas["Order"];

export interface View {
  order: Order;
  side: "creator" | "advertiser" | "staff";
  changed: (next?: Order) => Promise<void>;
}

export function OpenDispute({ order, side, changed }: View) {
  const [open, setOpen] = useState(false);
  if (side === "staff" || order.status !== "published") return null;
  return (
    <>
      <button type="button" class="secondary" onClick={() => setOpen(true)}>
        {t("dispute.open")}
      </button>
      {open && <OpenDisputeDialog order={order} close={() => setOpen(false)} changed={changed} />}
    </>
  );
}

export function OrderContent({ order: one, side, changed }: View) {
  const isCreator = side === "creator";
  const isStaff = side === "staff";
  return (
    <>
      <p class="row">
        <Pill kind="order_status" state={one.status} />
        {one.payment && <Pill kind="order_payment" state={one.payment} />}
        <span class="soft">
          {one.handle} · {named("network_name", one.network)} · {named("order_kind", one.kind)}
        </span>
        <Copy text={one.id} />
      </p>
      {one.reason && (
        <p class="notice">
          {named("end_reason", one.reason.code)} {one.reason.note}
        </p>
      )}
      {one.dispute_id && (
        <p class="notice bad">
          <a href={`#/disputes/${one.dispute_id}`}>{t("dispute.see")}</a>
        </p>
      )}
      {one.stuck && <p class="notice bad">{t("stuck.hint", { error: one.stuck.error })}</p>}
      {one.check_delay && <p class="notice">{t("check.delayed", { since: moment(one.check_delay.since) })}</p>}
      <div class="side-by-side order">
        <div>
          {isCreator ? <CreatorAnswers order={one} changed={changed} /> : !isStaff && <AdvertiserAnswers order={one} changed={changed} />}
          {one.timers.length > 0 && (
            <Section title={t("timers")}>
              <TimeLine label={t("timers")} moments={one.timers.map((timer) => ({ name: named("timer", timer.name), at: timer.at, then: timer.default_outcome === one.status ? undefined : t("deadline.else", { outcome: named("order_status", timer.default_outcome) }) }))} past={one.events.map((event) => event.at)} />
            </Section>
          )}
          <Section title={t("order.post")}>
            {one.source_url && (
              <p>
                {t("task.source")}: <Copy text={one.source_url} />
              </p>
            )}
            <Post text={one.content.text} urls={one.content.urls} copy={isCreator} />
            <PostPictures of={{ order: one.id }} count={one.content.picture_ids.length} />
          </Section>
          {(one.post_url || one.snapshots.length > 0) && <Figures order={one} />}
          {!isStaff && one.status !== "pending" && <MessageThread of={{ order: one.id }} side={isCreator ? "creator" : "advertiser"} />}
        </div>
        <aside>
          <Section title={t("money")} class="first">
            <div class="big">
              <Money of={isCreator ? one.net : one.price} />
            </div>
            <p class="soft">
              {isCreator ? (
                <>
                  {t("price")} <Money of={one.price} /> − {t("commission")} <Money of={one.commission} />
                </>
              ) : (
                <>
                  {t("commission.included", { amount: "" })} <Money of={one.commission} />
                </>
              )}
            </p>
            {one.settled && <Facts of={[{ label: t("settled.net"), value: <Money of={one.settled.net} /> }, { label: t("settled.returned"), value: <Money of={one.settled.returned} /> }]} />}
          </Section>
          <Section title={t("history")}>
            <EventHistory events={one.events} />
          </Section>
        </aside>
      </div>
    </>
  );
}

function Figures({ order }: { order: Order }) {
  const clicks = useData(`clicks:${order.id}`, () => ok(api.GET("/v1/orders/{order_id}/clicks", { params: { path: { order_id: order.id } } })), 60);
  const last = order.snapshots.at(-1);
  return (
    <Section title={t("order.figures")}>
      {order.post_url && (
        <p>
          <Copy text={order.post_url} />
        </p>
      )}
      {last && (
        <Facts
          of={[
            { label: t("reads"), value: <Count of={last.reads} /> },
            { label: t("figures.reposts"), value: <Count of={last.reposts} /> },
            { label: t("figures.comments"), value: <Count of={last.comments} /> },
            { label: t("figures.likes"), value: <Count of={last.likes} /> },
            { label: t("forecast.clicks"), value: <Count of={last.clicks} /> },
          ]}
        />
      )}
      <Line label={t("reads")} points={order.snapshots.flatMap((one) => (one.reads === undefined ? [] : [{ at: one.at, value: one.reads }]))} format={compact} />
      {order.evidence.length > 0 && (
        <Table
          label={t("checks")}
          compact
          rows={order.evidence}
          id={(one) => one.at}
          columns={[
            { name: t("checks"), cell: (one) => <Time at={one.at} absolute /> },
            { name: t("status"), cell: (one) => <Pill kind="check" state={one.found ? "ok" : "gone"} /> },
          ]}
        />
      )}
      <TextDifference order={order} />
      {clicks.data?.links.map((link) => (
        <p>
          <code>{link.link}</code> → <code>{link.url}</code> <small>{t("clicks.of", { clicks: link.clicks, visitors: link.visitors, bots: link.bots })}</small>
        </p>
      ))}
      {order.anomalies.map((anomaly) => (
        <p class="notice">{anomaly.says}</p>
      ))}
    </Section>
  );
}
