// One task: its course, its orders, applications, and what its owner or staff can do with it.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useAct, useData, usePages } from "../../api/data";
import { useMe, type Me } from "../../api/me";
import { Copy, Deadline, Facts, Money, Pill, ProblemNotice, Screen, Section, Skeleton } from "../../components/basics";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { Findings, Pictures, Post } from "../../components/post";
import { ReasonDialog } from "../../components/reason-dialog";
import { List, Table } from "../../components/table";
import { TimeScale } from "../../components/time-scale";
import { History } from "../../components/timeline";
import { say } from "../../components/toast";
import { choices, named, t } from "../../i18n";
import { link, useFilters } from "../../router";
import { OrderDrawer } from "../shared/orders/order";
import { nextTimer } from "../shared/orders/waiting-orders";

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
    <Screen title={one.title} crumb={{ to: "/tasks", text: t("nav.tasks") }} actions={<Actions task={one} isOwner={isOwner} me={me.data} reload={reload} />}>
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
      {one.call && <Applications task={one} reload={reload} />}
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
          <Pictures of={{ task: one.id }} count={one.content.picture_ids.length} />
        </Section>
        <Section title={t("history")}>
          <History events={one.events} />
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
  return <TimeScale label={t("task.course")} moments={moments} past={task.events.map((event) => event.at)} ended={isEnded} />;
}

type Open = "cancel" | "stop" | "appeal" | null;

function Actions({ task, isOwner, me, reload }: { task: Task; isOwner: boolean; me: Me; reload: () => Promise<void> }) {
  const [open, setOpen] = useState<Open>(null);
  const path = { task_id: task.id };
  const close = (): void => setOpen(null);
  const submit = useAct(
    async (intent) => await ok(api.POST("/v1/tasks/{task_id}/submit", { params: { path, header: { "Idempotency-Key": intent.keyFor(task.revision) } }, body: {} as never })),
    async () => (say(t("task.submitted")), await reload()),
  );
  const stop = useAct(
    async (intent, reason: { reason_code: string; note?: string }) => await ok(api.POST("/v1/tasks/{task_id}/stop", { params: { path, header: { "Idempotency-Key": intent.keyFor(reason) } }, body: reason })),
    async () => (close(), say(t("task.stopped")), await reload()),
  );
  const open_ = ["in_review", "running"].includes(task.status) || (isOwner && ["draft", "rejected"].includes(task.status));
  return (
    <>
      {isOwner && <a role="button" class="secondary" href={link("/tasks/new", { copy: task.id })}>{t("task.copy")}</a>}
      {isOwner && open_ && <button type="button" class="secondary" onClick={() => setOpen("cancel")}>{t("task.cancel")}</button>}
      {isOwner && task.status === "rejected" && !task.appeal && <button type="button" class="secondary" onClick={() => setOpen("appeal")}>{t("appeal")}</button>}
      {isOwner && ["draft", "rejected"].includes(task.status) && <a role="button" class="secondary" href={`#/tasks/${task.id}/edit`}>{t("edit")}</a>}
      {isOwner && task.status === "draft" && <button type="button" aria-busy={submit.busy} onClick={() => void submit.run()}>{t("task.submit")}</button>}
      {!isOwner && (me.roles.includes("auditor") || me.roles.includes("admin")) && ["in_review", "running"].includes(task.status) && <button type="button" class="danger" onClick={() => setOpen("stop")}>{t("task.stop")}</button>}
      <ProblemNotice problem={submit.problem} />
      {open === "cancel" && <Cancel task={task} close={close} reload={reload} />}
      {open === "stop" && <ReasonDialog title={t("task.stop")} group="stop_reason" button={t("task.stop")} act={stop} close={close}><p>{t("task.stop_hint")}</p></ReasonDialog>}
      {open === "appeal" && <Appeal task={task} close={close} reload={reload} />}
    </>
  );
}

