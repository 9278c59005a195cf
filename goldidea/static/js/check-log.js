// The log of a round, lived through once more: each line has to be one that could come after those before it. The same rules
// as in verify.py, under the same codes.

import { digest, hex, sha256 } from "./check-sha256.js";
import { Wrong, decimal } from "./check-tally.js";
import { bytesOf } from "./check-files.js";

// What each line says besides `at`, `event` and `round`.
const FORMS = {
  open: "closes_at entries opens_at panels public_key rule rule_sha256 seats",
  assign: "added removed",
  extend: "before closes_at",
  seat: "panel replaces seat",
  unseat: "entries seat",
  recuse: "act commitment entry",
  sheet: "channel commitment entry id replaces revision seat",
  void: "entry seat sheet",
  adjust: "entry points reason_sha256",
  close: "early sheets",
  plain: "panels",
  correct: "replaces version",
};
// What two people may still change in a published result: never a mark.
const CORRECTING = ["void", "recuse", "adjust"];
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$/;

const pairOf = (seat, entry) => `${seat}\n${entry}`;

export function node(prefix, ...parts) {
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
export function rootOf(leaves) {
  let level = leaves;
  while (level.length > 1) {
    const next = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(node(1, level[i], level[i + 1]));
    if (level.length % 2) next.push(level[level.length - 1]);
    level = next;
  }
  return level[0];
}

export class Log {
  constructor(lines) {
    this.leaves = [];
    this.events = [];
    let prev = "0".repeat(64);
    lines.forEach((leaf, i) => {
      const named = leaf !== null && typeof leaf === "object" && Object.keys(leaf).sort().join(" ") === "body prev seq";
      if (!named) throw new Wrong("log", String(i + 1));
      if (leaf.seq !== i || leaf.prev !== prev) throw new Wrong("chain", String(i + 1));
      this.leaves.push(node(0, bytesOf(leaf)));
      prev = hex(this.leaves[i]);
      this.events.push(leaf.body);
    });
    this.follow();
  }

  of(kind) {
    return this.events.filter((event) => event.event === kind);
  }

  follow() {
    if (!this.events.length || this.events[0].event !== "open") throw new Wrong("open");
    this.round = this.events[0].round;
    this.closed = null;
    this.version = 1;
    this.pending = [];
    this.gone = new Set();
    this.ids = new Set();
    this.voided = new Set();
    this.sheets = new Map();
    this.latest = new Map();
    this.commitments = new Map();
    this.adjusted = [];
    this.events.forEach((event, i) => {
      this.form(event, i + 1);
      if (i && event.event === "open") throw new Wrong("open", String(i + 1));
      if (this.closed) this.afterTheClose(event, i + 1);
      this[`on_${event.event}`](event, i);
    });
    if (!this.closed) throw new Wrong("close");
    if (this.pending.length) throw new Wrong("correct");
  }

  form(event, line) {
    const fields = Object.prototype.hasOwnProperty.call(FORMS, event.event) ? FORMS[event.event].split(" ") : [];
    const wanted = fields.concat("at", "event", "round").sort().join(" ");
    // The hash of given.csv stands in the first line where the rule has points from elsewhere.
    const named = Object.keys(event).filter((name) => event.event !== "open" || name !== "given_sha256");
    if (!fields.length || named.sort().join(" ") !== wanted) throw new Wrong("event", String(line));
    const times = ["at", "opens_at", "closes_at", "before"].filter((name) => name in event).map((name) => event[name]);
    if (!times.every((time) => TIME.test(time))) throw new Wrong("time", String(line));
    if (event.round !== this.round) throw new Wrong("round", String(line));
  }

  // A decision to count plain, directly; then corrections, each ended by its own line.
  afterTheClose(event, line) {
    const kind = event.event;
    if (kind === "close") throw new Wrong("close", String(line));
    const known = kind === "plain" || kind === "correct" || CORRECTING.includes(kind);
    if (!known || event.act === "withdrawn") throw new Wrong("after", String(line));
    if (event.at < this.closed.at) throw new Wrong(kind === "plain" ? "plain" : "after", String(line));
    if (CORRECTING.includes(kind)) this.pending.push(kind);
  }

  on_open(event) {
    this.open = event;
    this.closesAt = event.closes_at;
    this.entries = new Set(event.entries);
    this.panel = new Map(event.seats.map((seat) => [seat.seat, seat.panel]));
    this.assigned = new Set();
    const marking = event.rule.panels.filter((panel) => panel.kind === "marks").map((panel) => panel.id);
    const whole =
      this.entries.size === event.entries.length &&
      this.panel.size === event.seats.length &&
      Array.from(this.panel.values()).every((panel) => marking.includes(panel));
    if (!whole || !(event.opens_at < event.closes_at)) throw new Wrong("open");
  }

  on_assign(event) {
    Object.keys(event.added).forEach((seat) => {
      if (!this.panel.has(seat) || this.gone.has(seat)) throw new Wrong("assign", seat);
      event.added[seat].forEach((entry) => {
        if (!this.entries.has(entry) || this.assigned.has(pairOf(seat, entry))) throw new Wrong("assign", entry);
        this.assigned.add(pairOf(seat, entry));
      });
    });
    Object.keys(event.removed).forEach((seat) => {
      event.removed[seat].forEach((entry) => {
        if (!this.assigned.delete(pairOf(seat, entry))) throw new Wrong("assign", entry);
      });
    });
  }

  on_extend(event) {
    const later = event.at < this.closesAt && this.closesAt < event.closes_at;
    if (event.before !== this.closesAt || !later) throw new Wrong("extend", event.closes_at);
    this.closesAt = event.closes_at;
  }

  on_seat(event) {
    const fits = this.gone.has(event.replaces) && this.panel.get(event.replaces) === event.panel;
    if (this.panel.has(event.seat) || !fits) throw new Wrong("seat", event.seat);
    this.panel.set(event.seat, event.panel);
  }

  on_unseat(event) {
    const { seat } = event;
    const left = event.entries.map((entry) => pairOf(seat, entry));
    const fits = left.every((pair) => this.assigned.has(pair) && !this.latest.has(pair));
    if (!this.panel.has(seat) || this.gone.has(seat) || !fits) throw new Wrong("seat", seat);
    this.gone.add(seat);
    left.forEach((pair) => this.assigned.delete(pair));
  }

  // Revisions of each seat's sheet for an entry come one after the other, each naming the one before.
  on_sheet(event) {
    const { seat, entry, revision } = event;
    const pair = pairOf(seat, entry);
    const name = sha256(bytesOf(event));
    const before = this.latest.has(pair) ? this.latest.get(pair) : null;
    const last = before === null ? 0 : this.sheets.get(before).revision;
    const taken = this.sheets.has(name) || (revision >= 1 && revision <= last);
    if (!Number.isSafeInteger(revision) || taken) throw new Wrong("fork", entry);
    if (revision !== last + 1 || event.replaces !== before) throw new Wrong("revision", entry);
    if (!this.assigned.has(pair) || this.gone.has(seat)) throw new Wrong("sheet", entry);
    if (!["screen", "assisted", "paper"].includes(event.channel) || this.ids.has(event.id)) throw new Wrong("sheet", entry);
    if (!(this.open.opens_at <= event.at && event.at < this.closesAt)) throw new Wrong("late", entry);
    this.ids.add(event.id);
    this.sheets.set(name, event);
    this.latest.set(pair, name);
  }

  on_void(event) {
    const sheet = this.sheets.get(event.sheet);
    if (!sheet || this.voided.has(event.sheet)) throw new Wrong("void", event.entry);
    if (sheet.seat !== event.seat || sheet.entry !== event.entry) throw new Wrong("void", event.entry);
    if (this.closed && !this.counts(event.sheet)) throw new Wrong("void", event.entry);
    this.voided.add(event.sheet);
  }

  on_recuse(event) {
    const known = this.commitments.get(event.commitment);
    const declared = event.act === "declared" && !known;
    const withdrawn = event.act === "withdrawn" && known && known.stands && known.entry === event.entry;
    if (!this.entries.has(event.entry) || !(declared || withdrawn)) throw new Wrong("recusal", event.entry);
    this.commitments.set(event.commitment, { entry: event.entry, stands: declared });
  }

  on_adjust(event) {
    if (!this.entries.has(event.entry)) throw new Wrong("adjustments", event.entry);
    const points = decimal(event.points);
    this.adjusted.push([event.entry, `${points.n}/${points.d}`, event.reason_sha256]);
  }

  on_close(event) {
    this.closed = event;
    if (event.sheets !== this.sheets.size) throw new Wrong("close");
    const late = Array.from(this.sheets.values()).some((sheet) => sheet.at > event.at);
    const early = event.early === 0 && event.at < this.closesAt;
    if (late || early || ![0, 1].includes(event.early)) throw new Wrong("close");
  }

  on_plain(event, i) {
    if (!this.closed || this.events[i - 1] !== this.closed) throw new Wrong("plain");
  }

  // One kind of change, then this line: the next version, and what it replaces.
  on_correct(event) {
    const kinds = new Set(this.pending);
    if (!this.closed || kinds.size !== 1 || this.pending.slice(1).includes("adjust")) throw new Wrong("correct");
    if (event.version !== this.version + 1 || !/^[0-9a-f]{64}$/.test(event.replaces)) throw new Wrong("correct");
    this.version = event.version;
    this.pending = [];
  }

  // Whether a sheet is the last one of its seat for the entry, and not void.
  counts(name) {
    const sheet = this.sheets.get(name);
    return Boolean(sheet) && !this.voided.has(name) && this.latest.get(pairOf(sheet.seat, sheet.entry)) === name;
  }
}

// The text that was signed at the close, as far as it can be checked without the key: it is of this log.
export function checkNote(note, log, lines) {
  const name = `goldidea/round/${log.round}`;
  const start = `${[name, ...lines].join("\n")}\n\n— ${name} `;
  return note.startsWith(start) && note.endsWith("\n") && !note.slice(start.length, -1).includes("\n");
}

export { pairOf };
