// The history of an order, a task or a dispute: its events with their time.
import type { Schemas } from "../../api/api-client";
import { named } from "../../i18n";
import { Time } from "./money-and-time";

export function EventHistory({ events }: { events: Schemas["HistoryEvent"][] }) {
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
