// One webhook: its state, its secret, and what its owner can do with it.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, useData } from "../../api/request-hooks";
import { Copy } from "../../components/values/copy-button";
import { Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { ProblemNotice } from "../../components/problem-notice";
import { Time } from "../../components/values/money-and-time";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { t } from "../../i18n";
import { navigate } from "../../frame/address-and-filters";
import { eventTypesText, WebhookState, EventTypesField, WebhookSecret } from "./webhook-fields";
import { WebhookDeliveries, ReplayRange } from "./webhook-deliveries";

type Webhook = Schemas["Webhook"];

type Open = "edit" | "rotate" | "delete" | "replay" | null;

export function WebhookPage({ params }: { params: { id: string } }) {
  const path = { webhook_id: params.id };
  const [open, setOpen] = useState<Open>(null);
  const [secret, setSecret] = useState<Schemas["WebhookWithSecret"]>();
  const webhook = useData(`webhook:${params.id}`, () => ok(api.GET("/v1/webhooks/{webhook_id}", { params: { path } })), 30);
  const close = (): void => setOpen(null);
  const test = useAct(
    async (intent) => await ok(api.POST("/v1/webhooks/{webhook_id}/test", { params: { path, header: { "Idempotency-Key": intent.keyFor(Date.now()) } }, body: {} as never })),
    () => say(t("webhook.test_sent")),
  );
  const turn = useAct(async (_, enabled: boolean) => await ok(api.PATCH("/v1/webhooks/{webhook_id}", { params: { path }, body: { enabled } })), webhook.put);
  const rotate = useAct(
    async (intent) => await ok(api.POST("/v1/webhooks/{webhook_id}/rotate", { params: { path, header: { "Idempotency-Key": intent.keyFor("rotate") } }, body: {} as never })),
    async (next) => (close(), setSecret(next), await webhook.reload()),
  );
  const drop = useAct(
    async () => await ok(api.DELETE("/v1/webhooks/{webhook_id}", { params: { path } })),
    () => (say(t("webhook.deleted")), navigate("/settings/webhooks")),
  );
  if (webhook.problem && !webhook.data) return <ProblemNotice problem={webhook.problem} retry={() => void webhook.reload()} />;
  if (!webhook.data) return <Skeleton rows={6} />;
  const one = webhook.data;
  return (
    <Screen
      title={one.description || new URL(one.url).host}
      crumb={{ to: "/settings/webhooks", text: t("webhooks") }}
      actions={
        <>
          <button type="button" class="secondary" onClick={() => setOpen("edit")}>{t("edit")}</button>
          <button type="button" class="secondary" aria-busy={turn.busy} onClick={() => void turn.run(!one.enabled)}>{one.enabled ? t("webhook.disable") : t("webhook.enable")}</button>
          <button type="button" aria-busy={test.busy} disabled={!one.enabled} onClick={() => void test.run()}>{t("webhook.test")}</button>
        </>
      }
    >
      <ProblemNotice problem={turn.problem ?? test.problem} />
      <Section>
        <Facts
          of={[
            { label: t("status"), value: <WebhookState webhook={one} /> },
            { label: t("webhook.types"), value: eventTypesText(one) },
            { label: t("created"), value: <Time at={one.created_at} absolute /> },
            { label: t("webhook.secret_since"), value: <Time at={one.secret_created_at} absolute /> },
          ]}
        />
        <p class="break"><Copy text={one.url} /></p>
        <p class="row">
          <Copy text={one.id} />
          <span class="grow" />
          <button type="button" class="quiet" onClick={() => setOpen("rotate")}>{t("webhook.rotate")}</button>
          <button type="button" class="quiet" onClick={() => setOpen("replay")}>{t("webhook.replay_range")}</button>
          <button type="button" class="quiet" onClick={() => setOpen("delete")}>{t("delete")}</button>
        </p>
      </Section>
      <WebhookDeliveries id={one.id} />
      {secret && <WebhookSecret webhook={secret} close={() => setSecret(undefined)} />}
      {open === "edit" && <Edit webhook={one} close={close} changed={webhook.put} />}
      {open === "replay" && <ReplayRange id={one.id} close={close} />}
      {open === "rotate" && (
        <Dialog title={t("webhook.rotate")} close={close}>
          <Form act={rotate} submit={() => rotate.run()} button={t("webhook.rotate")} cancel={close}>
            <p>{t("webhook.rotate_hint")}</p>
          </Form>
        </Dialog>
      )}
      {open === "delete" && (
        <Dialog title={t("webhook.delete")} close={close}>
          <Form act={drop} submit={() => drop.run()} button={t("delete")} danger cancel={close}>
            <p>{t("webhook.delete_hint")}</p>
          </Form>
        </Dialog>
      )}
    </Screen>
  );
}

function Edit({ webhook, close, changed }: { webhook: Webhook; close: () => void; changed: (webhook: Webhook) => void }) {
  const [url, setUrl] = useState(webhook.url);
  const [description, setDescription] = useState(webhook.description ?? "");
  const [types, setTypes] = useState(webhook.event_types);
  const act = useAct(
    async () => await ok(api.PATCH("/v1/webhooks/{webhook_id}", { params: { path: { webhook_id: webhook.id } }, body: { url, description, event_types: types } })),
    (next) => (changed(next), close(), say(t("saved"))),
  );
  return (
    <Dialog title={t("edit")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("save")} cancel={close}>
        <Field label={t("webhook.url")} pointer="/url" type="url" value={url} onValue={setUrl} required />
        <Field label={t("webhook.description")} pointer="/description" value={description} onValue={setDescription} maxLength={200} />
        <EventTypesField value={types} onValue={setTypes} />
      </Form>
    </Dialog>
  );
}
