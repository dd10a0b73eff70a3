// The export of everything that is the user's own.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { ProblemNotice } from "../../components/problem-notice";
import { Section } from "../../components/screen-layout";
import { Field } from "../../components/form";
import { number } from "../../format";
import { t } from "../../i18n";

/** Everything that is the user's own, in parts of JSON lines behind links. */
export function DataExport({ side }: { side: "advertiser" | "creator" }) {
  const [month, setMonth] = useState("");
  const [parts, setParts] = useState<{ url: string; lines: number }[]>([]);
  const act = useAct(async () => {
    setParts([]);
    let cursor: string | undefined;
    do {
      const part = await ok(api.POST("/v1/exports", { params: { query: { as: side, cursor, month: month || undefined } as never }, body: {} as never }));
      setParts((all) => [...all, part]);
      cursor = part.next_cursor ?? undefined;
    } while (cursor);
  });
  return (
    <Section title={t("export")}>
      <p class="soft">{t("export.hint")}</p>
      <ProblemNotice problem={act.problem} />
      <Field label={t("export.month")} type="month" value={month} onValue={setMonth} />
      <button type="button" class="secondary" aria-busy={act.busy} onClick={() => void act.run()}>{t(month ? "export.start_month" : "export.start")}</button>
      <ul>
        {parts.map((part, i) => (
          <li><a href={part.url} download rel="noreferrer" target="_blank">{t("export.part", { n: i + 1, lines: number(part.lines) })}</a></li>
        ))}
      </ul>
    </Section>
  );
}
