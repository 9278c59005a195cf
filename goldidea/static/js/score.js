// A judge's sheet for one project: read, mark, look once more, hand in. In large text one criterion at a time. Every touch is kept
// on this phone. Without this script the same form works as one long page.

import { clock, draftName, keep, load, newKey, putItem, waiting } from "./score-store.js";
import { Mark } from "./score-mark.js";
import { flush } from "./score-outbox.js";

const form = document.querySelector("[data-score]");
const root = document.documentElement;
const find = (selector) => document.querySelector(selector);
const all = (selector) => Array.from(document.querySelectorAll(selector));
const ROOMS = ["read", "marks", "review"];

class Sheet {
  constructor() {
    [this.seat, this.entry] = [form.dataset.seat, form.dataset.entry];
    this.base = Number(form.dataset.revision);
    this.name = draftName(this.seat, this.entry);
    this.sync = find("[data-sync]");
    this.assisted = form.elements.assisted;
    this.marks = all("[data-mark]").map((box) => new Mark(box, () => this.touched()));
    this.at = 0;
    this.restore();
    this.listen();
    history.replaceState({ room: this.room, at: this.at }, "");
    this.layout();
  }

  // ---- what is kept ----

  restore() {
    const draft = form.dataset.errors ? null : load(this.name, null);
    if (draft) {
      this.base = draft.base;
      this.marks.forEach((mark) => mark.set(draft.marks[mark.key], (draft.levels || {})[mark.key]));
      this.assisted.checked = Boolean(draft.assisted);
      this.sayLocal(draft.at);
      const queued = waiting(this.seat, this.entry).length;
      this.sayCentral(queued ? "sending" : "changed", queued ? "is-now" : "is-warn");
    } else {
      this.marks.forEach((mark) => mark.draw());
    }
    const open = this.marks.findIndex((mark) => mark.value === null);
    this.at = Math.max(0, open);
    this.room = form.dataset.errors ? "marks" : !draft ? "read" : open < 0 ? "review" : "marks";
  }

  touched() {
    const at = Date.now();
    const draft = { base: this.base, at, assisted: this.assisted.checked, sent: null, marks: {}, levels: {} };
    this.marks.forEach((mark) => {
      if (mark.text) draft.marks[mark.key] = mark.value === null ? mark.input.value : mark.write(mark.value);
      if (mark.level) draft.levels[mark.key] = mark.level.value;
    });
    this.done = false;
    this.kept = keep(this.name, draft);
    this.sayLocal(at);
    this.sayCentral("changed", "is-warn");
    this.layout();
  }

  handIn() {
    if (this.marks.some((mark) => mark.value === null)) return;
    const draft = load(this.name, null);
    const queued = waiting(this.seat, this.entry);
    if (draft && draft.sent && queued.some((item) => item.key === draft.sent)) {
      flush(); // pressed again: the same sheet, once
      return;
    }
    const marks = {};
    this.marks.forEach((mark) => {
      marks[mark.key] = mark.write(mark.value);
    });
    const item = {
      key: newKey(), seat: this.seat, entry: this.entry, url: window.location.pathname, marks, base: this.base,
      assisted: this.assisted.checked, title: form.dataset.title, at: Date.now(),
    };
    if (!putItem(item)) { // nothing can be kept here: the ordinary way, whose answer the browser shows
      this.submit(item);
      return;
    }
    const levels = draft ? draft.levels : {};
    keep(this.name, { base: this.base, at: item.at, assisted: item.assisted, marks, levels, sent: item.key });
    this.fresh = item.key;
    this.sayCentral("sending", "is-now");
    flush();
  }

