// A grade with what it rests on and what the next one needs, and its changes.
import { api, ok, type Schemas } from "../../api/api-client";
import { useData, usePages } from "../../api/request-hooks";
import { configuration } from "../../configuration";
import { ProblemNotice } from "../../components/problem-notice";
import { Section, Skeleton } from "../../components/screen-layout";
import { Stars } from "../../components/values/grade-stars";
import { Time } from "../../components/values/money-and-time";
import { Bar } from "../../components/values/charts";
import { List, Table } from "../../components/table";
import { number, percent } from "../../format";
import { isNamed, named, t } from "../../i18n";

export function GradeExplanation({ id }: { id: string }) {
  const grade = useData(`grade:${id}`, () => ok(api.GET("/v1/accounts/{account_id}/grade", { params: { path: { account_id: id } } })));
  if (grade.problem) return <ProblemNotice problem={grade.problem} retry={() => void grade.reload()} />;
  if (!grade.data) return <Skeleton rows={5} />;
  const { factors, next, score } = grade.data;
  if (!grade.data.grade) return <Section><p>{t("grade.none_hint")}</p></Section>;
  const most = Math.max(...factors.map((factor) => factor.contribution), 1);
  return (
    <>
      <Section title={t("grade.rests_on")}>
        <Table
          label={t("grade.rests_on")}
          compact
          rows={factors}
          id={(factor) => factor.name}
          columns={[
            { name: t("factor"), cell: (factor) => <>{factorName(factor)} <small class="below">{isNamed("factor_value", factor.name) && named("factor_value", factor.name)}</small></> },
            { name: t("factor.value"), number: true, cell: (factor) => (factor.value == null ? t("factor.unknown") : number(factor.value, 2)) },
            { name: t("factor.weight"), number: true, cell: (factor) => percent(factor.weight), minor: true },
            { name: t("factor.points"), number: true, cell: (factor) => number(factor.contribution, 1) },
            { name: "", cell: (factor) => <Bar share={factor.contribution / most} label={`${factorName(factor)} ${number(factor.contribution, 1)}`} /> },
          ]}
        />
        <p class="row between">
          <b>{t("score.of", { score: number(score, 1) })}</b>
          <small>
            {grade.data.percentile_in_category != null && t("grade.percentile", { percent: percent(Math.min(Math.floor(grade.data.percentile_in_category), 99) / 100) })} · <a href={`${configuration.api_url}/v1/grading/methodology?version=${grade.data.methodology_version}`} target="_blank" rel="noreferrer" title={t("grade.methodology")}>{t("health.methodology")} {grade.data.methodology_version}</a> · <Time at={grade.data.graded_at} /> · <a href={`${configuration.api_url}/grades/${id}`} target="_blank" rel="noreferrer">{t("grade.public")}</a>
          </small>
        </p>
      </Section>
      {next && (
        <Section title={t("grade.next", { grade: named("grade", next.grade) })}>
          <p>{t("grade.missing", { points: number(next.missing_points, 1) })}</p>
          <ul>
            {next.by_factor.map((needed) => (
              <li>{t("grade.needs", { factor: named("factor", needed.name), from: number(needed.from, 0), to: number(needed.to, 0) })}</li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** Every change of the grade, with its cause. */
export function GradeHistory({ id }: { id: string }) {
  const changes = usePages(`grade-history:${id}`, (cursor) => ok(api.GET("/v1/accounts/{account_id}/grade/history", { params: { path: { account_id: id }, query: { cursor } } })));
  if (!changes.data?.length) return null;
  return (
    <Section title={t("grade.history")}>
      <List
        label={t("grade.history")}
        pages={changes}
        empty={t("grade.none_hint")}
        id={(change) => change.at + change.cause}
        columns={[
          { name: t("at"), cell: (change) => <Time at={change.at} absolute /> },
          { name: t("grade"), cell: (change) => <Stars grade={change.grade} /> },
          { name: t("score"), number: true, cell: (change) => number(change.score, 1) },
          { name: t("grade.cause"), cell: (change) => named("grade_cause", change.cause.split(" ")[0]) },
          { name: t("health.methodology"), cell: (change) => change.methodology_version, minor: true },
        ]}
      />
    </Section>
  );
}

function factorName(factor: Pick<Schemas["Factor"], "name" | "label">): string {
  const text = named("factor", factor.name);
  return text === factor.name.replaceAll("_", " ") ? factor.label || text : text;
}
