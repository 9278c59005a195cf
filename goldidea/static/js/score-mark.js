// One criterion: a level opens its range; the number is picked from it, stepped, or typed. Nothing is preset.

const MOST_PICKS = 12;
const COARSE = [1, 2, 5, 10, 20, 50, 100];

export class Mark {
  constructor(box, changed) {
    this.box = box;
    this.key = box.dataset.mark;
    this.name = box.dataset.name;
    [this.min, this.max, this.step] = [box.dataset.min, box.dataset.max, box.dataset.step].map(Number);
    this.decimals = Number(box.dataset.decimals);
    this.input = box.querySelector(".stepper__value input");
    this.radios = Array.from(box.querySelectorAll("[type=radio]"));
    this.number = box.querySelector("[data-number]");
    this.ask = box.querySelector("[data-ask]");
    this.picks = box.querySelector("[data-picks]");
    this.wrong = box.querySelector("[data-wrong]");
    this.buttons = Array.from(box.querySelectorAll("[data-by]"));
    this.shown = box.querySelector("[data-value]");
    this.changed = changed;
    this.listen();
  }

  listen() {
    const then = () => {
      this.draw();
      this.changed(this);
    };
    this.radios.forEach((radio) => radio.addEventListener("change", () => {
      if (!this.inside(this.value)) this.input.value = "";
      then();
      this.number.scrollIntoView({ block: "nearest" });
    }));
    this.input.addEventListener("input", () => {
      this.follow();
      then();
    });
    this.input.addEventListener("change", () => this.complain());
    this.buttons.forEach((button) => button.addEventListener("click", () => {
      this.by(Number(button.dataset.by));
      then();
    }));
    this.picks.addEventListener("click", (event) => {
      const pick = event.target.closest("[data-pick]");
      if (!pick) return;
      this.input.value = pick.dataset.pick;
      then();
      const same = this.picks.querySelector(`[data-pick="${pick.dataset.pick}"]`);
      if (same) same.focus();
    });
  }

  get level() {
    return this.radios.find((radio) => radio.checked);
  }

  get low() {
    return this.level ? Number(this.level.dataset.low) : this.min;
  }

  get high() {
    return this.level ? Number(this.level.dataset.high) : this.max;
  }

  get text() {
    return this.input.value.normalize("NFKC").replace(/[,。]/, ".").replace(/\s|分/g, "");
  }

  // The mark, or null when there is none or what was typed is none.
  get value() {
    if (!/^-?\d{1,12}(\.\d+)?$/.test(this.text)) return null;
    const value = Number(this.text);
    const steps = (value - this.min) / this.step;
    return value < this.min || value > this.max || Math.abs(steps - Math.round(steps)) > 1e-6 ? null : value;
  }

  write(value) {
    const text = value.toFixed(this.decimals);
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  }

  inside(value) {
    return value !== null && value >= this.low && value <= this.high;
  }

  // A typed number chooses its level by itself.
  follow() {
    const value = this.value;
    if (value === null) return;
    this.radios.forEach((radio) => {
      radio.checked = value >= Number(radio.dataset.low) && value <= Number(radio.dataset.high);
    });
  }

  by(count) {
    if (this.value === null) return;
    const next = this.min + (Math.round((this.value - this.min) / this.step) + count) * this.step;
    if (this.inside(next)) this.input.value = this.write(next);
  }

  set(text, level) {
    this.input.value = text || "";
    this.radios.forEach((radio) => {
      radio.checked = Boolean(level) && radio.value === level;
    });
    this.follow();
    this.draw();
  }

  complain() {
    if (this.wrong) this.wrong.hidden = this.text === "" || this.value !== null;
  }

  draw() {
    const value = this.value;
    this.box.classList.toggle("is-ok", value !== null);
    if (value !== null) {
      this.box.classList.remove("is-bad");
      if (this.wrong) this.wrong.hidden = true;
    }
    this.number.hidden = this.radios.length > 0 && !this.level && this.text === "";
    this.ask.textContent = this.ask.dataset.ask.replace("{low}", this.write(this.low)).replace("{high}", this.write(this.high));
    this.buttons.forEach((button) => {
      button.hidden = false;
      const next = value === null ? null : value + Number(button.dataset.by) * this.step;
      button.disabled = next === null || next < this.low - 1e-9 || next > this.high + 1e-9;
    });
    this.drawShown(value);
    this.drawPicks(value);
  }

  drawShown(value) {
    const word = document.createElement("span");
    word.className = value === null ? "tag is-wait" : "mark__value";
    word.textContent = value === null ? this.shown.dataset.unmarked : this.write(value);
    this.shown.textContent = "";
    this.shown.append(word);
  }

  // Every mark of the range when there is room for them, else round ones, from which the two buttons go on.
  drawPicks(value) {
    const values = this.pickable();
    this.picks.hidden = values.length < 2;
    this.picks.textContent = "";
    values.forEach((each) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button--plain";
      button.dataset.pick = button.textContent = this.write(each);
      button.setAttribute("aria-pressed", String(each === value));
      this.picks.append(button);
    });
  }

  pickable() {
    const span = this.high - this.low;
    let step = this.step;
    if (span / step + 1 > MOST_PICKS) step = COARSE.find((each) => each > this.step && span / each + 1 <= MOST_PICKS) || span;
    const values = [];
    for (let each = this.low; each <= this.high + 1e-9; each += step) values.push(Number(each.toFixed(this.decimals)));
    return values;
  }
}
