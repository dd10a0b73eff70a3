// Budget plans: the accounts that bring the most for a budget.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct, usePages } from "../../../api/request-hooks";
import { Count, Money, Time } from "../../../components/values/money-and-time";
import { Pill } from "../../../components/values/status-pill";
import { Screen, Section } from "../../../components/screen-layout";
import { Choice, Field, Form } from "../../../components/form";
import { List } from "../../../components/table";
import { noMoney, readMoney } from "../../../format";
import { choices, named, t } from "../../../i18n";
import { navigate } from "../../../frame/address-and-filters";

type Goal = "reads" | "interactions" | "clicks" | "unique_reads";

export function BudgetPlanList() {
  const plans = usePages("plans", (cursor) => ok(api.GET("/v1/plans", { params: { query: { cursor } } })));
  return (
    <Screen title={t("nav.plans")}>
      <Section title={t("plan.new")}>
        <PlanForm />
      </Section>
      <Section title={t("nav.plans")}>
        <List
          label={t("nav.plans")}
          pages={plans}
          empty={t("plans.empty")}
          id={(plan) => plan.id}
          href={(plan) => `#/plans/${plan.id}`}
          columns={[
            { name: t("plan.goal"), cell: (plan) => t(`goal.${plan.goal}`) },
            { name: t("budget"), number: true, cell: (plan) => <Money of={plan.budget} /> },
            { name: t("nav.accounts"), number: true, cell: (plan) => plan.accounts },
            { name: t("reads"), number: true, cell: (plan) => <Count of={plan.totals.reads} /> },
            { name: t("status"), cell: (plan) => <Pill kind="plan_status" state={plan.status} /> },
            { name: t("created"), cell: (plan) => <Time at={plan.made_at} />, minor: true },
          ]}
        />
      </Section>
    </Screen>
  );
}

function PlanForm() {
  const [budget, setBudget] = useState("");
  const [goal, setGoal] = useState<Goal>("reads");
  const [kind, setKind] = useState<"post" | "repost">("post");
  const [category, setCategory] = useState("");
  const [grade, setGrade] = useState("");
  const [most, setMost] = useState("20");
  const act = useAct(
    async (intent) => {
      const body = {
        budget: readMoney(budget) ?? noMoney(),
        goal,
        kind,
        filters: { category: category || null, grade_min: (grade || null) as never },
        max_accounts: Number(most),
      };
      return await ok(api.POST("/v1/plans", { params: { header: { "Idempotency-Key": intent.keyFor(body) } }, body: body as Schemas["PlanBody"] }));
    },
    (plan) => navigate(`/plans/${plan.id}`),
  );
  const any = { value: "", text: t("any") };
  return (
    <Form act={act} submit={() => act.run()} button={t("plan.make")}>
      <div class="fields">
        <Field label={t("budget")} pointer="/budget" inputMode="decimal" suffix={t("currency")} value={budget} onValue={setBudget} required />
        <Field label={t("plan.goal")} pointer="/goal" value={goal} onValue={(value) => setGoal(value as Goal)} options={(["reads", "interactions", "clicks", "unique_reads"] as const).map((value) => ({ value, text: t(`goal.${value}`) }))} />
        <Field label={t("category")} pointer="/filters/category" value={category} onValue={setCategory} options={[any, ...choices("category")]} />
        <Field label={t("grade.min")} pointer="/filters/grade_min" value={grade} onValue={setGrade} options={[any, ...choices("grade")]} />
        <Field label={t("plan.most")} pointer="/max_accounts" inputMode="numeric" value={most} onValue={(text) => setMost(text.replace(/\D/g, ""))} />
      </div>
      <Choice label={t("kind")} value={kind} onValue={setKind} options={(["post", "repost"] as const).map((value) => ({ value, text: named("order_kind", value) }))} />
    </Form>
  );
}
