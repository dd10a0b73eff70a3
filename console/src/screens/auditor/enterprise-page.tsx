// One enterprise for staff: its registration, its history, and the revocation of its certification.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, useData } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { Copy } from "../../components/values/copy-button";
import { Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Time } from "../../components/values/money-and-time";
import { ReasonDialog } from "../../components/reason-dialog";
import { say } from "../../components/toast";
import { t } from "../../i18n";
import { EnterpriseHistory } from "./enterprise-history";

type Advertiser = Schemas["Advertiser"];

export function EnterprisePage({ params }: { params: { id: string } }) {
  const me = useMe();
  const advertiser = useData(`advertiser:${params.id}`, () => ok(api.GET("/v1/advertisers/{advertiser_id}", { params: { path: { advertiser_id: params.id } } })));
  if (advertiser.problem) return <ProblemNotice problem={advertiser.problem} retry={() => void advertiser.reload()} />;
  if (!advertiser.data) return <Skeleton rows={6} />;
  const one = advertiser.data;
  const mayRevoke = me.data?.roles.some((role) => role === "auditor" || role === "admin");
  return (
    <Screen title={one.name} crumb={{ to: "/enterprises", text: t("nav.enterprises") }} actions={mayRevoke && one.certification.status === "approved" && <Revoke advertiser={one} changed={advertiser.reload} />}>
      <Section>
        <Facts
          of={[
            { label: t("certification"), value: <Pill kind="certification_status" state={one.certification.status} /> },
            { label: t("register.licence_no"), value: <code>{one.licence_no}</code> },
            { label: t("register.contact"), value: one.contact.name, hint: `${one.contact.phone} · ${one.contact.email}` },
            { label: t("created"), value: <Time at={one.created_at} absolute /> },
          ]}
        />
        <Copy text={one.id} />
      </Section>
      {mayRevoke && <EnterpriseHistory id={one.id} />}
    </Screen>
  );
}

function Revoke({ advertiser, changed }: { advertiser: Advertiser; changed: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const act = useAct(
    async (intent, reason: { reason_code: string; note?: string }) => {
      const body = { revision: advertiser.revision, ...reason };
      return await ok(api.POST("/v1/advertisers/{advertiser_id}/revocation", { params: { path: { advertiser_id: advertiser.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (setOpen(false), say(t("revoked")), await changed()),
  );
  return (
    <>
      <button type="button" class="danger" onClick={() => setOpen(true)}>{t("revoke.certification")}</button>
      {open && (
        <ReasonDialog title={t("revoke.certification")} group="revocation_reason" button={t("revoke")} act={act} close={() => setOpen(false)}>
          <p>{t("revoke.certification_hint")}</p>
        </ReasonDialog>
      )}
    </>
  );
}
