// The auditor's home: the queues with their lengths, and the way into the first of them.
import { useMe } from "../../api/signed-in-user";
import { Screen, Section, Skeleton } from "../../components/screen-layout";
import { t } from "../../i18n";
import { NAVIGATION, waitingAt } from "../../frame/navigation-items";
import { QueueCounts } from "../../components/staff-queue/queue-counts";

export function AuditorHome() {
  const me = useMe();
  if (!me.data) return <Skeleton rows={6} />;
  const next = NAVIGATION.auditor.find((item) => item.queue && waitingAt(item, me.data!.counts));
  return (
    <Screen title={t("nav.home")} actions={next && <a role="button" href={`#${next.path}`}>{t("queue.next")}</a>}>
      <Section title={t("queue.waiting")}>
        <QueueCounts me={me.data} role="auditor" />
      </Section>
    </Screen>
  );
}
