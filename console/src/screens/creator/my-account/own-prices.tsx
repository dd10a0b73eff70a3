// The creator's own prices beside the advised bands, and the pause of an account.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct } from "../../../api/request-hooks";
import { Section } from "../../../components/screen-layout";
import { PriceBar } from "../../../components/values/charts";
import { Check, Field, Form } from "../../../components/form";
import { say } from "../../../components/toast";
import { money, noMoney, readMoney, typedMoney } from "../../../format";
import { t } from "../../../i18n";

type Account = Schemas["Account"];
interface Props {
  account: Account;
  changed: (account?: Account) => Promise<void>;
}

export function OwnPrices({ account, changed }: Props) {
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
