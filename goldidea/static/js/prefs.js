// Text size, colours and contrast at once, without leaving the page: what is being typed stays. The same form works
// without this script by an ordinary submit. The server answers by setting the cookie; its page is not needed.

function apply(name, value, form) {
  const root = document.documentElement;
  if (value && value !== "normal") root.setAttribute(`data-${name}`, value);
  else root.removeAttribute(`data-${name}`);
  document.querySelectorAll(`[data-prefs] button[name="${name}"]`).forEach((button) => {
    button.setAttribute("aria-pressed", String(button.value === value));
  });
  const data = new FormData(form);
  data.set(name, value);
  return fetch(form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-prefs] button[name]");
  if (!button) return;
  event.preventDefault();
  apply(button.name, button.value, button.form).catch(() => {
    // Offline: the page has the new size already; it is only not remembered.
  });
});
