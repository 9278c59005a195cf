// The result of a round, computed again from its rule and its rows with exact fractions. Written for readers, apart from the
// program that computed it first. No page, no network: check-bundle.js uses it, and tests run it beside the others.

import { sha256, utf8 } from "./check-sha256.js";

export class Wrong extends Error {
  constructor(code, detail = "") {
    super(detail || code);
    this.code = code;
    this.detail = detail;
  }
}

// ---- fractions: { n, d }, d above 0, in lowest terms

const abs = (n) => (n < 0n ? -n : n);

function gcd(a, b) {
  a = abs(a);
  while (b) [a, b] = [b, a % b];
  return a;
}

export function fraction(n, d = 1n) {
  if (d < 0n) [n, d] = [-n, -d];
  const common = gcd(n, d) || 1n;
  return { n: n / common, d: d / common };
}

export const ZERO = fraction(0n);
export const add = (a, b) => (a.d === b.d ? fraction(a.n + b.n, a.d) : fraction(a.n * b.d + b.n * a.d, a.d * b.d));
const minus = (a, b) => add(a, { n: -b.n, d: b.d });
export const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
const over = (a, b) => fraction(a.n * b.d, a.d * b.n);
export const compare = (a, b) => (a.n * b.d < b.n * a.d ? -1 : a.n * b.d > b.n * a.d ? 1 : 0);
export const sum = (values) => values.reduce(add, ZERO);

function toNumber(a) {
  // Scaled first: numerator and denominator may each be beyond what a number holds.
  const scale = 10n ** 18n;
  return Number((a.n * scale) / a.d) / 1e18;
}

export function decimal(text) {
  const found = /^(-?)(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,12}))?$/.exec(text);
  if (!found) throw new Wrong("number", String(text).slice(0, 20));
  const part = found[3] || "";
  const value = BigInt(found[2] + part);
  return fraction(found[1] ? -value : value, 10n ** BigInt(part.length));
}

function rounded(value, places, mode) {
  const scale = 10n ** BigInt(places);
  const top = abs(value.n) * scale;
  let whole = top / value.d;
  const twice = 2n * (top % value.d) - value.d;
  if (twice > 0n || (twice === 0n && (mode === "half_up" || whole % 2n === 1n))) whole += 1n;
  return fraction(value.n < 0n ? -whole : whole, scale);
}

// With at least so many decimals, exactly; as n/d where no decimals are enough.
export function figure(value, places) {
  if (value === null) return null;
  let rest = value.d;
  let twos = 0;
  let fives = 0;
  while (rest % 2n === 0n) [rest, twos] = [rest / 2n, twos + 1];
  while (rest % 5n === 0n) [rest, fives] = [rest / 5n, fives + 1];
  if (rest !== 1n) return `${value.n}/${value.d}`;
  const decimals = Math.max(places, twos, fives);
  const digits = String((abs(value.n) * 10n ** BigInt(decimals)) / value.d).padStart(decimals + 1, "0");
  const sign = value.n < 0n ? "-" : "";
  return decimals ? `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : sign + digits;
}

function root(value) {
  if (value < 2n) return value;
  let found = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (found + value / found) / 2n;
    if (next >= found) return found;
    found = next;
  }
}

// ---- order and canonical text

// By code point, as the files are sorted; JavaScript itself compares halves of characters.
export function order(a, b) {
  if (a === b) return 0;
  const one = Array.from(a);
  const other = Array.from(b);
  for (let i = 0; i < one.length && i < other.length; i += 1) {
    const difference = one[i].codePointAt(0) - other[i].codePointAt(0);
    if (difference) return difference;
  }
  return one.length - other.length;
}

export function orderRows(a, b) {
  for (let i = 0; i < a.length; i += 1) {
    const difference = order(a[i], b[i]);
    if (difference) return difference;
  }
  return 0;
}

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Wrong("json");
  return JSON.stringify(value);
}

const quoted = (field) => (/[",\r\n]/.test(field) ? `"${field.replace(/"/g, '""')}"` : field);
export const csvLine = (row) => `${row.map(quoted).join(",")}\n`;

function plain(text) {
  const short = text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  return short === "-0" ? "0" : short;
}

// ---- parts of the tally

function middle(values) {
  const ordered = values.slice().sort(compare);
  const half = Math.floor(ordered.length / 2);
  if (ordered.length % 2) return ordered[half];
  return over(add(ordered[half - 1], ordered[half]), fraction(2n));
}

