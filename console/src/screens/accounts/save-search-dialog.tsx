// The dialog that saves a search with its filters.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { Dialog } from "../../components/dialog";
import { Check, Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { t } from "../../i18n";
import { type Sort, searchQuery } from "./search-filters";

export function SaveSearchDialog({ close, query, sort }: { close: () => void; query: ReturnType<typeof searchQuery>; sort: Sort }) {
  const [name, setName] = useState("");
  const [alerts, setAlerts] = useState(false);
  const act = useAct(
    async (intent) => {
      const body = { name, filters: query, sort, alerts };
      return await ok(api.POST("/v1/searches", { body, params: { header: { "Idempotency-Key": intent.keyFor(body) } } }));
    },
    () => {
      say(t("search.saved"));
      close();
    },
  );
  return (
    <Dialog title={t("search.save")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("save")} cancel={close}>
        <Field label={t("name")} pointer="/name" value={name} onValue={setName} autofocus required />
        <Check label={t("search.alerts")} checked={alerts} onChange={setAlerts} />
      </Form>
    </Dialog>
  );
}
