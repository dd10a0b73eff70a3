// A grade as stars.
import { named, t } from "../../i18n";

const GRADES = ["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"];

/** A grade as stars, with its name for readers. */
export function Stars({ grade }: { grade: string | null | undefined }) {
  const name = grade ? named("grade", grade) : t("grade.none");
  const count = grade ? GRADES.indexOf(grade) + 1 : 0;
  if (!grade) return <span class="soft">{name}</span>;
  return (
    <span class="stars" title={name} role="img" aria-label={name}>
      {grade === "diamond" ? <i class="gem">◆</i> : Array.from({ length: 6 }, (_, i) => <i class={i < count ? "" : "off"}>★</i>)}
    </span>
  );
}
