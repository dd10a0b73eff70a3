// The values of the task editor's fields: of a new task, of a stored one, and as the request's body.
import type { Schemas } from "../../../api/api-client";
import { nowOnce } from "../../../stage-clock";
import { localInput, noMoney, readMoney, typedMoney } from "../../../format";

type Task = Schemas["Task"];
type Kind = "post" | "repost";
const HOUR = 3_600_000;

export interface TaskFormValues {
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

/** The values of a new task, some of which the address names. */
export function newValues(filters: Record<string, string>): TaskFormValues {
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

/** The values of a stored task. */
export function storedValues(task: Task): TaskFormValues {
  const local = (at: string): string => localInput(new Date(at));
  return {
    kind: task.kind, title: task.title, text: task.content.text, urls: task.content.urls.join("\n"), pictures: task.content.picture_ids, source: task.source_url ?? "",
    accounts: task.account_ids, reserves: task.reserve_account_ids, isCall: task.call !== null, budget: typedMoney(task.call?.budget),
    category: task.call?.wanted.category ?? "", grade: task.call?.wanted.grade_min ?? "", followers: String(task.call?.wanted.followers_min ?? ""),
    start: local(task.window.start_at), end: local(task.window.end_at), acceptBy: local(task.accept_by), retention: task.retention,
    draftApproval: task.draft_approval, byPlatform: task.publishing.mode === "platform",
  };
}

/** The values that a copy takes from another task: all but the times. */
export function copiedValues({ start: _, end: __, acceptBy: ___, ...rest }: TaskFormValues): Partial<TaskFormValues> {
  return rest;
}

/** The request's body; `quote` is the price that was shown, which is the maximum. */
export function taskBody(draft: TaskFormValues, quote: Schemas["Quote"] | undefined): Schemas["TaskBody"] {
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
export function planTaskBody(draft: TaskFormValues): Schemas["PlanTaskBody"] {
  const { kind: _, account_ids: __, reserve_account_ids: ___, max_total: ____, ...rest } = taskBody(draft, undefined) as Record<string, unknown>;
  return rest as Schemas["PlanTaskBody"];
}
