// The administrator's home: health, and the queues of all staff.
import { useMe } from "../../api/signed-in-user";
import { Screen, Section, Skeleton } from "../../components/screen-layout";
import { t } from "../../i18n";
import { QueueCounts } from "../../components/staff-queue/queue-counts";
import { ServiceHealth } from "./service-health";

export function AdminHome() {
  const me = useMe();
  if (!me.data) return <Skeleton rows={6} />;
  return (
    <Screen title={t("nav.home")}>
      <ServiceHealth />
      <Section title={t("queue.waiting")}>
        <QueueCounts me={me.data} role="auditor" />
        <QueueCounts me={me.data} role="finance" />
      </Section>
    </Screen>
  );
}
