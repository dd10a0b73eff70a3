// The creator's accounts, and binding a further one.
import { useState } from "preact/hooks";
import { networks } from "../../api/catalogue";
import { api, ok } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { Count, Money } from "../../components/values/money-and-time";
import { Pill } from "../../components/values/status-pill";
import { Screen, Section } from "../../components/screen-layout";
import { Stars } from "../../components/values/grade-stars";
import { Field, Form } from "../../components/form";
import { List } from "../../components/table";
import { noMoney, readMoney } from "../../format";
import { choices, named, t } from "../../i18n";
import { navigate } from "../../frame/address-and-filters";

export function MyAccountList() {
  const accounts = usePages("accounts:mine", (cursor) => ok(api.GET("/v1/accounts", { params: { query: { owner: "me", cursor } } })));
  return (
    <Screen title={t("nav.my_accounts")}>
      <Section>
        <List
          label={t("nav.my_accounts")}
          pages={accounts}
          empty={t("my_accounts.empty")}
          id={(account) => account.id}
          href={(account) => `#/my-accounts/${account.id}`}
          columns={[
            { name: t("account"), cell: (account) => <>{account.handle} <small>{named("network_name", account.network)}</small></> },
            { name: t("grade"), cell: (account) => <Stars grade={account.grade} /> },
            { name: t("followers"), number: true, cell: (account) => <Count of={account.metrics?.followers} /> },
            { name: t("price"), number: true, cell: (account) => <Money of={account.effective_prices.post ?? account.effective_prices.repost} /> },
            { name: t("status"), cell: (account) => <Pill kind="account_status" state={account.status} /> },
          ]}
        />
      </Section>
      <Section title={t("binding.new")}>
        <BindForm />
      </Section>
    </Screen>
  );
}

function BindForm() {
  const me = useMe();
  const [network, setNetwork] = useState("");
  const [handle, setHandle] = useState("");
  const [category, setCategory] = useState("");
  const [post, setPost] = useState("");
  const [repost, setRepost] = useState("");
  const act = useAct(
    async (intent) => {
      const prices = { ...(post ? { post: readMoney(post) ?? noMoney() } : {}), ...(repost ? { repost: readMoney(repost) ?? noMoney() } : {}) };
      const body = { network: network || (networks.value[0] ?? ""), handle, category: category || (choices("category")[0]?.value ?? ""), prices };
      return await ok(api.POST("/v1/accounts", { params: { header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    async (account) => {
      await me.reload();
      navigate(`/my-accounts/${account.id}`);
    },
  );
  return (
    <Form act={act} submit={() => act.run()} button={t("binding.submit")}>
      <div class="fields">
        <Field label={t("network")} pointer="/network" value={network || (networks.value[0] ?? "")} onValue={setNetwork} options={networks.value.map((value) => ({ value, text: named("network_name", value) }))} />
        <Field label={t("handle")} pointer="/handle" value={handle} onValue={setHandle} required />
        <Field label={t("category")} pointer="/category" value={category || (choices("category")[0]?.value ?? "")} onValue={setCategory} options={choices("category")} />
        <Field label={t("price.post")} pointer="/prices/post" inputMode="decimal" suffix={t("currency")} value={post} onValue={setPost} hint={t("price.optional")} />
        <Field label={t("price.repost")} pointer="/prices/repost" inputMode="decimal" suffix={t("currency")} value={repost} onValue={setRepost} hint={t("price.optional")} />
      </div>
    </Form>
  );
}
