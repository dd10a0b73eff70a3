// The administrator's home: health, and the queues of all staff.
import { useMe } from "../../api/me";
import { Screen, Section, Skeleton } from "../../components/basics";
import { t } from "../../i18n";
import { QueueCounts } from "../shared/queue-counts";
import { Health } from "./health";

export function AdminHome() {
  const me = useMe();
  if (!me.data) return <Skeleton rows={6} />;
  return (
    <Screen title={t("nav.home")}>
      <Health />
      <Section title={t("queue.waiting")}>
        <QueueCounts me={me.data} role="auditor" />
        <QueueCounts me={me.data} role="finance" />
      </Section>
    </Screen>
  );
}
