// The number of orders of a task in each status.
import { named } from "../../../i18n";

/** How many orders have each state, in words. */
export function OrderCounts({ counts }: { counts: Record<string, number> }) {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return <span>{some.length ? some.map(([status, count]) => `${count} ${named("order_status", status)}`).join(", ") : "—"}</span>;
}
