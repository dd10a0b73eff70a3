// The inbox of the user with its unread notifications, and all of the user's events.
import { api, ok, type Schemas } from "../../api/api-client";
import { optimistic, useAct, usePages } from "../../api/request-hooks";
import { roleOf, useMe, type Role } from "../../api/signed-in-user";
import { useInbox } from "../../frame/notification-bell";
import { Money, Time } from "../../components/values/money-and-time";
import { ProblemNotice } from "../../components/problem-notice";
import { Screen, Section, Skeleton, Tabs } from "../../components/screen-layout";
import { List } from "../../components/table";
import { named, t } from "../../i18n";
import { link, useFilters } from "../../frame/address-and-filters";

type Event = Schemas["Event"];
type Data = Partial<Record<"order_id" | "task_id" | "account_id" | "dispute_id" | "webhook_id" | "plan_id" | "advertiser_id", string>> & {
  price?: Schemas["Money"];
  amount?: Schemas["Money"];
  reason?: { code: string } | string | null;
  reason_code?: string | null;
};

const QUEUES: Record<string, string> = {
  "task.in_review": "/reviews",
  "order.draft_submitted": "/draft-reviews",
  "account.pending": "/admissions",
  "certification.pending": "/certifications",
  "appeal.open": "/appeals",
  "withdrawal.requested": "/withdrawals",
  "wallet.suspense_open": "/suspense",
  "wallet.suspense_returned": "/suspense",
};

/** Return the address of the screen that shows what an event is about, for a role. */
export function eventPath({ type, data: payload }: Pick<Event, "type" | "data">, role: Role | null): string {
  const data = payload as Data;
  const isParty = role === "advertiser" || role === "creator";
  if (!isParty && QUEUES[type]) return QUEUES[type];
  if (data.dispute_id) return `/disputes/${data.dispute_id}`;
  if (data.order_id) return `/orders/${data.order_id}`;
  if (type.startsWith("application.") && role === "creator") return "/calls";
  if (data.task_id) return `/tasks/${data.task_id}`;
  if (data.account_id) return role === "creator" ? `/my-accounts/${data.account_id}` : `/accounts/${data.account_id}`;
  if (data.webhook_id) return `/settings/webhooks/${data.webhook_id}`;
  if (data.advertiser_id) return isParty ? "/settings" : `/enterprises/${data.advertiser_id}`;
  return isParty ? "/wallet" : "/";
}

export function NotificationInbox() {
  const [filters] = useFilters();
  const tab = filters.tab === "events" ? "events" : "inbox";
  return (
    <Screen title={t("nav.notifications")} actions={<a role="button" class="secondary" href="#/settings/notifications">{t("notifications.choose")}</a>}>
      <Tabs tabs={(["inbox", "events"] as const).map((id) => ({ id, text: `notifications.${id}` as const }))} active={tab} href={(id) => link("/notifications", { tab: id === "inbox" ? undefined : id })} />
      {tab === "inbox" ? <Inbox /> : <Events />}
    </Screen>
  );
}

function Inbox() {
  const bell = useInbox();
  const me = useMe();
  const pages = usePages("inbox:pages", (cursor) => ok(api.GET("/v1/notifications", { params: { query: { limit: 50, cursor } } })), 15);
  const read = useAct(
    (intent, body: Schemas["NotificationsReadBody"]) =>
      optimistic(
        pages,
        (all) => all.map((one) => ({ ...one, read: one.read || !!body.until || !!body.ids?.includes(one.id) })),
        () => ok(api.POST("/v1/notifications/read", { params: { header: { "Idempotency-Key": intent.keyFor(body) } }, body })),
      ),
    async () => void (await Promise.all([pages.reload(), bell.reload()])),
  );
  const role = me.data ? roleOf(me.data) : null;
  const newest = pages.data?.[0];
  if (pages.problem) return <ProblemNotice problem={pages.problem} retry={() => void pages.reload()} />;
  if (!pages.data) return <Skeleton rows={6} />;
  return (
    <Section
      title={bell.data?.unread ? t("bell.unread", { count: bell.data.unread }) : t("notifications.all_read")}
      actions={
        !!bell.data?.unread && newest && (
          <button type="button" class="secondary" aria-busy={read.busy} onClick={() => void read.run({ until: newest.timestamp })}>
            {t("notifications.read_all")}
          </button>
        )
      }
    >
      <ProblemNotice problem={read.problem} />
      <List
        label={t("nav.notifications")}
        pages={pages}
        empty={t("notifications.empty")}
        id={(one) => one.id}
        columns={[
          {
            name: t("notifications.event"),
            cell: (one) => (
              <a class={`row-link ${one.read ? "soft" : "unread"}`} href={`#${eventPath(one, role)}`} onClick={() => !one.read && void read.run({ ids: [one.id] })}>
                {named("event_type", one.type)}
                {!one.read && <span class="hidden"> {t("notifications.unread")}</span>}
              </a>
            ),
          },
          ...DETAILS,
        ]}
      />
    </Section>
  );
}

const DETAILS = [
  { name: "", cell: (one: Pick<Event, "data">) => <Detail of={one} /> },
  { name: "", cell: (one: Pick<Event, "timestamp">) => <Time at={one.timestamp} />, number: true },
];

/** The amount or the reason of an event, if it has one. */
function Detail({ of }: { of: Pick<Event, "data"> }) {
  const { price, amount, reason, reason_code } = of.data as Data;
  if (reason && typeof reason === "object") return <span class="soft">{named("end_reason", reason.code)}</span>;
  if (reason_code) return <span class="soft">{[named("admission_reason", reason_code), named("certification_reason", reason_code)].find((text) => text !== reason_code.replaceAll("_", " ")) ?? named("revocation_reason", reason_code)}</span>;
  return price || amount ? <Money of={price ?? amount} /> : null;
}

function Events() {
  const me = useMe();
  const events = usePages("events", (cursor) => ok(api.GET("/v1/events", { params: { query: { limit: 50, cursor } } })));
  const role = me.data ? roleOf(me.data) : null;
  return (
    <Section>
      <p class="soft">{t("notifications.events_hint")}</p>
      <List
        label={t("notifications.events")}
        pages={events}
        empty={t("notifications.events_empty")}
        id={(one) => one.id}
        href={(one) => `#${eventPath(one, role)}`}
        columns={[{ name: t("notifications.event"), cell: (one) => named("event_type", one.type) }, { name: t("entry.kind"), cell: (one) => <code>{one.type}</code>, minor: true }, ...DETAILS]}
      />
    </Section>
  );
}
