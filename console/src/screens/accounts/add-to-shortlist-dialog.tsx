// The dialog that adds accounts to a shortlist.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { t } from "../../i18n";

/** Add accounts to a shortlist, an existing or a new one. */
export function AddToShortlistDialog({ ids, close }: { ids: string[]; close: () => void }) {
  const lists = usePages("shortlists", (cursor) => ok(api.GET("/v1/shortlists", { params: { query: { cursor, limit: 100 } } })));
  const [list, setList] = useState("");
  const [name, setName] = useState("");
  const act = useAct(
    async (intent) => {
      if (list) return await ok(api.POST("/v1/shortlists/{shortlist_id}/accounts", { params: { path: { shortlist_id: list } }, body: { account_ids: ids } }));
      const body = { name, account_ids: ids };
      return await ok(api.POST("/v1/shortlists", { body, params: { header: { "Idempotency-Key": intent.keyFor(body) } } }));
    },
    async () => {
      say(t("shortlist.added"));
      close();
      await lists.reload();
    },
  );
  return (
    <Dialog title={t("shortlist.add")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("add")} cancel={close}>
        {!!lists.data?.length && (
          <Field label={t("shortlist")} value={list} onValue={setList} options={[{ value: "", text: t("shortlist.new") }, ...lists.data.map((one) => ({ value: one.id, text: one.name }))]} />
        )}
        {!list && <Field label={t("name")} pointer="/name" value={name} onValue={setName} autofocus required />}
      </Form>
    </Dialog>
  );
}
