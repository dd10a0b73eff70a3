// A button that copies an id or a text.
import { useState } from "preact/hooks";
import { t } from "../../i18n";

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
