// The forecast of an account for each kind of order.
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { ProblemNotice } from "../../components/problem-notice";
import { Section, Skeleton } from "../../components/screen-layout";
import { IntervalBar } from "../../components/values/charts";
import { named, t } from "../../i18n";

type Kind = "post" | "repost";

export function Forecast({ id }: { id: string }) {
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
