// Measures the console with Lighthouse, which is not a dependency of this repository:
// node lighthouse.mjs FOLDER-OF-NODE-MODULES CONSOLE-URL CHROMIUM USER PASSWORD [PATH…]
//
// Tokens are in memory only, so each screen is measured from the click on "Sign in" to the screen of its address.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, consoleUrl, program, user, password, ...paths] = process.argv.slice(2);
const { resolve } = createRequire(pathToFileURL(join(folder, "package.json")));
const { default: puppeteer } = await import(pathToFileURL(resolve("puppeteer-core")));
const { navigation, default: lighthouse, desktopConfig, defaultConfig } = await import(pathToFileURL(resolve("lighthouse")));

const browser = await puppeteer.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
const configs = { desktop: desktopConfig, mobile: defaultConfig };

/** Measure a page that is opened by its address, or by an act on another page. */
async function measure(name, device, requestor, page) {
  const flags = { disableStorageReset: true, onlyCategories: ["performance", "accessibility"], logLevel: "error" };
  const { lhr } = requestor instanceof Function ? await navigation(page, requestor, { flags, config: configs[device] }) : await lighthouse(requestor, flags, configs[device], page);
  const seconds = (audit) => `${(lhr.audits[audit].numericValue / 1000).toFixed(2)} s`;
  const score = (category) => Math.round(lhr.categories[category].score * 100);
  console.log([name, device, score("performance"), score("accessibility"), seconds("largest-contentful-paint"), lhr.audits["cumulative-layout-shift"].numericValue.toFixed(3), `${Math.round(lhr.audits["total-blocking-time"].numericValue)} ms`].join(" | "));
  for (const category of Object.values(lhr.categories))
    for (const { id, weight } of category.auditRefs)
      if (weight && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9) console.log(`  ${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`);
}

console.log("screen | device | performance | accessibility | LCP | CLS | TBT");
for (const device of Object.keys(configs)) {
  for (const path of paths) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(`${consoleUrl}#${path}`);
    await page.waitForSelector("input[name=username]");
    await page.type("input[name=username]", user);
    await page.type("input[name=password]", password);
    await measure(path, device, async () => void (await page.keyboard.press("Enter")), page);
    await context.close();
  }
  const context = await browser.createBrowserContext();
  await measure("sign-in page", device, consoleUrl, await context.newPage());
  await context.close();
}
await browser.close();
