// The training: several recordings of one computation, a slider through them, and the curve of the result.

class Training {
  constructor(model, show) {
    this.model = model;
    this.frames = model.data.frames;
    this.bar = document.getElementById("training");
    this.slider = document.getElementById("frame");
    this.button = document.getElementById("train");
    this.bar.hidden = this.frames.length < 2;
    this.show = show;
    if (this.bar.hidden) return;
    document.body.classList.add("with-training");
    this.slider.max = this.frames.length - 1;
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.button.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    this.drawCurve();
    this.say();
  }

  get playing() {
    return this.timer !== undefined;
  }

  go(k) {
    const next = Math.min(this.frames.length - 1, Math.max(0, k));
    if (next === this.model.number) return;
    this.model.setFrame(next);
    this.slider.value = next;
    this.say();
    this.show();
  }

  play() {
    if (this.model.number === this.frames.length - 1) this.go(0);
    this.timer = setInterval(() => {
      this.go(this.model.number + 1);
      if (this.model.number === this.frames.length - 1) this.stop();
    }, Math.max(60, Math.min(400, 8000 / this.frames.length)));
    this.look();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.look();
  }

  look() {
    const said = this.playing ? "Pause the training" : "Play the training";
    this.button.setAttribute("aria-label", said);
    this.button.title = said;
    this.button.querySelector("path").setAttribute("d", this.playing ? "M5 4h4v12H5zM11 4h4v12h-4z" : "M6 4l10 6-10 6z");
  }

  say() {
    const label = this.frames[this.model.number].label;
    document.getElementById("frame-label").textContent = label;
    this.slider.setAttribute("aria-valuetext", label);
    const x = this.frames.length > 1 ? this.model.number / (this.frames.length - 1) : 0;
    this.here?.setAttribute("transform", `translate(${x * 100}, 0)`);
  }

  /** The result of each recording, as a curve behind the slider. */
  drawCurve() {
    const results = this.frames.map(f => this.model.results.reduce((total, r) => total + Number(real(f.values[r])), 0));
    const finite = results.filter(Number.isFinite);
    if (!finite.length) return;
    const low = Math.min(...finite, 0), high = Math.max(...finite, low + 1e-12);
    const at = (y, k) => `${(k / (results.length - 1) * 100).toFixed(2)} ${(30 - (y - low) / (high - low) * 28).toFixed(2)}`;
    const curve = document.getElementById("curve");
    curve.setAttribute("viewBox", "0 0 100 32");
    const points = results.map((y, k) => (Number.isFinite(y) ? at(y, k) : null)).filter(Boolean);
    this.here = svg("g", {}, svg("path", {class: "here", d: "M0 0v32"}));
    curve.append(svg("path", {class: "area", d: `M0 32L${points.join("L")}L100 32z`}), svg("path", {class: "line", d: `M${points.join("L")}`}), this.here);
  }
}
