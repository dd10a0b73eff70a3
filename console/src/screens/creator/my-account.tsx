// One account of the creator: proof of ownership, prices beside the advised band, pause, grade and appeal.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useAct, useData, usePages } from "../../api/data";
import { useMe } from "../../api/me";
import { configuration } from "../../configuration";
import { Copy, Facts, Pill, ProblemNotice, Screen, Section, Skeleton, Stars, Time } from "../../components/basics";
import { PriceBar } from "../../components/charts";
import { Dialog } from "../../components/dialog";
import { Check, Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { money, noMoney, number, readMoney, typedMoney } from "../../format";
import { named, t } from "../../i18n";
import { navigate } from "../../router";
import { Grade, GradeHistory } from "../shared/account";
import { Reads } from "../shared/reads";

type Account = Schemas["Account"];
interface Props {
  account: Account;
  changed: (account?: Account) => Promise<void>;
}

export function MyAccount({ params }: { params: { id: string } }) {
  const me = useMe();
  const account = useData(`account:${params.id}`, () => ok(api.GET("/v1/accounts/{account_id}", { params: { path: { account_id: params.id } } })), 20);
  if (account.problem && !account.data) return <ProblemNotice problem={account.problem} retry={() => void account.reload()} />;
  if (!account.data) return <Skeleton rows={6} />;
  const one = account.data;
  const changed = async (next?: Account): Promise<void> => {
    if (next) account.put(next);
    await Promise.all([account.reload(), me.reload()]);
  };
  return (
    <Screen title={one.handle} crumb={{ to: "/my-accounts", text: t("nav.my_accounts") }}>
      <Section>
        <Facts
          of={[
            { label: t("status"), value: <Pill kind="account_status" state={one.status} />, hint: one.admission?.reason_code ? named("admission_reason", one.admission.reason_code) : one.admission?.due_at && one.status === "pending" ? t("account.pending") : undefined },
            { label: t("grade"), value: <Stars grade={one.grade} />, hint: one.score != null ? t("score.of", { score: number(one.score, 1) }) : undefined },
            { label: t("followers"), value: number(one.metrics?.followers) },
            { label: t("reads"), value: <Reads of={one} /> },
            { label: t("category"), value: named("category", one.category) },
          ]}
        />
        <Copy text={one.id} />
      </Section>
      {one.ownership && one.ownership.status !== "verified" && <Proof account={one} changed={changed} />}
      <Prices account={one} changed={changed} />
      <Permission account={one} changed={changed} />
      <Grade id={one.id} />
      <GradeHistory id={one.id} />
      <Appeals account={one} />
      <Unbind account={one} />
    </Screen>
  );
}

/** The proof: a code that the profile or a new post must show. */
function Proof({ account, changed }: Props) {
  const path = { account_id: account.id };
  const [code, setCode] = useState<Schemas["OwnershipCode"]>();
  const ask = useAct(async () => await ok(api.POST("/v1/accounts/{account_id}/ownership", { params: { path }, body: {} as never })), setCode);
  const check = useAct(
    async () => await ok(api.POST("/v1/accounts/{account_id}/ownership/check", { params: { path }, body: {} as never })),
    async (next) => (say(t("proof.done")), await changed(next)),
  );
  const describe = useAct(async () => await ok(api.PUT("/sandbox/accounts/{account_id}/profile", { params: { path }, body: { description: `微任务 ${code!.code}` } })), () => say(t("proof.shown")));
  return (
    <Section title={t("proof.title")}>
      <p>{t("proof.hint")}</p>
      <ProblemNotice problem={ask.problem ?? check.problem ?? describe.problem} />
      {code ? (
        <>
          <p class="big"><Copy text={code.code} /></p>
          <p class="soft">{t("expires")} <Time at={code.expires_at} /></p>
          <p class="row">
            {configuration.sandbox && <button type="button" class="secondary" aria-busy={describe.busy} onClick={() => void describe.run()}>{t("proof.sandbox")}</button>}
            <button type="button" aria-busy={check.busy} onClick={() => void check.run()}>{t("proof.check")}</button>
          </p>
        </>
      ) : (
        <button type="button" aria-busy={ask.busy} onClick={() => void ask.run()}>{t("proof.ask")}</button>
      )}
    </Section>
  );
}

function Prices({ account, changed }: Props) {
  const [post, setPost] = useState(typedMoney(account.prices.post));
  const [repost, setRepost] = useState(typedMoney(account.prices.repost));
  const [paused, setPaused] = useState(account.paused);
  const act = useAct(
    async () => {
      const price = (text: string) => (text ? (readMoney(text) ?? noMoney()) : null);
      return await ok(api.PATCH("/v1/accounts/{account_id}", { params: { path: { account_id: account.id } }, body: { prices: { post: price(post), repost: price(repost) }, paused } }));
    },
    async (next) => (say(t("saved")), await changed(next)),
  );
  const hint = (kind: "post" | "repost", text: string) => {
    const band = account.advised_price?.[kind];
    return band && <>{t("price.band", { low: money(band.low), high: money(band.high) })} <PriceBar band={band} own={readMoney(text)} /></>;
  };
  return (
    <Section title={t("account.tab.prices")}>
      <Form act={act} submit={() => act.run()} button={t("save")}>
        <div class="fields">
          <Field label={t("price.post")} pointer="/prices/post" inputMode="decimal" suffix={t("currency")} value={post} onValue={setPost} hint={hint("post", post)} />
          <Field label={t("price.repost")} pointer="/prices/repost" inputMode="decimal" suffix={t("currency")} value={repost} onValue={setRepost} hint={hint("repost", repost)} />
        </div>
        <Check label={t("account.paused")} hint={t("account.paused_hint")} checked={paused} onChange={setPaused} />
      </Form>
    </Section>
  );
}

/** The permission to publish as the account, for tasks that the market publishes. */
function Permission({ account, changed }: Props) {
  const [code, setCode] = useState("");
  const isAllowed = account.publishing?.allowed ?? false;
  const act = useAct(
    async () => await ok(api.PUT("/v1/accounts/{account_id}/publishing", { params: { path: { account_id: account.id } }, body: { allowed: !isAllowed, ...(code && !isAllowed ? { code } : {}) } })),
    async (next) => (say(t("saved")), setCode(""), await changed(next)),
  );
  return (
    <Section title={t("permission")}>
      <p>
        <Pill kind="permission" state={isAllowed ? "allowed" : "not_allowed"} /> {account.publishing?.until && <small>{t("permission.until")} <Time at={account.publishing.until} absolute /></small>}
      </p>
      <Form act={act} submit={() => act.run()} button={isAllowed ? t("permission.revoke") : t("permission.give")}>
        <p class="soft">{t("permission.hint")}</p>
        {!isAllowed && account.network !== "sandbox" && <Field label={t("permission.code")} pointer="/code" value={code} onValue={setCode} hint={t("permission.code_hint")} maxLength={200} />}
      </Form>
    </Section>
  );
}

const FIGURES = ["followers", "reads_avg_30d", "posts_30d", "likes_avg_30d", "comments_avg_30d", "reposts_avg_30d"] as const;

function Appeals({ account }: { account: Account }) {
  const path = { account_id: account.id };
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [figures, setFigures] = useState<Record<string, string>>({});
  const appeals = usePages(`grade-appeals:${account.id}`, (cursor) => ok(api.GET("/v1/accounts/{account_id}/grade/appeals", { params: { path, query: { cursor } } })));
  const act = useAct(
    async (intent) => {
      const evidence = Object.fromEntries(Object.entries(figures).filter(([, text]) => text).map(([name, text]) => [name, Number(text)]));
      const body = { reason, evidence };
      return await ok(api.POST("/v1/accounts/{account_id}/grade/appeals", { params: { path, header: { "Idempotency-Key": intent.keyFor(body) } }, body: body as never }));
    },
    async () => (setOpen(false), say(t("appeal.sent")), await appeals.reload()),
  );
  return (
    <Section title={t("nav.appeals")} actions={account.grade && <button type="button" class="secondary" onClick={() => setOpen(true)}>{t("grade.appeal")}</button>}>
      {appeals.data?.map((appeal) => (
        <p class="row">
          <Pill kind="grade_appeal_status" state={appeal.status} /> <q>{appeal.reason}</q> <small><Time at={appeal.created_at} /></small> {appeal.ruling && <q class="soft">{appeal.ruling.note}</q>}
        </p>
      ))}
      {!appeals.data?.length && <p class="soft">{t("appeals.none")}</p>}
      {open && (
        <Dialog title={t("grade.appeal")} close={() => setOpen(false)}>
          <Form act={act} submit={() => act.run()} button={t("send")} cancel={() => setOpen(false)}>
            <p>{t("grade.appeal_hint")}</p>
            <Field label={t("reason")} pointer="/reason" area value={reason} onValue={setReason} required />
            <div class="fields">
              {FIGURES.map((name) => (
                <Field label={t(`figure.${name}`)} pointer={`/evidence/${name}`} inputMode="decimal" value={figures[name] ?? ""} onValue={(text) => setFigures({ ...figures, [name]: text })} />
              ))}
            </div>
          </Form>
        </Dialog>
      )}
    </Section>
  );
}

function Unbind({ account }: { account: Account }) {
  const me = useMe();
  const [open, setOpen] = useState(false);
  const act = useAct(
    async () => await ok(api.DELETE("/v1/accounts/{account_id}", { params: { path: { account_id: account.id } } })),
    async () => (say(t("account.unbound")), await me.reload(), navigate("/my-accounts")),
  );
  return (
    <p>
      <button type="button" class="quiet" onClick={() => setOpen(true)}>{t("account.unbind")}</button>
      {open && (
        <Dialog title={t("account.unbind")} close={() => setOpen(false)}>
          <Form act={act} submit={() => act.run()} button={t("account.unbind")} danger cancel={() => setOpen(false)}>
            <p>{t("account.unbind_hint")}</p>
          </Form>
        </Dialog>
      )}
    </p>
  );
}
