// What the owner or staff can do with a task: submit, edit, copy, cancel, stop, appeal its rejection.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct } from "../../../api/request-hooks";
import type { Me } from "../../../api/signed-in-user";
import { ProblemNotice } from "../../../components/problem-notice";
import { Dialog } from "../../../components/dialog";
import { Field, Form } from "../../../components/form";
import { ReasonDialog } from "../../../components/reason-dialog";
import { say } from "../../../components/toast";
import { t } from "../../../i18n";
import { link } from "../../../frame/address-and-filters";
import { TaskCancellation } from "./task-cancellation";

type Task = Schemas["Task"];

type Open = "cancel" | "stop" | "appeal" | null;

export function TaskActions({ task, isOwner, me, reload }: { task: Task; isOwner: boolean; me: Me; reload: () => Promise<void> }) {
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
      {open === "cancel" && <TaskCancellation task={task} close={close} reload={reload} />}
      {open === "stop" && <ReasonDialog title={t("task.stop")} group="stop_reason" button={t("task.stop")} act={stop} close={close}><p>{t("task.stop_hint")}</p></ReasonDialog>}
      {open === "appeal" && <Appeal task={task} close={close} reload={reload} />}
    </>
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
