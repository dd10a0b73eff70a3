// The queue of appeals of grades: the claimed figures beside the recorded ones.
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, useData, usePages } from "../../api/request-hooks";
import { Facts, Section } from "../../components/screen-layout";
import { Stars } from "../../components/values/grade-stars";
import { StaffQueue, type Decision } from "../../components/staff-queue/staff-queue";
import { Table } from "../../components/table";
import { say } from "../../components/toast";
import { isNamed, named, t } from "../../i18n";
import { GradeExplanation } from "../accounts/grade-explanation";
import { ReadsPerPost } from "../accounts/reads-per-post";

type Appeal = Schemas["GradeAppeal"];

export function GradeAppealQueue() {
  const queue = usePages("queue:appeals", (cursor) => ok(api.GET("/v1/appeals", { params: { query: { cursor, limit: 50 } } })), 30);
  const decide = useAct(
    async (intent, appeal: Appeal, decision: Decision, _reason?: string, note?: string) => {
      const body = { revision: appeal.revision, outcome: decision === "approved" ? ("granted" as const) : ("rejected" as const), note: note ?? "" };
      return await ok(api.POST("/v1/appeals/{appeal_id}/ruling", { params: { path: { appeal_id: appeal.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    () => say(t("decided")),
  );
  return (
    <StaffQueue title={t("nav.appeals")} queue="appeals" pages={queue} id={(one) => one.id} name={(one) => one.reason.slice(0, 60)} decide={decide} approval={t("grant")} aside={(one) => <Recorded id={one.account_id} claimed={one.evidence} />}>
      {(one) => (
        <>
          <p class="post">{one.reason}</p>
          <Facts of={[{ label: t("grade"), value: <Stars grade={one.grade} /> }]} />
          <Table compact label={t("appeal.claimed")} rows={Object.entries(one.evidence)} id={([name]) => name} columns={[{ name: t("appeal.figure"), cell: ([name]) => named("figure", name) }, { name: t("appeal.claimed"), number: true, cell: ([, value]) => String(value) }]} />
          <GradeExplanation id={one.account_id} />
        </>
      )}
    </StaffQueue>
  );
}

/** The recorded figures: those that have a name, and those that are claimed. */
function Recorded({ id, claimed }: { id: string; claimed: Record<string, unknown> }) {
  const account = useData(`account:${id}`, () => ok(api.GET("/v1/accounts/{account_id}", { params: { path: { account_id: id } } })));
  if (!account.data?.metrics) return null;
  const figures = Object.entries(account.data.metrics).filter(([name, value]) => typeof value === "number" && (isNamed("figure", name) || name in claimed));
  return (
    <Section title={account.data.handle}>
      <Facts of={[{ label: t("reads"), value: <ReadsPerPost of={account.data} /> }]} />
      <Table compact label={t("appeal.recorded")} rows={figures} id={([name]) => name} columns={[{ name: t("appeal.figure"), cell: ([name]) => named("figure", name) }, { name: t("appeal.recorded"), number: true, cell: ([, value]) => String(value) }]} />
    </Section>
  );
}
