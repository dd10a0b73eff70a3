// Settings: the user and the enterprise with the export of everything that is their own, notifications, webhooks.
import { useState } from "preact/hooks";
import { api, ok } from "../../../api/client";
import { useAct } from "../../../api/data";
import { roleOf, useMe } from "../../../api/me";
import { Copy, Facts, Pill, ProblemNotice, Screen, Section, Skeleton, Tabs } from "../../../components/basics";
import { Field } from "../../../components/form";
import { number } from "../../../format";
import { t } from "../../../i18n";
import { NotificationSettings } from "./notification-settings";
import { Webhooks } from "./webhooks";

const TABS = ["you", "notifications", "webhooks"] as const;

export function Settings({ params }: { params: { tab?: string } }) {
  const me = useMe();
  const tab = TABS.find((one) => one === params.tab) ?? "you";
  if (!me.data) return <Skeleton rows={4} />;
  const hasWebhooks = me.data.roles.some((role) => role === "advertiser" || role === "creator" || role === "admin");
  const tabs = TABS.filter((one) => one !== "webhooks" || hasWebhooks).map((id) => ({ id, text: `settings.tab.${id}` as const }));
  return (
    <Screen title={t("nav.settings")}>
      <Tabs tabs={tabs} active={tab} href={(id) => (id === "you" ? "#/settings" : `#/settings/${id}`)} />
      {tab === "you" && <You />}
      {tab === "notifications" && <NotificationSettings />}
      {tab === "webhooks" && <Webhooks />}
    </Screen>
  );
}

function You() {
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
      {(role === "advertiser" || role === "creator") && <Export side={role} />}
    </>
  );
}

/** Everything that is the user's own, in parts of JSON lines behind links. */
function Export({ side }: { side: "advertiser" | "creator" }) {
  const [month, setMonth] = useState("");
  const [parts, setParts] = useState<{ url: string; lines: number }[]>([]);
  const act = useAct(async () => {
    setParts([]);
    let cursor: string | undefined;
    do {
      const part = await ok(api.POST("/v1/exports", { params: { query: { as: side, cursor, month: month || undefined } as never }, body: {} as never }));
      setParts((all) => [...all, part]);
      cursor = part.next_cursor ?? undefined;
    } while (cursor);
  });
  return (
    <Section title={t("export")}>
      <p class="soft">{t("export.hint")}</p>
      <ProblemNotice problem={act.problem} />
      <Field label={t("export.month")} type="month" value={month} onValue={setMonth} />
      <button type="button" class="secondary" aria-busy={act.busy} onClick={() => void act.run()}>{t(month ? "export.start_month" : "export.start")}</button>
      <ul>
        {parts.map((part, i) => (
          <li><a href={part.url} download rel="noreferrer" target="_blank">{t("export.part", { n: i + 1, lines: number(part.lines) })}</a></li>
        ))}
      </ul>
    </Section>
  );
}
