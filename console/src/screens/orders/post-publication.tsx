// The report of a published post by its creator.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { configuration } from "../../configuration";
import { Copy } from "../../components/values/copy-button";
import { Deadline } from "../../components/values/money-and-time";
import { ProblemNotice } from "../../components/problem-notice";
import { Section } from "../../components/screen-layout";
import { Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { now } from "../../stage-clock";
import { t } from "../../i18n";
import { PostCheckResult } from "./post-check-result";

type Order = Schemas["Order"];
interface Props {
  order: Order;
  changed: (order?: Order) => Promise<void>;
}

export function PostPublication({ order, changed }: Props) {
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
      <PostCheckResult order={order} codes={act.problem?.code === "post_check_failed" ? act.problem.faults.map((fault) => fault.code) : undefined} />
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
