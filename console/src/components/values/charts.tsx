// Charts that answer one question each: bars that add up, a price in its band, an interval, a course over time. Plain SVG.
import { compact, money, moment, number } from "../../format";
import { t } from "../../i18n";
import type { Money } from "../../api/api-client";

interface Band {
  low: Money;
  mid: Money;
  high: Money;
}

/** The advised band of a price, with the own price as a dot. */
export function PriceBar({ band, own }: { band: Band | null | undefined; own: Money | null | undefined }) {
  if (!band) return <span class="soft">—</span>;
  const amounts = [band.low.amount, band.high.amount, own?.amount ?? band.mid.amount];
  const [min, max] = [Math.min(...amounts) * 0.9, Math.max(...amounts) * 1.1];
  const x = (amount: number): number => 4 + ((amount - min) / (max - min || 1)) * 92;
  const label = t("price.in_band", { own: money(own), low: money(band.low), high: money(band.high) });
  return (
    <svg class="price-bar" viewBox="0 0 100 14" width="100" height="14" role="img" aria-label={label}>
      <title>{label}</title>
      <rect class="track" x="4" y="6" width="92" height="2" rx="1" />
      <rect class="band" x={x(band.low.amount)} y="4" width={Math.max(2, x(band.high.amount) - x(band.low.amount))} height="6" rx="3" />
      {own && <circle class="dot" cx={x(own.amount)} cy="7" r="3.5" />}
    </svg>
  );
}

/** A share of a whole as a bar from zero. */
export function Bar({ share, label, tone = "accent" }: { share: number; label: string; tone?: string }) {
  return (
    <svg class={`bar ${tone}`} viewBox="0 0 100 6" width="100" height="6" preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      <rect class="track" width="100" height="6" rx="3" />
      <rect class="fill" width={Math.max(0, Math.min(1, share)) * 100} height="6" rx="3" />
    </svg>
  );
}

/** An expected value with its interval, on a scale from zero. */
export function IntervalBar({ of, max, name }: { of: { low: number; expected: number; high: number }; max?: number; name: string }) {
  const end = (max ?? of.high) || 1;
  const x = (value: number): number => (value / end) * 100;
  const label = t("interval", { name, expected: number(of.expected), low: number(of.low), high: number(of.high) });
  return (
    <div class="interval">
      <span>{name}</span>
      <svg viewBox="0 0 100 14" preserveAspectRatio="none" height="14" role="img" aria-label={label}>
        <title>{label}</title>
        <rect class="track" y="6" width="100" height="2" />
        <rect class="band" x={x(of.low)} y="4" width={Math.max(1, x(of.high) - x(of.low))} height="6" />
        <rect class="fill" x={x(of.expected) - 0.5} y="1" width="1" height="12" />
      </svg>
      <b>{compact(of.expected)}</b>
      <small>
        {compact(of.low)} – {compact(of.high)}
      </small>
    </div>
  );
}

export interface Point {
  at: string;
  value: number;
}

/** A course over time as a line from zero, with its last value beside it. */
export function Line({ points, label, format, band }: { points: Point[]; label: string; format: (value: number) => string; band?: { at: string; low: number; high: number }[] }) {
  if (points.length < 2 && !band?.length) return null;
  const times = [...points, ...(band ?? [])].map((one) => Date.parse(one.at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  if (first === last) return null; // one moment is no course
  const top = Math.max(...points.map((one) => one.value), ...(band ?? []).map((one) => one.high)) * 1.1 || 1;
  const x = (at: string): number => 44 + ((Date.parse(at) - first) / (last - first || 1)) * 520;
  const y = (value: number): number => 130 - (value / top) * 115;
  const steps = (band ?? []).map((one, i) => ({ ...one, until: band![i + 1]?.at ?? new Date(last).toISOString() }));
  const end = points.at(-1);
  return (
    <figure class="chart">
      <figcaption>{label}</figcaption>
      <svg viewBox="0 0 640 155" role="img" aria-label={`${label}: ${points.map((one) => `${moment(one.at)} ${format(one.value)}`).join(", ")}`}>
        {[0, 0.5, 1].map((part) => (
          <>
            <line class="grid" x1="44" x2="564" y1={y(top * part)} y2={y(top * part)} />
            <text x="38" y={y(top * part) + 4} text-anchor="end">
              {part ? format(top * part) : "0"}
            </text>
          </>
        ))}
        {steps.map((one) => (
          <rect class="band" x={x(one.at)} width={Math.max(1, x(one.until) - x(one.at))} y={y(one.high)} height={Math.max(1, y(one.low) - y(one.high))} />
        ))}
        <polyline class="line" points={points.map((one) => `${x(one.at)},${y(one.value)}`).join(" ")} />
        {end && (
          <>
            <circle class="dot" cx={x(end.at)} cy={y(end.value)} r="3.5" />
            <text class="strong" x={x(end.at) + 8} y={y(end.value) + 4}>
              {format(end.value)}
            </text>
          </>
        )}
        <text x="44" y="150">
          {moment(new Date(first).toISOString())}
        </text>
        <text x="564" y="150" text-anchor="end">
          {moment(new Date(last).toISOString())}
        </text>
      </svg>
    </figure>
  );
}
