// On every page of a judge: what waits on this phone is sent, at once, when the network comes back, when the page is looked at
// again, and every few seconds. Others listen to the event "score:outcome" with {item, outcome}.

import { draftName, drop, send, settle, waiting } from "./score-store.js";

const AGAIN = 10000;
const box = document.getElementById("outbox");
const seat = box ? box.dataset.seat : "";
let busy = false;

export async function flush() {
  if (busy || !seat) return;
  busy = true;
  try {
    const stuck = new Set(); // the order of one project's sheets is kept
    for (const { key, entry } of waiting(seat)) {
      const item = waiting(seat).find((other) => other.key === key); // its base may have moved on
      if (!item || stuck.has(entry)) continue;
      const outcome = await send(item);
      settle(item, outcome);
      document.dispatchEvent(new CustomEvent("score:outcome", { detail: { item, outcome } }));
      if (outcome.state === "later") break;
      if (outcome.state !== "received") stuck.add(entry);
      if (outcome.state === "signedout") break;
    }
  } finally {
    busy = false;
  }
}

window.addEventListener("online", flush);
document.addEventListener("visibilitychange", () => document.hidden || flush());
setInterval(flush, AGAIN);
setTimeout(flush); // after the page's own script listens

// A choice between two versions was made on a page of the server: this phone's copy has done its work.
const handing = (entry) => `handing/${seat}/${entry}`;

document.addEventListener("submit", (event) => {
  const entry = event.target.dataset.handIn;
  if (entry) sessionStorage.setItem(handing(entry), "1");
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-forget]");
  if (link) drop(draftName(seat, link.dataset.forget));
});
const arrived = document.querySelector("[data-received-entry]");
if (arrived && sessionStorage.getItem(handing(arrived.dataset.receivedEntry))) {
  sessionStorage.removeItem(handing(arrived.dataset.receivedEntry));
  drop(draftName(seat, arrived.dataset.receivedEntry));
}
