// Settings: tabs for the user, notifications and webhooks.
import { useMe } from "../../api/signed-in-user";
import { Screen, Skeleton, Tabs } from "../../components/screen-layout";
import { t } from "../../i18n";
import { NotificationSettings } from "../notifications/notification-settings";
import { WebhookList } from "./webhook-list";
import { UserAndEnterprise } from "./user-and-enterprise";

const TABS = ["you", "notifications", "webhooks"] as const;

export function SettingsTabs({ params }: { params: { tab?: string } }) {
  const me = useMe();
  const tab = TABS.find((one) => one === params.tab) ?? "you";
  if (!me.data) return <Skeleton rows={4} />;
  const hasWebhooks = me.data.roles.some((role) => role === "advertiser" || role === "creator" || role === "admin");
  const tabs = TABS.filter((one) => one !== "webhooks" || hasWebhooks).map((id) => ({ id, text: `settings.tab.${id}` as const }));
  return (
    <Screen title={t("nav.settings")}>
      <Tabs tabs={tabs} active={tab} href={(id) => (id === "you" ? "#/settings" : `#/settings/${id}`)} />
      {tab === "you" && <UserAndEnterprise />}
      {tab === "notifications" && <NotificationSettings />}
      {tab === "webhooks" && <WebhookList />}
    </Screen>
  );
}
