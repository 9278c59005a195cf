// The files of a published bundle: a zip that is not squeezed, CSV and JSON as strict as they were written.

import { utf8 } from "./check-sha256.js";
import { Wrong, canonical, csvLine, orderRows } from "./check-tally.js";

export const COLUMNS = {
  "entries.csv": ["entry", "title", "community", "sub_district"],
  "seats.csv": ["panel", "seat", "sub_district"],
  "marks.csv": ["panel", "entry", "seat", "criterion", "mark"],
  "given.csv": ["panel", "entry", "points"],
  "adjustments.csv": ["entry", "points", "reason"],
  "votes.csv": ["panel", "entry", "votes"],
};
export const ALWAYS = ["rule.json", "entries.csv", "seats.csv", "log.jsonl", "checkpoint.txt", "result.json", "manifest.json"];
export const MAY_BE = ["marks.csv", "openings.jsonl", "given.csv", "adjustments.csv", "votes.csv", "analysis.json", "verify.py"];

export const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

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

// The rows of a file; an absent one has none. Written again they have to be the same text: no other way of quoting, no gap.
export function readRows(files, name) {
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
  const columns = COLUMNS[name];
  if (!rows.length || canonical(rows[0]) !== canonical(columns)) throw new Wrong("columns", name);
  if (inside || data.includes("\r") || rows.some((row) => row.length !== columns.length)) throw new Wrong("rows", name);
  if (rows.map(csvLine).join("") !== data) throw new Wrong("rows", name);
  const found = rows.slice(1);
  if (found.some((row, i) => i > 0 && orderRows(found[i - 1], row) > 0)) throw new Wrong("rows", name);
  return found;
}

// One JSON document, written as it is hashed: no key twice, no number with a point, text in normal form C.
export function readJson(source, name) {
  let value;
  try {
    value = JSON.parse(source);
  } catch {
    throw new Wrong("json", name);
  }
  if (canonical(value) !== source || source.normalize("NFC") !== source) throw new Wrong("json", name);
  return value;
}

export function readDocument(files, name) {
  const source = text(files.get(name));
  if (!source.endsWith("\n")) throw new Wrong("json", name);
  return readJson(source.slice(0, -1), name);
}

export function readLines(files, name) {
  const all = text(files.get(name)).split("\n");
  if (all.pop() !== "") throw new Wrong(name.split(".")[0], name);
  return all.map((line, i) => readJson(line, `${name}:${i + 1}`));
}

export const bytesOf = (value) => utf8(canonical(value));
