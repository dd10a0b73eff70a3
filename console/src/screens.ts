// The screen of each address. A screen is a module of its own, loaded when it is opened.
import { lazy, type Lazy } from "./lazy";

type Params = Record<string, string>;
type Screen = Lazy<{ params: Params }>;

const screen = (load: () => Promise<object>, name: string): Screen =>
  lazy<{ params: Params }>(load as () => Promise<Record<string, unknown>>, name);

export const HOMES = {
  advertiser: screen(() => import("./screens/advertiser/home"), "AdvertiserHome"),
  creator: screen(() => import("./screens/creator/home"), "CreatorHome"),
  auditor: screen(() => import("./screens/auditor/home"), "AuditorHome"),
  finance: screen(() => import("./screens/finance/home"), "FinanceHome"),
  admin: screen(() => import("./screens/admin/home"), "AdminHome"),
};

export const SCREENS: [string, Screen][] = [
  ["/health", screen(() => import("./screens/admin/health"), "HealthPage")],
];

/** Load the screen of an address before it is opened. */
export function preload(path: string): void {
  void SCREENS.find(([pattern]) => pattern === path)?.[1].load();
}
