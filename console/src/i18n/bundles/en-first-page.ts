// The texts of the first page in English: one file for the browser.
import { firstPage as accounts } from "../en/accounts";
import { firstPage as admin } from "../en/admin";
import { firstPage as advertiser } from "../en/advertiser";
import { firstPage as auditor } from "../en/auditor";
import { firstPage as common } from "../en/common";
import { firstPage as creator } from "../en/creator";
import { firstPage as finance } from "../en/finance";
import { firstPage as frame } from "../en/frame";
import { firstPage as orders } from "../en/orders";
import { firstPage as problems } from "../en/problems";
import { firstPage as wallet } from "../en/wallet";

export const texts = { ...accounts, ...admin, ...advertiser, ...auditor, ...common, ...creator, ...finance, ...frame, ...orders, ...problems, ...wallet };
