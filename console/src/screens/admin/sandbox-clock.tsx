// The clock of a sandbox, which an administrator moves forward.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { readClock } from "../../stage-clock";
import { Section } from "../../components/screen-layout";
import { Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { t } from "../../i18n";

/** Move the sandbox's clock forward: every deadline that it passes takes effect. */
export function SandboxClock() {
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
