// Queues with their lengths, as a home of staff shows them.
import { NAVIGATION } from "../../navigation";
import type { Me, Role } from "../../api/me";
import { t } from "../../i18n";

export function QueueCounts({ me, role }: { me: Me; role: Role }) {
  const items = NAVIGATION[role].filter((item) => item.count);
  return (
    <ul class="waiting">
      {items.map((item) => (
        <li>
          <a href={`#${item.path}`}>
            {t(item.text)} <b>{item.count!(me.counts) ?? 0}</b>
          </a>
        </li>
      ))}
    </ul>
  );
}
