// One account: its figures, and tabs with its grade, prices, forecast, similar accounts and, for auditors, its history.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { roleOf, useMe } from "../../api/signed-in-user";
import { Copy } from "../../components/values/copy-button";
import { Count, Money } from "../../components/values/money-and-time";
import { Facts, Screen, Section, Skeleton, Tabs } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Stars } from "../../components/values/grade-stars";
import { Table } from "../../components/table";
import { number, percent } from "../../format";
import { named, t } from "../../i18n";
import { link, useFilters } from "../../frame/address-and-filters";
import { choose, chosen } from "./chosen-accounts";
import { AddToShortlistDialog } from "./add-to-shortlist-dialog";
import { columnsFor } from "./account-columns";
import { CategoryButton, FetchMetrics, RevokeAccount } from "./staff-actions";
import { AccountHistory } from "../auditor/account-history";
import { ReadsPerPost } from "./reads-per-post";
import { GradeExplanation, GradeHistory } from "./grade-explanation";
import { PriceHistory } from "./price-history";
import { Forecast } from "./forecast";

const TABS = ["grade", "prices", "forecast", "similar"] as const;
const AUDITOR_TABS = [...TABS, "history"] as const;

export function AccountPage({ params }: { params: { id: string } }) {
  const { id } = params;
  const me = useMe();
  const [filters] = useFilters();
  const tab = filters.tab ?? "grade";
  const [listing, setListing] = useState(false);
  const account = useData(`account:${id}`, () => ok(api.GET("/v1/accounts/{account_id}", { params: { path: { account_id: id } } })));
  if (account.problem) return <ProblemNotice problem={account.problem} retry={() => void account.reload()} />;
  if (!account.data) return <Skeleton rows={6} />;
  const card = account.data;
  const role = me.data && roleOf(me.data);
  const isAdvertiser = role === "advertiser";
  const isAuditor = role === "auditor" || role === "admin";
  const isChosen = chosen.value.has(id);
  return (
    <Screen
      title={card.handle}
      crumb={{ to: "/accounts", text: t("nav.accounts") }}
      actions={
        isAuditor ? (
          <>
            {me.data?.roles.includes("admin") && <FetchMetrics id={id} changed={account.reload} />}
            <CategoryButton account={card} changed={account.reload} />
            <RevokeAccount account={card} changed={account.reload} />
          </>
        ) : isAdvertiser && (
          <>
            <button type="button" class="secondary" onClick={() => setListing(true)}>
              {t("shortlist.add")}
            </button>
            <button type="button" class="secondary" aria-pressed={isChosen} onClick={() => choose(card, !isChosen)}>
              {isChosen ? t("unselect") : t("select")}
            </button>
            <a role="button" href={link("/tasks/new", { accounts: id })}>
              {t("task.new")}
            </a>
          </>
        )
      }
    >
      <Section>
        <Facts
          of={[
            { label: t("grade"), value: <Stars grade={card.grade} />, hint: card.score != null ? t("score.of", { score: number(card.score, 1) }) : undefined },
            { label: t("followers"), value: <Count of={card.metrics?.followers} /> },
            { label: t("reads"), value: <ReadsPerPost of={card} /> },
            { label: named("order_kind", "post"), value: <Money of={card.effective_prices.post} />, hint: card.price_sources.post ? t(`price.${card.price_sources.post}`) : undefined },
            { label: named("order_kind", "repost"), value: <Money of={card.effective_prices.repost} />, hint: card.price_sources.repost ? t(`price.${card.price_sources.repost}`) : undefined },
            { label: t("acceptance"), value: percent(card.acceptance_rate) },
          ]}
        />
        <p class="row soft">
          {named("network_name", card.network)} · {named("category", card.category)} <Pill kind="account_status" state={card.status} />
          {card.paused && <Pill kind="account" state="paused" />} <Copy text={card.id} />
        </p>
      </Section>
      <Tabs tabs={(isAuditor ? AUDITOR_TABS : TABS).map((one) => ({ id: one, text: `account.tab.${one}` as const }))} active={tab} href={(one) => link(`/accounts/${id}`, { tab: one })} />
      {tab === "grade" && (
        <>
          <GradeExplanation key={`grade ${card.graded_at}`} id={id} />
          <GradeHistory key={`history ${card.graded_at}`} id={id} />
        </>
      )}
      {tab === "history" && isAuditor && <AccountHistory id={id} />}
      {tab === "prices" && <PriceHistory id={id} />}
      {tab === "forecast" && <Forecast id={id} />}
      {tab === "similar" && <Similar id={id} />}
      {listing && <AddToShortlistDialog ids={[id]} close={() => setListing(false)} />}
    </Screen>
  );
}

function Similar({ id }: { id: string }) {
  const similar = useData(`similar:${id}`, () => ok(api.GET("/v1/accounts/{account_id}/similar", { params: { path: { account_id: id } } })));
  if (similar.problem) return <ProblemNotice problem={similar.problem} />;
  if (!similar.data) return <Skeleton rows={4} />;
  return (
    <Section>
      <Table label={t("account.tab.similar")} rows={similar.data.data} id={(account) => account.id} href={(account) => `#/accounts/${account.id}`} columns={columnsFor("post")} selected={new Set(chosen.value.keys())} select={choose} rowLabel={(account) => account.handle} />
    </Section>
  );
}
