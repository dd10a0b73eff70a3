// Numbers, money and times in the chosen language. Text only.
import type { Money } from "./api/client";
import { language } from "./i18n";

export function money(value: Money | null | undefined, sign = false): string {
  if (!value) return "—";
  const digits = value.amount % 100 === 0 ? 0 : 2;
  return new Intl.NumberFormat(language.value, {
    style: "currency",
    currency: value.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: 2,
    signDisplay: sign ? "exceptZero" : "auto",
  }).format(value.amount / 100);
}

export function number(value: number | null | undefined, digits = 0): string {
  return value == null ? "—" : new Intl.NumberFormat(language.value, { maximumFractionDigits: digits }).format(value);
}

/** A large number in few characters: 1.2M, 120万. */
export function compact(value: number | null | undefined): string {
  return value == null
    ? "—"
    : new Intl.NumberFormat(language.value, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

export function percent(value: number | null | undefined, digits = 0): string {
  return value == null
    ? "—"
    : new Intl.NumberFormat(language.value, { style: "percent", maximumFractionDigits: digits }).format(value);
}

export function moment(at: string, seconds = false): string {
  return new Intl.DateTimeFormat(language.value, {
    dateStyle: "medium",
    timeStyle: seconds ? "medium" : "short",
  }).format(new Date(at));
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
  return new Intl.RelativeTimeFormat(language.value, { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

/** The value of a datetime-local input for a moment, in the browser's time zone. */
export function localInput(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** Money in minor units from what a person types ("1,234.50"), or null. */
export function readMoney(text: string, currency = "CNY"): Money | null {
  const cleaned = text.replace(/[\s,，¥￥]/g, "");
  if (!/^\d{1,12}([.。]\d{1,2})?$/.test(cleaned)) return null;
  return { amount: Math.round(Number(cleaned.replace("。", ".")) * 100), currency };
}

/** What a person types for an amount of money. */
export function typedMoney(value: Money | null | undefined): string {
  return value ? (value.amount / 100).toFixed(value.amount % 100 ? 2 : 0) : "";
}
