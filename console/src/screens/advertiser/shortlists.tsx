// Shortlists, which are folders of accounts, and saved searches with their new results.
import { api, ok } from "../../api/client";
import { useAct, usePages } from "../../api/data";
import { Copy, Money, Pill, ProblemNotice, Screen, Section, Stars, Time } from "../../components/basics";
import { List } from "../../components/table";
import { typedMoney } from "../../format";
import { currency, t } from "../../i18n";
import { link } from "../../router";
import { choose } from "../../selection";

export function Shortlists() {
  const lists = usePages("shortlists", (cursor) => ok(api.GET("/v1/shortlists", { params: { query: { cursor } } })));
  const searches = usePages("searches", (cursor) => ok(api.GET("/v1/searches", { params: { query: { cursor } } })));
  const drop = useAct(async (_, id: string) => await ok(api.DELETE("/v1/searches/{search_id}", { params: { path: { search_id: id } } })), searches.reload);
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
          href={(search) => {
            const { kind, category, grade_min, price_min, price_max, followers_min, q } = search.filters as Record<string, string | number | undefined>;
            const yuan = (fen: string | number | undefined) => (fen === undefined || fen === null ? undefined : typedMoney({ amount: Number(fen), currency: currency.value.code }));
            const text = (value: string | number | undefined) => (value === undefined || value === null ? undefined : String(value));
            return link("/accounts", { kind: text(kind), category: text(category), grade: text(grade_min), from: yuan(price_min), to: yuan(price_max), followers: text(followers_min), q: text(q), sort: search.sort });
          }}
          columns={[
            { name: t("name"), cell: (search) => search.name },
            { name: t("searches.new"), number: true, cell: (search) => search.new_accounts },
            { name: t("changed"), cell: (search) => <Time at={search.checked_at} /> },
            { name: "", cell: (search) => <button type="button" class="quiet" onClick={() => void drop.run(search.id)}>{t("delete")}</button> },
          ]}
        />
      </Section>
    </Screen>
  );
}

export function ShortlistPage({ params }: { params: { id: string } }) {
  const path = { shortlist_id: params.id };
  const accounts = usePages(`shortlist:${params.id}`, (cursor) => ok(api.GET("/v1/shortlists/{shortlist_id}/accounts", { params: { path, query: { cursor, limit: 100 } } })));
  const remove = useAct(
    async (_, id: string) => await ok(api.DELETE("/v1/shortlists/{shortlist_id}/accounts/{account_id}", { params: { path: { ...path, account_id: id } } })),
    accounts.reload,
  );
  const use = (): void => accounts.data?.filter((account) => account.orderable).forEach((account) => choose(account, true));
  return (
    <Screen title={t("shortlist")} crumb={{ to: "/shortlists", text: t("nav.shortlists") }} actions={<a role="button" href="#/accounts" onClick={use}>{t("shortlist.use")}</a>}>
      <Copy text={params.id} />
      <ProblemNotice problem={remove.problem} />
      <List
        label={t("nav.accounts")}
        pages={accounts}
        empty={t("shortlist.empty")}
        id={(account) => account.id}
        href={(account) => `#/accounts/${account.id}`}
        columns={[
          { name: t("account"), cell: (account) => account.handle },
          { name: t("grade"), cell: (account) => <Stars grade={account.grade} /> },
          { name: t("price"), number: true, cell: (account) => <Money of={account.effective_prices.post} /> },
          { name: t("status"), cell: (account) => <Pill kind="account_status" state={account.status} /> },
          { name: "", cell: (account) => <button type="button" class="quiet" onClick={() => void remove.run(account.id)}>{t("remove")}</button> },
        ]}
      />
    </Screen>
  );
}
