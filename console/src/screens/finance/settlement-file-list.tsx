// The comparison of a provider's settlement file with the ledger, and the earlier comparisons.
import { useState } from "preact/hooks";
import { providers } from "../../api/catalogue";
import { api, ok } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { upload } from "../../api/file-upload";
import { Money, Time } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { Screen, Section } from "../../components/screen-layout";
import { Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { number } from "../../format";
import { named, t } from "../../i18n";
import { navigate } from "../../frame/address-and-filters";

export function SettlementFileList() {
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
