// Small parts that every screen uses.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { now } from "../clock";
import { compact, distance, moment, money as moneyText } from "../format";
import { isNamed, named, t, translated, type Key } from "../i18n";
import type { Money as MoneyValue, Problem } from "../api/client";

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

const TONES: Record<string, string> = {
  draft: "neutral", in_review: "wait", rejected: "bad", running: "good", completed: "good", cancelled: "neutral", stopped: "bad",
  pending: "wait", offered: "wait", accepted: "good", declined: "neutral", lapsed: "neutral", published: "good", failed: "bad",
  disputed: "bad", admitted: "good", approved: "good", revoked: "bad", unclaimed: "neutral", open: "wait", granted: "good",
  requested: "wait", paid: "good", credited: "good", returned: "neutral", expired: "neutral", ordered: "good", clean: "good",
  differences: "bad", verified: "good", code_given: "wait", unverified: "neutral", withdrawn: "neutral", submitted: "wait",
  changes_requested: "wait", refunded: "neutral", split: "neutral", unruled: "neutral", missed: "bad", upheld: "bad", unconfirmed: "wait", ok: "good", incomplete: "wait", ready: "good", stuck: "bad", gone: "bad",
};

/** A state: a word with a dot, never a colour alone. */
export function Pill({ kind, state }: { kind: string; state: string | null | undefined }) {
  if (!state) return <span>—</span>;
  return <span class={`pill ${TONES[state] ?? "neutral"}`}>{named(kind, state)}</span>;
}

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

/** An id in monospace with a button that copies it. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <span class="copy">
      {label === undefined && <code>{text}</code>}
      <button type="button" class="quiet" onClick={() => void copy()} aria-label={t("copy.of", { text: label ?? text })}>
        {copied ? t("copied") : (label ?? t("copy"))}
      </button>
    </span>
  );
}

/** What happened, in the user's language if the console names it. */
export function titleOf(problem: Problem): string {
  if (problem.status === 0) return t("problem.lost");
  return isNamed("problem", problem.code) ? named("problem", problem.code) : problem.title;
}

/** A refusal: what happened, what to do, and the id of the request. */
export function ProblemNotice({ problem, retry }: { problem: Problem | undefined; retry?: () => void }) {
  if (!problem) return null;
  const lost = problem.status === 0;
  return (
    <div class="notice bad" role="alert">
      <strong>{titleOf(problem)}</strong>
      <p lang={lost ? undefined : "en"}>{lost ? t("problem.lost_hint") : problem.detail}</p>
      {problem.faults.filter((fault) => !shownAtField(fault.pointer)).map((fault) => (
        <p>
          <code>{fault.pointer}</code> {translated("fault", fault.code, fault.message)}
        </p>
      ))}
      <p class="row">
        {retry && (
          <button type="button" class="secondary" onClick={retry}>
            {t("retry")}
          </button>
        )}
        {problem.requestId && (
          <small>
            {t("request_id")} <Copy text={problem.requestId} />
          </small>
        )}
      </p>
    </div>
  );
}

/** Return true if a field on the screen shows the faults of this member of the body. */
function shownAtField(pointer: string): boolean {
  const fields = [...document.querySelectorAll<HTMLElement>(".field[data-pointer]")];
  return fields.some(({ dataset }) => pointer === dataset.pointer || pointer.startsWith(`${dataset.pointer}/`));
}

export function Skeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div class="skeleton" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, () => (
        <span />
      ))}
    </div>
  );
}

/** An empty list: one sentence, and one act. */
export function Empty({ text, children }: { text: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{text}</p>
      {children}
    </div>
  );
}

export interface Fact {
  label: string;
  /** `undefined` while it is loaded. */
  value: ComponentChildren;
  hint?: string;
}

/** Figures side by side, each under its name. */
export function Facts({ of }: { of: (Fact | false | "" | null | undefined)[] }) {
  return (
    <dl class="facts">
      {of.filter((one): one is Fact => !!one).map((one) => (
        <div>
          <dt>{one.label}</dt>
          <dd>{one.value === undefined ? <span class="skeleton line" role="status" aria-label={t("loading")} /> : one.value}</dd>
          {one.hint && <dd class="soft">{one.hint}</dd>}
        </div>
      ))}
    </dl>
  );
}

export function Section({ title, actions, children, class: name }: { title?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren; class?: string }) {
  return (
    <section class={`card ${name ?? ""}`}>
      {title && (
        <header class="row between">
          <h2>{title}</h2>
          {actions && <div class="row">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

/** A screen: its title, which names the page too, and its one primary act. */
export function Screen({ title, actions, crumb, children }: { title: string; actions?: ComponentChildren; crumb?: { to: string; text: string }; children: ComponentChildren }) {
  document.title = `${title} · Micro-task`;
  return (
    <div class="screen">
      <header class="row between head">
        <div>
          {crumb && (
            <a class="crumb" href={`#${crumb.to}`}>
              ← {crumb.text}
            </a>
          )}
          <h1 tabIndex={-1}>{title}</h1>
        </div>
        {actions && <div class="row primary">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** Followers in few characters. */
export function Count({ of }: { of: number | null | undefined }) {
  return <span title={of == null ? undefined : String(of)}>{compact(of)}</span>;
}

export function Tabs({ tabs, active, href }: { tabs: { id: string; text: Key }[]; active: string; href: (id: string) => string }) {
  return (
    <nav class="tabs" aria-label={t("nav.tabs")}>
      {tabs.map((tab) => (
        <a href={href(tab.id)} aria-current={tab.id === active ? "page" : undefined}>
          {t(tab.text)}
        </a>
      ))}
    </nav>
  );
}
