// A new task, or the correction of one: its content with live findings beside the parts of the other files in this folder.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct, useData } from "../../../api/request-hooks";
import { ProblemNotice } from "../../../components/problem-notice";
import { Screen, Section, Skeleton } from "../../../components/screen-layout";
import { Check, Choice, Field, FaultsOf } from "../../../components/form";
import { PictureUploadField } from "../../../components/posts/picture-upload-field";
import { Findings, Post } from "../../../components/posts/post-preview";
import { say } from "../../../components/toast";
import { readMoney } from "../../../format";
import { named, t } from "../../../i18n";
import { navigate, useFilters } from "../../../frame/address-and-filters";
import { clear } from "../../accounts/chosen-accounts";
import { useDelayed } from "./use-delayed";
import { type TaskFormValues, newValues, storedValues, copiedValues, taskBody, planTaskBody } from "./task-form-values";
import { ChosenAccounts, CallFields } from "./account-choice";
import { DeadlinesPreview } from "./deadlines-preview";
import { TaskBill } from "./task-bill";

type Task = Schemas["Task"];
const RETENTIONS = ["PT1H", "PT24H", "P3D", "P7D", "P30D"];

export function TaskEditor({ params }: { params: { id?: string } }) {
  const [filters] = useFilters();
  const source = params.id ?? filters.copy;
  const task = useData(source ? `task:${source}` : null, () => ok(api.GET("/v1/tasks/{task_id}", { params: { path: { task_id: source! } } })));
  if (!source) return <Editor initial={newValues(filters)} plan={filters.plan} />;
  if (task.problem) return <ProblemNotice problem={task.problem} retry={() => void task.reload()} />;
  if (!task.data) return <Skeleton rows={8} />;
  const initial = params.id ? storedValues(task.data) : { ...newValues(filters), ...copiedValues(storedValues(task.data)) };
  return <Editor initial={initial} known={params.id ? task.data : undefined} />;
}

