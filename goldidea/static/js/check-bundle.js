// A published bundle (zip, not squeezed), opened and checked: the hashes of its files, the chain of its log, its openings, and
// every figure. The signature is left to verify.py in the bundle; the page shows the root, to compare with the notice board.

import { digest, hex, sha256, utf8 } from "./check-sha256.js";
import { MARKS_COLUMNS, Tally, Wrong, canonical, orderRows } from "./check-tally.js";

const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

// name -> bytes. Only what is stored as it is: nothing has to be unpacked.
export function openZip(buffer) {
  const view = new DataView(buffer);
  const files = new Map();
  let end = buffer.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Wrong("zip");
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== 0x02014b50 || view.getUint16(at + 10, true) !== 0) throw new Wrong("zip");
    const size = view.getUint32(at + 24, true);
    const nameSize = view.getUint16(at + 28, true);
    const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const name = text(new Uint8Array(buffer, at + 46, nameSize));
    const start = view.getUint32(at + 42, true);
    const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    if (files.has(name)) throw new Wrong("zip", name);
    files.set(name, new Uint8Array(buffer, from, size));
    at += 46 + nameSize + rest;
  }
  return files;
}

export function readRows(files, name, width) {
  if (!files.has(name)) return [];
  const data = text(files.get(name));
  const rows = [[""]];
  let inside = false;
  for (let i = 0; i < data.length; i += 1) {
    const row = rows[rows.length - 1];
    const char = data[i];
    if (inside) {
      if (char !== '"') row[row.length - 1] += char;
      else if (data[i + 1] === '"') {
        row[row.length - 1] += char;
        i += 1;
      } else inside = false;
    } else if (char === '"') inside = true;
    else if (char === ",") row.push("");
    else if (char === "\n") rows.push([""]);
    else row[row.length - 1] += char;
  }
  rows.pop();
  if (inside || rows.some((row) => row.length !== width)) throw new Wrong("rows", name);
  return rows.slice(1);
}

function lines(files, name) {
  const all = text(files.get(name)).split("\n");
  if (all.pop() !== "") throw new Wrong("log", name);
  return all;
}

function node(prefix, ...parts) {
  const bytes = new Uint8Array(1 + parts.reduce((all, part) => all + part.length, 0));
  bytes[0] = prefix;
  let at = 1;
  parts.forEach((part) => {
    bytes.set(part, at);
    at += part.length;
  });
  return digest(bytes);
}

// RFC 6962: pairs level by level, an odd one moving up alone.
function rootOf(leaves) {
  let level = leaves;
  while (level.length > 1) {
    const next = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(node(1, level[i], level[i + 1]));
    if (level.length % 2) next.push(level[level.length - 1]);
    level = next;
  }
  return level[0];
}

function checkFiles(state) {
  const manifest = JSON.parse(text(state.files.get("manifest.json")));
  const names = Object.keys(manifest.files);
  if (names.length + 1 !== state.files.size) throw new Wrong("files");
  names.forEach((name) => {
    if (!state.files.has(name) || sha256(state.files.get(name)) !== manifest.files[name]) throw new Wrong("hash", name);
  });
  return { files: names.length };
}

function checkLog(state) {
  let prev = "0".repeat(64);
  const leaves = [];
  state.events = lines(state.files, "log.jsonl").map((line, i) => {
    const leaf = JSON.parse(line);
    if (canonical(leaf) !== line || leaf.seq !== i || leaf.prev !== prev) throw new Wrong("chain", String(i + 1));
    leaves.push(node(0, utf8(line)));
    prev = hex(leaves[i]);
    return leaf.body;
  });
  const note = text(state.files.get("checkpoint.txt")).split("\n");
  const root = rootOf(leaves);
  const base64 = btoa(String.fromCharCode(...root));
  const [open] = state.events;
  if (open.event !== "open" || note[1] !== String(leaves.length) || note[2] !== base64) throw new Wrong("checkpoint");
  state.sheets = new Map();
  state.latest = new Map();
  const taken = new Set();
  state.panel = new Map(open.seats.map((seat) => [seat.seat, seat.panel]));
  state.events.forEach((event) => {
    if (event.event === "seat") state.panel.set(event.seat, event.panel);
    if (event.event !== "sheet") return;
    const name = sha256(utf8(canonical(event)));
    const pair = `${event.seat}\n${event.entry}`;
    const before = state.latest.get(pair);
    if (taken.has(`${pair}\n${event.revision}`)) throw new Wrong("fork", event.entry);
    taken.add(`${pair}\n${event.revision}`);
    state.sheets.set(name, event);
    if (!before || state.sheets.get(before).revision < event.revision) state.latest.set(pair, name);
  });
  state.voided = new Set(state.events.filter((event) => event.event === "void").map((event) => event.sheet));
  return { lines: leaves.length, root: hex(root) };
}

