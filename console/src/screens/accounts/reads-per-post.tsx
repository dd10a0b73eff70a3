// The reads per post of an account, and how many of them count while they are not confirmed (docs/reference/grading.md).
import { api, ok, type Schemas } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { Count } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { number } from "../../format";
import { t } from "../../i18n";

export function ReadsPerPost({ of: account }: { of: Pick<Schemas["Account"], "id" | "metrics"> }) {
  const grade = useData(`grade:${account.id}`, () => ok(api.GET("/v1/accounts/{account_id}/grade", { params: { path: { account_id: account.id } } })));
  const evidence = grade.data?.evidence;
  const reads = account.metrics?.reads_avg_30d;
  return (
    <>
      <Count of={reads} />
      {reads != null && evidence?.unconfirmed_since && (
        <>
          {" "}
          <Pill kind="reads" state="unconfirmed" />
          <small class="below">
            {evidence.reads_confirmed == null ? t("reads.none_count") : t("reads.some_count", { reads: number(evidence.reads_confirmed) })}
          </small>
        </>
      )}
    </>
  );
}
