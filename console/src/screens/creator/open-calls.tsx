// Open calls, and the creator's applications to them.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { Deadline, Money } from "../../components/values/money-and-time";
import { Empty, Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Dialog } from "../../components/dialog";
import { Field, Form } from "../../components/form";
import { Post } from "../../components/posts/post-preview";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { noMoney, number, readMoney } from "../../format";
import { choices, named, t } from "../../i18n";
import { useFilters } from "../../frame/address-and-filters";

type Call = Schemas["OpenCall"];

export function OpenCalls() {
  const [filters, change] = useFilters();
  const [applying, setApplying] = useState<Call>();
  const query = { category: filters.category || undefined, kind: (filters.kind || undefined) as "post" | "repost" | undefined };
  const calls = usePages(`calls:${JSON.stringify(query)}`, (cursor) => ok(api.GET("/v1/calls", { params: { query: { ...query, cursor } as never } })), 60);
  const applications = usePages("applications:mine", (cursor) => ok(api.GET("/v1/applications", { params: { query: { cursor } } })), 30);
  const withdraw = useAct(
    async (intent, id: string) => await ok(api.POST("/v1/applications/{application_id}/withdraw", { params: { path: { application_id: id }, header: { "Idempotency-Key": intent.keyFor(id) } }, body: {} as never })),
    applications.reload,
  );
  const any = { value: "", text: t("any") };
  return (
    <Screen title={t("nav.calls")}>
      <div class="filters">
        <Field label={t("category")} value={filters.category ?? ""} onValue={(category) => change({ category })} options={[any, ...choices("category")]} />
        <Field label={t("kind")} value={filters.kind ?? ""} onValue={(kind) => change({ kind })} options={[any, ...choices("order_kind")]} />
      </div>
      <ProblemNotice problem={calls.problem} />
      {!calls.data && !calls.problem && <Skeleton />}
      {calls.data?.length === 0 && <Empty text={t("calls.empty")} />}
      {calls.data?.map((call) => (
        <Section title={call.title} actions={<button type="button" onClick={() => setApplying(call)}>{t("call.apply")}</button>}>
          <Post text={call.content.text} urls={call.content.urls} />
          <Facts
            of={[
              { label: t("kind"), value: named("order_kind", call.kind) },
              { label: t("call.unallocated"), value: <Money of={call.unallocated} /> },
              { label: t("deadline"), value: <Deadline at={call.accept_by} /> },
              call.wanted.grade_min && { label: t("grade.min"), value: named("grade", call.wanted.grade_min) },
              call.wanted.followers_min != null && { label: t("followers.min"), value: number(call.wanted.followers_min) },
              call.wanted.price_max && { label: t("price.max"), value: <Money of={call.wanted.price_max} /> },
            ]}
          />
        </Section>
      ))}
      {calls.more && <p class="more"><button type="button" class="secondary" onClick={() => void calls.more?.()}>{t("more")}</button></p>}
      <Section title={t("applications.mine")}>
        <ProblemNotice problem={withdraw.problem} />
        <List
          label={t("applications.mine")}
          pages={applications}
          empty={t("applications.none")}
          id={(one) => one.id}
          columns={[
            { name: t("account"), cell: (one) => one.handle },
            { name: t("price"), number: true, cell: (one) => <Money of={one.price} /> },
            { name: t("net"), number: true, cell: (one) => <Money of={one.net} /> },
            { name: t("status"), cell: (one) => (one.order_id ? <a href={`#/orders/${one.order_id}`}><Pill kind="application_status" state={one.status} /></a> : <Pill kind="application_status" state={one.status} />) },
            { name: "", cell: (one) => one.status === "open" && <button type="button" class="quiet" onClick={() => void withdraw.run(one.id)}>{t("withdraw.application")}</button> },
          ]}
        />
      </Section>
      {applying && <Apply call={applying} close={() => setApplying(undefined)} changed={applications.reload} />}
    </Screen>
  );
}

function Apply({ call, close, changed }: { call: Call; close: () => void; changed: () => Promise<void> }) {
  const me = useMe();
  const accounts = me.data?.accounts.filter((account) => account.orderable) ?? [];
  const [account, setAccount] = useState(accounts[0]?.id ?? "");
  const [price, setPrice] = useState("");
  const [note, setNote] = useState("");
  const act = useAct(
    async (intent) => {
      const body = { account_id: account, price: readMoney(price) ?? noMoney(), ...(note ? { note } : {}) };
      return await ok(api.POST("/v1/tasks/{task_id}/applications", { params: { path: { task_id: call.task_id }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async () => (close(), say(t("call.applied")), await changed()),
  );
  return (
    <Dialog title={t("call.apply")} close={close}>
      <Form act={act} submit={() => act.run()} button={t("call.apply")} cancel={close}>
        <Field label={t("account")} pointer="/account_id" value={account} onValue={setAccount} options={accounts.map((one) => ({ value: one.id, text: one.handle }))} />
        <Field label={t("price")} pointer="/price" inputMode="decimal" suffix={t("currency")} value={price} onValue={setPrice} required />
        <Field label={t("note.optional")} pointer="/note" area rows={2} value={note} onValue={setNote} />
      </Form>
    </Dialog>
  );
}
