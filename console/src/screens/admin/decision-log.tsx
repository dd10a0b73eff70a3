// The log of decisions of staff.
import { api, ok } from "../../api/api-client";
import { usePages } from "../../api/request-hooks";
import { Screen } from "../../components/screen-layout";
import { Time } from "../../components/values/money-and-time";
import { Field } from "../../components/form";
import { List } from "../../components/table";
import { named, t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";
import { reasonText } from "../auditor/past-decisions";

export function DecisionLog() {
  const [filters, change] = useFilters();
  const subject = /^[a-z]{3}_[0-9A-Z]{26}$/.test(filters.subject ?? "") ? filters.subject : undefined;
  const decisions = usePages(`decisions:${subject ?? ""}`, (cursor) => ok(api.GET("/v1/decisions", { params: { query: { subject_id: subject, cursor } } })));
  return (
    <Screen title={t("nav.decisions")}>
      <div class="filters">
        <Field label={t("decisions.subject")} type="search" value={filters.subject ?? ""} onValue={(text) => change({ subject: text.trim() })} />
      </div>
      <List
        label={t("nav.decisions")}
        pages={decisions}
        empty={t("nothing_here")}
        id={(one) => one.subject_id + one.decided_at + one.kind}
        columns={[
          { name: t("at"), cell: (one) => <Time at={one.decided_at} absolute /> },
          { name: t("entry.kind"), cell: (one) => named("decision", one.kind) },
          { name: t("about"), cell: (one) => <code>{one.subject_id}</code>, minor: true },
          { name: t("decisions.outcome"), cell: (one) => named("outcome", one.outcome) },
          { name: t("reason"), cell: (one) => (one.reason_code || one.note ? <>{one.reason_code && reasonText(one.reason_code)} {one.note && <q>{one.note}</q>}</> : "—"), minor: true },
          { name: t("decisions.by"), cell: (one) => <code>{one.decided_by.slice(0, 8)}</code>, minor: true },
        ]}
      />
    </Screen>
  );
}
