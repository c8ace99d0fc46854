// Can a case be built, approved and exported, with a mouse and with a keyboard alone?
//
// What the design wants where the case lies (taking evidence in, drafting, signing, carrying out) the command line does
// here as well, as people would.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HOME, check, go, settled } from "./browser.mjs";
import { moved } from "./stories.mjs";

const ROOT = process.env.SEAWALL_ROOT;
/** People of the cases; each has a key that the server never sees. */
const PEOPLE = { ada: "admin", ana: "analyst", lee: "lead", kim: "custodian", cora: "counsel" };

function run(...words) {
  return execFileSync(process.env.SEAWALL_BIN, words, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function act(of, who, ...words) {
  return JSON.parse(run("case", ...words, "--data", "data", "--case", of, "--as", who, "--format", "json"));
}

/** Public keys of all people, made once. */
export function keys() {
  return Object.fromEntries(Object.keys(PEOPLE).map((name) => [name, run("case", "key", name, "--out", `${name}.key`).trim()]));
}

/** The people of a case, an item under seal, an asset in a schedule, and an exhibit that is final. */
function build(of, keys) {
  for (const [name, role] of Object.entries(PEOPLE)) {
    if (name !== "ada") act(of, "ada", "person", "add", name, "--role", role, "--public-key", keys[name]);
  }
  const write = (name, content) => writeFileSync(join(ROOT, name), content);
  write("offer.txt", "Accounts for sale, aged, in bulk.\n");
  write("letter.txt", "Dear Jane\n");
  const item = act(of, "ana", "vault", "add", "offer.txt", "--kind", "web-capture", "--media-type", "text/plain", "--source", "https://shop.example/", "--class", "public").item;
  act(of, "ana", "vault", "add", "letter.txt", "--source", "a mailbox of Jane", "--class", "content", "--personal-data");
  act(of, "kim", "vault", "seal");
  const asset = {
    type: "domain", identifier: "shop.example", role: "storefront",
    operators: [
      { kind: "registry", organisation: "Registry", country: "US", legal_contact: "orders@registry.example", source: "the root zone database", as_of: "2026-01-01T00:00:00Z" },
      { kind: "registrar", organisation: "Registrar", country: "US", abuse_contact: "abuse@registrar.example", source: "the registration data", as_of: "2026-01-01T00:00:00Z" },
    ],
    used_by_operation: [{ item, shows: "an offer", grade: "B2" }],
    attribution: { confidence: "moderate", alternatives: [{ explanation: "a reseller", against: "it has no other goods" }] },
    collateral: { shared: false, reviewed_by: "ana" },
    end_state: { name_servers: ["ns1.court.example"], statuses: [] },
  };
  write("asset.json", JSON.stringify(asset));
  const named = act(of, "ana", "asset", "add", "asset.json").asset;
  write("rdap.json", JSON.stringify({
    objectClassName: "domain", ldhName: "shop.example", status: ["active"],
    nameservers: [{ objectClassName: "nameserver", ldhName: "ns1.shop.example" }],
  }));
  act(of, "ana", "asset", "observe", named, "rdap.json", "--method", "rdap", "--vantage", "here", "--source", "a test");
  act(of, "ana", "propose", "attribute", named);
  act(of, "cora", "deadline", "add", "tro-expiry", "--from", "2026-03-02T15:00:00Z", "--source", item);
  act(of, "ana", "exhibit", "build", "1", "--title", "Price list", "--item", item, "--profile", "court-public", "--final");
  act(of, "ana", "document", "draft", "D8");
  return named;
}

/** After both approvals: what the approvals allow is done where the case lies. */
function carry_out(of, asset) {
  act(of, "lee", "asset", "advance", asset, "attributed");
  act(of, "lee", "asset", "schedule");
  act(of, "lee", "document", "release", "Ex-1", "--to", "court", "--recipient", "the court");
}

/** Signs the text that the page gave, with a key that lies elsewhere. */
function signed(text, who) {
  writeFileSync(join(ROOT, "approval.txt"), text);
  const { content_sha256 } = JSON.parse(text.split("\n")[1]);
  return run("case", "sign", "approval.txt", "--sha256", content_sha256, "--key", `${who}.key`);
}

async function bundle_holds(page, link, name) {
  const [saved] = await Promise.all([page.waitForEvent("download"), link()]);
  const path = join(ROOT, `${name}.tar`);
  await saved.saveAs(path);
  execFileSync("tar", ["-xf", path], { cwd: ROOT });
  const folder = execFileSync("tar", ["-tf", path], { cwd: ROOT, encoding: "utf8" }).split("/")[0];
  // Seals of this case are not dated by anybody outside: that check alone cannot be made.
  let told;
  try {
    told = run("verify", folder, "--level", "1");
  } catch (error) {
    told = error.stdout + error.stderr;
  }
  check(!told.includes(" FAIL ") && told.includes(" PASS "), `the bundle of ${name} holds: ${told.slice(-600)}`);
  check(/approval:\d+ +PASS|approval:\d+.* PASS /.test(told), `the signed approvals of ${name} hold: ${told.slice(0, 900)}`);
}

/** A link within the page brings another part without leaving it. */
async function swapped(page) {
  await page.waitForFunction(() => document.querySelector(".tabs a[aria-current]")?.getAttribute("href") === location.pathname + location.search);
  await settled(page);
}

/** How one works: a control is pressed that leads elsewhere, opened, filled in; a part of the console is gone to. */
const mouse = (page) => ({
  press: (control) => moved(page, () => control.click()),
  open: (control) => control.click(),
  swap: async (control) => {
    await control.click();
    await swapped(page);
  },
  fill: (control, text) => control.fill(text),
  choose: (control, text) => control.selectOption(text),
  part: (title) => moved(page, () => page.getByRole("navigation", { name: "Parts", exact: true }).getByText(title).click()),
});

/** Presses Tab until the control has the focus. */
async function reach(page, control) {
  await control.waitFor();
  for (let step = 0; step < 400; step += 1) {
    if (await control.evaluate((own) => own === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${control}`);
}

const LETTERS = { Campaigns: "c", "Takedown cases": "t", Settings: "s" };
const keyboard = (page) => ({
  press: async (control) => {
    await reach(page, control);
    await moved(page, () => page.keyboard.press("Enter"));
  },
  open: async (control) => {
    await reach(page, control);
    await page.keyboard.press("Enter");
  },
  swap: async (control) => {
    await reach(page, control);
    await page.keyboard.press("Enter");
    await swapped(page);
  },
  fill: async (control, text) => {
    await reach(page, control);
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(text);
  },
  choose: async (control, _, title) => {
    await reach(page, control);
    // The first letters of an option choose it.
    await page.keyboard.type(title);
  },
  part: async (title) => {
    await page.keyboard.press("g");
    await moved(page, () => page.keyboard.press(LETTERS[title]));
  },
});

/** Lets the first person act as that person of cases. */
async function act_as(page, by, name) {
  await go(page, "/settings/people");
  const row = page.locator("main tbody tr").first();
  await by.open(row.locator("td details").nth(1).locator("summary"));
  await by.fill(row.locator("input[name=case_name]"), name);
  await by.press(row.locator("form[action$='/case-name'] button"));
}

async function sign(page, by, who, number) {
  const card = page.locator("section.block").filter({ has: page.locator("details.sign") }).first();
  await by.open(card.locator("details.sign > summary"));
  const [saved] = await Promise.all([page.waitForEvent("download"), by.open(card.locator("a[download='approval.txt']"))]);
  const note = signed(readFileSync(await saved.path(), "utf8"), who);
  await by.fill(card.locator("textarea[name=note]"), note.replace(/(— \S+ \S{20})(\S)/, (_, before, own) => before + (own === "A" ? "B" : "A")));
  await by.press(card.getByRole("button", { name: "Approve", exact: true }));
  check((await page.locator("main").innerText()).includes("does not fit"), `a forged signature is refused (${number})`);
  await page.goBack();
  await settled(page);
  if (!(await card.locator("textarea[name=note]").isVisible())) await by.open(card.locator("details.sign > summary"));
  await by.fill(card.locator("textarea[name=note]"), note);
  await by.press(card.getByRole("button", { name: "Approve", exact: true }));
  check((await page.getByRole("status").allInnerTexts()).some((text) => text.includes("Nothing is missing")), `approval ${number} is kept`);
}

/** A case is opened from a campaign, built, proposed, approved with a key that lies elsewhere, exported and verified. */
async function whole(page, by, id, keys) {
  await act_as(page, by, "ada");
  await by.part("Campaigns");
  await by.press(page.locator("main tbody th a").first());
  await by.press(page.getByRole("link", { name: "Open takedown case" }));
  await by.fill(page.getByLabel("Id", { exact: true }), id);
  await by.fill(page.getByLabel("Name of its log, unique in the world"), `example.org/${id}`);
  await by.choose(page.getByLabel("What sort of case"), "civil", "A suit");
  await by.fill(page.getByLabel("Your public key"), keys.ada);
  await by.press(page.getByRole("button", { name: "Open the case" }));
  check(new URL(page.url()).pathname === `/cases/${id}`, `the case ${id} is open, not ${page.url()}`);
  check((await page.locator("main").innerText()).includes("The vault is empty"), "an empty vault says so");
  const asset = build(id, keys);
  await act_as(page, by, "lee");
  await by.part("Takedown cases");
  await by.press(page.locator(`main tbody th a[href='/cases/${id}']`));
  await by.swap(page.getByRole("navigation", { name: "Parts of this case" }).getByRole("link", { name: "Exhibits and documents" }));
  await by.press(page.getByRole("button", { name: "Propose release of Ex-1" }));
  check((await page.locator("main").innerText()).includes("waits for counsel"), "a proposal waits for counsel");
  await act_as(page, by, "cora");
  await go(page, `/cases/${id}?tab=approvals`);
  await sign(page, by, "cora", 1);
  await sign(page, by, "cora", 2);
  carry_out(id, asset);
  await go(page, `/cases/${id}?tab=bundles`);
  await by.press(page.getByRole("button", { name: "Export", exact: true }));
  await bundle_holds(page, () => by.open(page.getByRole("link", { name: /^Download/ }).first()), id);
  await by.press(page.getByRole("button", { name: "Verify vault and log" }));
  const told = (await page.getByRole("status").allInnerTexts()).join(" ");
  check(told.includes("All of it is what it was") && told.includes("2 approvals"), `the case holds: ${told}`);
  await opens_in_a_tab(page, by, id);
}

/** The PDF of an exhibit opens beside the case. */
async function opens_in_a_tab(page, by, id) {
  await go(page, `/cases/${id}?tab=documents`);
  const asked = page.context().waitForEvent("response", (response) => response.url() === `${HOME}/cases/${id}/look`);
  await by.open(page.getByRole("button", { name: /PDF of Ex-1/ }));
  const answer = await asked;
  check(answer.status() === 200 && answer.headers()["content-type"] === "application/pdf", `the PDF opens: ${answer.status()}`);
  for (const other of page.context().pages()) if (other !== page) await other.close();
}

export const case_by_mouse = (page, keys) => whole(page, mouse(page), "wave-by-mouse", keys);
export const case_by_keys = (page, keys) => whole(page, keyboard(page), "wave-by-keys", keys);
