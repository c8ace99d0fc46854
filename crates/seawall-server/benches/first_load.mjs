// How long until a page of the console is loaded in Chromium, with nothing kept from before?
//
//     NODE_PATH=… node crates/seawall-server/benches/first_load.mjs http://127.0.0.1:18444 /join/... [PATH ...]
//
// Signs in by the one-time link of a first start, then opens each path three times, each time as a browser that was never there but for
// its session, and prints when the page had come and when it was loaded and painted, in milliseconds. Needs `playwright-core` and a Chromium
// (`SEAWALL_CHROMIUM`, `/usr/bin/chromium` unless said).
import { createRequire } from "node:module";

const { chromium } = createRequire(`${process.env.SEAWALL_NODE ?? process.cwd()}/`)("playwright-core");
const [home, link, ...paths] = process.argv.slice(2);
const password = "a long and winding password";
const browser = await chromium.launch({
  executablePath: process.env.SEAWALL_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const first = await browser.newContext();
const page = await first.newPage();
await page.goto(home + link);
await page.fill("input[name=name]", "first");
await page.fill("input[name=password]", password);
await page.fill("input[name=again]", password);
await Promise.all([page.waitForNavigation(), page.click("main button[type=submit], main button")]);
const storageState = await first.storageState();
for (const path of paths.length > 0 ? paths : ["/", "/queue", "/campaigns"]) {
  for (let time = 0; time < 3; time += 1) {
    const context = await browser.newContext({ storageState });
    const opened = await context.newPage();
    await opened.goto(home + path, { waitUntil: "load" });
    const told = await opened.evaluate(() => {
      const [navigation] = performance.getEntriesByType("navigation");
      const paint = performance.getEntriesByName("first-contentful-paint")[0];
      return [navigation.responseEnd, navigation.loadEventEnd || performance.now(), paint?.startTime ?? NaN];
    });
    const [come, loaded, painted] = told.map((number) => number.toFixed(0));
    console.log(`${path} come ${come} ms, loaded ${loaded} ms, painted ${painted} ms`);
    await context.close();
  }
}
await browser.close();
