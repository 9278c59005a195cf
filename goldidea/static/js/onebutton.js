// Pressed once is enough: the second press of the same form is swallowed and the button says that it works. A form may say
// data-again where a second press is meant (a download). Coming back by the back button finds everything ready again.

const WAITING = "data-word";

function release(button) {
  if (!button.hasAttribute(WAITING)) return;
  button.textContent = button.getAttribute(WAITING);
  button.removeAttribute(WAITING);
  button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "again" in form.dataset || "prefs" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  // Others may still hold the submit back (autosave, htmx): look at the end of the round.
  setTimeout(() => {
    if (event.defaultPrevented) return;
    form.dataset.sent = "1";
    const button = event.submitter || form.querySelector("button:not([type]), button[type=submit]");
    if (!button || button.classList.contains("linklike")) return;
    button.setAttribute(WAITING, button.textContent);
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.waiting || document.body.dataset.waiting;
    setTimeout(() => reset(form), 15000); // no answer came, or it was a file: let them try again
  });
});

function reset(form) {
  delete form.dataset.sent;
  form.querySelectorAll(`[${WAITING}]`).forEach(release);
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form").forEach(reset);
});
