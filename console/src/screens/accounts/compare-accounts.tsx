// Up to five accounts side by side: grade, factors, price, forecast, cost.
import { api, ok, type Schemas } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { Count, Money } from "../../components/values/money-and-time";
import { ProblemNotice } from "../../components/problem-notice";
import { Screen, Section, Skeleton } from "../../components/screen-layout";
import { Stars } from "../../components/values/grade-stars";
import { number, percent } from "../../format";
import { named, t } from "../../i18n";
import { link, useFilters } from "../../frame/address-and-filters";
import type { ComponentChildren } from "preact";

type Compared = Schemas["ComparedAccount"];

export function CompareAccounts() {
  const [filters] = useFilters();
  const kind = filters.kind === "repost" ? ("repost" as const) : ("post" as const);
  const ids = filters.accounts ?? "";
  const compared = useData(ids ? `compare:${kind}:${ids}` : null, () => ok(api.GET("/v1/accounts/comparison", { params: { query: { account_ids: ids, kind } as never } })));
  const rows: [string, (one: Compared) => ComponentChildren][] = [
    [t("grade"), (one) => <Stars grade={one.account.grade} />],
    [t("score"), (one) => number(one.account.score, 1)],
    [t("category"), (one) => named("category", one.account.category)],
    [t("followers"), (one) => <Count of={one.account.metrics?.followers} />],
    [t("price"), (one) => <b><Money of={one.price} /></b>],
    [t("commission"), (one) => <Money of={one.commission} />],
    [t("forecast.reads"), (one) => one.forecast && <><Count of={one.forecast.reads.expected} /> <small><Count of={one.forecast.reads.low} />–<Count of={one.forecast.reads.high} /></small></>],
    [t("forecast.interactions"), (one) => <Count of={one.forecast?.interactions.expected} />],
    [t("forecast.clicks"), (one) => <Count of={one.forecast?.clicks.expected} />],
    [t("cpm"), (one) => <Money of={one.cpm} />],
    [t("cpe"), (one) => <Money of={one.cpe} />],
    [t("cpc"), (one) => <Money of={one.cpc} />],
    [t("acceptance"), (one) => percent(one.account.acceptance_rate)],
  ];
  const factors = [...new Set(compared.data?.data.flatMap((one) => one.factors.map((factor) => factor.name)) ?? [])];
  return (
    <Screen title={t("compare")} crumb={{ to: "/accounts", text: t("nav.accounts") }} actions={<a role="button" href={link("/tasks/new", { accounts: ids, kind })}>{t("task.new")}</a>}>
      <ProblemNotice problem={compared.problem} retry={() => void compared.reload()} />
      {compared.data ? (
        <Section class="scroll">
          <table class="compare">
            <thead>
              <tr>
                <td />
                {compared.data.data.map((one) => (
                  <th scope="col">
                    <a href={`#/accounts/${one.account.id}`}>{one.account.handle}</a>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, cell]) => (
                <tr>
                  <th scope="row">{name}</th>
                  {compared.data!.data.map((one) => (
                    <td>{cell(one) ?? "—"}</td>
                  ))}
                </tr>
              ))}
              {factors.map((name) => (
                <tr>
                  <th scope="row">
                    {named("factor", name)} <small>{t("factor.points")}</small>
                  </th>
                  {compared.data!.data.map((one) => (
                    <td>{number(one.factors.find((factor) => factor.name === name)?.contribution, 1)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      ) : (
        !compared.problem && <Skeleton rows={8} />
      )}
    </Screen>
  );
}
