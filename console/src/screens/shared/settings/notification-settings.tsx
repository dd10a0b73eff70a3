// The event types that reach the user's inbox.
import { useState } from "preact/hooks";
import { api, ok } from "../../../api/client";
import { useAct, useData } from "../../../api/data";
import { ProblemNotice, Section, Skeleton } from "../../../components/basics";
import { Check, Form } from "../../../components/form";
import { say } from "../../../components/toast";
import { named, t } from "../../../i18n";
import { byNoun } from "./event-types";

export function NotificationSettings() {
  const preferences = useData("preferences", () => ok(api.GET("/v1/notifications/preferences")));
  if (preferences.problem) return <ProblemNotice problem={preferences.problem} retry={() => void preferences.reload()} />;
  if (!preferences.data) return <Skeleton rows={6} />;
  return <Choose types={preferences.data.types} off={preferences.data.off} />;
}

function Choose({ types, off: stored }: { types: string[]; off: string[] }) {
  const [off, setOff] = useState(new Set(stored));
  const act = useAct(
    async () => await ok(api.PUT("/v1/notifications/preferences", { body: { off: [...off] } })),
    () => say(t("saved")),
  );
  const turn = (type: string, on: boolean): void => {
    const next = new Set(off);
    if (on) next.delete(type);
    else next.add(type);
    setOff(next);
  };
  return (
    <Section title={t("notifications.choose")}>
      <p class="soft">{t("notifications.choose_hint")}</p>
      <Form act={act} submit={() => act.run()} button={t("save")}>
        {byNoun(types).map(([noun, names]) => (
          <fieldset>
            <legend>{named("event_noun", noun)}</legend>
            <div class="fields">
              {names.map((type) => (
                <Check label={named("event_type", type)} checked={!off.has(type)} onChange={(on) => turn(type, on)} />
              ))}
            </div>
          </fieldset>
        ))}
      </Form>
    </Section>
  );
}
