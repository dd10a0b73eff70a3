// Queues with their lengths and first deadlines, as a home of staff shows them.
import { Deadline, Time } from "../values/money-and-time";
import { NAVIGATION } from "../../frame/navigation-items";
import type { Me, Role } from "../../api/signed-in-user";
import { t } from "../../i18n";

export function QueueCounts({ me, role }: { me: Me; role: Role }) {
  return (
    <ul class="waiting">
      {NAVIGATION[role].map((item) => {
        const queue = item.queue?.(me.counts);
        if (!queue) return null;
        return (
          <li>
            <a href={`#${item.path}`}>
              <span>
                {t(item.text)}
                <small>
                  {" "}
                  {queue.due_at && <>{t("queue.first_due")} <Deadline at={queue.due_at} /></>}
                  {queue.since && <>{t("queue.since")} <Time at={queue.since} /></>}
                  {queue.overdue > 0 && <b class="fault"> {t("queue.overdue", { count: queue.overdue })}</b>}
                </small>
              </span>
              <b>{queue.waiting}</b>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
