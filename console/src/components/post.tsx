// A post as it will appear: its text with findings marked at their span, its pictures, and changes since the last version.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../api/client";
import { useData } from "../api/data";
import { isNamed, named, t, translated } from "../i18n";
import { Copy } from "./basics";

export type Finding = Pick<Schemas["Finding"], "rule" | "severity" | "pointer" | "message" | "span" | "text">;

/** The text of a finding: its own message, which is English, or the catalogue's name of its rule. */
export function findingText(finding: Finding): string {
  return translated("lint_rule", finding.rule, finding.message);
}

/** A text with its findings. Spans count characters (code points), as the API does. */
export function Marked({ text, findings, pointer }: { text: string; findings: Finding[]; pointer: string }) {
  const characters = Array.from(text);
  const spans = findings.filter((finding) => finding.pointer === pointer && finding.span.end > finding.span.start && finding.span.end <= characters.length).sort((a, b) => a.span.start - b.span.start);
  const parts: preact.ComponentChild[] = [];
  let at = 0;
  for (const finding of spans) {
    if (finding.span.start < at) continue;
    parts.push(characters.slice(at, finding.span.start).join(""));
    parts.push(
      <mark class={finding.severity} tabIndex={0} title={findingText(finding)}>
        {characters.slice(finding.span.start, finding.span.end).join("")}
      </mark>,
    );
    at = finding.span.end;
  }
  parts.push(characters.slice(at).join(""));
  return <>{parts}</>;
}

export function Findings({ of }: { of: Finding[] }) {
  if (!of.length) return null;
  return (
    <ul class="findings">
      {of.map((finding) => (
        <li>
          <mark class={finding.severity}>{finding.text || finding.rule}</mark> {findingText(finding)}
          {!finding.pointer.endsWith("/text") && <small> {named("field", finding.pointer.split("/").find((part) => isNamed("field", part)))}</small>}
        </li>
      ))}
    </ul>
  );
}

export function Post({ text, urls = [], findings = [], pointer = "/content/text", copy }: { text: string; urls?: string[]; findings?: Finding[]; pointer?: string; copy?: boolean }) {
  return (
    <>
      <div class="post">
        <Marked text={text} findings={findings} pointer={pointer} />
      </div>
      {urls.length > 0 && (
        <ul class="findings">
          {urls.map((url) => (
            <li>
              <code>{url}</code>
            </li>
          ))}
        </ul>
      )}
      {copy && (
        <p class="row">
          <Copy text={text} label={t("post.copy")} />
        </p>
      )}
    </>
  );
}

type Of = { task: string } | { order: string };

/** The pictures of a task or an order, each with a link that saves it. */
export function Pictures({ of, count }: { of: Of; count: number }) {
  const key = "task" in of ? of.task : of.order;
  const pictures = useData(count ? `pictures:${key}` : null, () =>
    "task" in of
      ? ok(api.GET("/v1/tasks/{task_id}/pictures", { params: { path: { task_id: of.task } } }))
      : ok(api.GET("/v1/orders/{order_id}/pictures", { params: { path: { order_id: of.order } } })),
  );
  if (!count) return null;
  return (
    <div class="pictures">
      {pictures.data?.data.map((picture, i) => (
        <a href={picture.url} download target="_blank" rel="noreferrer">
          <img src={picture.url} alt={t("picture.n", { n: i + 1 })} width="104" height="104" loading="lazy" />
        </a>
      ))}
    </div>
  );
}

/** What an edit has changed: added text, removed text, and unchanged text that can be folded. */
export function Changes({ of }: { of: Schemas["Edit"][] }) {
  if (!of.length) return <p class="soft">{t("changes.none")}</p>;
  return (
    <>
      {of.map((edit) => (
        <div>
          <h3>{named("field", edit.field)}</h3>
          {edit.pieces ? (
            <Pieces of={edit.pieces} />
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
export function Pieces({ of }: { of: Schemas["TextPiece"][] }) {
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
