// A time line drawn to scale: moments in their order, the present in it, and below it each moment with what happens then.
import type { ComponentChildren } from "preact";
import { now } from "../../stage-clock";
import { t } from "../../i18n";
import { Time } from "./money-and-time";

export interface Moment {
  name: string;
  at: string;
  /** The default outcome, or what begins. */
  then?: ComponentChildren;
}

interface Props {
  label: string;
  moments: Moment[];
  /** Times of events that have happened, drawn as dots. */
  past?: string[];
  ended?: boolean;
}

/** The least distance of two numbers on the line, in percent of its length. */
const GAP = 6;

/** Return the places of numbers at least GAP apart, each as near to its moment as the others allow. */
function spread(places: number[]): number[] {
  const spaced: number[] = [];
  for (const place of places) spaced.push(Math.max(place, (spaced.at(-1) ?? -GAP) + GAP));
  for (let i = spaced.length - 1, limit = 100; i >= 0 && spaced[i]! > limit; i--, limit -= GAP) spaced[i] = limit;
  return spaced;
}

export function TimeLine({ label, moments, past = [], ended }: Props) {
  if (!moments.length) return null;
  const sorted = [...moments].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const times = [...sorted.map((one) => one.at), ...past].map((at) => Date.parse(at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const place = (at: string | number): number => ((Number(new Date(at)) - first) / (last - first || 1)) * 100;
  const numbers = spread(sorted.map((one) => place(one.at)));
  const present = now();
  const next = ended ? undefined : sorted.find((one) => Date.parse(one.at) > present);
  const state = (one: Moment): string => (Date.parse(one.at) <= present ? "done" : one === next ? "next" : "");
  return (
    <figure class="scale" aria-label={label}>
      <div class="line" aria-hidden="true">
        <span class="gone" style={{ width: `${Math.max(0, Math.min(100, place(present)))}%` }} />
        {past.map((at) => (
          <span class="event" style={{ left: `${place(at)}%` }} />
        ))}
        {sorted.map((one, i) => (
          <>
            <span class="tick" style={{ left: `${place(one.at)}%` }} />
            <b class={state(one)} style={{ left: `${numbers[i]}%` }}>
              {i + 1}
            </b>
          </>
        ))}
        {!ended && present > first && present < last && (
          <span class="now" style={{ left: `${place(present)}%` }}>
            {t("now")}
          </span>
        )}
      </div>
      <ol>
        {sorted.map((one, i) => (
          <li class={state(one)} aria-current={one === next ? "step" : undefined}>
            <b>
              {i + 1} {one.name}
            </b>
            <small>
              <Time at={one.at} absolute /> · <Time at={one.at} />
            </small>
            {one.then && <small>{one.then}</small>}
          </li>
        ))}
      </ol>
    </figure>
  );
}
