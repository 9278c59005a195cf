// A published bundle, checked: the hashes of its files, the log line by line, its openings, and every figure. The signature is
// left to verify.py in the bundle; the page shows the root, to compare with the notice board.

import { hex, sha256, utf8 } from "./check-sha256.js";
import { Tally, Wrong, ZERO, add, canonical, compare, decimal, order, orderRows } from "./check-tally.js";
import { ALWAYS, MAY_BE, bytesOf, readDocument, readLines, readRows, text } from "./check-files.js";
import { Log, checkNote, pairOf, rootOf } from "./check-log.js";
import { checkSums } from "./check-sums.js";

const SEATS_OF_A_SUB_DISTRICT = 5;
const keys = (value) => Object.keys(value).sort().join(" ");

function checkFiles(state) {
  const { files } = state;
  const manifest = readDocument(files, "manifest.json");
  if (keys(manifest) !== "files format signed" || manifest.format !== "goldidea-bundle/1") throw new Wrong("manifest");
  const names = Object.keys(manifest.files);
  const all = names.concat("manifest.json");
  if (all.length !== files.size || !all.every((name) => files.has(name))) throw new Wrong("files");
  if (!ALWAYS.every((name) => files.has(name))) throw new Wrong("files");
  if (!all.every((name) => ALWAYS.includes(name) || MAY_BE.includes(name))) throw new Wrong("files");
  if (files.has("marks.csv") !== files.has("openings.jsonl")) throw new Wrong("files");
  names.forEach((name) => {
    if (sha256(files.get(name)) !== manifest.files[name]) throw new Wrong("hash", name);
  });
  state.manifest = manifest;
  return { files: names.length };
}

function checkLog(state) {
  const log = new Log(readLines(state.files, "log.jsonl"));
  state.log = log;
  const root = rootOf(log.leaves);
  const lines = [String(log.leaves.length), btoa(String.fromCharCode(...root))];
  if (!checkNote(text(state.files.get("checkpoint.txt")), log, lines)) throw new Wrong("checkpoint");
  if (!checkNote(state.manifest.signed, log, [`bundle ${sha256(bytesOf(state.manifest.files))}`])) throw new Wrong("manifest");
  checkRule(state);
  checkLists(state);
  checkPoints(state);
  return { lines: log.leaves.length, root: hex(root) };
}

function checkRule(state) {
  const rule = readDocument(state.files, "rule.json");
  const { open } = state.log;
  const same = canonical(rule) === canonical(open.rule) && open.rule_sha256 === sha256(bytesOf(rule));
  if (!same || rule.format !== "goldidea-rule/1") throw new Wrong("rule");
  state.rule = rule;
}

// Entries and seats are those of the log; no sub-district gives a judge away.
function checkLists(state) {
  const { log, files } = state;
  const rows = readRows(files, "entries.csv");
  state.titles = new Map(rows.map((row) => [row[0], row[1]]));
  state.entries = Array.from(state.titles.keys());
  const wanted = Array.from(log.entries).sort(order);
  if (rows.length !== wanted.length || canonical(state.entries.slice().sort(order)) !== canonical(wanted)) {
    throw new Wrong("entries");
  }
  const seats = readRows(files, "seats.csv");
  const known = Array.from(log.panel, ([seat, panel]) => [panel, seat]).sort(orderRows);
  if (canonical(seats.map((row) => row.slice(0, 2)).sort(orderRows)) !== canonical(known)) throw new Wrong("seats");
  const told = new Map();
  seats.forEach(([panel, , place]) => told.set(`${panel}\n${place}`, (told.get(`${panel}\n${place}`) || 0) + 1));
  if (seats.some(([panel, , place]) => place && told.get(`${panel}\n${place}`) < SEATS_OF_A_SUB_DISTRICT)) {
    throw new Wrong("seats");
  }
}

// Given points and votes name known entries; adjustments stay in the rule's range and are those of the log.
function checkPoints(state) {
  const { files, rule, log } = state;
  const kinds = new Map(rule.panels.map((panel) => [panel.id, panel.kind]));
  state.given = readRows(files, "given.csv");
  state.votes = readRows(files, "votes.csv");
  state.adjustments = readRows(files, "adjustments.csv");
  const brought = rule.panels.some((panel) => panel.kind === "given");
  const sealed = brought ? sha256(files.get("given.csv") || utf8("")) : undefined;
  if (log.open.given_sha256 !== sealed) throw new Wrong("given");
  const seen = new Set();
  state.given.forEach(([panel, entry, points]) => {
    const again = seen.has(pairOf(panel, entry));
    if (kinds.get(panel) !== "given" || !log.entries.has(entry) || again) throw new Wrong("given", entry);
    if (points !== "") decimal(points);
    seen.add(pairOf(panel, entry));
  });
  state.votes.forEach(([panel, entry]) => {
    if (kinds.get(panel) !== "votes" || !log.entries.has(entry)) throw new Wrong("votes", entry);
  });
  const allowed = rule.adjustments;
  if (state.adjustments.length && !allowed) throw new Wrong("adjustments");
  const sums = new Map();
  const outside = (value) => compare(value, decimal(allowed.min)) < 0 || compare(value, decimal(allowed.max)) > 0;
  const rows = state.adjustments.map(([entry, points, reason]) => {
    const value = decimal(points);
    sums.set(entry, add(sums.get(entry) || ZERO, value));
    const opposite = { n: -value.n, d: value.d }; // takes points back
    if (!log.entries.has(entry) || (outside(value) && outside(opposite))) throw new Wrong("adjustments", entry);
    return [entry, `${value.n}/${value.d}`, sha256(utf8(reason))];
  });
  sums.forEach((total, entry) => {
    if (outside(total)) throw new Wrong("adjustments", entry);
  });
  if (canonical(rows.sort(orderRows)) !== canonical(log.adjusted.slice().sort(orderRows))) throw new Wrong("adjustments");
}

