// The choice of a payment provider.
import { providers } from "../../api/catalogue";
import { Choice } from "../../components/form";
import { named, t } from "../../i18n";

/** The providers of the market, if there are several. */
export function ProviderChoice({ value, onValue }: { value: string | undefined; onValue: (provider: string) => void }) {
  if (providers.value.length < 2) return null;
  return <Choice label={t("provider")} pointer="/provider" value={value ?? ""} onValue={onValue} options={providers.value.map((one) => ({ value: one.name, text: named("provider_name", one.name) }))} />;
}
