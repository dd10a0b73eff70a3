// Loads the texts of the API's codes (states, reasons, events, timers, categories) the market's currency and its payment providers and networks.
import { signal } from "@preact/signals";
import { api, ok, type Schemas } from "./api-client";
import { catalogue, currency } from "../i18n";

/** The payment providers of the market, the default one first. */
export const providers = signal<Schemas["PaymentProvider"][]>([]);

/** The networks whose accounts can be bound. */
export const networks = signal<string[]>([]);

const RETRY_MS = 5_000;

/** Load the texts; after a failure again, since without them codes are shown as they are. */
export async function loadCatalogue(): Promise<void> {
  const loaded = await ok(api.GET("/v1/catalogue")).catch(() => undefined);
  if (!loaded) return void setTimeout(() => void loadCatalogue(), RETRY_MS);
  const { groups, market } = loaded;
  catalogue.value = Object.fromEntries(
    groups.map(({ group, codes }) => [group, Object.fromEntries(codes.map(({ code, en, zh }) => [code, { en, zh }]))]),
  );
  currency.value = { code: market.currency, decimals: market.minor_units };
  providers.value = market.providers;
  networks.value = market.networks;
}
