// Can people do their work, with a mouse and with a keyboard alone?

import { HOME, check, go, settled } from "./browser.mjs";

/** The first person comes in by the link that the server printed. */
export async function join(page, link) {
  await go(page, link);
  await page.getByLabel("Name").fill("ana");
  await page.getByLabel("Password", { exact: true }).fill("a long and winding password");
  await page.getByLabel("Password again").fill("a long and winding password");
  await page.getByRole("button", { name: /sign in/ }).click();
  await page.waitForURL((url) => url.pathname === "/");
  check(await page.getByRole("heading", { level: 1 }).isVisible(), "the overview has a heading");
}

/** Does something that leads elsewhere, and waits until that is there. */
export async function moved(page, act) {
  const there = page.waitForEvent("framenavigated", (frame) => frame === page.mainFrame());
  await act();
  await there;
  await page.waitForLoadState("load");
  await settled(page);
}

const status = (page) => page.locator(".status").first().innerText();

/** A campaign is reviewed: it is confirmed with a note, that is seen, and taken back. */
export async function review_by_mouse(page) {
  await go(page, "/");
  await moved(page, () => page.getByRole("navigation", { name: "Parts" }).getByText("Review queue").click());
  await moved(page, () => page.getByRole("button", { name: /Take the next one/ }).click());
  const address = await page.locator(".queue h2 a").first().getAttribute("href");
  await page.locator(".decide textarea, .decide input[name=note]").first().fill("Looked at twelve of its accounts");
  await moved(page, () => page.locator(".decide button[value=confirmed]").click());
  check((await page.getByRole("status").allInnerTexts()).some((text) => text.includes("Kept")), "the queue says that the decision is kept");
  await go(page, address);
  check((await status(page)).includes("confirmed"), `${address} is confirmed by mouse`);
  await go(page, `${address}?tab=activity`);
  check((await page.locator("main").innerText()).includes("Looked at twelve"), "the note stands in the activity");
  await moved(page, () => page.getByRole("button", { name: "Undo" }).first().click());
  await go(page, address);
  check((await status(page)).includes("suspected"), `${address} is open again after undo`);
}

/** Twelve accounts are suspended in stages and one restored; a large action waits for a second person. Returns a preview. */
export async function act_on_accounts(page) {
  await go(page, "/campaigns");
  await moved(page, () => page.locator("main tbody th a").first().click());
  const campaign = new URL(page.url()).pathname;
  const propose = async (accounts) => {
    await go(page, campaign);
    await moved(page, () => page.getByRole("link", { name: /Act on accounts/ }).click());
    await page.getByLabel("Suspend").check();
    await page.getByLabel(/A sample, drawn by lot/).check();
    await page.getByLabel("Accounts of the sample").fill(String(accounts));
    await moved(page, () => page.getByRole("button", { name: "Preview" }).click());
    check(/About .* people among/.test(await page.locator("main").innerText()), "the preview says how many people are predicted");
    await page.getByLabel("Why").fill("They were made by one program, and none was used since");
    await moved(page, () => page.getByRole("button", { name: /Propose to suspend/ }).click());
    return new URL(page.url()).pathname;
  };
  const large = await propose(150);
  check((await status(page)).includes("waits for approval"), `${large} waits for a second person`);
  check((await page.getByRole("button", { name: "Approve" }).count()) === 0, "whoever proposed it cannot approve it");
  const action = await propose(12);
  for (const stage of [1, 2, 3]) {
    await moved(page, () => page.getByRole("button", { name: new RegExp(`Start stage ${stage}`) }).click());
    for (let step = 0; step < 200 && !/ready|done/.test(await status(page)); step += 1) {
      await page.waitForTimeout(100);
      await go(page, action);
    }
  }
  check((await status(page)).includes("done"), `${action} is done`);
  await moved(page, () => page.locator("main tbody th a[href^='/accounts/']").first().click());
  await page.getByText("Restore after an appeal").click();
  await page.getByLabel("What the appeal came to").fill("She showed where she bought her telephone");
  await moved(page, () => page.getByRole("button", { name: "Restore it" }).click());
  check((await page.locator("main").innerText()).includes("where she bought"), "the appeal stands with the account");
  return `${campaign}/act?action=act-00000000000000ff&verb=restrict&scope=confidence&least=0.9`;
}