function Editor({ initial, known, plan }: { initial: TaskFormValues; known?: Task; plan?: string }) {
  const [draft, setDraft] = useState(initial);
  const set = (changed: Partial<TaskFormValues>): void => setDraft((now) => ({ ...now, ...changed }));
  const ids = draft.accounts;
  const quote = useData(!draft.isCall && ids.length ? `quote:${draft.kind}:${ids.join()}` : null, () => ok(api.POST("/v1/quotes", { body: { kind: draft.kind, account_ids: ids } })));
  const wallet = useData("wallet:advertiser", () => ok(api.GET("/v1/wallet", { params: { query: { as: "advertiser" } } })));
  const content = useDelayed(JSON.stringify({ title: draft.title, content: { text: draft.text, urls: draft.urls.split(/\s+/).filter(Boolean) } }), 400);
  const preview = useData(draft.text ? `preview:${content}` : null, () => ok(api.POST("/v1/previews", { body: JSON.parse(content) as Schemas["PreviewBody"] })));
  /** True while the task is what the plan says; with other accounts it is a task like any other. */
  const isPlanned = !!plan && !draft.isCall && !draft.reserves.length && draft.kind === initial.kind && ids.join() === initial.accounts.join();
  const act = useAct(
    async (intent, asDraft: boolean) => {
      const sent = { ...taskBody(draft, quote.data), ...(asDraft ? { draft: true } : {}) };
      if (known) {
        const task = await ok(api.PUT("/v1/tasks/{task_id}", { params: { path: { task_id: known.id } }, body: sent }));
        if (known.status === "draft" && !asDraft)
          return await ok(api.POST("/v1/tasks/{task_id}/submit", { params: { path: { task_id: known.id }, header: { "Idempotency-Key": intent.keyFor(sent) } }, body: {} as never }));
        return task;
      }
      if (isPlanned && !asDraft) {
        const planned = planTaskBody(draft);
        return await ok(api.POST("/v1/plans/{plan_id}/task", { params: { path: { plan_id: plan! }, header: { "Idempotency-Key": intent.keyFor(planned) } }, body: planned }));
      }
      return await ok(api.POST("/v1/tasks", { params: { header: { "Idempotency-Key": intent.keyFor(sent) } }, body: sent }));
    },
    (task) => {
      clear();
      say(task.status === "draft" ? t("task.saved") : t("task.submitted"));
      navigate(`/tasks/${task.id}`);
    },
  );
  const total = draft.isCall ? readMoney(draft.budget) : quote.data?.total;
  const findings = preview.data?.findings ?? [];
  return (
    <Screen title={known ? t("task.edit") : t("task.new")} crumb={{ to: "/tasks", text: t("nav.tasks") }}>
      {known?.review.status === "rejected" && (
        <div class="notice bad">
          <strong>{t("task.rejected")}</strong>
          {known.review.reasons.map((reason) => (
            <p>
              {named("review_reason", reason.code)} {reason.note}
            </p>
          ))}
        </div>
      )}
      <FaultsOf problem={act.problem}>
        <form class="side-by-side" noValidate onSubmit={(event) => (event.preventDefault(), void act.run(false))}>
          <div>
            <Section title={t("task.content")}>
              <Choice label={t("kind")} pointer="/kind" value={draft.kind} onValue={(kind) => set({ kind })} options={(["post", "repost"] as const).map((value) => ({ value, text: named("order_kind", value) }))} />
              {draft.kind === "repost" && <Field label={t("task.source")} pointer="/source_url" type="url" value={draft.source} onValue={(source) => set({ source })} hint={t("task.source_hint")} required />}
              <Field label={t("task.title")} pointer="/title" value={draft.title} onValue={(title) => set({ title })} required maxLength={100} />
              <Field
                label={t("task.text")}
                pointer="/content/text"
                area
                rows={6}
                value={draft.text}
                onValue={(text) => set({ text })}
                required
                hint={preview.data ? t("task.characters", { count: preview.data.characters, max: preview.data.characters_max }) : t("task.text_hint")}
              />
              <Findings of={findings} />
              <Field label={t("task.urls")} pointer="/content/urls" area rows={2} value={draft.urls} onValue={(urls) => set({ urls })} hint={t("task.urls_hint")} />
              <PictureUploadField ids={draft.pictures} change={(pictures) => set({ pictures })} />
            </Section>
            <Section title={t("task.preview")}>
              {preview.data ? <Post text={preview.data.text} urls={preview.data.urls} findings={findings} /> : <p class="soft">{t("task.preview_hint")}</p>}
              {preview.data?.errors.map((fault) => <p class="fault">{fault.message}</p>)}
            </Section>
            <Section title={t("nav.accounts")}>
              <Check label={t("call")} hint={t("call.hint")} checked={draft.isCall} onChange={(isCall) => set({ isCall })} />
              {isPlanned && <p class="notice neutral">{t("plan.from")}</p>}
              {draft.isCall ? <CallFields draft={draft} set={set} /> : <ChosenAccounts draft={draft} set={set} quote={quote.data} />}
              <ProblemNotice problem={quote.problem} />
            </Section>
            <Section title={t("task.time")}>
              <div class="fields">
                <Field label={t("timer.accept_by")} pointer="/accept_by" type="datetime-local" value={draft.acceptBy} onValue={(acceptBy) => set({ acceptBy })} required />
                <Field label={t("task.start")} pointer="/window/start_at" type="datetime-local" value={draft.start} onValue={(start) => set({ start })} required />
                <Field label={t("task.end")} pointer="/window/end_at" type="datetime-local" value={draft.end} onValue={(end) => set({ end })} required />
                <Field label={t("task.retention")} pointer="/retention" value={draft.retention} onValue={(retention) => set({ retention })} options={[...new Set([...RETENTIONS, draft.retention])].map((value) => ({ value, text: named("duration", value) }))} />
              </div>
              <Check label={t("task.draft_approval")} hint={t("task.draft_approval_hint")} checked={draft.draftApproval} onChange={(draftApproval) => set({ draftApproval })} />
              <Check label={t("task.by_platform")} hint={t("task.by_platform_hint")} checked={draft.byPlatform} onChange={(byPlatform) => set({ byPlatform })} />
              <DeadlinesPreview draft={draft} />
            </Section>
          </div>
          <aside>
            <Section title={t("bill")}>
              <TaskBill quote={quote.data} total={total} available={wallet.data?.available} />
              <ProblemNotice problem={act.problem} />
              {act.problem?.code === "insufficient_funds" && <p><a href="#/wallet">{t("topup")}</a></p>}
              <p class="row">
                <button type="submit" aria-busy={act.busy}>
                  {t("task.submit")}
                </button>
                {(!known || known.status === "draft") && (
                  <button type="button" class="secondary" aria-busy={act.busy} onClick={() => void act.run(true)}>
                    {t("task.save_draft")}
                  </button>
                )}
              </p>
              <small>{t("task.submit_hint")}</small>
            </Section>
          </aside>
        </form>
      </FaultsOf>
    </Screen>
  );
}
