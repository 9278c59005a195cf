// After a form came back with things to put right: move there, say so in the window's title. And count characters the way
// the server counts them: a line break is two, an emoji one.

function welcome(part) {
  const summary = part.querySelector("[data-error-summary]");
  if (summary) {
    const word = summary.dataset.errorSummary;
    if (!document.title.startsWith(word)) document.title = `${word} · ${document.title}`;
    summary.focus();
  }
  part.querySelectorAll("[data-count-for]").forEach(count);
}

function count(line) {
  const field = document.getElementById(line.dataset.countFor);
  if (!field) return;
  const length = Array.from(field.value.replace(/\r?\n/g, "\r\n")).length;
  line.querySelector("[data-now]").textContent = String(length);
  line.classList.toggle("is-bad", length > Number(line.dataset.limit));
}

document.addEventListener("input", (event) => {
  const line = event.target.id && document.querySelector(`[data-count-for="${CSS.escape(event.target.id)}"]`);
  if (line) count(line);
});

// A link of the summary leads into the field itself, with its label in sight.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  const part = field.closest(".field") || field;
  part.scrollIntoView();
  field.focus({ preventScroll: true });
});

document.addEventListener("htmx:afterSwap", (event) => welcome(event.target));
welcome(document);
