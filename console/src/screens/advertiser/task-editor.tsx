// A new task, or the correction of one: content with live findings, accounts with the bill, times with every deadline.
import { useState } from "preact/hooks";
import { api, ok, type Money as MoneyValue, type Schemas } from "../../api/client";
import { useAct, useData } from "../../api/data";
import { nowOnce } from "../../clock";
import { Empty, Money, ProblemNotice, Screen, Section, Skeleton } from "../../components/basics";
import { Check, Choice, Field, FaultsOf } from "../../components/form";
import { PictureField } from "../../components/picture-field";
import { Findings, Post } from "../../components/post";
import { TimeScale } from "../../components/time-scale";
import { say } from "../../components/toast";
import { localInput, milliseconds, money, noMoney, readMoney, typedMoney } from "../../format";
import { choices, named, t } from "../../i18n";
import { link, navigate, useFilters } from "../../router";
import { clear } from "../../selection";
import { useDelayed } from "./use-delayed";

type Task = Schemas["Task"];
type Kind = "post" | "repost";
const HOUR = 3_600_000;
const RETENTIONS = ["PT1H", "PT24H", "P3D", "P7D", "P30D"];

interface Draft {
  kind: Kind;
  title: string;
  text: string;
  urls: string;
  pictures: string[];
  source: string;
  accounts: string[];
  reserves: string[];
  isCall: boolean;
  budget: string;
  category: string;
  grade: string;
  followers: string;
  start: string;
  end: string;
  acceptBy: string;
  retention: string;
  draftApproval: boolean;
  byPlatform: boolean;
}

function fresh(filters: Record<string, string>): Draft {
  const now = nowOnce();
  const at = (hours: number): string => localInput(new Date(now + hours * HOUR));
  return {
    kind: filters.kind === "repost" ? "repost" : "post",
    title: "", text: "", urls: "", pictures: [], source: "",
    accounts: (filters.accounts ?? "").split(",").filter(Boolean),
    reserves: [], isCall: false, budget: "", category: "", grade: "", followers: "",
    start: at(12), end: at(36), acceptBy: at(12), retention: "PT24H", draftApproval: false, byPlatform: false,
  };
}

function stored(task: Task): Draft {
  const local = (at: string): string => localInput(new Date(at));
  return {
    kind: task.kind, title: task.title, text: task.content.text, urls: task.content.urls.join("\n"), pictures: task.content.picture_ids, source: task.source_url ?? "",
    accounts: task.account_ids, reserves: task.reserve_account_ids, isCall: task.call !== null, budget: typedMoney(task.call?.budget),
    category: task.call?.wanted.category ?? "", grade: task.call?.wanted.grade_min ?? "", followers: String(task.call?.wanted.followers_min ?? ""),
    start: local(task.window.start_at), end: local(task.window.end_at), acceptBy: local(task.accept_by), retention: task.retention,
    draftApproval: task.draft_approval, byPlatform: task.publishing.mode === "platform",
  };
}

export function TaskEditor({ params }: { params: { id?: string } }) {
  const [filters] = useFilters();
  const source = params.id ?? filters.copy;
  const task = useData(source ? `task:${source}` : null, () => ok(api.GET("/v1/tasks/{task_id}", { params: { path: { task_id: source! } } })));
  if (!source) return <Editor initial={fresh(filters)} plan={filters.plan} />;
  if (task.problem) return <ProblemNotice problem={task.problem} retry={() => void task.reload()} />;
  if (!task.data) return <Skeleton rows={8} />;
  const initial = params.id ? stored(task.data) : { ...fresh(filters), ...pick(stored(task.data)) };
  return <Editor initial={initial} known={params.id ? task.data : undefined} />;
}

/** What a copy takes from another task: everything but the times. */
function pick({ start: _, end: __, acceptBy: ___, ...rest }: Draft): Partial<Draft> {
  return rest;
}

function body(draft: Draft, quote: Schemas["Quote"] | undefined): Schemas["TaskBody"] {
  const moment = (local: string): string => (local ? new Date(local).toISOString().replace(/\.\d+Z$/, "Z") : "");
  const urls = draft.urls.split(/\s+/).filter(Boolean);
  const shared = {
    kind: draft.kind,
    title: draft.title,
    content: { text: draft.text, picture_ids: draft.pictures, urls },
    source_url: draft.kind === "repost" ? draft.source : null,
    window: { start_at: moment(draft.start), end_at: moment(draft.end) },
    accept_by: moment(draft.acceptBy),
    retention: draft.retention,
    draft_approval: draft.draftApproval,
    publishing: { mode: draft.byPlatform ? ("platform" as const) : ("creator" as const) },
  };
  if (draft.isCall)
    return {
      ...shared,
      call: {
        budget: readMoney(draft.budget) ?? noMoney(),
        category: draft.category || null,
        grade_min: (draft.grade || null) as never,
        followers_min: draft.followers ? Number(draft.followers) : null,
      },
    } as Schemas["TaskBody"];
  return { ...shared, account_ids: draft.accounts, reserve_account_ids: draft.reserves, ...(quote ? { max_total: quote.total } : {}) } as Schemas["TaskBody"];
}

