// The screen of each address. A screen is a module of its own, loaded when it is opened.
import { loadScreenTexts } from "./i18n";
import { lazy, type Lazy } from "./lazy";

type Params = Record<string, string>;
type Screen = Lazy<{ params: Params }>;

const home = (load: () => Promise<object>, name: string): Screen => lazy<{ params: Params }>(load as () => Promise<Record<string, unknown>>, name);
/** A screen with the texts that the frame and the homes do not have. */
const screen = (load: () => Promise<object>, name: string): Screen => home(async () => (await Promise.all([load(), loadScreenTexts()]))[0], name);

export const HOMES = {
  advertiser: home(() => import("./screens/advertiser/home"), "AdvertiserHome"),
  creator: home(() => import("./screens/creator/home"), "CreatorHome"),
  auditor: home(() => import("./screens/auditor/home"), "AuditorHome"),
  finance: home(() => import("./screens/finance/home"), "FinanceHome"),
  admin: home(() => import("./screens/admin/home"), "AdminHome"),
};

export const SCREENS: [string, Screen][] = [
  ["/accounts", screen(() => import("./screens/advertiser/accounts"), "Accounts")],
  ["/accounts/:id", screen(() => import("./screens/shared/account"), "AccountPage")],
  ["/compare", screen(() => import("./screens/advertiser/compare"), "Compare")],
  ["/shortlists", screen(() => import("./screens/advertiser/shortlists"), "Shortlists")],
  ["/shortlists/:id", screen(() => import("./screens/advertiser/shortlists"), "ShortlistPage")],
  ["/plans", screen(() => import("./screens/advertiser/plans"), "Plans")],
  ["/plans/:id", screen(() => import("./screens/advertiser/plan"), "PlanPage")],
  ["/tasks", screen(() => import("./screens/advertiser/tasks"), "Tasks")],
  ["/tasks/new", screen(() => import("./screens/advertiser/task-editor"), "TaskEditor")],
  ["/tasks/:id", screen(() => import("./screens/advertiser/task"), "TaskPage")],
  ["/tasks/:id/edit", screen(() => import("./screens/advertiser/task-editor"), "TaskEditor")],
  ["/tasks/:id/report", screen(() => import("./screens/advertiser/report"), "ReportPage")],
  ["/orders", screen(() => import("./screens/shared/orders/orders"), "Orders")],
  ["/orders/:id", screen(() => import("./screens/shared/orders/order"), "OrderPage")],
  ["/offers", screen(() => import("./screens/creator/offers"), "Offers")],
  ["/calls", screen(() => import("./screens/creator/calls"), "Calls")],
  ["/my-accounts", screen(() => import("./screens/creator/my-accounts"), "MyAccounts")],
  ["/my-accounts/:id", screen(() => import("./screens/creator/my-account"), "MyAccount")],
  ["/calendar", screen(() => import("./screens/creator/calendar"), "Calendar")],
  ["/wallet", screen(() => import("./screens/shared/wallet"), "WalletPage")],
  ["/settings", screen(() => import("./screens/shared/settings/settings"), "Settings")],
  ["/settings/webhooks/:id", screen(() => import("./screens/shared/settings/webhooks"), "WebhookPage")],
  ["/settings/:tab", screen(() => import("./screens/shared/settings/settings"), "Settings")],
  ["/notifications", screen(() => import("./screens/shared/notifications"), "Notifications")],
  ["/search", screen(() => import("./screens/shared/search"), "SearchResults")],
  ["/enterprises", screen(() => import("./screens/auditor/enterprise"), "Enterprises")],
  ["/enterprises/:id", screen(() => import("./screens/auditor/enterprise"), "EnterprisePage")],
  ["/disputes", screen(() => import("./screens/shared/disputes/disputes"), "Disputes")],
  ["/disputes/:id", screen(() => import("./screens/shared/disputes/dispute"), "DisputePage")],
  ["/reviews", screen(() => import("./screens/auditor/reviews"), "Reviews")],
  ["/draft-reviews", screen(() => import("./screens/auditor/draft-reviews"), "DraftReviews")],
  ["/certifications", screen(() => import("./screens/auditor/certifications"), "Certifications")],
  ["/admissions", screen(() => import("./screens/auditor/admissions"), "Admissions")],
  ["/appeals", screen(() => import("./screens/auditor/appeals"), "Appeals")],
  ["/stuck", screen(() => import("./screens/admin/stuck"), "StuckPage")],
  ["/withdrawals", screen(() => import("./screens/finance/withdrawals"), "Withdrawals")],
  ["/suspense", screen(() => import("./screens/finance/suspense"), "Suspense")],
  ["/settlements", screen(() => import("./screens/finance/settlements"), "Settlements")],
  ["/settlements/:provider/:id", screen(() => import("./screens/finance/settlements"), "SettlementPage")],
  ["/proof", screen(() => import("./screens/finance/proof"), "ProofPage")],
  ["/regrade", screen(() => import("./screens/admin/regrade"), "RegradePage")],
  ["/decisions", screen(() => import("./screens/admin/decisions"), "Decisions")],
  ["/health", screen(() => import("./screens/admin/health"), "HealthPage")],
];

/** Load the screen of an address before it is opened. */
export function preload(path: string): void {
  void SCREENS.find(([pattern]) => pattern === path)?.[1].load();
}
