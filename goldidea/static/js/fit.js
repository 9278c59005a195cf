// Fits the page to its width: filters are open where there is room, and a table that is wider than its box says so.

const roomy = window.matchMedia("(min-width: 48em)");

function fold() {
  const open = roomy.matches && document.documentElement.dataset.text !== "elder";
  document.querySelectorAll("details.fold:not([data-stay])").forEach((part) => {
    if (open) part.open = true;
  });
}

function hint(wrap) {
  const cut = wrap.scrollWidth > wrap.clientWidth + 1;
  const told = wrap.previousElementSibling && wrap.previousElementSibling.matches(".scroll-hint");
  wrap.classList.toggle("is-cut", cut);
  if (cut && !told) {
    const line = document.createElement("p");
    line.className = "scroll-hint";
    line.textContent = document.body.dataset.scrollHint;
    wrap.before(line);
  }
  if (!cut && told) wrap.previousElementSibling.remove();
}

function fit() {
  document.querySelectorAll(".table-wrap").forEach(hint);
}

document.addEventListener("htmx:afterSwap", fit);
window.addEventListener("resize", fit);
fold();
fit();
