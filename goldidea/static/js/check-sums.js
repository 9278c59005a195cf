// Where the rule keeps the marks: what still follows from the panels' scores. Votes, given points, shares, totals and ranks.

import { sha256, utf8 } from "./check-sha256.js";
import { Wrong, ZERO, add, canonical, compare, decimal, figure, fraction, order, times } from "./check-tally.js";

// A figure as result.json writes it: a decimal, or n/d.
function read(text) {
  const parts = text.split("/");
  return parts.length === 1 ? decimal(text) : fraction(BigInt(parts[0]), BigInt(parts[1]));
}

export function checkSums(tally, published) {
  const { rule, places } = tally;
  const lines = published.standings;
  const names = lines.map((line) => line.entry).sort(order);
  if (canonical(names) !== canonical(tally.entries)) throw new Wrong("result");
  const known = new Map();
  rule.panels.forEach((panel) => {
    if (panel.kind !== "marks") known.set(panel.id, tally.panelScores(panel));
  });
  if (published.format !== "goldidea-result/1" || published.rule_sha256 !== sha256(utf8(canonical(rule)))) {
    throw new Wrong("result");
  }
  const totals = lines.map((line) => totalOf(line, tally, known, places));
  checkRanks(lines, totals);
}

function totalOf(line, tally, known, places) {
  const adjusted = tally.adjusted.get(line.entry) || ZERO;
  const panels = Object.keys(line.panels);
  const all = panels.length === tally.weights.size && panels.every((name) => tally.weights.has(name));
  if (!all || line.adjustments !== figure(adjusted, places)) throw new Wrong("result", line.entry);
  let total = adjusted;
  tally.weights.forEach((weight, name) => {
    const { score, share } = line.panels[name];
    if (known.has(name) && score !== figure(known.get(name).get(line.entry).score, places)) {
      throw new Wrong("result", line.entry);
    }
    if (score === null) {
      if (weight.n > 0n) total = null;
      return;
    }
    const own = tally.stage("share", times(read(score), weight));
    if (figure(own, places) !== share) throw new Wrong("result", line.entry);
    if (weight.n > 0n && total !== null) total = add(total, own);
  });
  if (total !== null) total = tally.stage("total", total);
  if (figure(total, places) !== line.total) throw new Wrong("result", line.entry);
  return total;
}

// The higher total stands before the lower; who shares a rank has the same; who has no total stands last.
function checkRanks(lines, totals) {
  let place = 0;
  lines.forEach((line, i) => {
    const total = totals[i];
    const before = i ? lines[i - 1] : null;
    if (total !== null && line.rank !== place) place = i + 1;
    const together = before !== null && before.rank === line.rank;
    const shared = line.rank !== null && lines.filter((one) => one.rank === line.rank).length > 1;
    const last = i ? totals[i - 1] : null;
    const after = before === null || total === null || (last !== null && compare(last, total) >= 0);
    const equal = !together || (last === null ? total === null : total !== null && compare(last, total) === 0);
    const ordered = !together || order(before.entry, line.entry) < 0;
    if (line.rank !== (total === null ? null : place) || line.tied !== shared || !after || !equal || !ordered) {
      throw new Wrong("result", line.entry);
    }
  });
}
