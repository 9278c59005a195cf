// Read the project aloud, where this phone has a Chinese voice; elsewhere the button does not appear.

const synth = window.speechSynthesis;
const buttons = document.querySelectorAll("[data-speak]");
const words = new Map();

function voice() {
  return synth.getVoices().find((each) => /^(zh|cmn)/i.test(each.lang));
}

function offer() {
  if (!voice()) return;
  buttons.forEach((button) => {
    button.hidden = false;
    if (button.closest("[data-speak-box]")) button.closest("[data-speak-box]").hidden = false;
    if (button.closest("[data-tools]")) button.closest("[data-tools]").classList.add("twin");
  });
}

function text() {
  const parts = [document.querySelector("h1"), ...document.querySelectorAll("[data-read]")];
  return parts.map((part) => part.textContent.trim()).join("。");
}

function label(speaking) {
  buttons.forEach((button) => {
    if (!words.has(button)) words.set(button, button.textContent);
    button.textContent = speaking ? button.dataset.stop : words.get(button);
  });
}

function toggle() {
  if (synth.speaking) {
    synth.cancel();
    label(false);
    return;
  }
  const speech = new SpeechSynthesisUtterance(text());
  speech.voice = voice();
  speech.lang = speech.voice.lang;
  speech.rate = 0.9;
  speech.onend = speech.onerror = () => label(false);
  synth.speak(speech);
  label(true);
}

if (synth) {
  offer();
  if (synth.addEventListener) synth.addEventListener("voiceschanged", offer);
  buttons.forEach((button) => button.addEventListener("click", toggle));
  window.addEventListener("pagehide", () => synth.cancel());
}
