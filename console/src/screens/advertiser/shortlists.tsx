// Shortlists, which are folders of accounts, and saved searches with their new results.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { optimistic, useAct, useData, usePages } from "../../api/data";
import { Copy, Money, Pill, ProblemNotice, Screen, Section, Stars, Time } from "../../components/basics";
import { Dialog } from "../../components/dialog";
import { Check, Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { typedMoney } from "../../format";
import { currency, t } from "../../i18n";
import { link, navigate } from "../../router";
import { choose } from "../../selection";

type Search = Schemas["SavedSearch"];
type Shortlist = Schemas["Shortlist"];

/** Return the address that shows the results of a saved search; opening it marks them as viewed. */
function searchPath(search: Search): string {
  const { kind, category, grade_min, price_min, price_max, followers_min, network, q } = search.filters as Record<string, string | number | null | undefined>;
  const amount = (minor: string | number | null | undefined) => (minor == null ? undefined : typedMoney({ amount: Number(minor), currency: currency.value.code }));
  const text = (value: string | number | null | undefined) => (value == null ? undefined : String(value));
  return link("/accounts", { kind: text(kind), category: text(category), grade: text(grade_min), from: amount(price_min), to: amount(price_max), followers: text(followers_min), network: text(network), q: text(q), sort: search.sort, search: search.id });
}

export function Shortlists() {
  const lists = usePages("shortlists", (cursor) => ok(api.GET("/v1/shortlists", { params: { query: { cursor } } })));
  const searches = usePages("searches", (cursor) => ok(api.GET("/v1/searches", { params: { query: { cursor } } })));
  const [editing, setEditing] = useState<Search>();
  const drop = useAct((_, id: string) => optimistic(searches, (all) => all.filter((one) => one.id !== id), () => ok(api.DELETE("/v1/searches/{search_id}", { params: { path: { search_id: id } } }))));
  return (
    <Screen title={t("nav.shortlists")} actions={<a role="button" href="#/accounts">{t("accounts.find")}</a>}>
      <Section title={t("nav.shortlists")}>
        <List
          label={t("nav.shortlists")}
          pages={lists}
          empty={t("shortlists.empty")}
          id={(list) => list.id}
          href={(list) => `#/shortlists/${list.id}`}
          columns={[
            { name: t("name"), cell: (list) => list.name },
            { name: t("shortlist.note"), cell: (list) => list.note ?? "—", minor: true },
            { name: t("nav.accounts"), number: true, cell: (list) => list.accounts },
            { name: t("changed"), cell: (list) => <Time at={list.updated_at} /> },
          ]}
        />
      </Section>
      <Section title={t("searches")}>
        <ProblemNotice problem={drop.problem} />
        <List
          label={t("searches")}
          pages={searches}
          empty={t("searches.empty")}
          id={(search) => search.id}
          href={searchPath}
          columns={[
            { name: t("name"), cell: (search) => search.name },
            { name: t("searches.new"), number: true, cell: (search) => (search.new_accounts ? <span class="badge">{search.new_accounts}</span> : "0") },
            { name: t("searches.alerts"), cell: (search) => (search.alerts ? t("searches.alerts_on") : t("searches.alerts_off")), minor: true },
            { name: t("changed"), cell: (search) => <Time at={search.checked_at} />, minor: true },
            {
              name: "",
              cell: (search) => (
                <span class="row">
                  <button type="button" class="quiet" onClick={() => setEditing(search)}>{t("edit")}</button>
                  <button type="button" class="quiet" aria-busy={drop.busy} onClick={() => void drop.run(search.id)}>{t("delete")}</button>
                </span>
              ),
            },
          ]}
        />
      </Section>
      {editing && <EditSearch search={editing} close={() => setEditing(undefined)} changed={searches.reload} />}
    </Screen>
  );
}

function EditSearch({ search, close, changed }: { search: Search; close: () => void; changed: () => Promise<void> }) {
  const [name, setName] = useState(search.name);
  const [alerts, setAlerts] = useState(search.alerts);
  const act = useAct(
    async () => await ok(api.PATCH("/v1/searches/{search_id}", { params: { path: { search_id: search.id } }, body: { name, alerts } as Schemas["SavedSearchPatch"] })),
    async () => (close(), say(t("saved")), await changed()),
  );
  return (
    <Dialog title={t("searches.edit")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("save")} cancel={close}>
        <Field label={t("name")} pointer="/name" value={name} onValue={setName} autofocus required maxLength={100} />
        <Check label={t("search.alerts")} checked={alerts} onChange={setAlerts} />
      </Form>
    </Dialog>
  );
}

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
