// One account: its grade with what it rests on, its prices, its forecast, similar accounts.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useData, usePages } from "../../api/data";
import { roleOf, useMe } from "../../api/me";
import { configuration } from "../../configuration";
import { Copy, Count, Facts, Money, Pill, ProblemNotice, Screen, Section, Skeleton, Stars, Tabs, Time } from "../../components/basics";
import { Bar, IntervalBar, Line, PriceBar } from "../../components/charts";
import { List, Table } from "../../components/table";
import { money, number, percent } from "../../format";
import { isNamed, named, t } from "../../i18n";
import { link, useFilters } from "../../router";
import { choose, chosen } from "../../selection";
import { AddToShortlist, columnsFor } from "../advertiser/accounts";
import { CategoryButton, FetchMetrics, RevokeAccount } from "./account-acts";
import { AccountHistory } from "./histories";
import { Reads } from "./reads";

type Kind = "post" | "repost";
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
            { label: t("reads"), value: <Reads of={card} /> },
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
          <Grade key={`grade ${card.graded_at}`} id={id} />
          <GradeHistory key={`history ${card.graded_at}`} id={id} />
        </>
      )}
      {tab === "history" && isAuditor && <AccountHistory id={id} />}
      {tab === "prices" && <Prices id={id} />}
      {tab === "forecast" && <Forecasts id={id} />}
      {tab === "similar" && <Similar id={id} />}
      {listing && <AddToShortlist ids={[id]} close={() => setListing(false)} />}
    </Screen>
  );
}

