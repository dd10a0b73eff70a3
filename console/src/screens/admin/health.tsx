// Health of the service, its version, and the clock of a sandbox.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client";
import { useAct, useData } from "../../api/data";
import { readClock } from "../../clock";
import { Facts, Pill, ProblemNotice, Screen, Section, Skeleton } from "../../components/basics";
import { Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { configuration } from "../../configuration";
import { t } from "../../i18n";

export function HealthPage() {
  return (
    <Screen title={t("nav.health")}>
      <Health />
      {configuration.sandbox && <Clock />}
    </Screen>
  );
}

export function Health() {
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

/** Move the sandbox's clock forward: every deadline that it passes takes effect. */
function Clock() {
  const [hours, setHours] = useState("1");
  const act = useAct(
    async () => await ok(api.POST("/sandbox/clock", { body: { advance: `PT${Math.round(Number(hours) * 60)}M` } })),
    async () => {
      await readClock();
      say(t("clock.moved"));
    },
  );
  return (
    <Section title={t("clock.title")}>
      <p class="soft">{t("clock.hint")}</p>
      <Form act={act} submit={() => act.run()} button={t("clock.move")}>
        <Field label={t("clock.hours")} pointer="/advance" type="number" inputMode="decimal" value={hours} onValue={setHours} />
      </Form>
    </Section>
  );
}
