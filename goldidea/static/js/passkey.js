// Passkeys: `<form data-passkey="create|get" data-options="…">` with a hidden field `credential`, one button (hidden without
// script) and one message that is shown when the device gives nothing. The conversions are webauthn-json's.
document.querySelectorAll("form[data-passkey]").forEach((form) => {
  const button = form.querySelector("button");
  const trouble = form.querySelector("[role=alert][hidden]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    trouble.hidden = true;
    button.disabled = true;
    try {
      const ask = window.webauthnJSON[form.dataset.passkey];
      const credential = await ask(JSON.parse(form.dataset.options));
      form.querySelector("[name=credential]").value = JSON.stringify(credential);
      form.submit();
    } catch (error) {
      trouble.hidden = false;
      button.disabled = false;
    }
  });
});
