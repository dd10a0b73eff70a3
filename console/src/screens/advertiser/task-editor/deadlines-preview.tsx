// The deadlines of the task that is edited, drawn to scale.
import { nowOnce } from "../../../stage-clock";
import { TimeLine } from "../../../components/values/time-line";
import { milliseconds } from "../../../format";
import { named, t } from "../../../i18n";
import type { TaskFormValues } from "./task-form-values";

/** The course of the task, drawn to scale: each deadline with its default outcome. */
export function DeadlinesPreview({ draft }: { draft: TaskFormValues }) {
  const at = (local: string, plus = 0): string => (local ? new Date(Date.parse(local) + plus).toISOString() : "");
  const moments = [
    { name: t("timer.accept_by"), at: at(draft.acceptBy), then: t("moment.accept_by") },
    { name: t("task.start"), at: at(draft.start), then: t("moment.start") },
    { name: t("task.end"), at: at(draft.end), then: t("moment.end") },
    { name: t("task.retention"), at: at(draft.end, milliseconds(draft.retention)), then: t("moment.retention", { duration: named("duration", draft.retention) }) },
  ];
  return <TimeLine label={t("task.course")} moments={moments.filter((one) => one.at)} past={[new Date(nowOnce()).toISOString()]} />;
}