/** The cancellation, line by line: who gets what. What is confirmed is what was shown, or it is refused. */
function Cancel({ task, close, reload }: { task: Task; close: () => void; reload: () => Promise<void> }) {
  const path = { task_id: task.id };
  const options = choices("cancel_reason");
  const [reason, setReason] = useState(options[0]?.value ?? "plans_changed");
  const preview = useData(`cancellation:${task.id}`, () => ok(api.GET("/v1/tasks/{task_id}/cancellation", { params: { path } })));
  const act = useAct(
    async (intent) => {
      const body = { reason_code: reason, revision: preview.data!.revision };
      return await ok(api.POST("/v1/tasks/{task_id}/cancel", { params: { path, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (close(), say(t("task.cancelled")), await reload()),
  );
  return (
    <Dialog title={t("task.cancel")} close={close} shape="wide">
      <ProblemNotice problem={preview.problem} />
      {preview.data ? (
        <Form act={act} submit={() => act.run()} button={t("task.cancel_now")} danger cancel={close}>
          <Facts
            of={[
              { label: t("cancel.returned"), value: <Money of={preview.data.returned} /> },
              { label: t("cancel.compensation"), value: <Money of={preview.data.compensation} /> },
              { label: t("cancel.stays"), value: <Money of={preview.data.stays_held} /> },
            ]}
          />
          <Table
            label={t("nav.orders")}
            rows={preview.data.lines}
            id={(line) => line.order_id}
            columns={[
              { name: t("task.orders"), cell: (line) => <code>{line.order_id.slice(-6)}</code> },
              { name: t("status"), cell: (line) => <><Pill kind="order_status" state={line.status} /> → <Pill kind="order_status" state={line.then} /></> },
              { name: t("price"), number: true, cell: (line) => <Money of={line.price} /> },
              { name: t("cancel.compensation"), number: true, cell: (line) => <Money of={line.compensation} /> },
              { name: t("cancel.returned"), number: true, cell: (line) => <Money of={line.returned} /> },
            ]}
          />
          <Field label={t("reason")} pointer="/reason_code" value={reason} onValue={setReason} options={options} />
        </Form>
      ) : (
        !preview.problem && <Skeleton rows={4} />
      )}
    </Dialog>
  );
}

function Appeal({ task, close, reload }: { task: Task; close: () => void; reload: () => Promise<void> }) {
  const [note, setNote] = useState("");
  const act = useAct(
    async (intent) => await ok(api.POST("/v1/tasks/{task_id}/appeal", { params: { path: { task_id: task.id }, header: { "Idempotency-Key": intent.keyFor(note) } }, body: { note } })),
    async () => (close(), say(t("appeal.sent")), await reload()),
  );
  return (
    <Dialog title={t("appeal")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("appeal")} cancel={close}>
        <p>{t("appeal.hint")}</p>
        <Field label={t("note")} pointer="/note" area value={note} onValue={setNote} required />
      </Form>
    </Dialog>
  );
}

function Applications({ task, reload }: { task: Task; reload: () => Promise<void> }) {
  const path = { task_id: task.id };
  const applications = usePages(`applications:${task.id}`, (cursor) => ok(api.GET("/v1/tasks/{task_id}/applications", { params: { path, query: { cursor } } })), 20);
  const decide = useAct(
    async (intent, id: string, accept: boolean) => {
      const params = { path: { application_id: id }, header: { "Idempotency-Key": intent.keyFor([id, accept]) } };
      return accept
        ? await ok<unknown>(api.POST("/v1/applications/{application_id}/accept", { params, body: {} as never }))
        : await ok<unknown>(api.POST("/v1/applications/{application_id}/decline", { params, body: {} as never }));
    },
    async () => void (await Promise.all([applications.reload(), reload()])),
  );
  return (
    <Section title={t("applications")}>
      <ProblemNotice problem={decide.problem} />
      <List
        label={t("applications")}
        pages={applications}
        empty={t("applications.empty")}
        id={(one) => one.id}
        columns={[
          { name: t("account"), cell: (one) => <a href={`#/accounts/${one.account_id}`}>{one.handle}</a> },
          { name: t("price"), number: true, cell: (one) => <Money of={one.price} /> },
          { name: t("note"), cell: (one) => one.note ?? "", minor: true },
          { name: t("status"), cell: (one) => <Pill kind="application_status" state={one.status} /> },
          {
            name: "",
            cell: (one) =>
              one.status === "open" && (
                <span class="row">
                  <button type="button" aria-busy={decide.busy} onClick={() => void decide.run(one.id, true)}>{t("accept")}</button>
                  <button type="button" class="secondary" onClick={() => void decide.run(one.id, false)}>{t("decline")}</button>
                </span>
              ),
          },
        ]}
      />
    </Section>
  );
}
