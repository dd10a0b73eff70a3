// Histories, and the deadlines that are still to come with what happens then.
import type { Schemas } from "../api/client";
import { named, t } from "../i18n";
import { Deadline, Time } from "./basics";

export function History({ events }: { events: Schemas["HistoryEvent"][] }) {
  return (
    <ol class="timeline">
      {events.map((event) => (
        <li class="done">
          {named("history_event", event.event)} <span class="soft">· {named("party", event.by)}</span>
          <small>
            <Time at={event.at} absolute /> {event.note && `· ${noteText(event)}`}
          </small>
        </li>
      ))}
    </ol>
  );
}

/** The note of an event: the names of the differences of a failed check, or the text as it is. */
function noteText({ event, note }: Schemas["HistoryEvent"]): string | undefined {
  return event === "check_failed" ? note?.split(", ").map((code) => named("post_fault", code)).join(" ") : note;
}

export function Timers({ timers, kind = "order_status" }: { timers: Schemas["Timer"][]; kind?: string }) {
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
