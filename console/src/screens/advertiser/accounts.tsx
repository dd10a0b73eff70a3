// Account search: filters with counts, a table for comparing, and a tray with what is chosen.
import { useEffect, useState } from "preact/hooks";
import { networks } from "../../api/catalogue";
import { api, ok } from "../../api/client";
import { useAct, useData, usePages } from "../../api/data";
import { useMe } from "../../api/me";
import { Count, Money, Screen, Stars } from "../../components/basics";
import { PriceBar } from "../../components/charts";
import { Dialog } from "../../components/dialog";
import { Check, Field, Form } from "../../components/form";
import { List, type Column } from "../../components/table";
import { say } from "../../components/toast";
import { number, percent, readMoney } from "../../format";
import { choices, named, t } from "../../i18n";
import { link, useFilters } from "../../router";
import { choose, chosen, clear, type Account } from "../../selection";

type Kind = "post" | "repost";
type Sort = "grade" | "-grade" | "followers" | "-followers" | "price" | "-price" | "value" | "-value";
const SORTS: Sort[] = ["-grade", "-value", "price", "-price", "-followers"];

/** The filters of the address as the query of the API. */
export function searchQuery(filters: Record<string, string>) {
  const fen = (text: string | undefined): number | undefined => (text ? readMoney(text)?.amount : undefined);
  return {
    kind: (filters.kind as Kind | undefined) ?? "post",
    category: filters.category,
    grade_min: filters.grade as Account["grade"] & string | undefined,
    price_min: fen(filters.from),
    price_max: fen(filters.to),
    followers_min: filters.followers ? Number(filters.followers) : undefined,
    network: filters.network,
    q: filters.q,
  };
}

