// The home of finance: payouts and suspense that wait, and the last proof of the ledger.
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Time } from "../../components/values/money-and-time";
import { number } from "../../format";
import { t } from "../../i18n";
import { QueueCounts } from "../../components/staff-queue/queue-counts";

export function FinanceHome() {
  const me = useMe();
  const proof = useData("proof", () => ok(api.GET("/v1/ledger/proof")));
  if (!me.data) return <Skeleton rows={6} />;
  return (
    <Screen title={t("nav.home")}>
      <Section title={t("queue.waiting")}>
        <QueueCounts me={me.data} role="finance" />
      </Section>
      <Section title={t("nav.proof")} actions={<a href="#/proof">{t("open")}</a>}>
        <ProblemNotice problem={proof.problem} retry={() => void proof.reload()} />
        {!proof.problem && (
          <Facts
            of={[
              { label: t("status"), value: proof.data && <Pill kind="proof" state={proof.data.status} /> },
              { label: t("proof.as_of"), value: proof.data && <Time at={proof.data.as_of} /> },
              { label: t("proof.accounts"), value: proof.data && number(proof.data.accounts_checked) },
              { label: t("proof.differences"), value: proof.data && number(proof.data.differences_found) },
            ]}
          />
        )}
      </Section>
    </Screen>
  );
}
