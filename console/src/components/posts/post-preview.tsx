// A post as it will appear: its text with findings marked at their span.
import type { Schemas } from "../../api/api-client";
import { isNamed, named, t, translated } from "../../i18n";
import { Copy } from "../values/copy-button";

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
