// The texts of the screens that are not a home in English: one file for the browser.
import { screens as accounts } from "../en/accounts";
import { screens as admin } from "../en/admin";
import { screens as advertiser } from "../en/advertiser";
import { screens as auditor } from "../en/auditor";
import { screens as common } from "../en/common";
import { screens as creator } from "../en/creator";
import { screens as disputes } from "../en/disputes";
import { screens as finance } from "../en/finance";
import { screens as frame } from "../en/frame";
import { screens as notifications } from "../en/notifications";
import { screens as orders } from "../en/orders";
import { screens as settings } from "../en/settings";
import { screens as wallet } from "../en/wallet";

export const texts = { ...accounts, ...admin, ...advertiser, ...auditor, ...common, ...creator, ...disputes, ...finance, ...frame, ...notifications, ...orders, ...settings, ...wallet };
