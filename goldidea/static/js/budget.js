/* A budget as it is typed: lines come and go without a request, totals and sums stand beside them. Without this script the
   buttons do the same by the server, and the server checks every figure in any case. Amounts are whole fen: no binary float. */

const form = document.querySelector("[data-budget]");
const list = form.querySelector("[data-lines]");
const count = form.querySelector("[name=line-TOTAL_FORMS]");
const sums = form.querySelector("[data-sums]");
const line = sums.dataset.lineWords;

function hundredths(box) {
  const text = box.value.normalize("NFKC").replace(/[,，\s]/g, "");
  const found = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text);
  return found ? BigInt(found[1]) * 100n + BigInt((found[2] || "").padEnd(2, "0")) : null;
}

function shown(fen) {
  const plain = (fen / 100n).toString();
  const whole = document.documentElement.lang.startsWith("zh") ? plain : plain.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${whole}.${(fen % 100n).toString().padStart(2, "0")}`;
}

function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}

function box(row, name) {
  return row.querySelector(`[name$="-${name}"]`);
}

function add_up() {
  const all = { total: 0n, granted: 0n, own: 0n };
  for (const row of list.querySelectorAll("[data-line]")) {
    const price = hundredths(box(row, "unit_price"));
    const number = hundredths(box(row, "quantity"));
    const total = price !== null && number !== null && (price * number) % 100n === 0n ? (price * number) / 100n : null;
    row.querySelector("[data-line-total]").textContent = total === null ? "" : fill(line, { total: shown(total) });
    all.total += total || 0n;
    all.granted += hundredths(box(row, "granted")) || 0n;
    all.own += hundredths(box(row, "own")) || 0n;
  }
  sums.textContent = fill(sums.dataset.words, { total: shown(all.total), granted: shown(all.granted), own: shown(all.own) });
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button && button.name === "add" && Number(count.value) < 100) {
    event.preventDefault();
    const text = form.querySelector("[data-empty-line]").innerHTML.replace(/__prefix__/g, count.value);
    list.insertAdjacentHTML("beforeend", text);
    count.value = String(Number(count.value) + 1);
    list.lastElementChild.querySelector("select, input").focus();
    add_up();
  }
  if (button && button.name === "remove") {
    event.preventDefault();
    const row = button.closest("[data-line]");
    for (const field of row.querySelectorAll("input, select")) field.value = ""; // an empty line is no line
    row.hidden = true;
    add_up();
    form.querySelector("[name=add]").focus();
  }
});
form.addEventListener("input", add_up);
add_up();