function groupsOf(pairs) {
  const ordered = pairs.slice().sort((a, b) => compare(b[1], a[1]));
  const groups = [];
  ordered.forEach(([entry, value], i) => {
    if (i && compare(ordered[i - 1][1], value) === 0) groups[groups.length - 1].push(entry);
    else groups.push([entry]);
  });
  return groups.map((group) => group.sort(order));
}

function connected(sheets) {
  const parent = new Map();
  const top = (node) => {
    if (!parent.has(node)) parent.set(node, node);
    while (parent.get(node) !== node) node = parent.get(node);
    return node;
  };
  sheets.forEach(([entry, seat]) => parent.set(top(`e${entry}`), top(`s${seat}`)));
  return new Set(Array.from(parent.keys()).map(top)).size;
}

// seat -> [severity, sheets]: total = entry - severity by least squares, by conjugate gradients in binary floats.
function severities(sheets) {
  const seats = Array.from(new Set(sheets.map((sheet) => sheet[1]))).sort(order);
  const number = new Map(seats.map((seat, i) => [seat, i]));
  const ofEntry = new Map();
  sheets.forEach(([entry, seat, total]) => {
    if (!ofEntry.has(entry)) ofEntry.set(entry, []);
    ofEntry.get(entry).push([number.get(seat), total]);
  });
  const counts = seats.map(() => 0);
  const right = seats.map(() => 0);
  ofEntry.forEach((rows) => {
    const mean = over(sum(rows.map((row) => row[1])), fraction(BigInt(rows.length)));
    rows.forEach(([seat, total]) => {
      counts[seat] += 1;
      right[seat] += toNumber(minus(mean, total));
    });
  });
  const apply = (vector) => {
    const found = vector.map((value, i) => counts[i] * value);
    ofEntry.forEach((rows) => {
      const mean = rows.reduce((all, [seat]) => all + vector[seat], 0) / rows.length;
      rows.forEach(([seat]) => {
        found[seat] -= mean;
      });
    });
    return found;
  };
  const dot = (a, b) => a.reduce((all, value, i) => all + value * b[i], 0);
  let found = seats.map(() => 0);
  let rest = right.slice();
  let scaled = rest.map((value, i) => value / counts[i]);
  let way = scaled.slice();
  let size = dot(rest, scaled);
  for (let step = 0; step < 20 * seats.length + 1000 && size > 1e-24; step += 1) {
    const image = apply(way);
    const length = dot(way, image);
    if (length <= 0) break;
    const far = size / length;
    found = found.map((value, i) => value + far * way[i]);
    rest = rest.map((value, i) => value - far * image[i]);
    scaled = rest.map((value, i) => value / counts[i]);
    const before = size;
    size = dot(rest, scaled);
    way = scaled.map((value, i) => value + (size / before) * way[i]);
  }
  const mean = found.reduce((all, value) => all + value, 0) / (found.length || 1);
  return new Map(seats.map((seat, i) => [seat, [found[i] - mean, counts[i]]]));
}

// ---- the tally

const MARKS_COLUMNS = ["panel", "entry", "seat", "criterion", "mark"];

export class Tally {
  constructor(rule, entries, marks, given = [], adjustments = [], votes = []) {
    this.rule = rule;
    this.entries = entries.slice().sort(order);
    this.places = rule.rounding.places;
    this.weights = new Map(rule.panels.map((panel) => [panel.id, decimal(panel.weight)]));
    this.criteria = new Map(rule.criteria.map((item) => [item.id, item]));
    this.weightOf = new Map(rule.criteria.map((item) => [item.id, decimal(item.weight)]));
    this.warnings = [];
    this.corrections = new Map();
    this.given = given;
    this.votes = votes;
    this.read(marks);
    this.adjusted = new Map();
    adjustments.forEach(([entry, points]) => {
      this.adjusted.set(entry, add(this.adjusted.get(entry) || ZERO, decimal(points)));
    });
  }

  markedBy(panel) {
    const wanted = panel.criteria || Array.from(this.criteria.keys());
    return this.rule.criteria.filter((item) => wanted.includes(item.id));
  }

