// A modal dialog of the browser: it keeps the focus, and Escape closes it.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n";

export function Dialog({ title, close, children, shape }: { title: string; close: () => void; children: ComponentChildren; shape?: "wide" | "drawer" }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opened = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => opened?.focus?.();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={(event) => (event.preventDefault(), close())} onClick={(event) => event.target === dialog.current && close()}>
      <article class={shape}>
        <header class="row between">
          <h2 id={id}>{title}</h2>
          <button type="button" class="quiet" onClick={close} aria-label={t("close")}>
            ✕
          </button>
        </header>
        {children}
      </article>
    </dialog>
  );
}
