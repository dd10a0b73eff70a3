// Money that fits no open payment: it is credited to an advertiser, or returned.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useClaim } from "../../components/staff-queue/item-claims";
import { useAct, usePages } from "../../api/request-hooks";
import { Money, Time } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { Screen } from "../../components/screen-layout";
import { Dialog } from "../../components/dialog";
import { Choice, Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { named, t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";
import { StatusFilter } from "../../components/status-filter";

type Item = Schemas["SuspenseItem"];
const STATUSES = ["open", "credited", "returned"] as const;

export function SuspenseItems() {
  const [filters, change] = useFilters();
  const status = (filters.status as (typeof STATUSES)[number] | undefined) ?? "open";
  const [open, setOpen] = useState<Item>();
  const items = usePages(`suspense:${status}`, (cursor) => ok(api.GET("/v1/suspense", { params: { query: { status, cursor } } })), 60);
  return (
    <Screen title={t("nav.suspense")}>
      <StatusFilter statuses={[...STATUSES]} kind="suspense_status" value={status} change={change} />
      <List
        label={t("nav.suspense")}
        pages={items}
        empty={t("suspense.empty")}
        id={(one) => one.id}
        columns={[
          { name: t("at"), cell: (one) => <Time at={one.at} absolute /> },
          { name: t("amount"), number: true, cell: (one) => <Money of={one.amount} /> },
          { name: t("reason"), cell: (one) => named("suspense_reason", one.reason) },
          { name: t("suspense.transaction"), cell: (one) => <code>{one.transaction_id}</code>, minor: true },
          { name: t("status"), cell: (one) => <Pill kind="suspense_status" state={one.status} /> },
          { name: "", cell: (one) => one.status === "open" && <button type="button" onClick={() => setOpen(one)}>{t("decide")}</button> },
        ]}
      />
      {open && <Resolve item={open} close={() => setOpen(undefined)} changed={items.reload} />}
    </Screen>
  );
}

function Resolve({ item, close, changed }: { item: Item; close: () => void; changed: () => Promise<void> }) {
  const [resolution, setResolution] = useState<"credited" | "returned">("credited");
  const [advertiser, setAdvertiser] = useState(item.advertiser_id ?? "");
  const [note, setNote] = useState("");
  const isTaken = useClaim("suspense", item.id);
  const act = useAct(
    async (intent) => {
      const body = { revision: item.revision, resolution, ...(resolution === "credited" ? { advertiser_id: advertiser } : {}), ...(note ? { note } : {}) };
      return await ok(api.POST("/v1/suspense/{suspense_id}/resolution", { params: { path: { suspense_id: item.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (close(), say(t("decided")), await changed()),
  );
  return (
    <Dialog title={t("nav.suspense")} close={close}>
      {isTaken && <p class="notice">{t("queue.taken")}</p>}
      <Form act={act} submit={() => act.run()} button={t("decide")} cancel={close}>
        <p class="big"><Money of={item.amount} /></p>
        <Choice label={t("suspense.resolution")} value={resolution} onValue={setResolution} options={(["credited", "returned"] as const).map((value) => ({ value, text: t(`suspense.${value}`) }))} />
        {resolution === "credited" && <Field label={t("suspense.advertiser")} pointer="/advertiser_id" value={advertiser} onValue={setAdvertiser} required />}
        <Field label={t("note.optional")} pointer="/note" area rows={2} value={note} onValue={setNote} />
      </Form>
    </Dialog>
  );
}
