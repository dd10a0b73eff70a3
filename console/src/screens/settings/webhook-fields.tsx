// The event types, the state and the secret of a webhook, which its list and its page show.
import type { Schemas } from "../../api/api-client";
import { Copy } from "../../components/values/copy-button";
import { Pill } from "../../components/values/status-pill";
import { Dialog } from "../../components/dialog";
import { Check } from "../../components/form";
import { choices, named, t } from "../../i18n";
import { byNoun } from "../notifications/event-type-groups";

type Webhook = Schemas["Webhook"];

export function eventTypesText(webhook: Webhook): string {
  return webhook.event_types.includes("*") ? t("webhook.all_types") : t("webhook.n_types", { count: webhook.event_types.length });
}

export function WebhookState({ webhook }: { webhook: Webhook }) {
  if (!webhook.enabled) return <Pill kind="webhook" state={webhook.disabled_reason ?? "disabled"} />;
  return <Pill kind="webhook" state={webhook.failing_since ? "failing_now" : "enabled"} />;
}

/** The event types of a webhook: all of them, or some. */
export function EventTypesField({ value, onValue }: { value: string[]; onValue: (types: string[]) => void }) {
  const all = value.includes("*");
  const types = choices("event_type").map((one) => one.value).filter((type) => type !== "webhook.test");
  return (
    <div class="field" data-pointer="/event_types">
      <Check label={t("webhook.all_types")} checked={all} onChange={(on) => onValue(on ? ["*"] : [])} />
      {!all &&
        byNoun(types).map(([noun, names]) => (
          <details>
            <summary>
              {named("event_noun", noun)} <small>{names.filter((type) => value.includes(type)).length || ""}</small>
            </summary>
            {names.map((type) => (
              <Check label={<>{named("event_type", type)} <code>{type}</code></>} checked={value.includes(type)} onChange={(on) => onValue(on ? [...value, type] : value.filter((one) => one !== type))} />
            ))}
          </details>
        ))}
    </div>
  );
}

/** The secret, which the API shows once. */
export function WebhookSecret({ webhook, close }: { webhook: Schemas["WebhookWithSecret"]; close: () => void }) {
  return (
    <Dialog title={t("webhook.secret")} close={close}>
      {webhook.secret ? (
        <>
          <p>{t("webhook.secret_hint")}</p>
          <p><Copy text={webhook.secret} /></p>
        </>
      ) : (
        <p>{t("webhook.secret_shown")}</p>
      )}
      <p class="row"><button type="button" onClick={close}>{t("webhook.secret_done")}</button></p>
    </Dialog>
  );
}
