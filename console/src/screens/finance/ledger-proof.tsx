// The proof of the ledger: totals that must agree, and every difference.
import { api, ok } from "../../api/api-client";
import { useAct, useData } from "../../api/request-hooks";
import { Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Money, Time } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Table } from "../../components/table";
import { number } from "../../format";
import { named, t } from "../../i18n";

export function LedgerProof() {
  const proof = useData("proof", () => ok(api.GET("/v1/ledger/proof")));
  const again = useAct(async (intent) => await ok(api.POST("/v1/ledger/proof", { params: { header: { "Idempotency-Key": intent.keyFor("now") } }, body: {} as never })), proof.reload);
  if (proof.problem) return <ProblemNotice problem={proof.problem} retry={() => void proof.reload()} />;
  if (!proof.data) return <Skeleton rows={6} />;
  const one = proof.data;
  return (
    <Screen title={t("nav.proof")} actions={<button type="button" aria-busy={again.busy} onClick={() => void again.run()}>{t("proof.again")}</button>}>
      <ProblemNotice problem={again.problem} />
      <Section>
        <Facts
          of={[
            { label: t("status"), value: <Pill kind="proof" state={one.status} /> },
            { label: t("proof.as_of"), value: <Time at={one.as_of} absolute /> },
            { label: t("proof.accounts"), value: number(one.accounts_checked) },
            { label: t("proof.entries"), value: number(one.entries_checked) },
            { label: t("proof.sealed"), value: one.sealed_through ?? "—" },
            { label: t("proof.differences"), value: number(one.differences_found) },
          ]}
        />
      </Section>
      <Section title={t("proof.totals")}>
        <Table compact label={t("proof.totals")} rows={Object.entries(one.totals)} id={([name]) => name} columns={[{ name: t("proof.class"), cell: ([name]) => named("total", name) }, { name: t("amount"), number: true, cell: ([, total]) => <Money of={total} /> }]} />
      </Section>
      {one.differences.length > 0 && (
        <Section title={t("proof.differences")}>
          <Table
            label={t("proof.differences")}
            rows={one.differences}
            id={(difference) => difference.account + difference.kind}
            columns={[
              { name: t("account"), cell: (difference) => <code>{difference.account}</code> },
              { name: t("entry.kind"), cell: (difference) => difference.kind },
              { name: t("proof.expected"), number: true, cell: (difference) => JSON.stringify(difference.expected) },
              { name: t("proof.found"), number: true, cell: (difference) => JSON.stringify(difference.found) },
            ]}
          />
        </Section>
      )}
    </Screen>
  );
}
