// What a creator can do with an order: answer the offer, submit a draft, publish.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/client";
import { useAct, useData } from "../../../api/data";
import { configuration } from "../../../configuration";
import { Copy, Deadline, Money, ProblemNotice, Section, Time } from "../../../components/basics";
import { Dialog } from "../../../components/dialog";
import { Field, Form } from "../../../components/form";
import { PriceBar } from "../../../components/charts";
import { ReasonDialog } from "../../../components/reason-dialog";
import { Findings } from "../../../components/post";
import { say } from "../../../components/toast";
import { readMoney, typedMoney } from "../../../format";
import { now } from "../../../clock";
import { t } from "../../../i18n";
import { PostChecks } from "./post-checks";

type Order = Schemas["Order"];
interface Props {
  order: Order;
  changed: (order?: Order) => Promise<void>;
}

export function CreatorActs({ order, changed }: Props) {
  if (order.status === "offered") return <Answer order={order} changed={changed} />;
  if (order.status !== "accepted") return null;
  const needsDraft = order.draft_approval && order.draft?.status !== "approved";
  return needsDraft ? <DraftForm order={order} changed={changed} /> : <Publish order={order} changed={changed} />;
}

function Answer({ order, changed }: Props) {
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

function DraftForm({ order, changed }: Props) {
  const draft = order.draft;
  const [text, setText] = useState(draft?.text ?? order.content.text);
  const waits = draft?.status === "in_review" || draft?.status === "submitted";
  const act = useAct(
    async (intent) => await ok(api.POST("/v1/orders/{order_id}/draft", { params: { path: { order_id: order.id }, header: { "Idempotency-Key": intent.keyFor(text) } }, body: { text } })),
    async (next) => (say(t("draft.sent")), await changed(next)),
  );
  return (
    <Section title={t("draft")}>
      {draft && (
        <p class="notice">
          {t(`draft.${draft.status}` as "draft.submitted")} {draft.note}
        </p>
      )}
      {waits ? (
        <>
          <p class="post">{draft.text}</p>
          <Findings of={draft.findings} />
        </>
      ) : (
        <Form act={act} submit={() => act.run()} button={t("draft.submit")}>
          <Field label={t("task.text")} pointer="/text" area rows={6} value={text} onValue={setText} hint={t("draft.hint")} />
        </Form>
      )}
    </Section>
  );
}

function Publish({ order, changed }: Props) {
  const [url, setUrl] = useState("");
  const opens = Date.parse(order.window.start_at);
  const early = now() < opens;
  const act = useAct(
    async (intent) => await ok(api.POST("/v1/orders/{order_id}/publish", { params: { path: { order_id: order.id }, header: { "Idempotency-Key": intent.keyFor(url) } }, body: { post_url: url } })).catch(async (problem: unknown) => (await changed(), Promise.reject(problem))), // the order has what was found
    async (next) => (say(t("publish.done")), await changed(next)),
  );
  if (order.report)
    return (
      <Section title={t("publish")}>
        <p class="notice neutral">{t("publish.reported")}</p>
        <Copy text={order.report.post_url} />
      </Section>
    );
  if (order.publishing.mode === "platform")
    return (
      <Section title={t("publish")}>
        <p>
          {t("publish.by_platform")} <Deadline at={order.publishing.at ?? order.window.start_at} />
        </p>
      </Section>
    );
  if (early)
    return (
      <Section title={t("publish")}>
        <p>
          {t("publish.opens")} <Deadline at={order.window.start_at} />. {t("publish.early")}
        </p>
      </Section>
    );
  const mend = order.timers.find((timer) => timer.name === "mend_by");
  return (
    <Section title={t("publish")}>
      <p>{t("publish.hint")}</p>
      {mend && (
        <p class="notice bad">
          {t("publish.mend")} <Deadline at={mend.at} />
        </p>
      )}
      <PostChecks order={order} codes={act.problem?.code === "post_check_failed" ? act.problem.faults.map((fault) => fault.code) : undefined} />
      {configuration.sandbox && <SandboxPost order={order} posted={setUrl} />}
      <Form act={act} submit={() => act.run()} button={t("publish.report")}>
        <Field label={t("publish.url")} pointer="/post_url" type="url" value={url} onValue={setUrl} required />
      </Form>
    </Section>
  );
}

/** In a sandbox there is no network to post on: this posts the text on the simulated one. */
function SandboxPost({ order, posted }: { order: Order; posted: (url: string) => void }) {
  const act = useAct(
    async () =>
      await ok(
        api.POST("/sandbox/posts", {
          body: { account_id: order.account_id, text: order.content.text, urls: order.content.urls, picture_ids: order.content.picture_ids, repost_of: order.source_url },
        }),
      ),
    (post) => posted(post.post_url),
  );
  return (
    <div class="notice neutral">
      <p>{t("publish.sandbox")}</p>
      <ProblemNotice problem={act.problem} />
      <button type="button" class="secondary" aria-busy={act.busy} onClick={() => void act.run()}>
        {t("publish.sandbox_post")}
      </button>
    </div>
  );
}
