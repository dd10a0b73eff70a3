// What an advertiser answers in an order: a counter-offer, a draft.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { Deadline, Money } from "../../components/values/money-and-time";
import { ProblemNotice } from "../../components/problem-notice";
import { Section } from "../../components/screen-layout";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { Findings } from "../../components/posts/post-preview";
import { say } from "../../components/toast";
import { t } from "../../i18n";

type Order = Schemas["Order"];
interface Props {
  order: Order;
  changed: (order?: Order) => Promise<void>;
}

export function AdvertiserAnswers({ order, changed }: Props) {
  return (
    <>
      {order.counter?.status === "open" && <CounterOffer order={order} changed={changed} />}
      {order.draft && <Draft order={order} changed={changed} />}
    </>
  );
}

function CounterOffer({ order, changed }: Props) {
  const counter = order.counter!;
  const act = useAct(
    async (intent, accept: boolean) => {
      const params = { path: { order_id: order.id }, header: { "Idempotency-Key": intent.keyFor(accept) } };
      return accept
        ? await ok(api.POST("/v1/orders/{order_id}/counter/accept", { params, body: {} as never }))
        : await ok(api.POST("/v1/orders/{order_id}/counter/decline", { params, body: {} as never }));
    },
    async (next) => (say(t("answered")), await changed(next)),
  );
  return (
    <Section title={t("waits.counter")}>
      <p>
        {t("counter.asks")} <b><Money of={counter.price} /></b> {t("counter.instead")} <Money of={order.price} />. <Deadline at={order.accept_by} />
      </p>
      {counter.note && <p class="post">{counter.note}</p>}
      <ProblemNotice problem={act.problem} />
      <p class="row">
        <button type="button" aria-busy={act.busy} onClick={() => void act.run(true)}>{t("accept")}</button>
        <button type="button" class="secondary" onClick={() => void act.run(false)}>{t("decline")}</button>
      </p>
    </Section>
  );
}

function Draft({ order, changed }: Props) {
  const draft = order.draft!;
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState("");
  const path = { order_id: order.id };
  const approve = useAct(
    async (intent) => await ok(api.POST("/v1/orders/{order_id}/draft/approve", { params: { path, header: { "Idempotency-Key": intent.keyFor(draft.text) } }, body: {} as never })),
    async (next) => (say(t("draft.approved_now")), await changed(next)),
  );
  const ask = useAct(
    async (intent) => await ok(api.POST("/v1/orders/{order_id}/draft/changes", { params: { path, header: { "Idempotency-Key": intent.keyFor(note) } }, body: { note } })),
    async (next) => (setAsking(false), say(t("draft.asked")), await changed(next)),
  );
  return (
    <Section title={t("draft")}>
      <p class="notice">{t(`draft.${draft.status}` as "draft.submitted")} {draft.note}</p>
      <p class="post">{draft.text}</p>
      <Findings of={draft.findings} />
      <ProblemNotice problem={approve.problem} />
      {draft.status === "submitted" && (
        <p class="row">
          <button type="button" aria-busy={approve.busy} onClick={() => void approve.run()}>{t("draft.approve")}</button>
          <button type="button" class="secondary" onClick={() => setAsking(true)}>{t("draft.ask")}</button>
          <Deadline at={draft.due_at} />
        </p>
      )}
      {asking && (
        <Dialog title={t("draft.ask")} close={() => setAsking(false)}>
          <Form act={ask} submit={() => ask.run()} button={t("send")} cancel={() => setAsking(false)}>
            <Field label={t("note")} pointer="/note" area value={note} onValue={setNote} required autofocus />
          </Form>
        </Dialog>
      )}
    </Section>
  );
}
