// Offers that wait for the creator's answer, and posts that wait to be published, the nearest deadline first.
import { Screen, Section } from "../../components/screen-layout";
import { t } from "../../i18n";
import { WaitingOrders } from "../orders/waiting-orders";

export function Offers() {
  return (
    <Screen title={t("nav.offers")}>
      <Section>
        <WaitingOrders side="creator" />
      </Section>
    </Screen>
  );
}
