// Loads the texts of the API's codes (states, reasons, events, timers, categories) and the market's currency.
import { api, ok } from "./client";
import { catalogue, currency } from "../i18n";

export async function loadCatalogue(): Promise<void> {
  const { groups, market } = await ok(api.GET("/v1/catalogue"));
  catalogue.value = Object.fromEntries(
    groups.map(({ group, codes }) => [group, Object.fromEntries(codes.map(({ code, en, zh }) => [code, { en, zh }]))]),
  );
  currency.value = { code: market.currency, decimals: market.minor_units };
}
