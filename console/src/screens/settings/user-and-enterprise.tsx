// The user's own details and those of the enterprise.
import { roleOf, useMe } from "../../api/signed-in-user";
import { Copy } from "../../components/values/copy-button";
import { Facts, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { t } from "../../i18n";
import { DataExport } from "./data-export";

export function UserAndEnterprise() {
  const me = useMe();
  if (!me.data) return <Skeleton rows={4} />;
  const role = roleOf(me.data);
  const { advertiser, user } = me.data;
  return (
    <>
      <Section title={t("settings.you")}>
        <Facts of={[{ label: t("name"), value: user.name }, { label: t("register.email"), value: user.email ?? "—" }, { label: t("role.choose"), value: me.data.roles.map((one) => t(`role.${one}`)).join(", ") }]} />
      </Section>
      {role === "advertiser" && advertiser && (
        <Section title={t("settings.enterprise")}>
          <Facts
            of={[
              { label: t("register.name"), value: advertiser.name },
              { label: t("register.licence_no"), value: <code>{advertiser.licence_no}</code> },
              { label: t("register.contact"), value: advertiser.contact.name, hint: `${advertiser.contact.phone} · ${advertiser.contact.email}` },
              { label: t("certification"), value: <Pill kind="certification_status" state={advertiser.certification.status} /> },
            ]}
          />
          <Copy text={advertiser.id} />
        </Section>
      )}
      {(role === "advertiser" || role === "creator") && <DataExport side={role} />}
    </>
  );
}
