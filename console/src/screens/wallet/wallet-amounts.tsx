// The amounts of a wallet, in the same place before and after they are loaded.
import type { Schemas } from "../../api/api-client";
import { Facts } from "../../components/screen-layout";
import { Money } from "../../components/values/money-and-time";
import { t } from "../../i18n";

export function WalletAmounts({ of, side }: { of: Schemas["Wallet"] | undefined; side: "advertiser" | "creator" }) {
  return (
    <Facts
      of={[
        { label: t("wallet.available"), value: of && <Money of={of.available} /> },
        side === "advertiser" && { label: t("wallet.held"), value: of && <Money of={of.held} />, hint: t("wallet.held_hint") },
        { label: t("wallet.withdrawing"), value: of && <Money of={of.withdrawing} /> },
      ]}
    />
  );
}
