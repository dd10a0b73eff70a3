// Texts of the console in the chosen language. Keys are typed by the English texts; a language is loaded when it is used. The texts of
// the screens in screens/<area> are in <language>/<area>.ts.
import i18next from "i18next";
import { signal } from "@preact/signals";
import type { texts as firstPage } from "./bundles/en-first-page";
import type { texts as screens } from "./bundles/en-screens";
import type { Translation } from "./translation";

type Raw = keyof typeof firstPage | keyof typeof screens;
type Singular<K> = K extends `${infer Name}_one` | `${infer Name}_other` ? Name : K;
/** A key of a text; plural forms share one key and take `count`. */
export type Key = Singular<Raw>;
/** The texts of a language: those of the first page, and those of the other screens, which are loaded with the first one. */
interface Texts {
  firstPage: () => Promise<{ texts: Translation<typeof firstPage> }>;
  screens: () => Promise<{ texts: Translation<typeof screens> }>;
}

export const LANGUAGES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;
const STORED = "language";

export const language = signal<Language>(preferred());

const TEXTS: Record<Language, Texts> = {
  en: { firstPage: () => import("./bundles/en-first-page"), screens: () => import("./bundles/en-screens") },
  "zh-CN": { firstPage: () => import("./bundles/zh-CN-first-page"), screens: () => import("./bundles/zh-CN-screens") },
};

let hasScreens = false;

function preferred(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored && stored in LANGUAGES) return stored as Language;
  return navigator.languages.some((one) => one.toLowerCase().startsWith("zh")) ? "zh-CN" : "en";
}

/** Load the preferred language. */
export async function begin(): Promise<void> {
  await i18next.init({ lng: language.value, resources: {}, keySeparator: false, nsSeparator: false, interpolation: { escapeValue: false } });
  await load(language.value);
}

/** Show the console in another language, here and on the next visit. */
export async function choose(name: Language): Promise<void> {
  await load(name);
  localStorage.setItem(STORED, name);
}

async function load(name: Language): Promise<void> {
  if (!i18next.hasResourceBundle(name, "translation")) i18next.addResourceBundle(name, "translation", (await TEXTS[name].firstPage()).texts);
  if (hasScreens) await addScreens(name);
  await i18next.changeLanguage(name);
  document.documentElement.lang = name;
  language.value = name;
}

const added = new Map<Language, Promise<void>>();

function addScreens(name: Language): Promise<void> {
  const adding = added.get(name) ?? TEXTS[name].screens().then(({ texts }) => void i18next.addResourceBundle(name, "translation", texts, true));
  added.set(name, adding);
  return adding;
}

/** Load the texts of the screens beyond the homes, now and whenever the language changes. */
export function loadScreenTexts(): Promise<void> {
  hasScreens = true;
  return addScreens(language.value);
}

/** The market's currency (ISO 4217) and the number of its decimals, from the API's catalogue. */
export const currency = signal({ code: "CNY", decimals: 2 });

/** The name of the market's currency in texts: its code, or 元 in Chinese. */
function unit(): string {
  return language.value === "zh-CN" && currency.value.code === "CNY" ? "元" : currency.value.code;
}

/** Return a text with its values; `unit` is the market's currency. Reading it in a component draws the component again when the
    language changes. */
export function t(key: Key, values?: Record<string, unknown>): string {
  return String(i18next.t(key, { unit: unit(), ...values }));
}

/** Texts of the API's codes by group and code, which the API itself publishes in both languages. */
export const catalogue = signal<Record<string, Record<string, { en: string; zh: string }>>>({});

/** Return the text of a code, or the code itself if neither the API's catalogue nor the console names it. */
export function named(group: string, code: string | null | undefined): string {
  void language.value; // texts of the console depend on it, too
  if (!code) return "—";
  const text = catalogue.value[group]?.[code];
  if (text) return language.value === "zh-CN" ? text.zh : text.en;
  const key = `${group}.${code}`;
  return i18next.exists(key) ? String(i18next.t(key)) : code.replaceAll("_", " ");
}

/** Return the text of a code whose own text is English: the console's in another language, if it has one. */
export function translated(group: "problem" | "fault" | "lint_rule" | "post_fault", code: string, english: string): string {
  return language.value !== "en" && isNamed(group, code) ? named(group, code) : english;
}

/** Return true if the code has a text. */
export function isNamed(group: string, code: string): boolean {
  return catalogue.value[group]?.[code] !== undefined || i18next.exists(`${group}.${code}`);
}

/** Return the codes of a group with their texts, for a choice. */
export function choices(group: string): { value: string; text: string }[] {
  return Object.keys(catalogue.value[group] ?? {}).map((value) => ({ value, text: named(group, value) }));
}
