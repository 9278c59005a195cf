// "Check it yourself": fetch the published bundle, check it on this device step by step, and say in words what was found. What
// to say stands in the page: each step is a list item with a sentence for "holds"; what does not hold has a sentence by its code.

import { STEPS } from "./check-bundle.js";
import { openZip } from "./check-files.js";
import { Wrong } from "./check-tally.js";

const part = document.querySelector("[data-check]");
const button = part.querySelector("button");
const bar = part.querySelector("progress");
const said = part.querySelector("[data-said]");
const table = part.querySelector("[data-lines]");

const pause = () => new Promise((go) => setTimeout(go, 30)); // the page shows the last step before the next begins

function fill(sentence, found) {
  return sentence.replace(/\{(\w+)\}/g, (_all, name) => String(found[name]));
}

function show(step, good, sentence) {
  const item = part.querySelector(`[data-step="${step}"]`);
  item.className = good ? "is-ok" : "is-bad";
  item.querySelector("[data-words]").textContent = sentence;
}

// The sentence for what was found; what is no finding of ours means that a file is damaged.
function why(error) {
  const code = error instanceof Wrong ? error.code : "json";
  const sentences = Array.from(part.querySelector("[data-why]").content.querySelectorAll("p"));
  const found = sentences.find((sentence) => sentence.dataset.codes.split(" ").includes(code));
  const sentence = found ? found.textContent : code;
  const detail = error instanceof Wrong && error.detail !== code ? error.detail : "";
  if (!detail) return sentence.replace(/[：:]$/, "");
  return `${sentence}${sentence.endsWith("：") ? "" : " "}${detail}`;
}

async function fetchBundle() {
  const answer = await fetch(part.dataset.check);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.arrayBuffer();
}

function showLines(state) {
  const body = table.querySelector("tbody");
  body.textContent = "";
  state.lines.forEach((line) => {
    const row = body.insertRow();
    row.insertCell().textContent = line.rank === null ? "–" : line.rank;
    const name = document.createElement("th");
    name.scope = "row";
    name.lang = "zh-Hans";
    name.className = "wrap";
    name.textContent = line.title;
    row.append(name);
    row.insertCell().textContent = line.total === null ? "–" : line.total;
    row.insertCell().textContent = line.same ? table.dataset.same : table.dataset.other;
    row.className = line.same ? "" : "is-bad";
    row.cells[0].className = "num";
    row.cells[2].className = "num";
  });
  table.hidden = false;
}

async function check() {
  const state = { files: openZip(await fetchBundle()) };
  bar.value = 1;
  let withheld = false;
  for (const [step, run] of STEPS) {
    await pause();
    const words = part.querySelector(`[data-step="${step}"]`).dataset;
    try {
      const found = run(state);
      withheld = withheld || Boolean(found.withheld);
      show(step, true, found.withheld ? words.withheld : fill(words.holds, found));
    } catch (error) {
      show(step, false, why(error));
      if (state.lines) showLines(state);
      return part.dataset.bad;
    }
    bar.value += 1;
  }
  if (state.lines) showLines(state);
  return withheld ? part.dataset.part : part.dataset.good;
}

button.addEventListener("click", async () => {
  button.disabled = true;
  bar.hidden = false;
  bar.value = 0;
  said.textContent = part.dataset.busy;
  try {
    said.textContent = await check();
  } catch {
    said.textContent = part.dataset.unread;
  }
  bar.hidden = true;
  button.disabled = false;
});
part.querySelector("[data-tool]").hidden = false;
