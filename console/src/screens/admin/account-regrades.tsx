// Regrades of all accounts: starting one, its progress, and the earlier ones.
import { api, ok } from "../../api/api-client";
import { useAct, useData, usePages } from "../../api/request-hooks";
import { Facts, Screen, Section } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Time } from "../../components/values/money-and-time";
import { Bar } from "../../components/values/charts";
import { List } from "../../components/table";
import { number, percent } from "../../format";
import { named, t } from "../../i18n";
import { link, useFilters } from "../../frame/address-and-filters";

/** Return the name of a run, which is the last part of its execution's name. */
function nameOf(execution: string): string {
  return execution.split(/[:/]/).at(-1) ?? execution;
}

export function AccountRegrades() {
  const [filters, change] = useFilters();
  const runs = usePages("regrades", (cursor) => ok(api.GET("/v1/grading/regrades", { params: { query: { cursor } } })), 30);
  const start = useAct(
    async (intent) => await ok(api.POST("/v1/grading/regrade", { params: { header: { "Idempotency-Key": intent.keyFor("now") } }, body: {} as never })),
    async (started) => (change({ run: nameOf(started.status_url) }), await runs.reload()),
  );
  const state = useData(filters.run ? `regrade:${filters.run}` : null, () => ok(api.GET("/v1/grading/regrade/{run}", { params: { path: { run: filters.run! } } })), 10);
  const one = state.data;
  return (
    <Screen title={t("nav.regrade")} actions={<button type="button" aria-busy={start.busy} onClick={() => void start.run()}>{t("regrade.start")}</button>}>
      <p class="soft">{t("regrade.hint")}</p>
      <ProblemNotice problem={start.problem ?? state.problem} />
      {one && (
        <Section title={nameOf(one.execution)}>
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
      <Section title={t("regrades")}>
        <List
          label={t("regrades")}
          pages={runs}
          empty={t("regrades.empty")}
          id={(run) => run.execution}
          href={(run) => link("/regrade", { run: nameOf(run.execution) })}
          columns={[
            { name: t("regrade.run"), cell: (run) => <code>{nameOf(run.execution)}</code> },
            { name: t("at"), cell: (run) => <Time at={run.started_at} absolute /> },
            { name: t("regrade.ended"), cell: (run) => (run.ended_at ? <Time at={run.ended_at} absolute /> : t("regrade.running")) },
            { name: t("health.methodology"), cell: (run) => run.methodology_version, minor: true },
          ]}
        />
      </Section>
    </Screen>
  );
}
