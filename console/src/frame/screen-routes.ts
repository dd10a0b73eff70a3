// The screen of each address. A screen is a module of its own, loaded when it is opened.
import { loadScreenTexts } from "../i18n";
import { lazy, type Lazy } from "./lazy-screen";

type Params = Record<string, string>;
type Screen = Lazy<{ params: Params }>;

/** A screen with the texts that the first page has; `name` is the export of its module. */
const home = <M extends object>(load: () => Promise<M>, name: keyof M & string): Screen => lazy(load as () => Promise<Record<string, unknown>>, name);
/** A screen with the texts of all screens. */
const screen = <M extends object>(load: () => Promise<M>, name: keyof M & string): Screen => home(async () => (await Promise.all([load(), loadScreenTexts()]))[0], name);

export const HOMES = {
  advertiser: home(() => import("../screens/advertiser/home"), "AdvertiserHome"),
  creator: home(() => import("../screens/creator/home"), "CreatorHome"),
  auditor: home(() => import("../screens/auditor/home"), "AuditorHome"),
  finance: home(() => import("../screens/finance/home"), "FinanceHome"),
  admin: home(() => import("../screens/admin/home"), "AdminHome"),
};

export const SCREENS: [string, Screen][] = [
  ["/accounts", screen(() => import("../screens/accounts/account-search"), "AccountSearch")],
  ["/accounts/:id", screen(() => import("../screens/accounts/account-page"), "AccountPage")],
  ["/compare", screen(() => import("../screens/accounts/compare-accounts"), "CompareAccounts")],
  ["/shortlists", screen(() => import("../screens/advertiser/shortlists/shortlist-list"), "ShortlistList")],
  ["/shortlists/:id", screen(() => import("../screens/advertiser/shortlists/shortlist-page"), "ShortlistPage")],
  ["/plans", screen(() => import("../screens/advertiser/plans/budget-plan-list"), "BudgetPlanList")],
  ["/plans/:id", screen(() => import("../screens/advertiser/plans/budget-plan-page"), "BudgetPlanPage")],
  ["/tasks", screen(() => import("../screens/advertiser/tasks/task-list"), "TaskList")],
  ["/tasks/new", screen(() => import("../screens/advertiser/task-editor/task-editor"), "TaskEditor")],
  ["/tasks/:id", screen(() => import("../screens/advertiser/tasks/task-page"), "TaskPage")],
  ["/tasks/:id/edit", screen(() => import("../screens/advertiser/task-editor/task-editor"), "TaskEditor")],
  ["/tasks/:id/report", screen(() => import("../screens/advertiser/tasks/task-report"), "TaskReport")],
  ["/orders", screen(() => import("../screens/orders/order-list"), "OrderList")],
  ["/orders/:id", screen(() => import("../screens/orders/order-page"), "OrderPage")],
  ["/offers", screen(() => import("../screens/creator/offers"), "Offers")],
  ["/calls", screen(() => import("../screens/creator/open-calls"), "OpenCalls")],
  ["/my-accounts", screen(() => import("../screens/creator/my-account-list"), "MyAccountList")],
  ["/my-accounts/:id", screen(() => import("../screens/creator/my-account/my-account-page"), "MyAccountPage")],
  ["/calendar", screen(() => import("../screens/creator/post-calendar"), "PostCalendar")],
  ["/wallet", screen(() => import("../screens/wallet/wallet-page"), "WalletPage")],
  ["/settings", screen(() => import("../screens/settings/settings-tabs"), "SettingsTabs")],
  ["/settings/webhooks/:id", screen(() => import("../screens/settings/webhook-page"), "WebhookPage")],
  ["/settings/:tab", screen(() => import("../screens/settings/settings-tabs"), "SettingsTabs")],
  ["/notifications", screen(() => import("../screens/notifications/notification-inbox"), "NotificationInbox")],
  ["/search", screen(() => import("./search-results"), "SearchResults")],
  ["/enterprises", screen(() => import("../screens/auditor/enterprise-list"), "EnterpriseList")],
  ["/enterprises/:id", screen(() => import("../screens/auditor/enterprise-page"), "EnterprisePage")],
  ["/disputes", screen(() => import("../screens/disputes/dispute-list"), "DisputeList")],
  ["/disputes/:id", screen(() => import("../screens/disputes/dispute-page"), "DisputePage")],
  ["/reviews", screen(() => import("../screens/auditor/task-review-queue"), "TaskReviewQueue")],
  ["/draft-reviews", screen(() => import("../screens/auditor/draft-review-queue"), "DraftReviewQueue")],
  ["/certifications", screen(() => import("../screens/auditor/enterprise-certification-queue"), "EnterpriseCertificationQueue")],
  ["/admissions", screen(() => import("../screens/auditor/account-admission-queue"), "AccountAdmissionQueue")],
  ["/appeals", screen(() => import("../screens/auditor/grade-appeal-queue"), "GradeAppealQueue")],
  ["/stuck", screen(() => import("../screens/admin/stuck-workflows"), "StuckWorkflows")],
  ["/withdrawals", screen(() => import("../screens/finance/withdrawal-payouts"), "WithdrawalPayouts")],
  ["/suspense", screen(() => import("../screens/finance/suspense-items"), "SuspenseItems")],
  ["/settlements", screen(() => import("../screens/finance/settlement-file-list"), "SettlementFileList")],
  ["/settlements/:provider/:id", screen(() => import("../screens/finance/settlement-file-page"), "SettlementFilePage")],
  ["/proof", screen(() => import("../screens/finance/ledger-proof"), "LedgerProof")],
  ["/regrade", screen(() => import("../screens/admin/account-regrades"), "AccountRegrades")],
  ["/decisions", screen(() => import("../screens/admin/decision-log"), "DecisionLog")],
  ["/health", screen(() => import("../screens/admin/service-health"), "ServiceHealthPage")],
];

/** Load the screen of an address before it is opened. */
export function preload(path: string): void {
  void SCREENS.find(([pattern]) => pattern === path)?.[1].load();
}