  read(marks) {
    this.sheets = new Map();
    const asked = new Map();
    const known = new Map();
    this.rule.panels.forEach((panel) => {
      asked.set(panel.id, new Set(this.markedBy(panel).map((item) => item.id)));
      if (panel.kind === "marks") {
        this.sheets.set(panel.id, new Map(this.entries.map((entry) => [entry, new Map()])));
      }
    });
    marks.forEach(([panel, entry, seat, criterion, text]) => {
      const ofEntry = this.sheets.has(panel) ? this.sheets.get(panel).get(entry) : undefined;
      if (!ofEntry || !asked.get(panel).has(criterion)) throw new Wrong("mark", `${panel}, ${entry}, ${criterion}`);
      if (!ofEntry.has(seat)) ofEntry.set(seat, new Map());
      const sheet = ofEntry.get(seat);
      if (sheet.has(criterion)) throw new Wrong("mark", `${panel}, ${entry}, ${seat}, ${criterion}`);
      if (text === "") return;
      const name = `${criterion} ${text}`;
      if (!known.has(name)) known.set(name, this.checked(this.criteria.get(criterion), text));
      sheet.set(criterion, known.get(name));
    });
    const rows = marks.filter((row) => row[4] !== "").map((row) => [...row.slice(0, 4), plain(row[4])]);
    const text = csvLine(MARKS_COLUMNS) + rows.sort(orderRows).map(csvLine).join("");
    this.marksSha256 = sha256(utf8(text));
  }

  checked(item, text) {
    const mark = decimal(text);
    const low = decimal(item.min);
    const steps = over(minus(mark, low), decimal(item.step));
    if (compare(mark, low) < 0 || compare(mark, decimal(item.max)) > 0 || steps.d !== 1n) {
      throw new Wrong("mark", `${item.id} ${text}`);
    }
    return mark;
  }

  stage(stage, value) {
    const { places, mode, stages } = this.rule.rounding;
    return stages.includes(stage) ? rounded(value, places, mode) : value;
  }

  average(values) {
    const { trim } = this.rule;
    let ordered = values.slice().sort(compare);
    if (ordered.length >= trim.from) ordered = ordered.slice(trim.low, ordered.length - trim.high);
    return this.rule.average === "median" ? middle(ordered) : over(sum(ordered), fraction(BigInt(ordered.length)));
  }

  dropped(count) {
    return count >= this.rule.trim.from ? this.rule.trim.high + this.rule.trim.low : 0;
  }

  enough(count) {
    return count > 0 && count >= this.rule.min_marks;
  }

  byCriterion(panel, entry) {
    const sheets = Array.from(this.sheets.get(panel.id).get(entry).values());
    const criteria = {};
    const parts = [];
    const exacts = [];
    this.markedBy(panel).forEach((item) => {
      const marks = sheets.filter((sheet) => sheet.has(item.id)).map((sheet) => sheet.get(item.id));
      const one = { score: null, exact: null, weighted: null, marks: marks.length, dropped: 0, used: marks };
      if (this.enough(marks.length)) {
        one.exact = this.average(marks);
        one.score = this.stage("criterion", one.exact);
        one.weighted = this.stage("weighted", times(one.score, this.weightOf.get(item.id)));
        one.dropped = this.dropped(marks.length);
        parts.push(one.weighted);
        exacts.push(times(one.exact, this.weightOf.get(item.id)));
      }
      criteria[item.id] = one;
    });
    const all = Object.values(criteria);
    const whole = parts.length === all.length;
    return {
      score: whole ? this.stage("panel", sum(parts)) : null,
      exact: whole ? sum(exacts) : null,
      judges: sheets.filter((sheet) => sheet.size).length,
      criteria,
      fewest: Math.min(...all.map((one) => one.marks)),
      incomplete: [],
    };
  }

  // [seat, weighted sum] of each sheet that lacks no mark
  wholeSheets(panel, entry) {
    const items = this.markedBy(panel);
    return Array.from(this.sheets.get(panel.id).get(entry))
      .filter(([, sheet]) => sheet.size === items.length)
      .map(([seat, sheet]) => [seat, sum(items.map((item) => times(sheet.get(item.id), this.weightOf.get(item.id))))]);
  }

  correction(panel, seat) {
    return this.corrections.get(`${panel.id}\n${seat}`) || ZERO;
  }

