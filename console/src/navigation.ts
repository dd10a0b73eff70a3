// The screens of each role, in the order of the navigation.
import type { Me, Role } from "./api/me";
import type { Key } from "./i18n";

export interface Item {
  path: string;
  text: Key;
  /** How many things wait there. */
  count?: (counts: Me["counts"]) => number | undefined;
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
    { path: "/reviews", text: "nav.reviews", count: (counts) => counts.auditor?.reviews },
    { path: "/draft-reviews", text: "nav.draft_reviews", count: (counts) => counts.auditor?.draft_reviews },
    { path: "/certifications", text: "nav.certifications", count: (counts) => counts.auditor?.certifications },
    { path: "/admissions", text: "nav.admissions", count: (counts) => counts.auditor?.admissions },
    { path: "/disputes", text: "nav.disputes", count: (counts) => counts.auditor?.disputes },
    { path: "/appeals", text: "nav.appeals", count: (counts) => counts.auditor?.appeals },
    { path: "/accounts", text: "nav.accounts" },
    { path: "/enterprises", text: "nav.enterprises" },
    { path: "/stuck", text: "nav.stuck" },
    SETTINGS,
  ],
  finance: [
    HOME,
    { path: "/withdrawals", text: "nav.withdrawals", count: (counts) => counts.finance?.withdrawals },
    { path: "/suspense", text: "nav.suspense", count: (counts) => counts.finance?.suspense },
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
