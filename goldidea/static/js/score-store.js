// Marks kept on this phone (localStorage), and the sheets that wait to be sent. A sheet that was confirmed is written down here
// before it is sent, with its key: whatever happens to the answer, sending it again gives the same receipt.
//
// draft/SEAT/ENTRY   {marks, levels, assisted, base, at, sent}   what is on the screen, as typed
// out                [{key, seat, entry, url, marks, base, assisted, title, at}]   confirmed, not acknowledged yet

const SPACE = "goldidea/";
const TIMEOUT = 20000;

function store() {
  try {
    return window.localStorage;
  } catch (error) {
    return null; // switched off in this browser
  }
}

export function load(name, otherwise) {
  try {
    return JSON.parse(store().getItem(SPACE + name)) ?? otherwise;
  } catch (error) {
    return otherwise;
  }
}

export function keep(name, value) {
  try {
    store().setItem(SPACE + name, JSON.stringify(value));
    return true;
  } catch (error) {
    return false; // full, or switched off
  }
}

export function drop(name) {
  try {
    store().removeItem(SPACE + name);
  } catch (error) {
    // nothing was kept
  }
}

export const draftName = (seat, entry) => `draft/${seat}/${entry}`;

export function waiting(seat, entry) {
  return load("out", []).filter((item) => item.seat === seat && (!entry || item.entry === entry));
}

export function putItem(item) {
  return keep("out", [...load("out", []).filter((other) => other.key !== item.key), item]);
}

function dropItem(key) {
  keep("out", load("out", []).filter((item) => item.key !== key));
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function clock(at) {
  return new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}

function csrf() { // of the cookie, not of the page: signing in again in another tab changes it
  const found = document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/);
  return found ? found[1] : "";
}

function body(item) {
  const data = new FormData();
  data.set("step", "send");
  data.set("client_key", item.key);
  data.set("base_revision", item.base);
  if (item.assisted) data.set("assisted", "on");
  Object.entries(item.marks).forEach(([key, mark]) => data.set(`mark_${key}`, mark));
  return data;
}

// {state: "received" | "refused" | "signedout" | "later", …}
export async function send(item) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    const answer = await fetch(item.url, {
      method: "POST", body: body(item), credentials: "same-origin", redirect: "manual", signal: stop.signal,
      headers: { Accept: "application/json", "X-CSRFToken": csrf() },
    });
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) return { state: "signedout" };
    if (answer.status >= 500 || answer.status === 429) return { state: "later" };
    const said = await answer.json(); // a network's own sign-in page answers 200 with no JSON: later
    return { state: answer.ok && said.receipt ? "received" : "refused", ...said };
  } catch (error) {
    return { state: "later" };
  } finally {
    clearTimeout(timer);
  }
}

// What came of one sheet: it leaves the queue when it was received, or refused for good. Its followers build upon it.
export function settle(item, outcome) {
  if (outcome.state !== "received" && outcome.state !== "refused") return;
  dropItem(item.key);
  const name = draftName(item.seat, item.entry);
  const draft = load(name, null);
  if (outcome.state === "received") {
    waiting(item.seat, item.entry).forEach((next) => putItem({ ...next, base: outcome.revision }));
    if (draft && draft.sent === item.key) drop(name);
    else if (draft) keep(name, { ...draft, base: outcome.revision });
  } else if (draft) {
    keep(name, { ...draft, sent: null });
  }
}
