// A filter by status above a list.
import { named, t } from "../i18n";

export function StatusFilter({ statuses, kind, value, change }: { statuses: string[]; kind: string; value: string | undefined; change: (changed: { status: string | undefined }) => void }) {
  return (
    <div class="filters">
      <div class="chips" role="group" aria-label={t("status")}>
        {statuses.map((status) => (
          <button type="button" class="chip" aria-pressed={status === value} onClick={() => change({ status: status === value ? undefined : status })}>
            {named(kind, status)}
          </button>
        ))}
      </div>
    </div>
  );
}
