// How is a browser started so that nothing leaves the machine, and how is what goes wrong in it noticed?

import { createRequire } from "node:module";
import { join } from "node:path";

const packages = createRequire(join(process.env.SEAWALL_NODE, "package.json"));
const { chromium } = packages("playwright-core");
export const AXE = packages.resolve("axe-core/axe.min.js");

export const HOME = process.env.SEAWALL_URL;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Milliseconds that anything may take: the machine may be busy. */
const PATIENCE = 60_000;

export const problems = [];

/** Notes a problem; the walk goes on, so that one run tells all of them. */
export function problem(text) {
  problems.push(text);
  console.log(`PROBLEM ${text}`);
}

export function check(holds, text) {
  if (!holds) problem(text);
}

export async function start() {
  return chromium.launch({ executablePath: process.env.SEAWALL_CHROMIUM, args: FLAGS, timeout: PATIENCE });
}

/** A page whose console, errors and requests are watched. `screen` is what Playwright calls a context's options. */
export async function open(browser, screen, storage, home = HOME) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...screen, storageState: storage });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const where = () => page.url().replace(home, "");
  page.on("console", (message) => {
    // A page that is not there says so in the console as well.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) problem(`console at ${where()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problem(`script at ${where()}: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !url.startsWith("data:") && !url.startsWith("blob:")) problem(`a request to ${url} from ${where()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) problem(`${response.status()} for ${response.url()}`);
  });
  return page;
}

/** Goes to an address and waits until blocks that come later are there. */
export async function go(page, address) {
  const response = await page.goto(HOME + address, { waitUntil: "load" });
  await settled(page);
  return response;
}

export async function settled(page) {
  await page.waitForFunction(() => document.readyState === "complete" && !document.querySelector("[aria-busy=true]"));
}