/** The task of a plan: its accounts and kind are the plan's, and its price is the maximum. */
function planBody(draft: Draft): Schemas["PlanTaskBody"] {
  const { kind: _, account_ids: __, reserve_account_ids: ___, max_total: ____, ...rest } = body(draft, undefined) as Record<string, unknown>;
  return rest as Schemas["PlanTaskBody"];
}

function Editor({ initial, known, plan }: { initial: Draft; known?: Task; plan?: string }) {
  const [draft, setDraft] = useState(initial);
  const set = (changed: Partial<Draft>): void => setDraft((now) => ({ ...now, ...changed }));
  const ids = draft.accounts;
  const quote = useData(!draft.isCall && ids.length ? `quote:${draft.kind}:${ids.join()}` : null, () => ok(api.POST("/v1/quotes", { body: { kind: draft.kind, account_ids: ids } })));
  const wallet = useData("wallet:advertiser", () => ok(api.GET("/v1/wallet", { params: { query: { as: "advertiser" } } })));
  const content = useDelayed(JSON.stringify({ title: draft.title, content: { text: draft.text, urls: draft.urls.split(/\s+/).filter(Boolean) } }), 400);
  const preview = useData(draft.text ? `preview:${content}` : null, () => ok(api.POST("/v1/previews", { body: JSON.parse(content) as Schemas["PreviewBody"] })));
  /** True while the task is what the plan says; with other accounts it is a task like any other. */
  const isPlanned = !!plan && !draft.isCall && !draft.reserves.length && draft.kind === initial.kind && ids.join() === initial.accounts.join();
  const act = useAct(
    async (intent, asDraft: boolean) => {
      const sent = { ...body(draft, quote.data), ...(asDraft ? { draft: true } : {}) };
      if (known) {
        const task = await ok(api.PUT("/v1/tasks/{task_id}", { params: { path: { task_id: known.id } }, body: sent }));
        if (known.status === "draft" && !asDraft)
          return await ok(api.POST("/v1/tasks/{task_id}/submit", { params: { path: { task_id: known.id }, header: { "Idempotency-Key": intent.keyFor(sent) } }, body: {} as never }));
        return task;
      }
      if (isPlanned && !asDraft) {
        const planned = planBody(draft);
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
              <PictureField ids={draft.pictures} change={(pictures) => set({ pictures })} />
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
              <Moments draft={draft} />
            </Section>
          </div>
          <aside>
            <Section title={t("bill")}>
              <Bill quote={quote.data} total={total} available={wallet.data?.available} />
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

function ChosenAccounts({ draft, set, quote }: { draft: Draft; set: (changed: Partial<Draft>) => void; quote: Schemas["Quote"] | undefined }) {
  if (!draft.accounts.length)
    return (
      <Empty text={t("task.no_accounts")}>
        <a role="button" class="secondary" href={link("/accounts", { kind: draft.kind })}>
          {t("accounts.find")}
        </a>
      </Empty>
    );
  const handle = (id: string): string => quote?.lines.find((line) => line.account_id === id)?.handle ?? id;
  return (
    <div data-pointer="/account_ids">
      <ul class="waiting">
        {draft.accounts.map((id) => (
          <li class="row between">
            <a href={`#/accounts/${id}`}>{handle(id)}</a>
            <Money of={quote?.lines.find((line) => line.account_id === id)?.price} />
            <button type="button" class="quiet" aria-label={t("remove.of", { name: handle(id) })} onClick={() => set({ accounts: draft.accounts.filter((one) => one !== id) })}>
              {t("remove")}
            </button>
            {draft.accounts.length > 1 && (
              <button type="button" class="quiet" aria-label={t("reserve.make_of", { name: handle(id) })} onClick={() => set({ accounts: draft.accounts.filter((one) => one !== id), reserves: [...draft.reserves, id] })}>
                {t("reserve.make")}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p>
        <a href={link("/accounts", { kind: draft.kind })}>{t("accounts.more")}</a>
      </p>
      <Reserves draft={draft} set={set} />
    </div>
  );
}

/** Accounts that are offered an order in place of those that decline or do not answer, in this order. */
function Reserves({ draft, set }: { draft: Draft; set: (changed: Partial<Draft>) => void }) {
  const ids = draft.reserves;
  const quote = useData(ids.length ? `quote:${draft.kind}:${ids.join()}` : null, () => ok(api.POST("/v1/quotes", { body: { kind: draft.kind, account_ids: ids } })));
  const line = (id: string) => quote.data?.lines.find((one) => one.account_id === id);
  const without = (id: string): string[] => ids.filter((one) => one !== id);
  return (
    <div data-pointer="/reserve_account_ids">
      <h3>{t("reserves")}</h3>
      <p class="soft">{t("reserves.hint")}</p>
      <ProblemNotice problem={quote.problem} />
      <ol class="waiting">
        {ids.map((id, i) => {
          const name = line(id)?.handle ?? id;
          return (
            <li class="row between">
              <span>
                {i + 1}. <a href={`#/accounts/${id}`}>{name}</a>
              </span>
              <Money of={line(id)?.price} />
              {i > 0 && (
                <button type="button" class="quiet" aria-label={t("reserve.up_of", { name })} onClick={() => set({ reserves: [...ids.slice(0, i - 1), id, ids[i - 1]!, ...ids.slice(i + 1)] })}>
                  ↑
                </button>
              )}
              <button type="button" class="quiet" onClick={() => set({ reserves: without(id), accounts: [...draft.accounts, id] })}>
                {t("reserve.use")}
              </button>
              <button type="button" class="quiet" aria-label={t("remove.of", { name })} onClick={() => set({ reserves: without(id) })}>
                {t("remove")}
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function CallFields({ draft, set }: { draft: Draft; set: (changed: Partial<Draft>) => void }) {
  const any = { value: "", text: t("any") };
  return (
    <div class="fields">
      <Field label={t("budget")} pointer="/call/budget" inputMode="decimal" value={draft.budget} onValue={(budget) => set({ budget })} suffix={t("currency")} required />
      <Field label={t("category")} pointer="/call/category" value={draft.category} onValue={(category) => set({ category })} options={[any, ...choices("category")]} />
      <Field label={t("grade.min")} pointer="/call/grade_min" value={draft.grade} onValue={(grade) => set({ grade })} options={[any, ...choices("grade")]} />
      <Field label={t("followers.min")} pointer="/call/followers_min" inputMode="numeric" value={draft.followers} onValue={(text) => set({ followers: text.replace(/\D/g, "") })} />
    </div>
  );
}

/** The course of the task, drawn to scale: each deadline with its default outcome. */
function Moments({ draft }: { draft: Draft }) {
  const at = (local: string, plus = 0): string => (local ? new Date(Date.parse(local) + plus).toISOString() : "");
  const moments = [
    { name: t("timer.accept_by"), at: at(draft.acceptBy), then: t("moment.accept_by") },
    { name: t("task.start"), at: at(draft.start), then: t("moment.start") },
    { name: t("task.end"), at: at(draft.end), then: t("moment.end") },
    { name: t("task.retention"), at: at(draft.end, milliseconds(draft.retention)), then: t("moment.retention", { duration: named("duration", draft.retention) }) },
  ];
  return <TimeScale label={t("task.course")} moments={moments.filter((one) => one.at)} past={[new Date(nowOnce()).toISOString()]} />;
}

function Bill({ quote, total, available }: { quote: Schemas["Quote"] | undefined; total: MoneyValue | null | undefined; available: MoneyValue | undefined }) {
  const after = total && available ? { ...available, amount: available.amount - total.amount } : undefined;
  return (
    <table class="bill">
      <tbody>
        {quote?.lines.slice(0, 12).map((line) => (
          <tr>
            <td>{line.handle}</td>
            <td>
              <Money of={line.price} />
            </td>
          </tr>
        ))}
        {(quote?.lines.length ?? 0) > 12 && (
          <tr>
            <td colSpan={2}>{t("n_more", { count: quote!.lines.length - 12 })}</td>
          </tr>
        )}
        <tr class="total">
          <td>{t("total")}</td>
          <td>
            <Money of={total} />
          </td>
        </tr>
        {quote && (
          <tr>
            <td>
              <small>{t("commission.included", { amount: money(quote.commission) })}</small>
            </td>
            <td />
          </tr>
        )}
        <tr>
          <td>{t("wallet.available")}</td>
          <td>
            <Money of={available} />
          </td>
        </tr>
        {after && (
          <tr>
            <td>{t("bill.after")}</td>
            <td class={after.amount < 0 ? "fault" : ""}>
              <Money of={after} />
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
