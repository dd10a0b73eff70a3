// The deliveries of a webhook with their attempts, and sending them again.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { Copy } from "../../components/values/copy-button";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Section } from "../../components/screen-layout";
import { Time } from "../../components/values/money-and-time";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { localInput, number } from "../../format";
import { nowOnce } from "../../stage-clock";
import { named, t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";
import { StatusFilter } from "../../components/status-filter";

type Delivery = Schemas["Delivery"];
const HOUR = 3_600_000;

const STATUSES = ["pending", "delivered", "failed"] as const;

/** The deliveries of the last 30 days, each with its attempts, and sending one again. */
export function WebhookDeliveries({ id }: { id: string }) {
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
      <StatusFilter statuses={[...STATUSES]} kind="delivery" value={status} change={change} />
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

export function ReplayRange({ id, close }: { id: string; close: () => void }) {
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
