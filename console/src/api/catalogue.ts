// Loads the texts of the API's codes: states, reasons, events, timers.
import { api, ok } from "./client";
import { catalogue } from "../i18n";

export async function loadCatalogue(): Promise<void> {
  const { groups } = await ok(api.GET("/v1/catalogue"));
  catalogue.value = Object.fromEntries(
    groups.map(({ group, codes }) => [group, Object.fromEntries(codes.map(({ code, en, zh }) => [code, { en, zh }]))]),
  );
}
