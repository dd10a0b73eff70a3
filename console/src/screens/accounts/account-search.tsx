// Account search: filters with counts, and a table for comparing.
import { useEffect, useState } from "preact/hooks";
import { networks } from "../../api/catalogue";
import { api, ok } from "../../api/api-client";
import { useAct, useData, usePages } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { Screen } from "../../components/screen-layout";
import { Field } from "../../components/form";
import { List } from "../../components/table";
import { number } from "../../format";
import { choices, named, t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";
import { choose, chosen } from "./chosen-accounts";
import { columnsFor } from "./account-columns";
import { ChosenAccountsTray } from "./chosen-accounts-tray";
import { SaveSearchDialog } from "./save-search-dialog";
import { type Sort, searchQuery } from "./search-filters";

const SORTS: Sort[] = ["-grade", "-value", "price", "-price", "-followers"];

export function AccountSearch() {
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
          {chosen.value.size > 0 && <ChosenAccountsTray kind={query.kind} />}
        </div>
      </div>
      {saving && <SaveSearchDialog close={() => setSaving(false)} query={query} sort={sort} />}
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
