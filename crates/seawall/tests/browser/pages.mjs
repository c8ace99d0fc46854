// Is every page fit for everybody: in both themes, on a telephone, at twice the size, with a screen reader?

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AXE, HOME, check, go, open, problem } from "./browser.mjs";

/** Folder for a picture of every page, for people to look at; without it none is taken. */
const SHOTS = process.env.SEAWALL_SHOTS;
/** Pages walked at most: one of each sort is enough. */
const PAGES_MAX = 80;

/** Widths in CSS pixels; twice the size on a usual screen leaves half of its width. Themes change colours only: one width shows them. */
export const SCREENS = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  narrow: { viewport: { width: 360, height: 740 }, colorScheme: "light" },
  zoomed: { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2, colorScheme: "light" },
};

/** What sort of page an address is: ids and values do not make another sort. */
function sort(address) {
  const url = new URL(address, HOME);
  const parts = url.pathname.split("/");
  const named = ["actors", "accounts", "campaigns", "cases"].includes(parts[1]);
  const is_id = (part, place) => (/\d/.test(part) && part.length > 3) || (named && place === 2);
  const path = parts.map((part, place) => (is_id(part, place) ? "{id}" : part)).join("/");
  const tab = url.searchParams.get("tab") ?? url.searchParams.get("part");
  const names = [...url.searchParams.keys()].filter((name) => name !== "tab" && name !== "part").sort();
  return `${path}${tab ? `?tab=${tab}` : ""}${names.length ? `&${names.join("&")}` : ""}`;
}

/** Follows links from the overview; returns an address of each sort of page. */
export async function find(page, more = []) {
  const found = new Map();
  const queue = ["/", ...more];
  while (queue.length && found.size < PAGES_MAX) {
    const address = queue.shift();
    const own = sort(address);
    if (found.has(own)) continue;
    const response = await go(page, address);
    found.set(own, address);
    check(response.status() === 200, `${address} answers ${response.status()}`);
    const links = await page.$$eval("a[href]:not([download])", (all) => all.map((link) => link.getAttribute("href")));
    for (const link of links) {
      const url = new URL(link, HOME + address);
      const is_page = url.href.startsWith(HOME) && !/\.\w{2,4}$/.test(url.pathname) && !url.pathname.startsWith("/api/");
      // Sorts and pages of a list are the same page again.
      const again = ["sort", "page", "order", "q"].some((name) => url.searchParams.has(name));
      if (is_page && !again) queue.push(url.pathname + url.search);
    }
  }
  return found;
}

/** The name of a file for that sort of page. */
const file = (sort) => sort.replace(/[^\w{}=-]+/g, "_").replace(/^_/, "") || "overview";

/** Looks at every page on every screen. */
export async function walk(browser, storage, pages) {
  if (SHOTS) mkdirSync(SHOTS, { recursive: true });
  for (const [screen, options] of Object.entries(SCREENS)) {
    const page = await open(browser, options, storage);
    for (const [sort, address] of pages) {
      await go(page, address);
      await fits(page, screen, sort);
      if (screen !== "zoomed") await accessible(page, screen, sort);
      if (SHOTS) await picture(page, address, join(SHOTS, `${file(sort)}.${screen}.png`));
    }
    await page.context().close();
    console.log(`${pages.size} pages, ${screen}`);
  }
}

/** Takes a picture of a page that is open. On a busy machine a browser now and then never paints the frame that a picture waits for: it is opened once more then. */
async function picture(page, address, path) {
  try {
    await page.screenshot({ path, fullPage: true });
  } catch (error) {
    if (error.name !== "TimeoutError") throw error;
    console.log(`no picture of ${address}: once more`);
    await go(page, address);
    await page.screenshot({ path, fullPage: true });
  }
}

/** Nothing makes the page wider than the screen; what is wide scrolls within itself. */
export async function fits(page, screen, sort) {
  const { wide, room, what } = await page.evaluate(() => {
    const root = document.documentElement;
    const beyond = [...document.querySelectorAll("main *")].find((own) => own.getBoundingClientRect().right > root.clientWidth + 1 && !own.closest(".scroller, .tabs, .hidden, svg, dialog"));
    return { wide: root.scrollWidth, room: root.clientWidth, what: beyond ? `${beyond.tagName}.${beyond.className}` : "" };
  });
  if (wide > room + 1) problem(`${sort} is ${wide} px wide on a screen of ${room} (${screen}): ${what}`);
}

export async function accessible(page, screen, sort) {
  await page.evaluate(await source());
  const found = await page.evaluate((rules) => axe.run(document, { runOnly: rules }), RULES[screen] ?? RULES.any);
  for (const own of found.violations) {
    const nodes = own.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`);
    problem(`axe at ${sort} (${screen}): ${own.id}, ${own.help}: ${nodes.join(" | ")}`);
  }
}

/** What is checked: a theme changes colours alone. */
const RULES = {
  any: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  dark: { type: "rule", values: ["color-contrast", "link-in-text-block"] },
};

let text;
/** Evaluated by the driver, not loaded by the page: its policy would rightly refuse that. */
async function source() {
  const { readFile } = await import("node:fs/promises");
  text ??= await readFile(AXE, "utf8");
  return text;
}
