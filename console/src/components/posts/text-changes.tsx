// Changes of a text since its last version: what was added and what was removed.
import { useState } from "preact/hooks";
import type { Schemas } from "../../api/api-client";
import { named, t } from "../../i18n";

/** What an edit has changed: added text, removed text, and unchanged text that can be folded. */
export function TextChanges({ of }: { of: Schemas["Edit"][] }) {
  if (!of.length) return <p class="soft">{t("changes.none")}</p>;
  return (
    <>
      {of.map((edit) => (
        <div>
          <h3>{named("field", edit.field)}</h3>
          {edit.pieces ? (
            <TextPieces of={edit.pieces} />
          ) : (
            <p>
              <del>{shown(edit.before)}</del> → <ins>{shown(edit.after)}</ins>
            </p>
          )}
        </div>
      ))}
    </>
  );
}

/** Two versions of a text in one: what was added and removed is marked, what is the same can be folded. */
export function TextPieces({ of }: { of: Schemas["TextPiece"][] }) {
  return (
    <p class="post">
      {of.map((piece) => (piece.change === "same" ? <Same text={piece.text} /> : piece.change === "added" ? <ins>{piece.text}</ins> : <del>{piece.text}</del>))}
    </p>
  );
}

const FOLDED = 120;

function Same({ text }: { text: string }) {
  const [open, setOpen] = useState(text.length <= FOLDED);
  if (open) return <span>{text}</span>;
  return (
    <>
      {text.slice(0, FOLDED / 3)}
      <button type="button" class="quiet" onClick={() => setOpen(true)} aria-label={t("changes.unfold")}>
        ⋯
      </button>
      {text.slice(-FOLDED / 3)}
    </>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : value == null ? "—" : JSON.stringify(value);
}
