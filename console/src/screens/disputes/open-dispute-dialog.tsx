// Opening a dispute about a published order.
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { ReasonDialog } from "../../components/reason-dialog";
import { say } from "../../components/toast";
import { t } from "../../i18n";

type Order = Schemas["Order"];

export function OpenDisputeDialog({ order, close, changed }: { order: Order; close: () => void; changed: () => Promise<void> }) {
  const act = useAct(
    async (intent, reason: { reason_code: string; note?: string }) => {
      const body = { ...reason, note: reason.note ?? "" };
      return await ok(api.POST("/v1/orders/{order_id}/dispute", { params: { path: { order_id: order.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (close(), say(t("dispute.opened")), await changed()),
  );
  return (
    <ReasonDialog title={t("dispute.open")} group="dispute_reason" button={t("dispute.open")} act={act} close={close} noteRequired>
      <p>{t("dispute.hint")}</p>
    </ReasonDialog>
  );
}