export function Grade({ id }: { id: string }) {
  const grade = useData(`grade:${id}`, () => ok(api.GET("/v1/accounts/{account_id}/grade", { params: { path: { account_id: id } } })));
  if (grade.problem) return <ProblemNotice problem={grade.problem} retry={() => void grade.reload()} />;
  if (!grade.data) return <Skeleton rows={5} />;
  const { factors, next, score } = grade.data;
  if (!grade.data.grade) return <Section><p>{t("grade.none_hint")}</p></Section>;
  const most = Math.max(...factors.map((factor) => factor.contribution), 1);
  return (
    <>
      <Section title={t("grade.rests_on")}>
        <Table
          label={t("grade.rests_on")}
          compact
          rows={factors}
          id={(factor) => factor.name}
          columns={[
            { name: t("factor"), cell: (factor) => <>{factorName(factor)} <small class="below">{isNamed("factor_value", factor.name) && named("factor_value", factor.name)}</small></> },
            { name: t("factor.value"), number: true, cell: (factor) => (factor.value == null ? t("factor.unknown") : number(factor.value, 2)) },
            { name: t("factor.weight"), number: true, cell: (factor) => percent(factor.weight), minor: true },
            { name: t("factor.points"), number: true, cell: (factor) => number(factor.contribution, 1) },
            { name: "", cell: (factor) => <Bar share={factor.contribution / most} label={`${factorName(factor)} ${number(factor.contribution, 1)}`} /> },
          ]}
        />
        <p class="row between">
          <b>{t("score.of", { score: number(score, 1) })}</b>
          <small>
            {grade.data.percentile_in_category != null && t("grade.percentile", { percent: percent(Math.min(Math.floor(grade.data.percentile_in_category), 99) / 100) })} · <a href={`${configuration.api_url}/v1/grading/methodology?version=${grade.data.methodology_version}`} target="_blank" rel="noreferrer" title={t("grade.methodology")}>{t("health.methodology")} {grade.data.methodology_version}</a> · <Time at={grade.data.graded_at} /> · <a href={`${configuration.api_url}/grades/${id}`} target="_blank" rel="noreferrer">{t("grade.public")}</a>
          </small>
        </p>
      </Section>
      {next && (
        <Section title={t("grade.next", { grade: named("grade", next.grade) })}>
          <p>{t("grade.missing", { points: number(next.missing_points, 1) })}</p>
          <ul>
            {next.by_factor.map((needed) => (
              <li>{t("grade.needs", { factor: named("factor", needed.name), from: number(needed.from, 0), to: number(needed.to, 0) })}</li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** Every change of the grade, with its cause. */
export function GradeHistory({ id }: { id: string }) {
  const changes = usePages(`grade-history:${id}`, (cursor) => ok(api.GET("/v1/accounts/{account_id}/grade/history", { params: { path: { account_id: id }, query: { cursor } } })));
  if (!changes.data?.length) return null;
  return (
    <Section title={t("grade.history")}>
      <List
        label={t("grade.history")}
        pages={changes}
        empty={t("grade.none_hint")}
        id={(change) => change.at + change.cause}
        columns={[
          { name: t("at"), cell: (change) => <Time at={change.at} absolute /> },
          { name: t("grade"), cell: (change) => <Stars grade={change.grade} /> },
          { name: t("score"), number: true, cell: (change) => number(change.score, 1) },
          { name: t("grade.cause"), cell: (change) => named("grade_cause", change.cause.split(" ")[0]) },
          { name: t("health.methodology"), cell: (change) => change.methodology_version, minor: true },
        ]}
      />
    </Section>
  );
}

function factorName(factor: Pick<Schemas["Factor"], "name" | "label">): string {
  const text = named("factor", factor.name);
  return text === factor.name.replaceAll("_", " ") ? factor.label || text : text;
}

function Prices({ id }: { id: string }) {
  const prices = useData(`prices:${id}`, () => ok(api.GET("/v1/accounts/{account_id}/prices", { params: { path: { account_id: id }, query: { limit: 100 } } })));
  const account = useData(`account:${id}`, () => ok(api.GET("/v1/accounts/{account_id}", { params: { path: { account_id: id } } })));
  const [kind, setKind] = useState<Kind>("post");
  if (prices.problem) return <ProblemNotice problem={prices.problem} retry={() => void prices.reload()} />;
  if (!prices.data) return <Skeleton rows={4} />;
  const changes = [...prices.data.data].reverse();
  const points = changes.flatMap((change) => (change.prices?.[kind] ? [{ at: change.at, value: change.prices[kind]!.amount }] : []));
  const band = changes.flatMap((change) => (change.advised_price?.[kind] ? [{ at: change.at, low: change.advised_price[kind]!.low.amount, high: change.advised_price[kind]!.high.amount }] : []));
  const advised = account.data?.advised_price?.[kind];
  return (
    <Section
      title={t("account.tab.prices")}
      actions={(["post", "repost"] as const).map((one) => (
        <button type="button" class="chip" aria-pressed={one === kind} onClick={() => setKind(one)}>
          {named("order_kind", one)}
        </button>
      ))}
    >
      {advised && (
        <p>
          {t("price.why", { low: money(advised.low), high: money(advised.high), mid: money(advised.mid) })} <PriceBar band={advised} own={account.data?.effective_prices[kind]} />
        </p>
      )}
      <Line label={t("price.history")} points={points} band={band} format={(amount) => money({ amount: Math.round(amount), currency: advised?.mid.currency ?? "CNY" })} />
      <Table
        label={t("price.history")}
        rows={prices.data.data}
        id={(change) => change.at + change.what}
        columns={[
          { name: t("at"), cell: (change) => <Time at={change.at} absolute /> },
          { name: t("price.kind"), cell: (change) => t(`price.${change.what}`) },
          { name: t("price"), number: true, cell: (change) => <Money of={change.what === "own" ? change.prices?.[kind] : change.advised_price?.[kind]?.mid} /> },
        ]}
      />
    </Section>
  );
}

function Forecasts({ id }: { id: string }) {
  return (
    <div class="grid2">
      {(["post", "repost"] as const).map((kind) => (
        <ForecastOf id={id} kind={kind} />
      ))}
    </div>
  );
}

function ForecastOf({ id, kind }: { id: string; kind: Kind }) {
  const forecast = useData(`forecast:${kind}:${id}`, () => ok(api.GET("/v1/accounts/{account_id}/forecast", { params: { path: { account_id: id }, query: { kind } } })));
  return (
    <Section title={named("order_kind", kind)}>
      <ProblemNotice problem={forecast.problem} />
      {forecast.data ? (
        <>
          {(["reads", "interactions", "clicks"] as const).map((name) => (
            <IntervalBar name={t(`forecast.${name}`)} of={forecast.data![name]} />
          ))}
          <small>{t("forecast.hint", { version: forecast.data.model_version })}</small>
        </>
      ) : (
        !forecast.problem && <Skeleton rows={3} />
      )}
    </Section>
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