  submit(item) {
    const values = { step: "send", client_key: item.key, base_revision: item.base };
    this.marks.forEach((mark) => {
      mark.input.value = item.marks[mark.key];
    });
    Object.entries(values).forEach(([name, value]) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.querySelectorAll(`input[name=${name}]`).forEach((other) => other.remove());
      form.append(field);
    });
    form.submit();
  }

  outcome({ item, outcome }) {
    if (item.entry !== this.entry) return;
    if (outcome.state === "received") {
      this.base = outcome.revision;
      this.done = !load(this.name, null);
      this.sayCentral("received", "is-ok", { time: outcome.at, code: outcome.receipt });
      find("[data-arrived]").hidden = false;
      if (this.fresh === item.key && !waiting(this.seat, this.entry).length) window.location.assign(outcome.url);
    } else if (outcome.state === "refused") {
      if (outcome.code === "stale-revision") this.submit(item); // the server shows both versions
      else this.sayCentral("refused", "is-bad", { reason: outcome.message });
    } else {
      this.fresh = null;
      this.sayCentral(outcome.state === "later" ? "offline" : "signedout", outcome.state === "later" ? "is-warn" : "is-bad");
    }
    this.layout();
  }

  // ---- what is said ----

  sayLocal(at) {
    const words = this.kept === false ? this.sync.dataset.unsaved : this.sync.dataset.saved.replace("{time}", clock(at));
    const tone = this.kept === false ? "is-bad" : "is-ok";
    const line = this.sync.querySelector("[data-local]");
    const dock = find("[data-dock-state]");
    line.hidden = dock.hidden = false;
    line.className = tone;
    dock.className = `dock__state saved ${tone}`;
    line.firstElementChild.textContent = dock.textContent = words;
  }

  sayCentral(what, tone, values = {}) {
    const line = this.sync.querySelector("[data-central]");
    line.className = tone;
    line.firstElementChild.textContent = this.sync.dataset[what].replace(/\{(\w+)\}/g, (_all, name) => values[name] || "");
  }

  // ---- what is shown ----

  get single() {
    return root.dataset.text === "elder";
  }

  go(room, at = this.at) {
    if (room === this.room && at === this.at) return;
    [this.room, this.at] = [room, at];
    history.pushState({ room, at }, "", `#${room}`);
    this.layout();
    this.arrive();
  }

  arrive() {
    if (this.room === "review") find("#h-review").focus({ preventScroll: true });
    if (!this.single && this.room === "marks") this.marks[this.at].box.scrollIntoView();
    else window.scrollTo(0, 0);
  }

  turn(by) {
    const at = this.at + by;
    if (at < 0) this.go("read");
    else if (at >= this.marks.length) this.go("review", this.marks.length - 1);
    else this.go("marks", at);
  }

  layout() {
    const { single, room } = this;
    all("[data-stage]").forEach((part) => {
      const here = part.dataset.stage;
      const both = here !== "review" && room !== "review";
      part.hidden = single ? here !== room : !both && here !== room;
    });
    all("[data-tools]").forEach((part) => {
      part.hidden = !single || room !== "marks";
    });
    find("[data-begin]").hidden = !single;
    form.hidden = single && room === "read";
    find("[data-single]").hidden = !single;
    find("[data-all]").hidden = single;
    find("[data-dock]").hidden = !single || room !== "marks";
    this.marks.forEach((mark, number) => {
      mark.box.hidden = single && number !== this.at;
    });
    const last = this.at === this.marks.length - 1;
    all("[data-last]").forEach((part) => {
      part.hidden = single && !last;
    });
    if (single) this.drawProgress(last);
    if (room === "review") this.drawReview();
  }

  drawProgress(last) {
    const done = this.marks.filter((mark) => mark.value !== null).length;
    const [at, marked] = [find("[data-at]"), find("[data-done]")];
    at.textContent = at.dataset.at.replace("{n}", this.at + 1).replace("{all}", this.marks.length);
    marked.textContent = marked.dataset.done.replace("{n}", done);
    all("[data-dot]").forEach((dot, number) => {
      const mark = this.marks[number];
      const state = number === this.at ? "now" : mark.value === null ? "open" : "ok";
      dot.className = state === "open" ? "" : `is-${state}`;
      dot.firstElementChild.textContent = `${mark.name}: ${dot.dataset[state]}`;
    });
    const next = find("[data-turn='1']");
    next.textContent = last ? next.dataset.end : next.dataset.next.replace("{name}", this.marks[this.at + 1].name);
  }

  drawReview() {
    let sum = 0;
    this.marks.forEach((mark) => {
      const place = find(`[data-review="${mark.key}"]`);
      place.textContent = mark.value === null ? place.dataset.unmarked : mark.write(mark.value);
      sum += mark.value === null ? 0 : Math.round(mark.value * 1000);
    });
    const missing = this.marks.some((mark) => mark.value === null);
    find("[data-missing]").hidden = !missing;
    find("[data-send]").hidden = missing || this.done;
    const total = find("[data-sum]");
    if (total) total.textContent = missing ? "–" : String(sum / 1000);
  }

  // ---- what happens ----

  listen() {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.go("review");
    });
    this.assisted.addEventListener("change", () => this.touched());
    document.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (ROOMS.includes(button.dataset.go)) {
        event.preventDefault();
        this.go(button.dataset.go);
      } else if (button.dataset.turn) this.turn(Number(button.dataset.turn));
      else if (button.dataset.change) this.go("marks", this.marks.findIndex((mark) => mark.key === button.dataset.change));
      else if ("toMissing" in button.dataset) this.go("marks", this.marks.findIndex((mark) => mark.value === null));
      else if ("send" in button.dataset) this.handIn();
    });
    document.addEventListener("score:outcome", (event) => this.outcome(event.detail));
    window.addEventListener("popstate", (event) => {
      if (!event.state || !event.state.room) return;
      [this.room, this.at] = [event.state.room, event.state.at];
      this.layout();
      this.arrive();
    });
    new MutationObserver(() => this.layout()).observe(root, { attributes: true, attributeFilter: ["data-text"] });
  }
}

if (form) new Sheet();
