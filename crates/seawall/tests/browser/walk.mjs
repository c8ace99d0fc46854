// Walks the console that runs at SEAWALL_URL, and says what is wrong with it. Ends with 1 where anything is.

import { case_by_keys, case_by_mouse, keys } from "./cases.mjs";
import { open, problem, problems, start } from "./browser.mjs";
import { SCREENS, find, walk } from "./pages.mjs";
import { signs_in_with_a_passkey } from "./passkeys.mjs";
import {
  act_on_accounts, explain_by_keys, explain_by_mouse, join, model_proposes, reachable, review_by_keys, review_by_mouse,
} from "./stories.mjs";

const browser = await start();

/** A story that breaks off is a problem, and the others are told all the same. */
async function story(name, tell) {
  try {
    const told = await tell();
    console.log(`story: ${name}`);
    return told;
  } catch (error) {
    problem(`story “${name}” broke off: ${error.message.split("\n").slice(0, 3).join(" ")}`);
    return undefined;
  }
}

try {
  const page = await open(browser, SCREENS.light);
  await join(page, process.env.SEAWALL_JOIN);
  const storage = await page.context().storageState();
  await story("a campaign is reviewed by mouse", () => review_by_mouse(page));
  await story("a campaign is reviewed by keys", () => review_by_keys(page));
  const account = await story("a signup is explained by mouse", () => explain_by_mouse(page));
  if (account) await story("a signup is explained by keys", () => explain_by_keys(page, account.split("/").pop()));
  await story("a model proposes for somebody", () => model_proposes(page));
  const preview = await story("accounts are acted on in stages", () => act_on_accounts(page));
  await story("somebody signs in with a passkey", () => signs_in_with_a_passkey(browser));
  const own = keys();
  await story("a case is built, approved and exported by mouse", () => case_by_mouse(page, own));
  await story("a case is built, approved and exported by keys", () => case_by_keys(page, own));
  const pages = await find(page, [account, preview].filter(Boolean));
  console.log([...pages.keys()].join("\n"));
  for (const address of ["/", "/queue", "/cases", "/cases/wave-by-mouse", "/cases/wave-by-mouse?tab=approvals", ...(account ? [account] : [])]) {
    await story(`${address} by Tab`, () => reachable(page, address));
  }
  await walk(browser, storage, pages);
} catch (error) {
  problem(`the walk broke off: ${error.stack}`);
} finally {
  await browser.close();
}
console.log(problems.length ? `${problems.length} problems` : "no problem");
process.exit(problems.length ? 1 : 0);
