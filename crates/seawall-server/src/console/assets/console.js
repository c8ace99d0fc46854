// What do pages do beyond links and forms? Nothing here is needed to use the console.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const main = () => one("main");

// Local times, beside those in UTC.
function localTimes(root) {
  const local = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
  for (const time of all("time[datetime]", root)) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) time.title = local.format(moment);
  }
}

function ready(root) {
  localTimes(root);
  for (const button of all("[data-copy], [data-keys]", root)) button.hidden = false;
  if (passkeys) {
    for (const form of all("form[data-passkey]", root)) form.hidden = false;
    for (const text of all("[data-passkey-none]", root)) text.hidden = true;
  }
}

// Another page in place of this one, without losing the place: filters, columns, tabs, pages of a list.
let underWay = null;
async function swap(address, push = true) {
  underWay?.abort();
  underWay = new AbortController();
  main().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: underWay.signal });
    if (answer.redirected && new URL(answer.url).pathname === "/login") return location.assign(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = one("main", page);
    if (!part) return location.assign(address);
    const focused = document.activeElement?.id;
    main().replaceWith(document.adoptNode(part));
    document.title = page.title;
    if (push) history.pushState({}, "", answer.url);
    (focused ? document.getElementById(focused) : main())?.focus({ preventScroll: true });
    ready(main());
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}
addEventListener("popstate", () => swap(location.href, false));

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const link = event.target.closest("a[data-swap]");
  if (link && plain) {
    event.preventDefault();
    swap(link.href);
  }
  const copied = event.target.closest("[data-copy]");
  if (copied) {
    navigator.clipboard?.writeText(copied.dataset.copy).then(() => {
      copied.classList.add("copied");
      setTimeout(() => copied.classList.remove("copied"), 1200);
    });
  }
  if (event.target.closest("[data-keys]")) one("#keys").showModal();
  const menu = one("details.me[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  const row = event.target.closest("[data-row]");
  if (row) choose(rowsOf(), rowsOf().indexOf(row), false);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form[data-swap]")) {
    event.preventDefault();
    swap(form.action.split("?")[0] + "?" + new URLSearchParams(new FormData(form)));
  } else if (form.matches("form[data-passkey]")) {
    event.preventDefault();
    passkey(form);
  } else if (form.method === "post" && !form.target) {
    // Twice pressed is once meant.
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  }
});
addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));
document.addEventListener("change", (event) => {
  if (event.target.matches("form[data-swap] select, form[data-swap] input[type=checkbox]")) event.target.form.requestSubmit();
  if (event.target.matches("[data-all]")) {
    for (const box of all(`input[name="${event.target.dataset.all}"]`)) box.checked = event.target.checked;
  }
});

// Passkeys: the browser asks the person, the server what and whether. What needs them is hidden where there are none.
const passkeys = "parseCreationOptionsFromJSON" in (window.PublicKeyCredential ?? {});
async function passkey(form) {
  const told = one("[role=alert]", form);
  told.hidden = true;
  try {
    const answer = await fetch(form.dataset.options, { method: "POST" });
    if (!answer.ok || answer.redirected) throw new Error("The server asks for no passkey. Reload this page.");
    const options = await answer.json();
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (error) {
    const known = { NotAllowedError: "No passkey was given, or it took too long.", InvalidStateError: "This device has a passkey of yours already." };
    one("p", told).textContent = known[error.name] ?? error.message;
    told.hidden = false;
  }
}

// Rows of a list, chosen by keys.
const rowsOf = () => all("[data-row]");
const chosen = () => one("[data-row][data-chosen]");
function choose(rows, index, move = true) {
  const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
  if (!row) return;
  for (const other of rows) other.toggleAttribute("data-chosen", other === row);
  if (move) {
    row.scrollIntoView({ block: "nearest" });
    one("a[href]", row)?.focus({ preventScroll: true });
  }
}

let waitsForPart = false;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    const menu = one("details.me[open]");
    if (menu) menu.open = false;
    field?.blur();
    return;
  }
  if (field || one("dialog[open]")) return;
  const go = (selector) => {
    const found = one(selector);
    if (!found) return false;
    event.preventDefault();
    found.matches("input, textarea, select") ? found.focus() : found.click();
    return true;
  };
  if (waitsForPart) {
    waitsForPart = false;
    go(`[data-go="${CSS.escape(event.key)}"]`);
    return;
  }
  const rows = rowsOf();
  const at = rows.indexOf(chosen());
  switch (event.key) {
    case "/": go("#search"); break;
    case "?": event.preventDefault(); one("#keys")?.showModal(); break;
    case "g": waitsForPart = true; setTimeout(() => (waitsForPart = false), 1500); break;
    case "j": choose(rows, at + 1); break;
    case "k": choose(rows, at - 1); break;
    case "o": if (chosen()) one("a[href]", chosen())?.click(); break;
    case "x": if (chosen()) one("input[type=checkbox]", chosen())?.click(); break;
    default: go(`[data-key="${CSS.escape(event.key)}"]`);
  }
});

// What is new while one looks: it is said, and nothing moves. Tabs that nobody sees leave the connection to others.
if (document.body.dataset.live) {
  let count = 0;
  let stream = null;
  const pill = one("#news");
  const tell = (what) => () => {
    count += 1;
    pill.textContent = what === "run" ? "A new run – refresh" : `${count} new – refresh`;
    pill.href = location.href;
    pill.hidden = false;
  };
  const listen = () => {
    stream?.close();
    stream = null;
    if (document.hidden) return;
    stream = new EventSource(document.body.dataset.live);
    stream.addEventListener("run", tell("run"));
    stream.addEventListener("review", tell("review"));
    stream.addEventListener("action", tell("action"));
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => stream?.close());
  listen();
}

ready(document);
