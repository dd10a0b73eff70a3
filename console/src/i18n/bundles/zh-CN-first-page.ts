// The texts of the first page in Chinese: one file for the browser.
import { firstPage as accounts } from "../zh-CN/accounts";
import { firstPage as admin } from "../zh-CN/admin";
import { firstPage as advertiser } from "../zh-CN/advertiser";
import { firstPage as auditor } from "../zh-CN/auditor";
import { firstPage as common } from "../zh-CN/common";
import { firstPage as creator } from "../zh-CN/creator";
import { firstPage as finance } from "../zh-CN/finance";
import { firstPage as frame } from "../zh-CN/frame";
import { firstPage as orders } from "../zh-CN/orders";
import { firstPage as problems } from "../zh-CN/problems";
import { firstPage as wallet } from "../zh-CN/wallet";

export const texts = { ...accounts, ...admin, ...advertiser, ...auditor, ...common, ...creator, ...finance, ...frame, ...orders, ...problems, ...wallet };
