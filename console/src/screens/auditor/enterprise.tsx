// One enterprise for staff: who it is, its history, and the revocation of its certification.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useAct, useData, usePages } from "../../api/data";
import { useMe } from "../../api/me";
import { Copy, Facts, Pill, ProblemNotice, Screen, Section, Skeleton, Time } from "../../components/basics";
import { ReasonDialog } from "../../components/reason-dialog";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { t } from "../../i18n";
import { useFilters } from "../../router";
import { StatusChips } from "../advertiser/tasks";
import { AdvertiserHistory } from "../shared/histories";

type Advertiser = Schemas["Advertiser"];
const STATUSES = ["pending", "approved", "rejected", "revoked"] as const;

export function Enterprises() {
  const [filters, change] = useFilters();
  const status = STATUSES.find((one) => one === filters.status);
  const advertisers = usePages(`advertisers:${status ?? ""}`, (cursor) => ok(api.GET("/v1/advertisers", { params: { query: { status, cursor } } })));
  return (
    <Screen title={t("nav.enterprises")}>
      <StatusChips statuses={[...STATUSES]} kind="certification_status" value={status} change={change} />
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
      {mayRevoke && <AdvertiserHistory id={one.id} />}
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
