// All shortlists, and the saved searches with their new results.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { optimistic, useAct, usePages } from "../../../api/request-hooks";
import { ProblemNotice } from "../../../components/problem-notice";
import { Screen, Section } from "../../../components/screen-layout";
import { Time } from "../../../components/values/money-and-time";
import { Dialog } from "../../../components/dialog";
import { Check, Field, Form } from "../../../components/form";
import { List } from "../../../components/table";
import { say } from "../../../components/toast";
import { typedMoney } from "../../../format";
import { currency, t } from "../../../i18n";
import { link } from "../../../frame/address-and-filters";

type Search = Schemas["SavedSearch"];

/** Return the address that shows the results of a saved search; opening it marks them as viewed. */
function searchPath(search: Search): string {
  const { kind, category, grade_min, price_min, price_max, followers_min, network, q } = search.filters as Record<string, string | number | null | undefined>;
  const amount = (minor: string | number | null | undefined) => (minor == null ? undefined : typedMoney({ amount: Number(minor), currency: currency.value.code }));
  const text = (value: string | number | null | undefined) => (value == null ? undefined : String(value));
  return link("/accounts", { kind: text(kind), category: text(category), grade: text(grade_min), from: amount(price_min), to: amount(price_max), followers: text(followers_min), network: text(network), q: text(q), sort: search.sort, search: search.id });
}

export function ShortlistList() {
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
