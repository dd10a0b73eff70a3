// One plan: its accounts with reasons, its totals, and what simpler choices would bring for the same budget.
import { api, ok, type Schemas } from "../../../api/api-client";
import { useData } from "../../../api/request-hooks";
import { Count, Money, Time } from "../../../components/values/money-and-time";
import { Facts, Screen, Section, Skeleton } from "../../../components/screen-layout";
import { Pill } from "../../../components/values/status-pill";
import { ProblemNotice } from "../../../components/problem-notice";
import { Stars } from "../../../components/values/grade-stars";
import { Table } from "../../../components/table";
import { number, percent } from "../../../format";
import { t } from "../../../i18n";
import { link } from "../../../frame/address-and-filters";

export function BudgetPlanPage({ params }: { params: { id: string } }) {
  const plan = useData(`plan:${params.id}`, () => ok(api.GET("/v1/plans/{plan_id}", { params: { path: { plan_id: params.id } } })));
  if (plan.problem) return <ProblemNotice problem={plan.problem} retry={() => void plan.reload()} />;
  if (!plan.data) return <Skeleton rows={6} />;
  const one = plan.data;
  const ids = one.accounts.map((account) => account.account_id).join(",");
  return (
    <Screen
      title={t("plan.of", { goal: t(`goal.${one.goal}`).toLowerCase() })}
      crumb={{ to: "/plans", text: t("nav.plans") }}
      actions={one.status === "open" ? <a role="button" href={link("/tasks/new", { accounts: ids, kind: one.kind, plan: one.id })}>{t("plan.order")}</a> : one.task_id && <a role="button" href={`#/tasks/${one.task_id}`}>{t("task")}</a>}
    >
      <p class="row">
        <Pill kind="plan_status" state={one.status} /> <small>{t("expires")} <Time at={one.expires_at} /></small>
      </p>
      <Section>
        <Facts
          of={[
            { label: t("budget"), value: <Money of={one.budget} />, hint: t("plan.candidates", { count: one.candidates }) },
            { label: t("price"), value: <Money of={one.totals.price} /> },
            { label: t("nav.accounts"), value: number(one.totals.accounts) },
            { label: t("reads"), value: <Count of={one.totals.reads} /> },
            { label: t("forecast.interactions"), value: <Count of={one.totals.interactions} /> },
            { label: t("forecast.clicks"), value: <Count of={one.totals.clicks} /> },
            { label: t("cpm"), value: <Money of={one.totals.cpm} /> },
            one.share_of_best != null && { label: t("plan.share_of_best"), value: percent(one.share_of_best, 1) },
          ]}
        />
      </Section>
      <Section title={t("plan.comparison")}>
        <Table
          label={t("plan.comparison")}
          rows={[["plan", one.totals] as const, ["cheapest", one.comparison.cheapest] as const, ["biggest", one.comparison.biggest] as const]}
          id={([name]) => name}
          columns={[
            { name: t("plan.choice"), cell: ([name]) => t(`plan.${name}`) },
            { name: t("nav.accounts"), number: true, cell: ([, totals]) => number(totals.accounts) },
            { name: t("price"), number: true, cell: ([, totals]) => <Money of={totals.price} /> },
            { name: t("reads"), number: true, cell: ([, totals]) => <Count of={totals.reads} /> },
            { name: t("cpm"), number: true, cell: ([, totals]) => <Money of={totals.cpm} /> },
          ]}
        />
      </Section>
      <Section title={t("nav.accounts")}>
        <Table
          label={t("nav.accounts")}
          rows={one.accounts}
          id={(account) => account.account_id}
          href={(account) => `#/accounts/${account.account_id}`}
          columns={[
            { name: t("account"), cell: (account) => account.handle },
            { name: t("grade"), cell: (account) => <Stars grade={account.grade} /> },
            { name: t("price"), number: true, cell: (account) => <Money of={account.price} /> },
            { name: t("forecast.reads"), number: true, cell: (account) => <Count of={account.forecast.reads.expected} /> },
            { name: t("cpm"), number: true, cell: (account) => <Money of={account.cpm} /> },
            { name: t("plan.reasons"), cell: (account) => <small>{account.reasons.map((reason) => reasonText(reason)).join(" ")}</small> },
          ]}
        />
      </Section>
    </Screen>
  );
}

function reasonText(reason: Schemas["PlanReason"]): string {
  if (reason.code === "must_have") return t("plan.reason.must_have");
  if (reason.better_than !== undefined) return t("plan.reason.better", { share: percent(reason.better_than) });
  if (reason.worth !== undefined) return t("plan.reason.adds", { worth: number(reason.worth) });
  return reason.text;
}
