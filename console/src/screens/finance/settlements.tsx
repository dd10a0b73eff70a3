// Comparisons of providers' settlement files with the ledger, and one of them with its differences.
import { useState } from "preact/hooks";
import { providers } from "../../api/catalogue";
import { api, ok, type Schemas } from "../../api/client";
import { useAct, useData, usePages } from "../../api/data";
import { upload } from "../../api/upload";
import { Empty, Facts, Money, Pill, ProblemNotice, Screen, Section, Skeleton, Time } from "../../components/basics";
import { Field, Form } from "../../components/form";
import { List, Table } from "../../components/table";
import { say } from "../../components/toast";
import { number } from "../../format";
import { currency, named, t } from "../../i18n";
import { navigate } from "../../router";

type Comparison = Schemas["Comparison"];

export function Settlements() {
  const comparisons = usePages("settlements", (cursor) => ok(api.GET("/v1/ledger/settlements", { params: { query: { cursor } } })));
  const [chosen, setProvider] = useState("");
  const [month, setMonth] = useState("");
  const [file, setFile] = useState<File>();
  const provider = chosen || (providers.value[0]?.name ?? "");
  const act = useAct(
    async (intent) => {
      const path = { provider };
      const body = { bytes: file!.size };
      const announced = await ok(api.POST("/v1/ledger/settlements/{provider}/uploads", { params: { path, header: { "Idempotency-Key": intent.keyFor([provider, file!.name, file!.lastModified]) } }, body }));
      await upload(announced.upload, file!);
      return await ok(
        api.POST("/v1/ledger/settlements/{provider}", {
          params: { path, query: { upload: announced.id, ...(month ? { month } : {}) } },
          body: "" as never,
          bodySerializer: (text) => text as never,
          headers: { "Content-Type": "text/csv" },
        }),
      );
    },
    (comparison) => (say(t("settlements.compared")), navigate(`/settlements/${comparison.provider}/${comparison.id}`)),
  );
  return (
    <Screen title={t("nav.settlements")}>
      <Section title={t("settlements.compare")}>
        <p class="soft">{t("settlements.hint")}</p>
        <Form act={act} submit={() => act.run()} button={t("settlements.compare")} disabled={file === undefined}>
          <div class="fields">
            <Field label={t("provider")} value={provider} onValue={setProvider} options={providers.value.map((one) => ({ value: one.name, text: named("provider_name", one.name) }))} />
            <Field label={t("month")} type="month" value={month} onValue={setMonth} />
          </div>
          <label class="drop">
            {file === undefined ? t("settlements.choose") : t("settlements.chosen", { name: file.name, bytes: number(file.size) })}
            <input type="file" accept=".csv,text/csv" class="hidden" onChange={(event) => setFile(event.currentTarget.files?.[0])} />
          </label>
        </Form>
      </Section>
      <List
        label={t("nav.settlements")}
        pages={comparisons}
        empty={t("settlements.empty")}
        id={(one) => one.id}
        href={(one) => `#/settlements/${one.provider}/${one.id}`}
        columns={[
          { name: t("at"), cell: (one) => <Time at={one.compared_at} absolute /> },
          { name: t("provider"), cell: (one) => named("provider_name", one.provider) },
          { name: t("status"), cell: (one) => <Pill kind="proof" state={one.status} /> },
          { name: t("settlements.matched"), number: true, cell: (one) => number(one.matched) },
          { name: t("proof.differences"), number: true, cell: (one) => number(one.differences_found) },
          { name: t("settlements.ledger"), number: true, cell: (one) => <Money of={one.ledger_total} />, minor: true },
          { name: t("settlements.file"), number: true, cell: (one) => <Money of={one.file_total} />, minor: true },
        ]}
      />
    </Screen>
  );
}

export function SettlementPage({ params }: { params: { provider: string; id: string } }) {
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
