// The posts that the creator has promised, per account and day: the frequency cap counts them.
import { api, ok, type Schemas } from "../../api/api-client";
import { useData, usePages } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { nowOnce } from "../../stage-clock";
import { Empty, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Time } from "../../components/values/money-and-time";
import { Table } from "../../components/table";
import { language, t } from "../../i18n";

const DAY = 86_400_000;
const DAYS = 14;

export function PostCalendar() {
  const me = useMe();
  if (!me.data) return <Skeleton rows={6} />;
  const { accounts } = me.data;
  return (
    <Screen title={t("nav.calendar")}>
      <p class="soft">{t("calendar.hint")}</p>
      {accounts.length === 0 && (
        <Empty text={t("my_accounts.empty")}>
          <a role="button" class="secondary" href="#/my-accounts">{t("binding.new")}</a>
        </Empty>
      )}
      {accounts.map((account) => (
        <AccountCalendar key={account.id} id={account.id} handle={account.handle} />
      ))}
    </Screen>
  );
}

function AccountCalendar({ id, handle }: { id: string; handle: string }) {
  const posts = usePages(`calendar:${id}`, (cursor) => ok(api.GET("/v1/accounts/{account_id}/calendar", { params: { path: { account_id: id }, query: { limit: 100, cursor } } })), 60);
  return (
    <Section title={handle}>
      <ProblemNotice problem={posts.problem} retry={() => void posts.reload()} />
      {!posts.data && !posts.problem && <Skeleton rows={2} />}
      {posts.data && <Days posts={posts.data} />}
      {posts.data?.length === 0 && <p class="soft">{t("calendar.empty")}</p>}
      {!!posts.data?.length && (
        <Table
          label={handle}
          rows={posts.data}
          id={(post) => post.order_id}
          href={(post) => `#/orders/${post.order_id}`}
          columns={[
            { name: t("order"), cell: (post) => <OrderTitle id={post.order_id} /> },
            { name: t("calendar.window"), cell: (post) => <><Time at={post.window.start_at} absolute /> – <Time at={post.window.end_at} absolute /></> },
            { name: t("status"), cell: (post) => (post.published_at ? <><Pill kind="order_status" state="published" /> <Time at={post.published_at} /></> : <Pill kind="order_status" state="accepted" />) },
          ]}
        />
      )}
    </Section>
  );
}

/** The next two weeks: how many posts each day may get. */
function Days({ posts }: { posts: Schemas["CalendarPost"][] }) {
  const today = new Date(nowOnce());
  today.setHours(0, 0, 0, 0);
  const days = Array.from({ length: DAYS }, (_, i) => today.getTime() + i * DAY);
  const on = (day: number): number => posts.filter((post) => (post.published_at ? sameDay(post.published_at, day) : Date.parse(post.window.start_at) < day + DAY && Date.parse(post.window.end_at) > day)).length;
  const name = new Intl.DateTimeFormat(language.value, { weekday: "short", day: "numeric" });
  return (
    <ol class="days" aria-label={t("calendar.two_weeks")}>
      {days.map((day) => (
        <li class={on(day) ? "busy" : ""}>
          <small>{name.format(new Date(day))}</small>
          <b>{on(day) || "·"}</b>
        </li>
      ))}
    </ol>
  );
}

function sameDay(at: string, day: number): boolean {
  const moment = Date.parse(at);
  return moment >= day && moment < day + DAY;
}

function OrderTitle({ id }: { id: string }) {
  const order = useData(`order:${id}`, () => ok(api.GET("/v1/orders/{order_id}", { params: { path: { order_id: id } } })));
  return <>{order.data?.title ?? id}</>;
}
