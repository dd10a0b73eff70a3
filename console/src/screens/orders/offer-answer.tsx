// The answer of a creator to an offer: accept, decline, or make a counter-offer.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, useData } from "../../api/request-hooks";
import { Deadline, Money, Time } from "../../components/values/money-and-time";
import { ProblemNotice } from "../../components/problem-notice";
import { Section } from "../../components/screen-layout";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { PriceBar } from "../../components/values/charts";
import { ReasonDialog } from "../../components/reason-dialog";
import { say } from "../../components/toast";
import { readMoney, typedMoney } from "../../format";
import { t } from "../../i18n";

type Order = Schemas["Order"];
interface Props {
  order: Order;
  changed: (order?: Order) => Promise<void>;
}

export function OfferAnswer({ order, changed }: Props) {
  const [open, setOpen] = useState<"decline" | "counter" | null>(null);
  const path = { order_id: order.id };
  const close = (): void => setOpen(null);
  const accept = useAct(
    async (intent) => await ok(api.POST("/v1/orders/{order_id}/accept", { params: { path, header: { "Idempotency-Key": intent.keyFor("accept") } }, body: {} as never })),
    async (next) => (say(t("offer.accepted")), await changed(next)),
  );
  const decline = useAct(
    async (intent, body: { reason_code: string; note?: string }) => await ok(api.POST("/v1/orders/{order_id}/decline", { params: { path, header: { "Idempotency-Key": intent.keyFor(body) } }, body: body as Schemas["DeclineBody"] })),
    async (next) => (close(), say(t("offer.declined")), await changed(next)),
  );
  const counter = order.counter;
  const fit = useData(`fit:${order.id}`, () => ok(api.GET("/v1/orders/{order_id}/fit", { params: { path } })), 60);
  return (
    <Section title={t("offer")}>
      <p>
        {t("offer.intro")} <Deadline at={order.accept_by} />
      </p>
      {counter && (
        <p class="notice">
          {t(`counter.${counter.status}` as "counter.open")} <Money of={counter.price} />
        </p>
      )}
      {fit.data?.fits === false && (
        <p class="notice">
          {t("offer.no_fit")} {fit.data.next_free_at ? <>{t("calendar.next_free")} <Time at={fit.data.next_free_at} absolute /></> : t("offer.never_fits")} <a href="#/calendar">{t("nav.calendar")}</a>
        </p>
      )}
      <ProblemNotice problem={accept.problem} />
      {accept.problem?.code === "frequency_cap" && typeof accept.problem.data.next_free_at === "string" && (
        <p>
          {t("calendar.next_free")} <Deadline at={accept.problem.data.next_free_at} />
        </p>
      )}
      <p class="row">
        <button type="button" aria-busy={accept.busy} onClick={() => void accept.run()}>
          {t("offer.accept")}
        </button>
        {!counter && (
          <button type="button" class="secondary" onClick={() => setOpen("counter")}>
            {t("offer.counter")}
          </button>
        )}
        <button type="button" class="secondary" onClick={() => setOpen("decline")}>
          {t("offer.decline")}
        </button>
      </p>
      {open === "decline" && <ReasonDialog title={t("offer.decline")} group="decline_reason" button={t("offer.decline")} act={decline} close={close} />}
      {open === "counter" && <CounterDialog order={order} changed={changed} close={close} />}
    </Section>
  );
}

function CounterDialog({ order, changed, close }: Props & { close: () => void }) {
  const [price, setPrice] = useState(typedMoney(order.price));
  const [note, setNote] = useState("");
  const account = useData(`account:${order.account_id}`, () => ok(api.GET("/v1/accounts/{account_id}", { params: { path: { account_id: order.account_id } } })));
  const act = useAct(
    async (intent) => {
      const body = { price: readMoney(price, order.price.currency) ?? { amount: 0, currency: order.price.currency }, ...(note ? { note } : {}) };
      return await ok(api.POST("/v1/orders/{order_id}/counter", { params: { path: { order_id: order.id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async (next) => (close(), say(t("counter.sent")), await changed(next)),
  );
  const band = account.data?.advised_price?.[order.kind];
  return (
    <Dialog title={t("offer.counter")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("counter.send")} cancel={close}>
        <p>{t("counter.hint")}</p>
        <Field label={t("price")} pointer="/price" inputMode="decimal" suffix={t("currency")} value={price} onValue={setPrice} required autofocus hint={band && <PriceBar band={band} own={readMoney(price)} />} />
        <Field label={t("note.optional")} pointer="/note" area rows={2} value={note} onValue={setNote} />
      </Form>
    </Dialog>
  );
}
