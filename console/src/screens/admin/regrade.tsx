// Starting a regrade of every account, and its progress.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client";
import { useAct, useData } from "../../api/data";
import { Facts, Pill, ProblemNotice, Screen, Section, Time } from "../../components/basics";
import { Bar } from "../../components/charts";
import { Field, Form } from "../../components/form";
import { number, percent } from "../../format";
import { named, t } from "../../i18n";
import { useFilters } from "../../router";

export function RegradePage() {
  const [filters, change] = useFilters();
  const [run, setRun] = useState(filters.run ?? "");
  const start = useAct(
    async (intent) => await ok(api.POST("/v1/grading/regrade", { params: { header: { "Idempotency-Key": intent.keyFor("now") } }, body: {} as never })),
    (started) => change({ run: started.status_url.split("/").at(-1) }),
  );
  const state = useData(filters.run ? `regrade:${filters.run}` : null, () => ok(api.GET("/v1/grading/regrade/{run}", { params: { path: { run: filters.run! } } })), 10);
  const one = state.data;
  return (
    <Screen title={t("nav.regrade")} actions={<button type="button" aria-busy={start.busy} onClick={() => void start.run()}>{t("regrade.start")}</button>}>
      <ProblemNotice problem={start.problem ?? state.problem} />
      <Section>
        <p class="soft">{t("regrade.hint")}</p>
        <Form act={{ busy: false, problem: undefined }} submit={() => change({ run })} button={t("open")}>
          <Field label={t("regrade.run")} value={run} onValue={setRun} />
        </Form>
      </Section>
      {one && (
        <Section title={one.execution.split(":").at(-1)}>
          <Bar share={one.segments.all ? one.segments.done / one.segments.all : 0} label={t("regrade.progress", { done: one.segments.done, all: one.segments.all })} />
          <Facts
            of={[
              { label: t("status"), value: <Pill kind="execution" state={one.status.toLowerCase()} /> },
              { label: t("nav.accounts"), value: number(one.accounts) },
              { label: t("regrade.up"), value: number(one.up) },
              { label: t("regrade.down"), value: number(one.down) },
              { label: t("at"), value: <Time at={one.started_at} absolute /> },
              ...Object.entries(one.shares).map(([grade, share]) => ({ label: named("grade", grade), value: percent(share, 1) })),
            ]}
          />
          {one.parked.map((parked) => (
            <p class="notice bad"><code>{parked.segment}</code> {parked.reason}</p>
          ))}
        </Section>
      )}
    </Screen>
  );
}
