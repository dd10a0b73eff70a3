// The signed-in user, the user's roles, and the counts of what waits.
import { signal } from "@preact/signals";
import { api, ok, type Schemas } from "./api-client";
import { useData, type Loaded } from "./request-hooks";

export type Me = Schemas["Me"];
export type Role = Me["roles"][number];
export const ROLES: Role[] = ["advertiser", "creator", "auditor", "finance", "admin"];
const STORED = "role";

export const chosenRole = signal<Role | null>(localStorage.getItem(STORED) as Role | null);

export function chooseRole(role: Role): void {
  localStorage.setItem(STORED, role);
  chosenRole.value = role;
}

export function useMe(): Loaded<Me> {
  return useData("me", () => ok(api.GET("/v1/me")), 30);
}

/** The roles whose screens the user can open; an administrator has all of staff's. */
export function rolesOf(me: Me): Role[] {
  const roles = new Set<Role>(me.roles);
  if (roles.has("admin")) (["auditor", "finance"] as const).forEach((role) => roles.add(role));
  return ROLES.filter((role) => roles.has(role));
}

/** The role in which the user acts now. */
export function roleOf(me: Me): Role | null {
  const roles = rolesOf(me);
  if (chosenRole.value && roles.includes(chosenRole.value)) return chosenRole.value;
  return me.roles.includes("admin") ? "admin" : (roles[0] ?? null);
}
