// The creator's home: what to answer and to publish, accounts with their grades, the balance.
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { Empty, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { Stars } from "../../components/values/grade-stars";
import { Table } from "../../components/table";
import { t } from "../../i18n";
import { WaitingOrders } from "../orders/waiting-orders";
import { WalletAmounts } from "../wallet/wallet-amounts";

export function CreatorHome() {
  const me = useMe();
  const wallet = useData("wallet:creator", () => ok(api.GET("/v1/wallet", { params: { query: { as: "creator" } } })), 30);
  if (!me.data) return <Skeleton rows={6} />;
  const { accounts } = me.data;
  return (
    <Screen title={t("home.hello", { name: me.data.user.name })} actions={<a role="button" href="#/my-accounts">{t("binding.new")}</a>}>
      <Section title={t("home.waits")} actions={<a href="#/offers">{t("all")}</a>}>
        <WaitingOrders side="creator" expected={me.data.counts.creator?.orders} />
      </Section>
      <Section title={t("nav.wallet")} actions={<a href="#/wallet">{t("wallet.open")}</a>}>
        <WalletAmounts of={wallet.data} side="creator" />
      </Section>
      <Section title={t("nav.my_accounts")}>
        {accounts.length ? (
          <Table
            label={t("nav.my_accounts")}
            rows={accounts}
            id={(account) => account.id}
            href={(account) => `#/my-accounts/${account.id}`}
            columns={[
              { name: t("account"), cell: (account) => account.handle },
              { name: t("grade"), cell: (account) => <Stars grade={account.grade} /> },
              { name: t("status"), cell: (account) => <Pill kind="account_status" state={account.status} /> },
            ]}
          />
        ) : (
          <Empty text={t("my_accounts.empty")}>
            <a role="button" class="secondary" href="#/my-accounts">
              {t("binding.new")}
            </a>
          </Empty>
        )}
      </Section>
    </Screen>
  );
}
