// A case while it is being written: after each save the page learns its new revision, what others have written meanwhile, what
// is still missing, and what cannot be read. Nothing is touched that the writer has in hand.

const form = document.getElementById("case");

function fields(name) {
  return Array.from(form.elements).filter((element) => element.name === name);
}

function take(name, value, sent) {
  fields(name).forEach((element) => {
    if (element === document.activeElement) return;
    if (element.type === "checkbox") {
      element.checked = value.includes(element.value);
    } else if (element.type === "radio") {
      element.checked = element.value === value;
    } else if (element.value === sent.get(name)) {
      element.value = value;
      element.dispatchEvent(new Event("case:taken", { bubbles: true }));
    }
  });
}

function complain(name, words) {
  const element = fields(name).find((one) => one.type !== "hidden");
  const part = element && element.closest(".field");
  if (!part) return;
  const old = part.querySelector("[data-live]");
  if (old) old.remove();
  if (!words) return;
  if (element === document.activeElement || part.querySelector(".field__error")) return;
  const line = document.createElement("p");
  line.className = "field__error";
  line.dataset.live = "";
  line.textContent = words.join(" ");
  element.before(line);
}

form.addEventListener("autosave:answer", (event) => {
  const { answer, sent } = event.detail;
  form.elements.revision.value = answer.revision;
  form.elements.seen.value = answer.seen;
  Object.keys(answer.fields).forEach((name) => take(name, answer.fields[name], sent));
  new Set(Array.from(form.elements, (element) => element.name)).forEach((name) => complain(name, answer.errors[name]));
  document.getElementById("missing").innerHTML = answer.missing;
});
