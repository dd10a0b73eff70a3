// Loads the texts of the API's codes (states, reasons, events, timers, categories) and the market's currency.
import { api, ok } from "./client";
import { catalogue, currency } from "../i18n";

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
}