/** Presses keys one after another, as somebody does who has no mouse; the last leads elsewhere. */
async function press(page, ...keys) {
  const last = keys.pop();
  for (const key of keys) await page.keyboard.press(key);
  await moved(page, () => page.keyboard.press(last));
}

export async function review_by_keys(page) {
  await go(page, "/");
  await press(page, "g", "q");
  check(page.url().includes("/queue"), `g q leads to the queue, not ${page.url()}`);
  await press(page, "n");
  const address = await page.locator(".queue h2 a").first().getAttribute("href");
  await press(page, "a");
  await go(page, address);
  check((await status(page)).includes("confirmed"), `${address} is confirmed by keys`);
  await press(page, "u");
  await go(page, address);
  check((await status(page)).includes("suspected"), `${address} is open again after the key u`);
}

/** A signup is explained: search for it, open it, read why. */
export async function explain_by_mouse(page) {
  await go(page, "/campaigns");
  await moved(page, () => page.locator("main tbody th a").first().click());
  await go(page, new URL(page.url()).pathname + "?tab=accounts");
  await moved(page, () => page.locator("main tbody th a").first().click());
  return explained(page);
}

export async function explain_by_keys(page, account) {
  await go(page, "/");
  await page.keyboard.press("/");
  await page.keyboard.type(account);
  await press(page, "Enter");
  const link = page.locator(`main a[href*="${account}"]`).first();
  for (let step = 0; step < 80; step += 1) {
    if (await link.evaluate((own) => own === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await press(page, "Enter");
  return explained(page);
}

async function explained(page) {
  const text = await page.locator("main").innerText();
  check(/In all|in all/.test(text) && /bits/.test(text), `${page.url()} says the bits`);
  check((await page.locator("figure svg[role=img] title").count()) > 0, `${page.url()} has a picture with a title`);
  const table = page.locator("figure details.numbers summary").first();
  await table.focus();
  await page.keyboard.press("Enter");
  check(await page.locator("figure details.numbers table").first().isVisible(), "the numbers of the picture open by key");
  return new URL(page.url()).pathname;
}

/** Every control can be reached by Tab, and the focus can be seen. */
export async function reachable(page, address) {
  await go(page, address);
  const wanted = await page.evaluate(() => {
    const shown = (own) => own.checkVisibility() && !own.closest("details:not([open]) > :not(summary)");
    const own = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(shown);
    return own.filter((one) => one.tabIndex >= 0 && !one.disabled).length;
  });
  const seen = new Set();
  for (let step = 0; step < wanted + 40 && step < 400; step += 1) {
    await page.keyboard.press("Tab");
    const own = await page.evaluate(() => {
      const active = document.activeElement;
      if (!active || active === document.body) return null;
      const style = getComputedStyle(active);
      window.focusNumber ??= new Map();
      if (!window.focusNumber.has(active)) window.focusNumber.set(active, window.focusNumber.size);
      const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      return { number: window.focusNumber.get(active), marked, what: active.outerHTML.slice(0, 90) };
    });
    if (!own) continue;
    if (!seen.has(own.number)) check(own.marked, `the focus is seen at ${address}: ${own.what}`);
    seen.add(own.number);
  }
  check(seen.size >= Math.min(wanted, 380) * 0.95, `${address}: ${seen.size} of ${wanted} controls are reached by Tab`);
}

/** Somebody makes a token, a model asks with it, and what it proposes waits in the queue. */
export async function model_proposes(page) {
  await go(page, "/settings/own-tokens");
  await page.getByLabel("Name").fill("laptop");
  await moved(page, () => page.getByRole("button", { name: "Make it" }).click());
  const token = await page.locator("code.secret").innerText();
  await go(page, "/queue");
  const campaign = (await page.locator(".queue h2 a").first().getAttribute("href")).split("/").pop();
  const answer = await fetch(`${HOME}/mcp`, {
    method: "POST",
    headers: {
      accept: "application/json, text/event-stream",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "mcp-protocol-version": "2025-06-18",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: {
        name: "propose_review",
        arguments: { campaign, decision: "confirm", reason: "One device print on all accounts, 14 bits; no history has it." },
      },
    }),
  });
  check(answer.status === 200, `a model that asks is answered with ${answer.status}`);
  await go(page, `/campaigns/${campaign}`);
  check((await page.locator("main").innerText()).includes("A model proposes: confirmed"), "what a model proposes stands on the page");
}
