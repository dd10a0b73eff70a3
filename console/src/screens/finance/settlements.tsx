// Comparisons of providers' settlement files with the ledger.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client";
import { useAct, usePages } from "../../api/data";
import { configuration } from "../../configuration";
import { Money, Pill, Screen, Section, Time } from "../../components/basics";
import { Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { number } from "../../format";
import { t } from "../../i18n";

export function Settlements() {
  const comparisons = usePages("settlements", (cursor) => ok(api.GET("/v1/ledger/settlements", { params: { query: { cursor } as never } })));
  const [provider, setProvider] = useState(configuration.sandbox ? "sandbox" : "alipay");
  const [month, setMonth] = useState("");
  const [text, setText] = useState<string>();
  const act = useAct(
    async () =>
      await ok(
        api.POST("/v1/ledger/settlements/{provider}", {
          params: { path: { provider }, query: (month ? { month } : {}) as never },
          body: (text ?? "") as never,
          bodySerializer: (body) => body as never,
          headers: { "Content-Type": "text/csv" },
        }),
      ),
    async () => (say(t("settlements.compared")), await comparisons.reload()),
  );
  return (
    <Screen title={t("nav.settlements")}>
      <Section title={t("settlements.compare")}>
        <p class="soft">{t("settlements.hint")}</p>
        <Form act={act} submit={() => act.run()} button={t("settlements.compare")} disabled={text === undefined}>
          <div class="fields">
            <Field label={t("provider")} value={provider} onValue={setProvider} />
            <Field label={t("month")} type="month" value={month} onValue={setMonth} />
          </div>
          <label class="drop">
            {text === undefined ? t("settlements.choose") : t("settlements.chosen", { lines: number(text.split("\n").length - 1) })}
            <input type="file" accept=".csv,text/csv" class="hidden" onChange={(event) => void event.currentTarget.files?.[0]?.text().then(setText)} />
          </label>
        </Form>
      </Section>
      <List
        label={t("nav.settlements")}
        pages={comparisons}
        empty={t("settlements.empty")}
        id={(one) => one.id}
        columns={[
          { name: t("at"), cell: (one) => <Time at={one.compared_at} absolute /> },
          { name: t("provider"), cell: (one) => one.provider },
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
