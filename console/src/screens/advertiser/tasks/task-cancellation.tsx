// The dialog that cancels a task, with the outcome of each order.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct, useData } from "../../../api/request-hooks";
import { Facts, Skeleton } from "../../../components/screen-layout";
import { Money } from "../../../components/values/money-and-time";
import { Pill } from "../../../components/values/status-pill";
import { ProblemNotice } from "../../../components/problem-notice";
import { Dialog } from "../../../components/dialog";
import { Field, Form } from "../../../components/form";
import { Table } from "../../../components/table";
import { say } from "../../../components/toast";
import { choices, t } from "../../../i18n";

type Task = Schemas["Task"];

/** The cancellation, line by line: who gets what. What is confirmed is what was shown, or it is refused. */
export function TaskCancellation({ task, close, reload }: { task: Task; close: () => void; reload: () => Promise<void> }) {
  const path = { task_id: task.id };
  const options = choices("cancel_reason");
  const [reason, setReason] = useState(options[0]?.value ?? "plans_changed");
  const preview = useData(`cancellation:${task.id}`, () => ok(api.GET("/v1/tasks/{task_id}/cancellation", { params: { path } })));
  const act = useAct(
    async (intent) => {
      const body = { reason_code: reason, revision: preview.data!.revision };
      return await ok(api.POST("/v1/tasks/{task_id}/cancel", { params: { path, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (close(), say(t("task.cancelled")), await reload()),
  );
  return (
    <Dialog title={t("task.cancel")} close={close} shape="wide">
      <ProblemNotice problem={preview.problem} />
      {preview.data ? (
        <Form act={act} submit={() => act.run()} button={t("task.cancel_now")} danger cancel={close}>
          <Facts
            of={[
              { label: t("cancel.returned"), value: <Money of={preview.data.returned} /> },
              { label: t("cancel.compensation"), value: <Money of={preview.data.compensation} /> },
              { label: t("cancel.stays"), value: <Money of={preview.data.stays_held} /> },
            ]}
          />
          <Table
            label={t("nav.orders")}
            rows={preview.data.lines}
            id={(line) => line.order_id}
            columns={[
              { name: t("task.orders"), cell: (line) => <code>{line.order_id.slice(-6)}</code> },
              { name: t("status"), cell: (line) => <><Pill kind="order_status" state={line.status} /> → <Pill kind="order_status" state={line.then} /></> },
              { name: t("price"), number: true, cell: (line) => <Money of={line.price} /> },
              { name: t("cancel.compensation"), number: true, cell: (line) => <Money of={line.compensation} /> },
              { name: t("cancel.returned"), number: true, cell: (line) => <Money of={line.returned} /> },
            ]}
          />
          <Field label={t("reason")} pointer="/reason_code" value={reason} onValue={setReason} options={options} />
        </Form>
      ) : (
        !preview.problem && <Skeleton rows={4} />
      )}
    </Dialog>
  );
}