  bySheet(panel, entry) {
    const totals = this.wholeSheets(panel, entry);
    const sheets = this.sheets.get(panel.id).get(entry);
    const criteria = {};
    this.markedBy(panel).forEach((item) => {
      const marks = totals.map(([seat]) => sheets.get(seat).get(item.id));
      const exact = this.enough(marks.length) ? this.average(marks) : null;
      const dropped = exact === null ? 0 : this.dropped(marks.length);
      criteria[item.id] = { score: exact, exact, weighted: null, marks: marks.length, dropped, used: marks };
    });
    let score = null;
    let exact = null;
    if (this.enough(totals.length)) {
      exact = this.average(totals.map(([seat, total]) => add(total, this.correction(panel, seat))));
      const handed = totals.map(([seat, total]) => add(this.stage("sheet", total), this.correction(panel, seat)));
      score = this.stage("panel", this.average(handed));
    }
    const counted = new Set(totals.map(([seat]) => seat));
    const incomplete = Array.from(sheets)
      .filter(([seat, sheet]) => sheet.size && !counted.has(seat))
      .map(([seat]) => seat)
      .sort(order);
    return { score, exact, judges: totals.length, criteria, fewest: totals.length, incomplete };
  }

  byVotes(panel) {
    const votes = new Map();
    this.votes.forEach(([name, entry, text]) => {
      if (name !== panel.id) return;
      if (!this.entries.includes(entry) || votes.has(entry) || !/^(0|[1-9][0-9]{0,14})$/.test(text)) throw new Wrong("votes");
      votes.set(entry, BigInt(text));
    });
    if (votes.size !== this.entries.length) throw new Wrong("votes");
    const rule = panel.conversion;
    const values = Array.from(votes.values());
    const most = values.reduce((a, b) => (a > b ? a : b), 0n);
    const points = new Map();
    if (most && rule.method === "top") {
      votes.forEach((value, entry) => points.set(entry, times(decimal(rule.full), fraction(value, most))));
    } else if (most && rule.method === "ladder") {
      votes.forEach((value, entry) => {
        const ahead = values.filter((other) => other > value).length;
        const found = minus(decimal(rule.first), times(decimal(rule.step), fraction(BigInt(ahead))));
        points.set(entry, found.n < 0n ? ZERO : found);
      });
    } else if (most) {
      const count = BigInt(values.length);
      const total = values.reduce((a, b) => a + b, 0n);
      const spread = count * values.reduce((all, value) => all + value * value, 0n) - total * total;
      if (spread) {
        const deviation = fraction(root((spread * 10n ** 24n) / (count * count)), 10n ** 12n);
        votes.forEach((value, entry) => {
          const z = over(minus(fraction(value), fraction(total, count)), deviation);
          points.set(entry, add(decimal(rule.mean), times(decimal(rule.spread), z)));
        });
      }
    }
    if (!points.size && votes.size) {
      this.warnings.push({ code: most ? "votes_no_spread" : "votes_all_zero", panel: panel.id });
    }
    return points;
  }

  panelScores(panel) {
    const found = new Map();
    const bare = { judges: 0, criteria: {}, fewest: null, incomplete: [] };
    if (panel.kind === "marks") {
      const way = this.rule.level === "criterion" ? "byCriterion" : "bySheet";
      this.entries.forEach((entry) => found.set(entry, this[way](panel, entry)));
      return found;
    }
    const points = panel.kind === "votes" ? this.byVotes(panel) : new Map();
    if (panel.kind === "given") {
      this.given.forEach(([name, entry, text]) => {
        if (name === panel.id && text !== "") points.set(entry, decimal(text));
      });
    }
    this.entries.forEach((entry) => {
      const exact = points.has(entry) ? points.get(entry) : null;
      const score = exact !== null && panel.kind === "votes" ? this.stage("panel", exact) : exact;
      found.set(entry, { ...bare, score, exact });
    });
    return found;
  }

  warn(panel, scores) {
    scores.forEach((score, entry) => {
      const who = { panel: panel.id, entry };
      if (panel.kind === "given" && score.score === null) this.warnings.push({ code: "no_points", ...who });
      if (panel.kind !== "marks") return;
      score.incomplete.forEach((seat) => this.warnings.push({ code: "incomplete_sheet", ...who, seat }));
      const marks = score.fewest;
      if (score.score === null) {
        this.warnings.push({ code: "below_min_marks", ...who, marks, min_marks: this.rule.min_marks });
      } else if (marks < this.rule.trim.advised) {
        this.warnings.push({ code: "below_advised", ...who, marks, advised: this.rule.trim.advised });
      }
    });
  }

