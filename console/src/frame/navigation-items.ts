// The screens of each role, in the order of the navigation.
import type { Schemas } from "../api/api-client";
import type { Me, Role } from "../api/signed-in-user";
import type { Key } from "../i18n";

export interface Item {
  path: string;
  text: Key;
  /** How many things of the user wait there. */
  count?: (counts: Me["counts"]) => number | undefined;
  /** The queue of staff that is worked off there. */
  queue?: (counts: Me["counts"]) => Schemas["Queue"] | undefined;
}

/** Return how many things wait on a screen. */
export function waitingAt(item: Item, counts: Me["counts"]): number | undefined {
  return item.queue?.(counts)?.waiting ?? item.count?.(counts);
}

const HOME: Item = { path: "/", text: "nav.home" };
const WALLET: Item = { path: "/wallet", text: "nav.wallet" };
const SETTINGS: Item = { path: "/settings", text: "nav.settings" };

export const NAVIGATION: Record<Role, Item[]> = {
  advertiser: [
    HOME,
    { path: "/accounts", text: "nav.accounts" },
    { path: "/shortlists", text: "nav.shortlists" },
    { path: "/plans", text: "nav.plans" },
    { path: "/tasks", text: "nav.tasks", count: (counts) => counts.advertiser?.tasks },
    { path: "/orders", text: "nav.orders", count: (counts) => counts.advertiser?.orders },
    { path: "/disputes", text: "nav.disputes" },
    WALLET,
    SETTINGS,
  ],
  creator: [
    HOME,
    { path: "/offers", text: "nav.offers", count: (counts) => counts.creator?.orders },
    { path: "/orders", text: "nav.orders" },
    { path: "/calls", text: "nav.calls" },
    { path: "/my-accounts", text: "nav.my_accounts" },
    { path: "/calendar", text: "nav.calendar" },
    { path: "/disputes", text: "nav.disputes" },
    WALLET,
    SETTINGS,
  ],
  auditor: [
    HOME,
    { path: "/reviews", text: "nav.reviews", queue: (counts) => counts.auditor?.queues.reviews },
    { path: "/draft-reviews", text: "nav.draft_reviews", queue: (counts) => counts.auditor?.queues.draft_reviews },
    { path: "/certifications", text: "nav.certifications", queue: (counts) => counts.auditor?.queues.certifications },
    { path: "/admissions", text: "nav.admissions", queue: (counts) => counts.auditor?.queues.admissions },
    { path: "/disputes", text: "nav.disputes", queue: (counts) => counts.auditor?.queues.disputes },
    { path: "/appeals", text: "nav.appeals", queue: (counts) => counts.auditor?.queues.appeals },
    { path: "/accounts", text: "nav.accounts" },
    { path: "/enterprises", text: "nav.enterprises" },
    { path: "/stuck", text: "nav.stuck", queue: (counts) => counts.auditor?.queues.stuck_orders },
    SETTINGS,
  ],
  finance: [
    HOME,
    { path: "/withdrawals", text: "nav.withdrawals", queue: (counts) => counts.finance?.queues.withdrawals },
    { path: "/suspense", text: "nav.suspense", queue: (counts) => counts.finance?.queues.suspense },
    { path: "/settlements", text: "nav.settlements" },
    { path: "/proof", text: "nav.proof" },
    { path: "/enterprises", text: "nav.enterprises" },
    SETTINGS,
  ],
  admin: [
    HOME,
    { path: "/tasks", text: "nav.tasks" },
    { path: "/stuck", text: "nav.stuck" },
    { path: "/regrade", text: "nav.regrade" },
    { path: "/decisions", text: "nav.decisions" },
    { path: "/accounts", text: "nav.accounts" },
    { path: "/enterprises", text: "nav.enterprises" },
    { path: "/health", text: "nav.health" },
    SETTINGS,
  ],
};
