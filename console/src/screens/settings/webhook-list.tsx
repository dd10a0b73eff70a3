// The user's webhooks, and a new one.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { roleOf, useMe } from "../../api/signed-in-user";
import { Section } from "../../components/screen-layout";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { t } from "../../i18n";
import { navigate } from "../../frame/address-and-filters";
import { eventTypesText, WebhookState, EventTypesField, WebhookSecret } from "./webhook-fields";

type Webhook = Schemas["Webhook"];

export function WebhookList() {
  const me = useMe();
  const [open, setOpen] = useState(false);
  const webhooks = usePages("webhooks", (cursor) => ok(api.GET("/v1/webhooks", { params: { query: { cursor } } })));
  const role = me.data ? roleOf(me.data) : null;
  return (
    <Section title={t("webhooks")} actions={<button type="button" onClick={() => setOpen(true)}>{t("webhook.new")}</button>}>
      <p class="soft">{t("webhooks.hint")}</p>
      <List
        label={t("webhooks")}
        pages={webhooks}
        empty={t("webhooks.empty")}
        id={(one) => one.id}
        href={(one) => `#/settings/webhooks/${one.id}`}
        columns={[
          { name: t("webhook.url"), cell: (one) => <span class="break">{one.url}</span> },
          { name: t("webhook.description"), cell: (one) => one.description ?? "—", minor: true },
          { name: t("webhook.types"), cell: (one) => eventTypesText(one) },
          { name: t("status"), cell: (one) => <WebhookState webhook={one} /> },
        ]}
      />
      {open && <Create side={role === "creator" ? "creator" : role === "advertiser" ? "advertiser" : "operator"} close={() => setOpen(false)} created={webhooks.reload} />}
    </Section>
  );
}

function Create({ side, close, created }: { side: Webhook["side"]; close: () => void; created: () => Promise<void> }) {
  const [url, setUrl] = useState("");
  const [description, setDescription] = useState("");
  const [types, setTypes] = useState(["*"]);
  const [made, setMade] = useState<Schemas["WebhookWithSecret"]>();
  const act = useAct(
    async (intent) => {
      const body = { url, event_types: types, side, ...(description ? { description } : {}) };
      return await ok(api.POST("/v1/webhooks", { params: { header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async (webhook) => (setMade(webhook), await created()),
  );
  if (made) return <WebhookSecret webhook={made} close={() => (close(), navigate(`/settings/webhooks/${made.id}`))} />;
  return (
    <Dialog title={t("webhook.new")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("webhook.create")} cancel={close}>
        <Field label={t("webhook.url")} pointer="/url" type="url" value={url} onValue={setUrl} required autofocus hint={t("webhook.url_hint")} />
        <Field label={t("webhook.description")} pointer="/description" value={description} onValue={setDescription} maxLength={200} />
        <EventTypesField value={types} onValue={setTypes} />
      </Form>
    </Dialog>
  );
}
