// Saved as typed. A form with data-autosave="URL" is sent there whole, a moment after the last change; the place
// [data-saved] inside or outside the form (its id in data-saved-at) says how things stand. The words stand in data attributes:
//   <form data-autosave="/…/save" data-saved-at="saved">
//   <p class="saved" id="saved" role="status" data-saved data-ok="Saved {time}" data-busy="Saving…"
//      data-bad="Not saved yet, will try again" data-refused="Not saved: please reload the page"></p>
// The server answers 204, or JSON, which the form gets as the event autosave:answer (detail: answer, and sent, the FormData);
// any 4xx except 429 stops the retries. Files are not sent. A form that is handed in while it is being saved waits for that.

const PAUSE = 1200;
const LONGEST = 30000;

class Autosave {
  constructor(form) {
    this.form = form;
    this.line = document.getElementById(form.dataset.savedAt || "") || form.querySelector("[data-saved]");
    this.dirty = false;
    this.busy = false;
    this.wait = PAUSE;
    form.addEventListener("input", () => this.touch());
    form.addEventListener("change", () => this.touch());
    form.addEventListener("submit", (event) => this.handOver(event));
    window.addEventListener("online", () => this.dirty && this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.dirty && this.save(true));
  }

  touch() {
    this.dirty = true;
    this.again(PAUSE);
  }

  // Two posts of one page at once would be two people to the server.
  handOver(event) {
    clearTimeout(this.timer);
    this.dirty = false;
    if (!this.busy || !this.form.requestSubmit) return;
    event.preventDefault();
    this.waiting = { button: event.submitter };
  }

  handOn() {
    const { button } = this.waiting;
    this.waiting = null;
    clearTimeout(this.timer);
    this.dirty = false;
    this.form.requestSubmit(button || undefined);
  }

  again(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  say(state, tone) {
    if (!this.line) return;
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    this.line.textContent = (this.line.dataset[state] || "").replace("{time}", time);
    this.line.className = `saved is-${tone}`;
  }

  body() {
    const data = new FormData();
    new FormData(this.form).forEach((value, name) => {
      if (typeof value === "string") data.append(name, value);
    });
    return data;
  }

  async save(leaving = false) {
    if (this.busy) {
      this.again(PAUSE);
      return;
    }
    this.busy = true;
    this.dirty = false;
    this.say("busy", "now");
    const sent = this.body();
    try {
      const answer = await fetch(this.form.dataset.autosave, {
        method: "POST", body: sent, credentials: "same-origin", keepalive: leaving, redirect: "manual",
        headers: { "X-Requested-With": "fetch" },
      });
      if (answer.ok) {
        this.wait = PAUSE;
        this.say("ok", "ok");
        if ((answer.headers.get("Content-Type") || "").includes("json")) {
          const detail = { answer: await answer.json(), sent };
          this.form.dispatchEvent(new CustomEvent("autosave:answer", { detail }));
        }
      } else if (answer.type === "opaqueredirect" || (answer.status < 500 && answer.status !== 429)) { // signed out, closed, moved on
        this.say("refused", "bad");
      } else {
        this.later();
      }
    } catch (error) {
      this.later();
    } finally {
      this.busy = false;
      if (this.waiting) this.handOn();
    }
  }

  later() {
    this.dirty = true;
    this.wait = Math.min(this.wait * 2, LONGEST);
    this.say("bad", "warn");
    this.again(this.wait);
  }
}

document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
