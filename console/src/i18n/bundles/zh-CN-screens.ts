// The texts of the screens that are not a home in Chinese: one file for the browser.
import { screens as accounts } from "../zh-CN/accounts";
import { screens as admin } from "../zh-CN/admin";
import { screens as advertiser } from "../zh-CN/advertiser";
import { screens as auditor } from "../zh-CN/auditor";
import { screens as common } from "../zh-CN/common";
import { screens as creator } from "../zh-CN/creator";
import { screens as disputes } from "../zh-CN/disputes";
import { screens as finance } from "../zh-CN/finance";
import { screens as frame } from "../zh-CN/frame";
import { screens as notifications } from "../zh-CN/notifications";
import { screens as orders } from "../zh-CN/orders";
import { screens as settings } from "../zh-CN/settings";
import { screens as wallet } from "../zh-CN/wallet";

export const texts = { ...accounts, ...admin, ...advertiser, ...auditor, ...common, ...creator, ...disputes, ...finance, ...frame, ...notifications, ...orders, ...settings, ...wallet };
