// The search of the top bar: one result is opened at once, several are listed, and any other text searches accounts.
import { useEffect } from "preact/hooks";
import { api, ok, type Schemas } from "../api/api-client";
import { useData } from "../api/request-hooks";
import { roleOf, useMe, type Role } from "../api/signed-in-user";
import { Copy } from "../components/values/copy-button";
import { Pill } from "../components/values/status-pill";
import { Screen, Section, Skeleton } from "../components/screen-layout";
import { Table } from "../components/table";
import { named, t } from "../i18n";
import { navigate, useFilters } from "./address-and-filters";

type Found = Schemas["Found"];

const STATUS_GROUPS: Partial<Record<Found["type"], string>> = {
  account: "account_status", advertiser: "certification_status", task: "task_status", order: "order_status", dispute: "dispute_status",
  grade_appeal: "grade_appeal_status", application: "application_status", topup: "topup_status", withdrawal: "withdrawal_status", suspense: "suspense_status", plan: "plan_status",
};

/** Return the address of the screen that shows something found, for a role. */
export function foundPath(found: Found, role: Role | null): string {
  const isParty = role === "advertiser" || role === "creator";
  switch (found.type) {
    case "account": return `/accounts/${found.id}`;
    case "advertiser": return isParty ? "/settings" : `/enterprises/${found.id}`;
    case "task": return role === "creator" ? "/calls" : `/tasks/${found.id}`;
    case "order": return `/orders/${found.id}`;
    case "dispute": return `/disputes/${found.id}`;
    case "plan": return `/plans/${found.id}`;
    case "shortlist": return `/shortlists/${found.id}`;
    case "suspense": return "/suspense";
    case "withdrawal": return isParty ? "/wallet" : "/withdrawals";
    case "topup": return "/wallet";
    case "application": return role === "creator" ? "/calls" : `/tasks/${found.parent_id ?? ""}`;
    case "grade_appeal": return role === "creator" ? `/my-accounts/${found.parent_id ?? ""}` : "/appeals";
  }
}

export function SearchResults() {
  const [filters] = useFilters();
  const me = useMe();
  const q = filters.q ?? "";
  const role = me.data ? roleOf(me.data) : null;
  const found = useData(q ? `lookup:${q}` : null, () => ok(api.GET("/v1/lookup", { params: { query: { q } } })));
  const results = found.data?.data;
  const isId = /^[a-z]{3}_[0-9A-Z]{26}$/.test(q);
  useEffect(() => {
    if (results?.length === 1 && me.data) navigate(foundPath(results[0]!, role), { replace: true });
    else if (!isId && (found.problem || results?.length === 0)) navigate(`/accounts?q=${encodeURIComponent(q)}`, { replace: true });
  }, [results, found.problem, !!me.data]);
  if (!results || results.length === 1) return <Skeleton rows={4} />;
  return (
    <Screen title={t("search.results", { q })}>
      <Section>
        {results.length ? (
          <Table
            label={t("search.results", { q })}
            rows={results}
            id={(one) => one.id}
            href={(one) => `#${foundPath(one, role)}`}
            columns={[
              { name: t("name"), cell: (one) => one.title },
              { name: t("kind"), cell: (one) => named("found", one.type) },
              { name: t("status"), cell: (one) => <Pill kind={STATUS_GROUPS[one.type] ?? one.type} state={one.status} /> },
              { name: "", cell: (one) => <Copy text={one.id} />, minor: true },
            ]}
          />
        ) : (
          <p>{t("search.none")}</p>
        )}
      </Section>
    </Screen>
  );
}
