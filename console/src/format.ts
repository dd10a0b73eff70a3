// Numbers, money and times in the chosen language. Text only.
import type { Money } from "./api/api-client";
import { currency, language } from "./i18n";

/** Formatters by language and options: making one takes far longer than using it. */
const formatters = new Map<string, unknown>();

function cached<T>(key: string, make: () => T): T {
  const full = `${language.value} ${key}`;
  if (!formatters.has(full)) formatters.set(full, make());
  return formatters.get(full) as T;
}

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return cached(JSON.stringify(options), () => new Intl.NumberFormat(language.value, options));
}

export function money(value: Money | null | undefined, sign = false): string {
  if (!value) return "—";
  const decimals = decimalsOf(value.currency);
  const unit = 10 ** decimals;
  return numbers({
    style: "currency",
    currency: value.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: value.amount % unit === 0 ? 0 : decimals,
    maximumFractionDigits: decimals,
    signDisplay: sign ? "exceptZero" : "auto",
  }).format(value.amount / unit);
}

/** The number of decimals of a currency: of the market's, as the API says; of others, as the browser knows it. */
function decimalsOf(code: string): number {
  if (code === currency.value.code) return currency.value.decimals;
  return new Intl.NumberFormat("en", { style: "currency", currency: code }).resolvedOptions().maximumFractionDigits ?? 2;
}

export function number(value: number | null | undefined, digits = 0): string {
  return value == null ? "—" : numbers({ maximumFractionDigits: digits }).format(value);
}

/** A large number in few characters: 1.2M, 120万. */
export function compact(value: number | null | undefined): string {
  return value == null
    ? "—"
    : numbers({ notation: "compact", maximumFractionDigits: 1 }).format(value);
}

export function percent(value: number | null | undefined, digits = 0): string {
  return value == null
    ? "—"
    : numbers({ style: "percent", maximumFractionDigits: digits }).format(value);
}

export function moment(at: string, seconds = false): string {
  return cached(`moment ${seconds}`, () => new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: seconds ? "medium" : "short" })).format(new Date(at));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** The distance from `now` in words: "in 3 hours". */
export function distance(at: string, now: number): string {
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  const [unit, size] = STEPS.find(([, one]) => Math.abs(seconds) >= one * (one === 86_400 ? 2 : 1)) ?? ["second", 1];
  return cached("distance", () => new Intl.RelativeTimeFormat(language.value, { numeric: "auto" })).format(Math.trunc(seconds / size), unit);
}

/** The length of an ISO 8601 duration in weeks, days, hours, minutes and seconds. */
export function milliseconds(duration: string): number {
  const [, ...parts] = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration) ?? [];
  const sizes = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000];
  return parts.reduce((sum, part, i) => sum + Number(part ?? 0) * sizes[i]!, 0);
}

/** The name of a country (ISO 3166-1 alpha-2), or nothing for an unknown code. */
export function country(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return "";
  return new Intl.DisplayNames(language.value, { type: "region", fallback: "none" }).of(code) ?? "";
}

/** The value of a datetime-local input for a moment, in the browser's time zone. */
export function localInput(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** Money in minor units from what a person types ("1,234.50"), or null; without a code in the market's currency. */
export function readMoney(text: string, code = currency.value.code): Money | null {
  const decimals = decimalsOf(code);
  const cleaned = text.replace(/[\s,，¥￥$€£]/g, "").replace("。", ".");
  const [, units, rest = ""] = /^(\d{1,12})(?:\.(\d+))?$/.exec(cleaned) ?? [];
  if (units === undefined || rest.length > decimals) return null;
  return { amount: Number(units + rest.padEnd(decimals, "0")), currency: code };
}

/** No money in the market's currency, which the API refuses where an amount is needed. */
export function noMoney(): Money {
  return { amount: 0, currency: currency.value.code };
}

/** What a person types for an amount of money. */
export function typedMoney(value: Money | null | undefined): string {
  if (!value) return "";
  const decimals = decimalsOf(value.currency);
  return (value.amount / 10 ** decimals).toFixed(value.amount % 10 ** decimals ? decimals : 0);
}
