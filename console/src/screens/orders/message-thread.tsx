// The messages about an order or a dispute: the thread, who has read what, and a further message. Reading marks them as read.
import { useEffect, useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { named, t } from "../../i18n";
import { ProblemNotice } from "../../components/problem-notice";
import { Section, Skeleton } from "../../components/screen-layout";
import { Time } from "../../components/values/money-and-time";
import { Field, Form } from "../../components/form";
import { PictureUploadField } from "../../components/posts/picture-upload-field";
import { Marked } from "../../components/posts/post-preview";

type Message = Schemas["Message"];
type Side = Message["sender"];
type Of = { order: string } | { dispute: string };

export function MessageThread({ of, side, closed }: { of: Of; side: Side; closed?: boolean }) {
  const id = "order" in of ? of.order : of.dispute;
  const pages = usePages(
    `messages:${id}`,
    (cursor) =>
      "order" in of
        ? ok(api.GET("/v1/orders/{order_id}/messages", { params: { path: { order_id: of.order }, query: { cursor, limit: 50 } } }))
        : ok(api.GET("/v1/disputes/{dispute_id}/messages", { params: { path: { dispute_id: of.dispute }, query: { cursor, limit: 50 } } })),
    15,
  );
  const about = "order" in of ? "order" : "dispute";
  const unread = pages.data?.find((one) => one.about === about && one.sender !== side && !one.read_by.includes(side));
  const read = useAct(async (intent, message_id: string) => {
    const body = { message_id };
    const header = { "Idempotency-Key": intent.keyFor(body) };
    return "order" in of
      ? await ok(api.POST("/v1/orders/{order_id}/messages/read", { params: { path: { order_id: of.order }, header }, body }))
      : await ok(api.POST("/v1/disputes/{dispute_id}/messages/read", { params: { path: { dispute_id: of.dispute }, header }, body }));
  });
  useEffect(() => {
    if (unread) void read.run(unread.id);
  }, [unread?.id]);
  if (pages.problem && !pages.data) return <ProblemNotice problem={pages.problem} retry={() => void pages.reload()} />;
  return (
    <Section title={t("messages")}>
      {!pages.data && <Skeleton rows={2} />}
      {pages.data && !pages.data.length && <p class="soft">{closed ? t("messages.none") : t("messages.empty")}</p>}
      {pages.more && (
        <p class="more">
          <button type="button" class="secondary" aria-busy={pages.loading} onClick={() => void pages.more?.()}>
            {t("messages.earlier")}
          </button>
        </p>
      )}
      <ol class="thread" aria-label={t("messages")}>
        {[...(pages.data ?? [])].reverse().map((one) => (
          <MessageItem key={one.id} message={one} mine={one.sender === side} />
        ))}
      </ol>
      {!closed && <Compose of={of} side={side} sent={pages.reload} />}
    </Section>
  );
}

function MessageItem({ message, mine }: { message: Message; mine: boolean }) {
  const characters = Array.from(message.text);
  const findings = message.findings.map((one) => ({
    rule: one.rule,
    severity: "warn" as const,
    pointer: "/text",
    message: named("contact_rule", one.rule),
    span: { start: one.start, end: one.end },
    text: characters.slice(one.start, one.end).join(""),
  }));
  const others = message.read_by.filter((side) => side !== message.sender);
  return (
    <li class={mine ? "mine" : ""}>
      <small>
        {mine ? t("messages.you") : named("party", message.sender)} · <Time at={message.sent_at} />
      </small>
      <p class="post">
        <Marked text={message.text} findings={findings} pointer="/text" />
      </p>
      {message.pictures.length > 0 && (
        <div class="pictures">
          {message.pictures.map((picture, i) => (
            <a href={picture.url} target="_blank" rel="noreferrer">
              <img src={picture.url} alt={t("picture.n", { n: i + 1 })} width="104" height="104" loading="lazy" />
            </a>
          ))}
        </div>
      )}
      {findings.length > 0 && <small class="fault">{t("messages.contact", { found: [...new Set(findings.map((one) => one.message))].join(", ") })}</small>}
      {mine && others.length > 0 && <small>{t("messages.read_by", { sides: others.map((side) => named("party", side)).join(", ") })}</small>}
    </li>
  );
}

function Compose({ of, side, sent }: { of: Of; side: Side; sent: () => Promise<void> }) {
  const [text, setText] = useState("");
  const [pictures, setPictures] = useState<string[]>([]);
  const act = useAct(
    async (intent) => {
      const body = { text, ...(pictures.length ? { picture_ids: pictures } : {}) };
      const header = { "Idempotency-Key": intent.keyFor(body) };
      return "order" in of
        ? await ok(api.POST("/v1/orders/{order_id}/messages", { params: { path: { order_id: of.order }, header }, body }))
        : await ok(api.POST("/v1/disputes/{dispute_id}/messages", { params: { path: { dispute_id: of.dispute }, header }, body }));
    },
    async () => (setText(""), setPictures([]), await sent()),
  );
  return (
    <Form act={act} submit={() => act.run()} button={t("messages.send")} disabled={!text.trim()}>
      <Field label={t("messages.text")} pointer="/text" area rows={2} value={text} onValue={setText} maxLength={2000} />
      {side !== "auditor" && (
        <details>
          <summary>{t("messages.pictures")}</summary>
          <PictureUploadField ids={pictures} change={setPictures} pointer="/picture_ids" />
        </details>
      )}
    </Form>
  );
}
