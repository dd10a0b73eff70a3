// Health of the service and its version.
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { configuration } from "../../configuration";
import { t } from "../../i18n";
import { SandboxClock } from "./sandbox-clock";

export function ServiceHealthPage() {
  return (
    <Screen title={t("nav.health")}>
      <ServiceHealth />
      {configuration.sandbox && <SandboxClock />}
    </Screen>
  );
}

export function ServiceHealth() {
  const health = useData("health", () => ok(api.GET("/v1/health")), 30);
  const version = useData("version", () => ok(api.GET("/v1/version")));
  return (
    <Section title={t("nav.health")}>
      <ProblemNotice problem={health.problem} retry={() => void health.reload()} />
      {health.data ? (
        <Facts
          of={[
            ...Object.entries(health.data.checks).map(([name, state]) => ({ label: t("health.table", { name }), value: <Pill kind="health" state={state} /> })),
            version.data && { label: t("health.version"), value: version.data.version, hint: version.data.stage },
            version.data && { label: t("health.methodology"), value: version.data.methodology_version },
          ]}
        />
      ) : (
        !health.problem && <Skeleton rows={1} />
      )}
    </Section>
  );
}
