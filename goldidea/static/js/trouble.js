// An htmx request that failed leaves the page as it was; somebody has to say so. The words are in the page, translated.

const box = document.getElementById("trouble");

function say(words) {
  if (!box) return;
  box.textContent = words;
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:responseError", () => say(box && box.dataset.words));
document.addEventListener("htmx:sendError", () => say(box && box.dataset.offline));
document.addEventListener("htmx:timeout", () => say(box && box.dataset.offline));
document.addEventListener("htmx:beforeRequest", () => {
  if (box) box.hidden = true;
});