// Every counted sheet is opened, and is what the log committed to. One that stays closed has its recusal opened, or is void.
function checkOpenings(state) {
  const { files, log } = state;
  if (!files.has("openings.jsonl")) return { withheld: true };
  const opened = new Set();
  const stayed = new Set();
  const rows = [];
  const items = readLines(files, "openings.jsonl");
  const lines = items.map(canonical);
  if (canonical(lines) !== canonical(lines.slice().sort(order))) throw new Wrong("openings");
  items.forEach((item) => {
    if ("recusal" in item) openRecusal(item, log, stayed);
    else rows.push(...openSheet(item, state, opened));
  });
  log.latest.forEach((sheet, pair) => {
    const closed = !log.voided.has(sheet) && !opened.has(sheet);
    if (closed !== stayed.has(pair)) throw new Wrong("openings", log.sheets.get(sheet).entry);
  });
  state.marks = readRows(files, "marks.csv");
  if (canonical(state.marks) !== canonical(rows.sort(orderRows))) throw new Wrong("marks");
  return { sheets: opened.size, marks: rows.length };
}

function openSheet(item, { log, rule }, opened) {
  if (keys(item) !== "entry marks revision salt seat sheet") throw new Wrong("openings", item.entry);
  const { entry, marks, revision, salt, seat, sheet } = item;
  const event = log.sheets.get(sheet);
  const commitment = sha256(bytesOf({ entry, marks, revision, salt, seat }));
  if (!event || opened.has(sheet) || event.commitment !== commitment) throw new Wrong("openings", entry);
  const same = event.seat === seat && event.entry === entry && event.revision === revision;
  if (!same || !log.counts(sheet)) throw new Wrong("openings", entry);
  const panel = log.panel.get(seat);
  const asked = rule.panels.find((one) => one.id === panel).criteria || rule.criteria;
  if (event.channel !== "paper" && Object.keys(marks).length !== asked.length) throw new Wrong("openings", entry);
  opened.add(sheet);
  return Object.keys(marks).map((key) => [panel, entry, seat, key, marks[key]]);
}

// Without this one recusal in the log would be leave to hide any one sheet of the entry.
function openRecusal(item, log, stayed) {
  const { entry, recusal, salt, seat } = item;
  const known = log.commitments.get(recusal);
  const stands = known && known.stands && known.entry === entry && sha256(bytesOf({ entry, salt, seat })) === recusal;
  const pair = pairOf(seat, entry);
  if (keys(item) !== "entry recusal salt seat" || !stands || stayed.has(pair) || !log.latest.has(pair)) {
    throw new Wrong("openings", entry);
  }
  stayed.add(pair);
}

// Where the rule refuses to count plain, the log says that two people decided otherwise, for just these panels.
function checkPlain({ log, published, rule }) {
  const refuses = Boolean(rule.calibration) && rule.calibration.if_disconnected === "refuse";
  const told = published.warnings.filter((item) => item.code === "not_calibrated").map((item) => item.panel);
  const weighs = (id) => rule.panels.some((panel) => panel.id === id && Number(panel.weight) > 0);
  const wanted = refuses ? told.filter(weighs).sort() : [];
  const named = log
    .of("plain")
    .reduce((all, event) => all.concat(event.panels), [])
    .sort();
  if (canonical(named) !== canonical(wanted)) throw new Wrong("plain", wanted.concat(named).join(" "));
}

function checkResult(state) {
  const { rule, entries } = state;
  const published = readDocument(state.files, "result.json");
  state.published = published;
  checkPlain(state);
  const own = new Tally(rule, entries, state.marks || [], state.given, state.adjustments, state.votes);
  if (!state.marks) {
    checkSums(own, published);
    return { withheld: true };
  }
  const document = own.document(published);
  state.lines = document.standings.map((line, i) => ({
    entry: line.entry,
    title: state.titles.get(line.entry),
    rank: line.rank,
    total: line.total,
    same: canonical(line) === canonical(published.standings[i] || null),
  }));
  if (canonical(document) !== canonical(published)) {
    const odd = state.lines.find((line) => !line.same);
    throw new Wrong("result", odd ? odd.title : "");
  }
  return { entries: document.standings.length };
}

export const STEPS = [
  ["files", checkFiles],
  ["log", checkLog],
  ["openings", checkOpenings],
  ["result", checkResult],
];
