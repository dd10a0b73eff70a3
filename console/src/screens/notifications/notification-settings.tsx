// The event types that reach the user's inbox, and those that are sent by e-mail.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, useData } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { ProblemNotice } from "../../components/problem-notice";
import { Section, Skeleton } from "../../components/screen-layout";
import { Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { language as consoleLanguage, LANGUAGES, named, t } from "../../i18n";
import { byNoun } from "./event-type-groups";

type Preferences = Schemas["Preferences"];
type EmailLanguage = Preferences["email"]["language"];
/** The languages of e-mails, with the console's name of each. */
const EMAIL_LANGUAGES: Record<EmailLanguage, string> = { en: LANGUAGES.en, zh: LANGUAGES["zh-CN"] };

export function NotificationSettings() {
  const preferences = useData("preferences", () => ok(api.GET("/v1/notifications/preferences")));
  if (preferences.problem) return <ProblemNotice problem={preferences.problem} retry={() => void preferences.reload()} />;
  if (!preferences.data) return <Skeleton rows={6} />;
  return <Choose stored={preferences.data} saved={preferences.put} />;
}

function Choose({ stored, saved }: { stored: Preferences; saved: (preferences: Preferences) => void }) {
  const me = useMe();
  const { email } = stored;
  const hasEmail = email.status !== "unavailable";
  const [off, setOff] = useState(new Set(stored.off));
  const [emailed, setEmailed] = useState(new Set(email.types));
  const [language, setLanguage] = useState<EmailLanguage>(email.status === "off" ? (consoleLanguage.value === "zh-CN" ? "zh" : "en") : email.language);
  const act = useAct(
    async () => await ok(api.PUT("/v1/notifications/preferences", { body: { off: [...off], language, ...(hasEmail ? { email_types: [...emailed] } : {}) } })),
    (next) => (saved(next), say(t("saved"))),
  );
  const turned = (types: Set<string>, type: string, on: boolean): Set<string> => {
    const next = new Set(types);
    if (on) next.add(type);
    else next.delete(type);
    return next;
  };
  const isStaff = me.data?.roles.some((role) => role !== "advertiser" && role !== "creator");
  return (
    <Section title={t("notifications.choose")}>
      <Form act={act} submit={() => act.run()} button={t("save")}>
        <p class="soft">{t("notifications.choose_hint")}</p>
        <div data-pointer="/email_types" class={`notice ${["bounced", "complained"].includes(email.status) ? "bad" : "neutral"}`}>
          {t(`emails.${email.status}`, { address: email.address ?? "" })} {hasEmail && isStaff && t("emails.staff")}
          {hasEmail && (
            <p class="row">
              <button type="button" class="secondary" onClick={() => setEmailed(new Set(stored.types))}>{t("emails.all")}</button>
              <button type="button" class="secondary" onClick={() => setEmailed(new Set())}>{t("emails.none")}</button>
            </p>
          )}
        </div>
        {hasEmail && (
          <div class="fields">
            <Field label={t("emails.language")} pointer="/language" value={language} onValue={(value) => setLanguage(value as EmailLanguage)} options={Object.entries(EMAIL_LANGUAGES).map(([value, text]) => ({ value, text }))} />
          </div>
        )}
        <table class="choices">
          <thead>
            <tr>
              <th scope="col">{t("notifications.event")}</th>
              <th scope="col">{t("emails.inbox")}</th>
              {hasEmail && <th scope="col">{t("emails")}</th>}
            </tr>
          </thead>
          {byNoun(stored.types).map(([noun, names]) => (
            <tbody>
              <tr>
                <th scope="rowgroup" colSpan={hasEmail ? 3 : 2}>{named("event_noun", noun)}</th>
              </tr>
              {names.map((type) => (
                <tr>
                  <th scope="row">{named("event_type", type)}</th>
                  <Cell label={`${named("event_type", type)}: ${t("emails.inbox")}`} checked={!off.has(type)} change={(on) => setOff(turned(off, type, !on))} />
                  {hasEmail && <Cell label={`${named("event_type", type)}: ${t("emails")}`} checked={emailed.has(type)} change={(on) => setEmailed(turned(emailed, type, on))} />}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </Form>
    </Section>
  );
}

function Cell({ label, checked, change }: { label: string; checked: boolean; change: (on: boolean) => void }) {
  return (
    <td>
      <input type="checkbox" aria-label={label} checked={checked} onChange={(event) => change(event.currentTarget.checked)} />
    </td>
  );
}
