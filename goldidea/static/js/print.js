// A button that opens the browser's own print window. Without this script the browser's menu does the same.
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
