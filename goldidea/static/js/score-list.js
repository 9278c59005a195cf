// The list says which projects have marks on this phone that nobody received yet.

import { draftName, load, waiting } from "./score-store.js";

const list = document.querySelector(".seat-list");
const seat = document.getElementById("outbox").dataset.seat;
const note = document.getElementById("waiting-here");

function say(row, words) {
  let tag = row.querySelector("[data-here]");
  if (!words && tag) tag.remove();
  if (!words) return;
  if (!tag) {
    tag = document.createElement("span");
    tag.dataset.here = "";
    tag.className = "tag is-edge";
    row.querySelector("[data-state]").append(" ", tag);
  }
  tag.textContent = words;
}

function look() {
  list.querySelectorAll("[data-entry]").forEach((row) => {
    const entry = row.dataset.entry;
    const draft = load(draftName(seat, entry), null);
    say(row, waiting(seat, entry).length ? list.dataset.sending : draft ? list.dataset.onPhone : "");
  });
  if (note) note.hidden = !waiting(seat).length;
}

if (list) {
  look();
  document.addEventListener("score:outcome", ({ detail }) => {
    if (detail.outcome.state === "received") window.location.reload();
    else look();
  });
}
