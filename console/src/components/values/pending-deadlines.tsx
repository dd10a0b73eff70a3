// The deadlines that are still to come, each with its default outcome.
import type { Schemas } from "../../api/api-client";
import { named, t } from "../../i18n";
import { Deadline } from "./money-and-time";

export function PendingDeadlines({ timers, kind = "order_status" }: { timers: Schemas["Timer"][]; kind?: string }) {
  if (!timers.length) return <p class="soft">{t("timers.none")}</p>;
  return (
    <ol class="timeline">
      {timers.map((timer, i) => (
        <li class={i === 0 ? "next" : ""}>
          {named("timer", timer.name)}
          <small>
            <Deadline at={timer.at} outcome={named(kind, timer.default_outcome)} />
          </small>
        </li>
      ))}
    </ol>
  );
}
