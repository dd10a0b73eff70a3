// Webhooks: the list, a new one, and one with its secret, its event types and its delivery log.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/client";
import { useAct, useData, usePages } from "../../../api/data";
import { roleOf, useMe } from "../../../api/me";
import { Copy, Facts, Pill, ProblemNotice, Screen, Section, Skeleton, Time } from "../../../components/basics";
import { Dialog } from "../../../components/dialog";
import { Check, Field, Form } from "../../../components/form";
import { List } from "../../../components/table";
import { say } from "../../../components/toast";
import { localInput, number } from "../../../format";
import { nowOnce } from "../../../clock";
import { choices, named, t } from "../../../i18n";
import { navigate, useFilters } from "../../../router";
import { StatusChips } from "../../advertiser/tasks";
import { byNoun } from "./event-types";

type Webhook = Schemas["Webhook"];
type Delivery = Schemas["Delivery"];
const HOUR = 3_600_000;

export function Webhooks() {
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
          { name: t("webhook.types"), cell: (one) => typesText(one) },
          { name: t("status"), cell: (one) => <State webhook={one} /> },
        ]}
      />
      {open && <Create side={role === "creator" ? "creator" : role === "advertiser" ? "advertiser" : "operator"} close={() => setOpen(false)} created={webhooks.reload} />}
    </Section>
  );
}

function typesText(webhook: Webhook): string {
  return webhook.event_types.includes("*") ? t("webhook.all_types") : t("webhook.n_types", { count: webhook.event_types.length });
}

function State({ webhook }: { webhook: Webhook }) {
  if (!webhook.enabled) return <Pill kind="webhook" state={webhook.disabled_reason ?? "disabled"} />;
  return <Pill kind="webhook" state={webhook.failing_since ? "failing_now" : "enabled"} />;
}

/** The event types of a webhook: all of them, or some. */
function Types({ value, onValue }: { value: string[]; onValue: (types: string[]) => void }) {
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
  if (made) return <Secret webhook={made} close={() => (close(), navigate(`/settings/webhooks/${made.id}`))} />;
  return (
    <Dialog title={t("webhook.new")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("webhook.create")} cancel={close}>
        <Field label={t("webhook.url")} pointer="/url" type="url" value={url} onValue={setUrl} required autofocus hint={t("webhook.url_hint")} />
        <Field label={t("webhook.description")} pointer="/description" value={description} onValue={setDescription} maxLength={200} />
        <Types value={types} onValue={setTypes} />
      </Form>
    </Dialog>
  );
}

/** The secret, which the API shows once. */
function Secret({ webhook, close }: { webhook: Schemas["WebhookWithSecret"]; close: () => void }) {
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
            { label: t("status"), value: <State webhook={one} /> },
            { label: t("webhook.types"), value: typesText(one) },
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
      <Deliveries id={one.id} />
      {secret && <Secret webhook={secret} close={() => setSecret(undefined)} />}
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
        <Types value={types} onValue={setTypes} />
      </Form>
    </Dialog>
  );
}

const STATUSES = ["pending", "delivered", "failed"] as const;

/** The deliveries of the last 30 days, each with its attempts, and sending one again. */
function Deliveries({ id }: { id: string }) {
  const [filters, change] = useFilters();
  const status = STATUSES.find((one) => one === filters.status);
  const path = { webhook_id: id };
  const deliveries = usePages(`deliveries:${id}:${status ?? ""}`, (cursor) => ok(api.GET("/v1/webhooks/{webhook_id}/deliveries", { params: { path, query: { status, cursor } } })), 15);
  const again = useAct(
    async (intent, delivery_id: string) => await ok(api.POST("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", { params: { path: { ...path, delivery_id }, header: { "Idempotency-Key": intent.keyFor(delivery_id) } }, body: {} as never })),
    async () => (say(t("delivery.replayed")), await deliveries.reload()),
  );
  return (
    <Section title={t("deliveries")}>
      <StatusChips statuses={[...STATUSES]} kind="delivery" value={status} change={change} />
      <ProblemNotice problem={again.problem} />
      <List
        label={t("deliveries")}
        pages={deliveries}
        empty={status ? t("nothing_here") : t("deliveries.empty")}
        id={(one) => one.id}
        columns={[
          { name: t("notifications.event"), cell: (one) => <Attempts delivery={one} /> },
          { name: t("status"), cell: (one) => <Pill kind="delivery" state={one.status} /> },
          { name: t("delivery.attempts"), number: true, cell: (one) => number(one.attempts_made) },
          { name: t("delivery.next"), cell: (one) => <Time at={one.next_attempt_at} />, minor: true },
          { name: "", cell: (one) => <button type="button" class="quiet" aria-busy={again.busy} onClick={() => void again.run(one.id)}>{t("delivery.replay")}</button> },
        ]}
      />
    </Section>
  );
}

function Attempts({ delivery }: { delivery: Delivery }) {
  return (
    <details class="plain">
      <summary>
        {named("event_type", delivery.type)} {delivery.replay && <small>{t("delivery.is_replay")}</small>}
      </summary>
      <p><Copy text={delivery.event_id} /></p>
      <ol class="timeline">
        {delivery.attempts.map((attempt) => (
          <li class="done">
            <Time at={attempt.at} absolute /> · {attempt.status ?? named("delivery_error", attempt.error)} · {number(attempt.latency_ms)} ms
            {attempt.response && <pre>{attempt.response}</pre>}
          </li>
        ))}
      </ol>
    </details>
  );
}

function ReplayRange({ id, close }: { id: string; close: () => void }) {
  const now = nowOnce();
  const [since, setSince] = useState(localInput(new Date(now - HOUR)));
  const [until, setUntil] = useState(localInput(new Date(now)));
  const moment = (local: string): string => (local ? new Date(local).toISOString().replace(/\.\d+Z$/, "Z") : "");
  const act = useAct(
    async (intent) => {
      const body = { since: moment(since), until: moment(until) };
      return await ok(api.POST("/v1/webhooks/{webhook_id}/replay", { params: { path: { webhook_id: id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    (done) => {
      say(t("webhook.replayed", { count: done.replayed }));
      if (done.next_since) setSince(localInput(new Date(done.next_since)));
      else close();
    },
  );
  return (
    <Dialog title={t("webhook.replay_range")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("delivery.replay")} cancel={close}>
        <p>{t("webhook.replay_hint")}</p>
        <div class="fields">
          <Field label={t("webhook.since")} pointer="/since" type="datetime-local" value={since} onValue={setSince} required />
          <Field label={t("webhook.until")} pointer="/until" type="datetime-local" value={until} onValue={setUntil} required />
        </div>
      </Form>
    </Dialog>
  );
}
