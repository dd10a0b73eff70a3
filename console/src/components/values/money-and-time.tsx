// Values in a text: money, times, deadlines, large numbers.
import { now } from "../../stage-clock";
import { compact, distance, moment, money as moneyText } from "../../format";
import { t } from "../../i18n";
import type { Money as MoneyValue } from "../../api/api-client";

export function Money({ of, sign, class: name }: { of: MoneyValue | null | undefined; sign?: boolean; class?: string }) {
  return <span class={`money ${name ?? ""}`}>{moneyText(of, sign)}</span>;
}

/** A moment: its distance, and the moment itself on focus or hover. */
export function Time({ at, absolute }: { at: string | null | undefined; absolute?: boolean }) {
  if (!at) return <span>—</span>;
  return (
    <time dateTime={at} title={moment(at, true)}>
      {absolute ? moment(at) : distance(at, now())}
    </time>
  );
}

const LATE_MS = 0;
const SOON_MS = 2 * 3_600_000;

/** A deadline that counts down, with the default outcome. */
export function Deadline({ at, outcome }: { at: string | null | undefined; outcome?: string }) {
  if (!at) return <span>—</span>;
  const left = Date.parse(at) - now();
  const state = left < LATE_MS ? "bad" : left < SOON_MS ? "wait" : "neutral";
  return (
    <span class={`deadline ${state}`}>
      <Time at={at} />
      {outcome && <small> · {t("deadline.else", { outcome })}</small>}
    </span>
  );
}

/** Followers in few characters. */
export function Count({ of }: { of: number | null | undefined }) {
  return <span title={of == null ? undefined : String(of)}>{compact(of)}</span>;
}
