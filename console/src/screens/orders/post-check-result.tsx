// What a check of a post has found, point by point, with what to do about it.
import type { Schemas } from "../../api/api-client";
import { Pill } from "../../components/values/status-pill";
import { TextPieces } from "../../components/posts/text-changes";
import { Table } from "../../components/table";
import { named, t } from "../../i18n";

type Order = Schemas["Order"];

/** The points of a check, with the codes of the API that say that they are wrong. */
const POINTS = {
  public: ["post_missing", "post_not_public"],
  account: ["wrong_account"],
  text: ["text_differs", "post_edited"],
  mark: ["ad_mark_missing"],
  links: ["url_missing"],
  pictures: ["picture_missing"],
  source: ["wrong_source"],
  time: ["posted_too_early", "posted_too_late", "frequency_cap"],
  once: ["post_already_used"],
} as const;
type Point = keyof typeof POINTS;

/** Return the codes of the last check that has failed. */
function lastFailure(order: Order): string[] {
  const failed = order.events.filter((event) => event.event === "check_failed").at(-1);
  return failed?.note?.split(", ") ?? [];
}

/** The text that the last failed check found, against the agreed one. */
export function TextDifference({ order }: { order: Order }) {
  if (!order.text_difference) return null;
  return (
    <>
      <p>{t("post_check.difference")}</p>
      <TextPieces of={order.text_difference} />
    </>
  );
}

export function PostCheckResult({ order, codes = lastFailure(order) }: { order: Order; codes?: string[] }) {
  if (!codes.length) return null;
  const concerns: Record<Point, boolean> = {
    public: true, account: true, text: true, mark: true, time: true, once: true,
    links: order.content.urls.length > 0,
    pictures: order.content.picture_ids.length > 0,
    source: order.source_url !== null,
  };
  const wrong = (point: Point): string | undefined => POINTS[point].find((code) => codes.includes(code));
  const isMissing = codes.includes("post_missing"); // nothing else was checked
  const points = (Object.keys(POINTS) as Point[]).filter((point) => (isMissing ? point === "public" : concerns[point] || wrong(point)));
  return (
    <>
      <Table
        label={t("publish.checked")}
        rows={points}
        id={(point) => point}
        columns={[
          { name: t("checks"), cell: (point) => t(`post_check.${point}`) },
          { name: t("status"), cell: (point) => <Pill kind="check" state={wrong(point) ? "failed" : "ok"} /> },
          { name: t("publish.mend_how"), cell: (point) => (wrong(point) ? named("post_fault", wrong(point)) : "—") },
        ]}
      />
      <TextDifference order={order} />
    </>
  );
}
