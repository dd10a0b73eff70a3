// One shortlist: its accounts, its name and note.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { optimistic, useAct, useData, usePages } from "../../../api/request-hooks";
import { Copy } from "../../../components/values/copy-button";
import { Money } from "../../../components/values/money-and-time";
import { Pill } from "../../../components/values/status-pill";
import { ProblemNotice } from "../../../components/problem-notice";
import { Screen, Section } from "../../../components/screen-layout";
import { Stars } from "../../../components/values/grade-stars";
import { Dialog } from "../../../components/dialog";
import { Field, Form } from "../../../components/form";
import { List } from "../../../components/table";
import { say } from "../../../components/toast";
import { t } from "../../../i18n";
import { navigate } from "../../../frame/address-and-filters";
import { choose } from "../../accounts/chosen-accounts";

type Shortlist = Schemas["Shortlist"];

export function ShortlistPage({ params }: { params: { id: string } }) {
  const path = { shortlist_id: params.id };
  const list = useData(`shortlist:${params.id}`, () => ok(api.GET("/v1/shortlists/{shortlist_id}", { params: { path } })));
  const accounts = usePages(`shortlist-accounts:${params.id}`, (cursor) => ok(api.GET("/v1/shortlists/{shortlist_id}/accounts", { params: { path, query: { cursor, limit: 100 } } })));
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const close = (): void => setOpen(null);
  const remove = useAct(
    (_, id: string) => optimistic(accounts, (all) => all.filter((one) => one.id !== id), () => ok(api.DELETE("/v1/shortlists/{shortlist_id}/accounts/{account_id}", { params: { path: { ...path, account_id: id } } }))),
  );
  const drop = useAct(
    async () => await ok(api.DELETE("/v1/shortlists/{shortlist_id}", { params: { path } })),
    () => (say(t("shortlist.deleted")), navigate("/shortlists")),
  );
  const use = (): void => accounts.data?.filter((account) => account.orderable).forEach((account) => choose(account, true));
  return (
    <Screen
      title={list.data?.name ?? t("shortlist")}
      crumb={{ to: "/shortlists", text: t("nav.shortlists") }}
      actions={
        <>
          <button type="button" class="secondary" onClick={() => setOpen("delete")}>{t("delete")}</button>
          <button type="button" class="secondary" onClick={() => setOpen("edit")}>{t("edit")}</button>
          <a role="button" href="#/accounts" onClick={use}>{t("shortlist.use")}</a>
        </>
      }
    >
      {list.data?.note && <p>{list.data.note}</p>}
      <ProblemNotice problem={list.problem ?? remove.problem} />
      <Section>
        <List
          label={t("nav.accounts")}
          pages={accounts}
          empty={t("shortlist.empty")}
          id={(account) => account.id}
          href={(account) => `#/accounts/${account.id}`}
          columns={[
            { name: t("account"), cell: (account) => account.handle },
            { name: t("grade"), cell: (account) => <Stars grade={account.grade} /> },
            { name: t("price"), number: true, cell: (account) => <Money of={account.effective_prices.post ?? account.effective_prices.repost} /> },
            { name: t("status"), cell: (account) => <Pill kind="account_status" state={account.status} /> },
            { name: "", cell: (account) => <button type="button" class="quiet" aria-label={t("remove.of", { name: account.handle })} onClick={() => void remove.run(account.id)}>{t("remove")}</button> },
          ]}
        >
          <a role="button" class="secondary" href="#/accounts">{t("accounts.find")}</a>
        </List>
      </Section>
      <Copy text={params.id} />
      {open === "edit" && list.data && <EditShortlist list={list.data} close={close} changed={list.put} />}
      {open === "delete" && (
        <Dialog title={t("shortlist.delete")} close={close}>
          <Form act={drop} submit={() => drop.run()} button={t("delete")} danger cancel={close}>
            <p>{t("shortlist.delete_hint")}</p>
          </Form>
        </Dialog>
      )}
    </Screen>
  );
}

function EditShortlist({ list, close, changed }: { list: Shortlist; close: () => void; changed: (list: Shortlist) => void }) {
  const [name, setName] = useState(list.name);
  const [note, setNote] = useState(list.note ?? "");
  const act = useAct(
    async () => await ok(api.PATCH("/v1/shortlists/{shortlist_id}", { params: { path: { shortlist_id: list.id } }, body: { name, note: note || null } })),
    (next) => (changed(next), close(), say(t("saved"))),
  );
  return (
    <Dialog title={t("edit")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("save")} cancel={close}>
        <Field label={t("name")} pointer="/name" value={name} onValue={setName} autofocus required maxLength={100} />
        <Field label={t("shortlist.note")} pointer="/note" area rows={3} value={note} onValue={setNote} maxLength={1000} />
      </Form>
    </Dialog>
  );
}
