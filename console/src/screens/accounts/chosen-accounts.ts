// The accounts that an advertiser has chosen for a task or a comparison, while the console is open.
import { signal } from "@preact/signals";
import type { Schemas } from "../../api/api-client";

export type Account = Schemas["Account"];

export const chosen = signal<Map<string, Account>>(new Map());

export function choose(account: Account, on: boolean): void {
  const next = new Map(chosen.value);
  if (on) next.set(account.id, account);
  else next.delete(account.id);
  chosen.value = next;
}

export function clear(): void {
  chosen.value = new Map();
}
