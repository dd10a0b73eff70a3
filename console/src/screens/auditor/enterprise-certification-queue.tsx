// The queue of enterprises that wait for their certification.
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { Copy } from "../../components/values/copy-button";
import { Facts } from "../../components/screen-layout";
import { Time } from "../../components/values/money-and-time";
import { StaffQueue } from "../../components/staff-queue/staff-queue";
import { say } from "../../components/toast";
import { t } from "../../i18n";
import { EnterpriseHistory } from "./enterprise-history";

type Advertiser = Schemas["AdvertiserInQueue"];

export function EnterpriseCertificationQueue() {
  const queue = usePages("queue:certifications", (cursor) => ok(api.GET("/v1/certifications", { params: { query: { cursor, limit: 50 } } })), 30);
  const decide = useAct(
    async (intent, advertiser: Advertiser, decision: "approved" | "rejected", reason?: string, note?: string) => {
      const body = { revision: advertiser.revision, decision, ...(reason ? { reason_code: reason } : {}), ...(note ? { note } : {}) } as Schemas["CertificationIn"];
      return await ok(api.POST("/v1/advertisers/{advertiser_id}/certification", { params: { path: { advertiser_id: advertiser.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    () => say(t("decided")),
  );
  return (
    <StaffQueue title={t("nav.certifications")} queue="certifications" pages={queue} id={(one) => one.id} name={(one) => one.name} reasons="certification_reason" decide={decide} approval={t("certify")} aside={(one) => <EnterpriseHistory id={one.id} />}>
      {(one) => (
        <>
          <Facts
            of={[
              { label: t("register.name"), value: one.name },
              { label: t("register.licence_no"), value: <code>{one.licence_no}</code> },
              { label: t("register.contact"), value: one.contact.name, hint: `${one.contact.phone} · ${one.contact.email}` },
              { label: t("created"), value: <Time at={one.created_at} absolute /> },
            ]}
          />
          <p><Copy text={one.id} /></p>
        </>
      )}
    </StaffQueue>
  );
}