  standing(entry, scores) {
    const shares = new Map();
    this.weights.forEach((weight, name) => {
      const { score } = scores.get(name).get(entry);
      shares.set(name, score === null ? null : this.stage("share", times(score, weight)));
    });
    const deciding = Array.from(this.weights).filter(([, weight]) => weight.n > 0n);
    const missing = deciding.map(([name]) => name).filter((name) => shares.get(name) === null);
    const adjusted = this.adjusted.get(entry) || ZERO;
    const incomplete = Array.from(scores.values()).some((of) => of.get(entry).incomplete.length);
    const flags = [...(incomplete ? ["incomplete_sheet"] : []), ...missing.map((name) => `missing_panel:${name}`)].sort(order);
    if (missing.length) return { shares, adjusted, flags, total: null, exact: null };
    const total = this.stage("total", add(sum(deciding.map(([name]) => shares.get(name))), adjusted));
    const exacts = deciding.map(([name, weight]) => times(weight, scores.get(name).get(entry).exact));
    return { shares, adjusted, flags, total, exact: add(sum(exacts), adjusted) };
  }

  // What a step of the ladder compares, higher first; null: the entry lacks it.
  tieValue(step, entry, scores, standings) {
    const at = step.indexOf(":");
    const kind = at < 0 ? step : step.slice(0, at);
    const name = at < 0 ? "" : step.slice(at + 1);
    if (kind === "exact") return standings.get(entry).exact;
    if (kind === "panel") return scores.get(name).get(entry).exact;
    if (kind === "criterion") {
      const [panel, criterion] = name.includes("/") ? name.split("/") : [this.sheets.keys().next().value, name];
      return scores.get(panel).get(entry).criteria[criterion].exact;
    }
    if (kind === "median") {
      const totals = [];
      this.rule.panels
        .filter((panel) => panel.kind === "marks" && this.weights.get(panel.id).n > 0n)
        .forEach((panel) => {
          this.wholeSheets(panel, entry).forEach(([seat, total]) => totals.push(add(total, this.correction(panel, seat))));
        });
      return totals.length ? middle(totals) : null;
    }
    const lot = sha256(utf8((this.rule.lot_seed || "") + this.marksSha256 + entry));
    return fraction(-BigInt(`0x${lot}`));
  }

  rank(standings, scores) {
    const places = new Map();
    const part = (group, steps, by) => {
      if (group.length === 1 || !steps.length) return [[group, by]];
      const values = group.map((entry) => [entry, this.tieValue(steps[0], entry, scores, standings)]);
      if (values.some(([, value]) => value === null)) {
        this.warnings.push({ code: "tie_step_skipped", step: steps[0], entries: group.slice().sort(order) });
        return part(group, steps.slice(1), by);
      }
      const groups = groupsOf(values);
      const last = groups.length > 1 ? steps[0] : by;
      return groups.reduce((all, one) => all.concat(part(one, steps.slice(1), last)), []);
    };
    const ranked = Array.from(standings)
      .filter(([, one]) => one.total !== null)
      .map(([entry, one]) => [entry, one.total]);
    groupsOf(ranked).forEach((group) => {
      part(group, this.rule.ties, null).forEach(([together, by]) => {
        const rank = places.size + 1;
        together.forEach((entry) => places.set(entry, { rank, tied: together.length > 1, by }));
      });
    });
    return places;
  }

  ranked() {
    const scores = new Map(this.rule.panels.map((panel) => [panel.id, this.panelScores(panel)]));
    this.rule.panels.forEach((panel) => this.warn(panel, scores.get(panel.id)));
    const standings = new Map(this.entries.map((entry) => [entry, this.standing(entry, scores)]));
    return { standings, scores, places: this.rank(standings, scores) };
  }

