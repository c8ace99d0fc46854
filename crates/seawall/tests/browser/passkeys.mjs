// Can somebody sign in with a passkey, and is it of no use twice, unseen, or when it was taken away?

import { HOME, check, open, settled } from "./browser.mjs";
import { SCREENS, accessible, fits } from "./pages.mjs";
import { moved } from "./stories.mjs";

/** A passkey belongs to a name. */
const NAMED = HOME.replace("127.0.0.1", "localhost");

async function go(page, address) {
  await page.goto(NAMED + address, { waitUntil: "load" });
  await settled(page);
}

async function sign_out(page) {
  await page.locator("details.me summary").click();
  await moved(page, () => page.getByRole("button", { name: "Sign out" }).click());
}

/** An authenticator of Chromium's own, which keeps passkeys and asks a person who is there. */
async function authenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  return (isUserVerified) => devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
}

export async function signs_in_with_a_passkey(browser) {
  const page = await open(browser, SCREENS.narrow, undefined, NAMED);
  const verified = await authenticator(page);
  await go(page, "/login");
  await page.getByLabel("Name").fill("ana");
  await page.getByLabel("Password").fill("a long and winding password");
  await moved(page, () => page.getByRole("button", { name: "Sign in" }).click());
  await go(page, "/settings/passkeys");
  await page.getByLabel("Name").fill("telephone");
  await moved(page, () => page.getByRole("button", { name: "Add it" }).click());
  check((await page.locator("main tbody").innerText()).includes("telephone"), "the passkey stands in the list");
  await page.getByLabel("Name").fill("telephone once more");
  await page.getByRole("button", { name: "Add it" }).click();
  check(/has a passkey of yours/.test(await page.getByRole("alert").innerText()), "a device keeps one passkey of somebody");
  await fits(page, "narrow", "/settings/passkeys with one");
  await accessible(page, "narrow", "/settings/passkeys with one");
  await sign_out(page);
  await fits(page, "narrow", "/login with a passkey");
  await accessible(page, "narrow", "/login with a passkey");
  const shown = page.waitForRequest((request) => request.url().endsWith("/login/passkey"));
  await moved(page, () => page.getByRole("button", { name: "Sign in with a passkey" }).click());
  check(new URL(page.url()).pathname === "/", `a passkey signs in, and leads to ${page.url()}`);
  const brought = (await shown).postData();
  await sign_out(page);
  const replayed = await page.evaluate(
    (body) => fetch("/login/passkey", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body }).then((answer) => answer.status),
    brought,
  );
  check(replayed === 401, `what a passkey said once is answered with ${replayed} when it is said again`);
  await verified(false);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  check(/No passkey was given/.test(await page.getByRole("alert").innerText()), "who does not show themselves is told so");
  await verified(true);
  await moved(page, () => page.getByRole("button", { name: "Sign in with a passkey" }).click());
  await go(page, "/settings/passkeys");
  await moved(page, () => page.getByRole("button", { name: "Take away" }).click());
  check(/You have no passkey/.test(await page.locator("main").innerText()), "the passkey is gone from the list");
  await sign_out(page);
  check((await page.getByRole("button", { name: "Sign in with a passkey" }).count()) === 0, "nobody is asked for a passkey where nobody has one");
  await page.context().close();
}
