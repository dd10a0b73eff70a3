// One task: its course and its orders, with a drawer for one of them.
import { api, ok, type Schemas } from "../../../api/api-client";
import { useData, usePages } from "../../../api/request-hooks";
import { useMe } from "../../../api/signed-in-user";
import { Copy } from "../../../components/values/copy-button";
import { Deadline, Money } from "../../../components/values/money-and-time";
import { Facts, Screen, Section, Skeleton } from "../../../components/screen-layout";
import { Pill } from "../../../components/values/status-pill";
import { ProblemNotice } from "../../../components/problem-notice";
import { Findings, Post } from "../../../components/posts/post-preview";
import { PostPictures } from "../../../components/posts/post-pictures";
import { List } from "../../../components/table";
import { TimeLine } from "../../../components/values/time-line";
import { EventHistory } from "../../../components/values/event-history";
import { named, t } from "../../../i18n";
import { link, useFilters } from "../../../frame/address-and-filters";
import { OrderDrawer } from "../../orders/order-page";
import { nextTimer } from "../../orders/waiting-orders";
import { TaskActions } from "./task-actions";
import { OpenCallApplications } from "./open-call-applications";

type Task = Schemas["Task"];

export function TaskPage({ params }: { params: { id: string } }) {
  const path = { task_id: params.id };
  const me = useMe();
  const [{ order: opened }, filter] = useFilters();
  const task = useData(`task:${params.id}`, () => ok(api.GET("/v1/tasks/{task_id}", { params: { path } })), 15);
  const orders = usePages(`orders:task:${params.id}`, (cursor) => ok(api.GET("/v1/tasks/{task_id}/orders", { params: { path, query: { cursor, limit: 50 } } })), 15);
  if (task.problem && !task.data) return <ProblemNotice problem={task.problem} retry={() => void task.reload()} />;
  if (!task.data || !me.data) return <Skeleton rows={8} />;
  const one = task.data;
  const isOwner = one.advertiser_id === me.data.user.advertiser_id;
  const reload = async (): Promise<void> => void (await Promise.all([task.reload(), orders.reload()]));
  return (
    <Screen title={one.title} crumb={{ to: "/tasks", text: t("nav.tasks") }} actions={<TaskActions task={one} isOwner={isOwner} me={me.data} reload={reload} />}>
      <p class="row">
        <Pill kind="task_status" state={one.status} /> <Copy text={one.id} />
      </p>
      {one.stuck && <p class="notice bad">{t("stuck.hint", { error: one.stuck.error })}</p>}
      {one.review.status === "rejected" && (
        <div class="notice bad">
          <strong>{t("task.rejected")}</strong>
          {one.review.reasons.map((reason) => (
            <p>
              {named("review_reason", reason.code)} {reason.note}
            </p>
          ))}
        </div>
      )}
      <Section title={t("task.course")}>
        <Course task={one} />
      </Section>
      <Section title={t("money")}>
        <Facts
          of={[
            { label: t("total"), value: <Money of={one.total} /> },
            { label: t("task.held"), value: <Money of={one.totals.held} /> },
            { label: t("task.paid"), value: <Money of={one.totals.paid} /> },
            { label: t("task.refunded"), value: <Money of={one.totals.refunded} /> },
            one.call && { label: t("call.unallocated"), value: <Money of={one.call.unallocated} /> },
          ]}
        />
      </Section>
      {one.call && <OpenCallApplications task={one} reload={reload} />}
      <Section title={t("nav.orders")} actions={one.status !== "draft" && <a href={`#/tasks/${one.id}/report`}>{t("report")}</a>}>
        <List
          label={t("nav.orders")}
          pages={orders}
          empty={t("orders.none_yet")}
          id={(order) => order.id}
          href={(order) => link(`/tasks/${one.id}`, { order: order.id })}
          columns={[
            { name: t("account"), cell: (order) => order.handle },
            { name: t("status"), cell: (order) => <Pill kind="order_status" state={order.counter?.status === "open" ? "countered" : order.status} /> },
            { name: t("price"), number: true, cell: (order) => <Money of={order.price} /> },
            { name: t("deadline"), cell: (order) => { const timer = nextTimer(order); return timer ? <Deadline at={order.deadline ?? timer.at} outcome={named("order_status", timer.default_outcome)} /> : order.reason ? named("end_reason", order.reason.code) : "—"; } },
          ]}
        />
      </Section>
      <div class="grid2">
        <Section title={t("task.content")}>
          <Post text={one.content.text} urls={one.content.urls} findings={one.review.findings} />
          <Findings of={one.review.findings} />
          <PostPictures of={{ task: one.id }} count={one.content.picture_ids.length} />
        </Section>
        <Section title={t("history")}>
          <EventHistory events={one.events} />
        </Section>
      </div>
      {opened && <OrderDrawer key={opened} id={opened} close={() => (filter({ order: undefined }), void orders.reload())} />}
    </Screen>
  );
}

/** The course of a task, drawn to scale: each deadline with what happens then. */
function Course({ task }: { task: Task }) {
  const isEnded = ["completed", "cancelled", "stopped"].includes(task.status);
  const moments = [
    { name: t("task.created"), at: task.created_at },
    ...(task.status === "in_review" && task.review.due_at ? [{ name: named("timer", "review_due"), at: task.review.due_at, then: t("moment.review_due") }] : []),
    { name: named("timer", "accept_by"), at: task.accept_by, then: t("moment.accept_by") },
    { name: named("timer", "window_start"), at: task.window.start_at, then: t("moment.start") },
    { name: named("timer", "window_end"), at: task.window.end_at, then: t("moment.end") },
    { name: named("timer", "final_at"), at: task.final_at, then: t("moment.retention", { duration: named("duration", task.retention) }) },
  ];
  return <TimeLine label={t("task.course")} moments={moments} past={task.events.map((event) => event.at)} ended={isEnded} />;
}