export function Accounts() {
  const me = useMe();
  const [filters, change] = useFilters();
  const query = searchQuery(filters);
  const sort = (filters.sort as Sort | undefined) ?? "-grade";
  const key = JSON.stringify({ ...query, sort });
  const found = usePages(`accounts:${key}`, (cursor) => ok(api.GET("/v1/accounts", { params: { query: { ...query, sort, cursor } } })));
  const facets = useData(`facets:${JSON.stringify(query)}`, () => ok(api.GET("/v1/accounts/facets", { params: { query } })));
  const [saving, setSaving] = useState(false);
  useSearchViewed(filters.search);
  const isAdvertiser = me.data?.roles.includes("advertiser");
  return (
    <Screen
      title={t("nav.accounts")}
      actions={
        isAdvertiser && (
          <>
            <a role="button" class="secondary" href="#/shortlists">
              {t("nav.shortlists")}
            </a>
            <button type="button" class="secondary" onClick={() => setSaving(true)}>
              {t("search.save")}
            </button>
          </>
        )
      }
    >
      <div class="with-facets">
        <details class="facets" open={innerWidth > 960}>
          <summary>{t("filters")}</summary>
          <Field label={t("account.name")} type="search" value={filters.q ?? ""} onValue={(q) => change({ q })} />
          <Field label={t("kind")} value={query.kind} onValue={(kind) => change({ kind: kind === "post" ? undefined : kind })} options={(["post", "repost"] as const).map((value) => ({ value, text: named("order_kind", value) }))} />
          <div class="fields">
            <Field label={t("price.from")} inputMode="decimal" value={filters.from ?? ""} onValue={(from) => change({ from })} />
            <Field label={t("price.to")} inputMode="decimal" value={filters.to ?? ""} onValue={(to) => change({ to })} />
          </div>
          <Field label={t("followers.min")} inputMode="numeric" value={filters.followers ?? ""} onValue={(text) => change({ followers: text.replace(/\D/g, "") })} />
          <h2>{t("grade.min")}</h2>
          <Chips
            values={choices("grade").map((one) => ({ value: one.value, text: one.text, count: facets.data?.grades.find((grade) => grade.grade === one.value)?.accounts }))}
            value={filters.grade}
            onValue={(grade) => change({ grade })}
          />
          {networks.value.length > 1 && (
            <>
              <h2>{t("network")}</h2>
              <Chips values={networks.value.map((value) => ({ value, text: named("network_name", value) }))} value={filters.network} onValue={(network) => change({ network })} />
            </>
          )}
          <h2>{t("category")}</h2>
          <Chips
            values={(facets.data?.categories ?? []).filter((one) => one.category).map((one) => ({ value: one.category!, text: named("category", one.category), count: one.accounts }))}
            value={filters.category}
            onValue={(category) => change({ category })}
          />
        </details>
        <div>
          <div class="row between">
            <p class="soft" role="status">
              {facets.data && t("n_accounts", { count: facets.data.total, n: number(facets.data.total) })}
            </p>
            <label class="row">
              <span class="soft">{t("sort")}</span>
              <select class="plain" value={sort} onChange={(event) => change({ sort: event.currentTarget.value })}>
                {SORTS.map((one) => (
                  <option value={one} selected={one === sort}>
                    {t(`sort.${one}` as "sort.price")}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <List
            label={t("nav.accounts")}
            pages={found}
            empty={t("accounts.none")}
            id={(account) => account.id}
            href={(account) => `#/accounts/${account.id}`}
            columns={columnsFor(query.kind)}
            selected={new Set(chosen.value.keys())}
            select={isAdvertiser ? choose : undefined}
            rowLabel={(account) => account.handle}
          >
            <button type="button" class="secondary" onClick={() => change(Object.fromEntries(Object.keys(filters).map((name) => [name, undefined])))}>
              {t("filters.clear")}
            </button>
          </List>
          {chosen.value.size > 0 && <Tray kind={query.kind} />}
        </div>
      </div>
      {saving && <SaveSearch close={() => setSaving(false)} query={query} sort={sort} />}
    </Screen>
  );
}

/** Mark the results of a saved search as viewed once it is opened: what matches now is no longer new. */
function useSearchViewed(search: string | undefined): void {
  const view = useAct(async (intent, id: string) => await ok(api.POST("/v1/searches/{search_id}/view", { params: { path: { search_id: id }, header: { "Idempotency-Key": intent.keyFor(id) } }, body: {} as never })));
  useEffect(() => {
    if (search) void view.run(search);
  }, [search]);
}

/** The columns for comparing accounts for one kind of order. */
export function columnsFor(kind: Kind): Column<Account>[] {
  return [
    {
      name: t("account"),
      cell: (account) => (
        <>
          {account.handle} <small>{named("category", account.category)}</small>
        </>
      ),
    },
    { name: t("grade"), cell: (account) => <Stars grade={account.grade} /> },
    { name: t("followers"), number: true, cell: (account) => <Count of={account.metrics?.followers} /> },
    { name: t("reads"), number: true, cell: (account) => <Count of={account.metrics?.reads_avg_30d} />, minor: true },
    { name: t("price"), number: true, cell: (account) => <Money of={account.effective_prices[kind]} /> },
    { name: t("price.advised"), cell: (account) => <PriceBar band={account.advised_price?.[kind]} own={account.effective_prices[kind]} />, minor: true },
    { name: t("cpm"), number: true, cell: (account) => <Money of={costPerThousand(account, kind)} />, minor: true },
    { name: t("acceptance"), number: true, cell: (account) => percent(account.acceptance_rate), minor: true },
  ];
}

function costPerThousand(account: Account, kind: Kind) {
  const price = account.effective_prices[kind];
  const reads = account.metrics?.reads_avg_30d;
  return price && reads ? { ...price, amount: Math.round((price.amount * 1_000) / reads) } : null;
}

function Chips({ values, value, onValue }: { values: { value: string; text: string; count?: number }[]; value: string | undefined; onValue: (value: string | undefined) => void }) {
  return (
    <div class="chips">
      {values.map((one) => (
        <button type="button" class="chip" aria-pressed={one.value === value} onClick={() => onValue(one.value === value ? undefined : one.value)}>
          {one.text} {one.count !== undefined && <small>{number(one.count)}</small>}
        </button>
      ))}
    </div>
  );
}

/** What is chosen: how many accounts, what they cost together, and what to do with them. */
function Tray({ kind }: { kind: Kind }) {
  const accounts = [...chosen.value.values()];
  const ids = accounts.map((account) => account.id);
  const orderable = accounts.filter((account) => account.orderable).map((account) => account.id);
  const quote = useData(orderable.length ? `quote:${kind}:${orderable.join()}` : null, () => ok(api.POST("/v1/quotes", { body: { kind, account_ids: orderable } })));
  const reads = accounts.reduce((sum, account) => sum + (account.metrics?.reads_avg_30d ?? 0), 0);
  const [listing, setListing] = useState(false);
  return (
    <div class="tray" role="region" aria-label={t("tray")}>
      <b>{t("n_accounts", { count: ids.length, n: number(ids.length) })}</b>
      <span>
        {t("total")} <Money of={quote.data?.total} /> <small>{t("commission.included", { amount: "" })}</small>
      </span>
      <span>
        {t("reads")} <Count of={reads} />
      </span>
      <span class="grow" />
      <button type="button" class="quiet" onClick={clear}>
        {t("clear")}
      </button>
      {ids.length >= 2 && ids.length <= 5 && (
        <a role="button" class="secondary" href={link("/compare", { accounts: ids.join(","), kind })}>
          {t("compare")}
        </a>
      )}
      <button type="button" class="secondary" onClick={() => setListing(true)}>
        {t("shortlist.add")}
      </button>
      {orderable.length > 0 && (
        <a role="button" href={link("/tasks/new", { accounts: orderable.join(","), kind })}>
          {t("task.new")}
        </a>
      )}
      {orderable.length < ids.length && <small>{t("tray.not_orderable", { count: ids.length - orderable.length })}</small>}
      {quote.problem && <small class="fault">{quote.problem.detail}</small>}
      {listing && <AddToShortlist ids={ids} close={() => setListing(false)} />}
    </div>
  );
}

/** Add accounts to a shortlist, an existing or a new one. */
export function AddToShortlist({ ids, close }: { ids: string[]; close: () => void }) {
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

function SaveSearch({ close, query, sort }: { close: () => void; query: ReturnType<typeof searchQuery>; sort: Sort }) {
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