  // The published corrections against an own solution; gives the warnings of those that were limited.
  checkCorrections(published) {
    const rule = this.rule.calibration;
    const name = (item) => `${item.panel}\n${item.seat}`;
    const given = new Map((published.corrections || []).map((item) => [name(item), item.points]));
    const limited = (published.warnings || []).filter((warning) => warning.code === "correction_capped");
    const said = new Map(limited.map((warning) => [name(warning), warning.points]));
    const wanted = new Map();
    const panels = rule.method === "additive" ? this.rule.panels.filter((panel) => panel.kind === "marks") : [];
    panels.forEach((panel) => {
      const sheets = [];
      this.entries.forEach((entry) => {
        this.wholeSheets(panel, entry).forEach(([seat, total]) => sheets.push([entry, seat, total]));
      });
      const groups = connected(sheets);
      if (groups > 1) {
        this.warnings.push({ code: "not_calibrated", panel: panel.id, groups });
        return;
      }
      severities(sheets).forEach(([severity, count], seat) => {
        wanted.set(`${panel.id}\n${seat}`, count < rule.min_marks ? null : severity);
        if (count < rule.min_marks) {
          const few = { code: "too_few_sheets", panel: panel.id, seat, sheets: count };
          this.warnings.push({ ...few, min_marks: rule.min_marks });
        }
      });
    });
    if (given.size !== wanted.size || Array.from(said.keys()).some((key) => !wanted.has(key))) throw new Wrong("corrections");
    const cap = wanted.size ? toNumber(decimal(rule.cap)) : 0;
    given.forEach((points, key) => {
      if (!wanted.has(key) || !/^-?[0-9]{1,12}\.[0-9]{2}$/.test(points) || points === "-0.00") throw new Wrong("corrections", key);
      const severity = wanted.get(key);
      const least = severity === null ? 0 : Math.max(-cap, Math.min(cap, severity));
      const beyond = severity !== null && Math.abs(severity) > cap + 1e-6;
      const within = severity === null || Math.abs(severity) < cap - 1e-6;
      const off = Math.abs(Number(points) - least) > (severity === null ? 0 : 0.005 + 1e-6);
      if (off || (beyond && !said.has(key)) || (said.has(key) && (within || said.get(key) !== points))) {
        throw new Wrong("corrections", key.replace("\n", " "));
      }
      this.corrections.set(key, decimal(points));
    });
    return limited;
  }

  document(published = {}) {
    const capped = this.checkCorrections(published);
    const { standings, scores, places } = this.ranked();
    this.scores = scores;
    const beside = new Map();
    if (this.corrections.size) {
      const kept = [this.corrections, this.warnings];
      this.corrections = new Map();
      this.warnings = [];
      const plainly = this.ranked();
      [this.corrections, this.warnings] = kept;
      plainly.standings.forEach((one, entry) => {
        const place = plainly.places.get(entry);
        beside.set(entry, { rank: place ? place.rank : null, total: figure(one.total, this.places) });
      });
    }
    const lines = this.entries.map((entry) =>
      this.line(entry, standings.get(entry), scores, places.get(entry), beside.get(entry) || null),
    );
    lines.sort((a, b) => (a.rank === null) - (b.rank === null) || (a.rank || 0) - (b.rank || 0) || order(a.entry, b.entry));
    const name = (warning) => [warning.code, warning.panel || "", warning.entry || "", canonical(warning)];
    return {
      format: "goldidea-result/1",
      rule_sha256: sha256(utf8(canonical(this.rule))),
      marks_sha256: this.marksSha256,
      standings: lines,
      corrections: Array.from(this.corrections)
        .map(([key, points]) => [...key.split("\n"), figure(points, 2)])
        .sort(orderRows)
        .map(([panel, seat, points]) => ({ panel, seat, points })),
      warnings: this.warnings.concat(capped).sort((a, b) => orderRows(name(a), name(b))),
    };
  }

  line(entry, standing, scores, place, uncalibrated) {
    const show = (value) => figure(value, this.places);
    const panels = {};
    scores.forEach((of, name) => {
      const score = of.get(entry);
      const criteria = {};
      Object.keys(score.criteria).forEach((key) => {
        const one = score.criteria[key];
        criteria[key] = { score: show(one.score), weighted: show(one.weighted), marks: one.marks, dropped: one.dropped };
      });
      panels[name] = { score: show(score.score), share: show(standing.shares.get(name)), judges: score.judges, criteria };
    });
    return {
      entry,
      rank: place ? place.rank : null,
      tied: place ? place.tied : false,
      total: show(standing.total),
      exact: standing.exact === null ? null : `${standing.exact.n}/${standing.exact.d}`,
      panels,
      adjustments: show(standing.adjusted),
      uncalibrated,
      tie_broken_by: place ? place.by : null,
      flags: standing.flags,
    };
  }
}
