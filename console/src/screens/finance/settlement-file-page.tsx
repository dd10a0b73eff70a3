// The comparison of one settlement file with the ledger, and its differences.
import { api, ok, type Schemas } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { Empty, Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Money, Time } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Table } from "../../components/table";
import { number } from "../../format";
import { currency, named, t } from "../../i18n";

type Comparison = Schemas["Comparison"];

export function SettlementFilePage({ params }: { params: { provider: string; id: string } }) {
  const path = { provider: params.provider, settlement_id: params.id };
  const comparison = useData<Comparison>(`settlement:${params.id}`, () => ok(api.GET("/v1/ledger/settlements/{provider}/{settlement_id}", { params: { path } })));
  if (comparison.problem) return <ProblemNotice problem={comparison.problem} retry={() => void comparison.reload()} />;
  if (!comparison.data) return <Skeleton rows={6} />;
  const one = comparison.data;
  const amount = (value: number | null) => <Money of={value === null ? null : { amount: value, currency: currency.value.code }} />;
  return (
    <Screen title={`${t("settlement")} · ${named("provider_name", one.provider)}`} crumb={{ to: "/settlements", text: t("nav.settlements") }} actions={<button type="button" class="secondary" onClick={() => print()}>{t("print")}</button>}>
      <Section>
        <Facts
          of={[
            { label: t("status"), value: <Pill kind="proof" state={one.status} /> },
            { label: t("at"), value: <Time at={one.compared_at} absolute /> },
            one.since !== null && { label: t("settlement.since"), value: <Time at={one.since} absolute /> },
            one.until !== null && { label: t("settlement.until"), value: <Time at={one.until} absolute /> },
            { label: t("settlements.matched"), value: number(one.matched) },
            { label: t("proof.differences"), value: number(one.differences_found) },
            { label: t("settlements.ledger"), value: <Money of={one.ledger_total} /> },
            { label: t("settlements.file"), value: <Money of={one.file_total} /> },
          ]}
        />
      </Section>
      <Section title={t("proof.differences")}>
        {one.differences.length ? (
          <Table
            label={t("proof.differences")}
            rows={one.differences}
            id={(difference) => difference.transaction_id}
            columns={[
              { name: t("settlement.transaction"), cell: (difference) => <code>{difference.transaction_id}</code> },
              { name: t("entry.kind"), cell: (difference) => named("difference", difference.kind) },
              { name: t("settlements.ledger"), number: true, cell: (difference) => amount(difference.ledger) },
              { name: t("settlements.file"), number: true, cell: (difference) => amount(difference.file) },
            ]}
          />
        ) : (
          <Empty text={t("settlement.clean")} />
        )}
      </Section>
    </Screen>
  );
}
