// The layout of a screen: its title and act, sections, tabs, figures side by side, and what is shown while there is nothing.
import type { ComponentChildren } from "preact";
import { t, type Key } from "../i18n";

/** Return true if a field on the screen shows the faults of this member of the body. */
export function shownAtField(pointer: string): boolean {
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