function checkOpenings(state) {
  if (!state.files.has("openings.jsonl")) return { withheld: true };
  const opened = new Set();
  const rows = [];
  lines(state.files, "openings.jsonl").forEach((line) => {
    const item = JSON.parse(line);
    const { entry, marks, revision, salt, seat, sheet } = item;
    const event = state.sheets.get(sheet);
    const commitment = sha256(utf8(canonical({ entry, marks, revision, salt, seat })));
    if (!event || opened.has(sheet) || event.commitment !== commitment) throw new Wrong("openings", entry);
    if (state.latest.get(`${seat}\n${entry}`) !== sheet || state.voided.has(sheet)) throw new Wrong("openings", entry);
    opened.add(sheet);
    Object.keys(marks).forEach((key) => rows.push([state.panel.get(seat), entry, seat, key, marks[key]]));
  });
  const recused = new Map();
  state.events.forEach((event) => {
    if (event.event !== "recuse") return;
    recused.set(event.entry, (recused.get(event.entry) || 0) + (event.act === "declared" ? 1 : -1));
  });
  state.latest.forEach((sheet) => {
    const { entry } = state.sheets.get(sheet);
    if (opened.has(sheet) || state.voided.has(sheet)) return;
    if (!recused.get(entry)) throw new Wrong("openings", entry);
    recused.set(entry, recused.get(entry) - 1);
  });
  const marks = readRows(state.files, "marks.csv", MARKS_COLUMNS.length);
  if (canonical(marks) !== canonical(rows.sort(orderRows))) throw new Wrong("marks");
  state.marks = marks;
  return { sheets: opened.size, marks: marks.length };
}

// Where the rule refuses to count plain, the log says that two people decided otherwise, for just these panels.
function checkPlain(state, rule) {
  const refuses = Boolean(rule.calibration) && rule.calibration.if_disconnected === "refuse";
  const told = state.published.warnings.filter((item) => item.code === "not_calibrated").map((item) => item.panel);
  const weighs = (id) => rule.panels.some((panel) => panel.id === id && Number(panel.weight) > 0);
  const wanted = refuses ? told.filter(weighs).sort() : [];
  const decided = state.events.filter((event) => event.event === "plain");
  const named = decided.reduce((all, event) => all.concat(event.panels), []).sort();
  if (canonical(named) !== canonical(wanted)) throw new Wrong("plain", wanted.concat(named).join(" "));
}

function checkResult(state) {
  const published = JSON.parse(text(state.files.get("result.json")));
  const rule = JSON.parse(text(state.files.get("rule.json")));
  if (canonical(rule) !== canonical(state.events[0].rule)) throw new Wrong("rule");
  state.titles = new Map(readRows(state.files, "entries.csv", 4).map((row) => [row[0], row[1]]));
  state.published = published;
  checkPlain(state, rule);
  if (!state.marks) return { withheld: true };
  const tally = new Tally(
    rule,
    Array.from(state.titles.keys()),
    state.marks,
    readRows(state.files, "given.csv", 3),
    readRows(state.files, "adjustments.csv", 3),
    readRows(state.files, "votes.csv", 3),
  );
  const own = tally.document(published);
  state.lines = own.standings.map((line, i) => ({
    entry: line.entry,
    title: state.titles.get(line.entry),
    rank: line.rank,
    total: line.total,
    same: canonical(line) === canonical(published.standings[i] || null),
  }));
  if (canonical(own) !== canonical(published)) throw new Wrong("result");
  return { entries: own.standings.length };
}

export const STEPS = [
  ["files", checkFiles],
  ["log", checkLog],
  ["openings", checkOpenings],
  ["result", checkResult],
];
