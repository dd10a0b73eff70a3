// All enterprises, by the state of their certification; for staff.
import { api, ok } from "../../api/api-client";
import { usePages } from "../../api/request-hooks";
import { Pill } from "../../components/values/status-pill";
import { Screen } from "../../components/screen-layout";
import { Time } from "../../components/values/money-and-time";
import { List } from "../../components/table";
import { t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";
import { StatusFilter } from "../../components/status-filter";

const STATUSES = ["pending", "approved", "rejected", "revoked"] as const;

export function EnterpriseList() {
  const [filters, change] = useFilters();
  const status = STATUSES.find((one) => one === filters.status);
  const advertisers = usePages(`advertisers:${status ?? ""}`, (cursor) => ok(api.GET("/v1/advertisers", { params: { query: { status, cursor } } })));
  return (
    <Screen title={t("nav.enterprises")}>
      <StatusFilter statuses={[...STATUSES]} kind="certification_status" value={status} change={change} />
      <List
        label={t("nav.enterprises")}
        pages={advertisers}
        empty={t("nothing_here")}
        id={(one) => one.id}
        href={(one) => `#/enterprises/${one.id}`}
        columns={[
          { name: t("name"), cell: (one) => one.name },
          { name: t("register.licence_no"), cell: (one) => <code>{one.licence_no}</code>, minor: true },
          { name: t("status"), cell: (one) => <Pill kind="certification_status" state={one.certification.status} /> },
          { name: t("created"), cell: (one) => <Time at={one.created_at} />, minor: true },
        ]}
      />
    </Screen>
  );
}
