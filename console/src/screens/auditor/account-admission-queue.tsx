// The queue of accounts that wait for their admission.
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { Copy } from "../../components/values/copy-button";
import { Count, Money } from "../../components/values/money-and-time";
import { Facts } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { Stars } from "../../components/values/grade-stars";
import { StaffQueue } from "../../components/staff-queue/staff-queue";
import { say } from "../../components/toast";
import { named, t } from "../../i18n";
import { CategoryButton } from "../accounts/staff-actions";
import { AccountHistory } from "./account-history";
import { ReadsPerPost } from "../accounts/reads-per-post";

type Account = Schemas["AccountInQueue"];

export function AccountAdmissionQueue() {
  const queue = usePages("queue:admissions", (cursor) => ok(api.GET("/v1/admissions", { params: { query: { cursor, limit: 50 } } })), 30);
  const decide = useAct(
    async (intent, account: Account, decision: "approved" | "rejected", reason?: string, note?: string) => {
      const body = { revision: account.revision, decision, ...(reason ? { reason_code: reason } : {}), ...(note ? { note } : {}) } as Schemas["AdmissionIn"];
      return await ok(api.POST("/v1/accounts/{account_id}/admission", { params: { path: { account_id: account.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    () => say(t("decided")),
  );
  return (
    <StaffQueue title={t("nav.admissions")} queue="admissions" pages={queue} id={(one) => one.id} name={(one) => one.handle} reasons="admission_reason" decide={decide} approval={t("admit")} aside={(one) => <AccountHistory id={one.id} />}>
      {(one) => (
        <>
          <Facts
            of={[
              { label: t("network"), value: named("network_name", one.network) },
              { label: t("category"), value: named("category", one.category) },
              { label: t("followers"), value: <Count of={one.metrics?.followers} /> },
              { label: t("reads"), value: <ReadsPerPost key={one.id} of={one} /> },
              { label: t("grade"), value: <Stars grade={one.grade} /> },
              { label: named("order_kind", "post"), value: <Money of={one.prices.post} /> },
              { label: named("order_kind", "repost"), value: <Money of={one.prices.repost} /> },
              one.ownership && { label: t("proof.title"), value: <Pill kind="ownership" state={one.ownership.status} /> },
            ]}
          />
          <p class="row"><Copy text={one.id} /> <CategoryButton account={one} changed={queue.reload} /></p>
        </>
      )}
    </StaffQueue>
  );
}
