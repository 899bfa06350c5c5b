// The page: one state (step, chosen node, what is searched for), and everything that changes it.

const THEMES = ["auto", "light", "dark"];
const STEP_TIME = 1100; // milliseconds at speed 1

class Page {
  constructor(data) {
    this.model = new Model(data);
    this.timeline = new Timeline(this.model);
    this.layout = new Layout(this.model);
    this.stage = document.querySelector(".stage");
    this.graph = document.getElementById("graph");
    this.scene = new Scene(this.model, this.layout, {toggle: path => this.toggle(path), hold: (g, i) => this.hold(g, i)});
    this.view = new View(this.stage, this.graph, this.scene.world);
    this.stepPanel = new StepPanel(this.model, this.timeline, i => this.choose(i));
    this.card = new Card(this.model, this.timeline, {
      change: (i, x) => this.change(i, x), choose: i => this.choose(i), close: () => this.close(),
    });
    this.step = this.timeline.last;
    this.chosen = null;
    this.found = null; // the nodes that the search has found
    this.theme = "auto";
    this.training = new Training(this.model, () => this.frameChanged());
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    this.scrub = element("scrub");
    this.controls = new Controls(this);
    this.furnish();
    this.layout.direction = this.betterDirection();
    this.applyTheme();
    this.redraw(true);
    new ResizeObserver(() => this.resized()).observe(this.stage);
  }

  // -- what is shown -------------------------------------------------------------------------------------------------

  get shownTheme() {
    return this.theme === "auto" ? (this.dark.matches ? "dark" : "light") : this.theme;
  }

  /** The direction in which more of the graph can be read at once. */
  betterDirection() {
    const {width, height} = this.view.room;
    const [across, down] = ["LR", "TB"].map(d => {
      const base = this.model.data.layouts[d];
      return Math.min(1, width / base.width) * Math.min(1, height / base.height);
    });
    return across >= down ? "LR" : "TB";
  }

  /** Lay out and draw anew. */
  redraw(fit = false) {
    this.scene.draw();
    this.update();
    if (!fit) return;
    this.view.free = false;
    this.view.fit(this.scene.placed.bounds, true, this.focus());
    this.show();
    if (this.chosen !== null) this.view.reveal(this.boxOf(this.chosen), this.scene.placed.bounds);
  }

  /** Bring into sight what matters now: the node of the step, or else everything. */
  show() {
    const {bounds} = this.scene.placed;
    const {node} = this.timeline.steps[this.step];
    this.view.follow(node === undefined ? null : this.boxOf(node), bounds);
  }

  resized() {
    const {width, height} = this.view.room;
    if (this.size && Math.abs(this.size[0] - width) < 2 && Math.abs(this.size[1] - height) < 60) return;
    this.size = [width, height];
    this.redraw(true);
  }

  /** The box that should be in sight: that of the step, or of the result. */
  focus() {
    const {node} = this.timeline.steps[this.step];
    return this.boxOf(node ?? this.model.results[0]);
  }

  boxOf(i) {
    const {placed} = this.scene;
    return placed.nodes[i] ?? placed.boxes.get(this.layout.hiddenBy(this.model.nodes[i].module));
  }

  update() {
    this.scene.theme = this.shownTheme;
    this.scene.update(this.timeline, this.step, this.chosen, this.found);
    this.stepPanel.show(this.step, this.shownTheme);
    this.card.show(this.chosen, this.step, this.shownTheme);
    this.scrub.max = this.timeline.last;
    this.scrub.value = this.step;
    this.scrub.setAttribute("aria-valuetext", element("step").querySelector("h2").textContent);
    element("first").disabled = element("back").disabled = this.step === 0;
    element("forth").disabled = element("last").disabled = this.step === this.timeline.last;
    element("reset").hidden = !this.model.changed.size;
    document.body.dataset.step = this.step;
    document.body.dataset.phase = this.timeline.steps[this.step].phase;
  }

  frameChanged() {
    this.timeline.build();
    this.step = Math.min(this.step, this.timeline.last);
    this.update();
  }

  // -- what changes it -----------------------------------------------------------------------------------------------

  go(step) {
    this.step = Math.min(this.timeline.last, Math.max(0, step));
    this.update();
    this.show();
  }

  get playing() {
    return this.timer !== undefined;
  }

  play() {
    if (this.step === this.timeline.last) this.go(0);
    const tick = () => {
      this.go(this.step + 1);
      if (this.step === this.timeline.last) this.pause();
      else this.timer = setTimeout(tick, this.pace);
    };
    this.timer = setTimeout(tick, this.pace / 2);
    this.playLook();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.playLook();
  }

  get pace() {
    return STEP_TIME / Number(element("speed").value);
  }

  playLook() {
    const button = element("play");
    button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    element("play-sign").setAttribute("d", this.playing ? "M5 4h4v12H5zM11 4h4v12h-4z" : "M6 4l10 6-10 6z");
    document.body.classList.toggle("playing", this.playing);
  }

  choose(i) {
    this.chosen = i;
    const module = this.layout.hiddenBy(this.model.nodes[i].module);
    if (module) {
      this.layout.expandTo(this.model.nodes[i].module);
      this.modulesLook();
      this.redraw();
    } else {
      this.update();
    }
    this.view.reveal(this.boxOf(i), this.scene.placed.bounds);
    this.card.element.scrollIntoView({block: "nearest"});
  }

  close() {
    const was = this.chosen;
    this.chosen = null;
    this.update();
    if (was !== null) this.scene.nodes.get(was)?.g.focus({preventScroll: true});
  }

  change(i, x) {
    if (x === this.model.recorded.values[i]) {
      this.model.changed.delete(i);
      this.model.compute();
    } else {
      this.model.change(i, x);
    }
    this.update();
  }

  toggle(path) {
    const {collapsed} = this.layout;
    if (collapsed.has(path)) collapsed.delete(path);
    else collapsed.add(path);
    this.modulesLook();
    this.redraw();
    this.view.free = false;
    this.view.fit(this.scene.placed.bounds, true, this.scene.placed.boxes.get(path) ?? this.focus());
    this.graph.querySelector(`[data-module="${CSS.escape(path)}"]`)?.focus({preventScroll: true});
  }

  toggleAll() {
    const {collapsed, modules} = this.layout;
    if (collapsed.size) collapsed.clear();
    else for (const path of modules.keys()) collapsed.add(path);
    this.modulesLook();
    this.redraw(true);
  }

  modulesLook() {
    const said = this.layout.collapsed.size ? "Expand modules" : "Collapse modules";
    element("modules").querySelector("span").textContent = said;
    element("modules").setAttribute("aria-label", said);
  }

  search() {
    const words = element("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const matches = n => {
      const said = [n.name, n.op, n.sign, n.kind, n.module, n.dtype].join(" ").toLowerCase();
      return words.every(w => said.includes(w));
    };
    this.found = words.length ? new Set(this.model.nodes.map((n, i) => i).filter(i => matches(this.model.nodes[i]))) : null;
    this.at = -1;
    element("found").textContent = this.found === null ? "" : `${this.found.size} found`;
    this.update();
  }

  nextFound() {
    if (!this.found?.size) return;
    const all = [...this.found];
    this.at = (this.at + 1) % all.length;
    this.choose(all[this.at]);
    element("found").textContent = `${this.at + 1} of ${all.length}`;
  }

  applyTheme() {
    if (this.theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.theme;
    const said = {auto: "as the system has them", light: "light", dark: "dark"}[this.theme];
    element("theme").setAttribute("aria-label", `Colours: ${said}`);
    element("theme").title = `Colours: ${said}`;
  }

  // -- nodes under the pointer ---------------------------------------------------------------------------------------

  /** A click chooses a node; an input that can be changed is dragged sideways. */
  hold(g, i) {
    let start = null;
    g.addEventListener("pointerdown", event => {
      if (event.button !== 0 || !this.model.canChange(i)) return;
      start = {x: event.clientX, value: this.model.values[i], moved: false};
    });
    g.addEventListener("pointermove", event => {
      if (!start || this.view.pointers.size > 1) return;
      const by = event.clientX - start.x;
      if (!start.moved && Math.abs(by) < 4) return;
      start.moved = true;
      this.view.held = true;
      if (!g.hasPointerCapture(event.pointerId)) g.setPointerCapture(event.pointerId);
      const each = Math.max(1, Math.abs(this.model.recorded.values[i])) / 150;
      this.change(i, Number((start.value + by * each).toPrecision(6)));
    });
    const end = () => {
      const {moved} = start ?? {};
      start = null;
      this.view.held = false;
      if (moved) this.justDragged = true;
    };
    g.addEventListener("pointerup", end);
    g.addEventListener("pointercancel", end);
    g.addEventListener("click", () => {
      const wasDrag = this.justDragged || this.view.travel > 6;
      this.justDragged = false;
      if (!wasDrag || this.chosen === i) this.choose(i);
    });
    g.addEventListener("keydown", event => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.choose(i);
      this.card.element.focus();
    });
  }

  zoom(by) {
    this.view.free = true;
    this.view.zoom(by);
  }

  showAll() {
    this.view.free = false;
    this.view.fit(this.scene.placed.bounds, false);
  }

  // -- what depends on the graph -------------------------------------------------------------------------------------

  furnish() {
    const {model} = this;
    const kinds = ["leaf", "parameter", "constant", "operation", "result"].filter(k => model.nodes.some(n => n.kind === k));
    element("legend").replaceChildren(...kinds.map(k => html("li", {class: k}, kindText(k))));
    const notes = model.data.notes.slice();
    if (!this.timeline.backwardSteps && model.operations.length) {
      const failed = model.nodes.some(n => n.error);
      notes.push(failed ? "The program stopped before backward()." : model.data.whole
        ? "No backward pass is shown: record the program with show.record() and call backward() in it."
        : "What backward sends through collapsed modules is not shown.");
    }
    if (!model.live && model.scalar) notes.push(`Numbers cannot be changed here: ${model.data.frozen}.`);
    const [first, ...others] = notes.map(n => html("p", {}, n));
    if (others.length) first.append(` … and ${others.length} more`);
    const shown = others.length ? html("details", {}, html("summary", {}, first), ...others) : first;
    element("notes").replaceChildren(...(first ? [shown] : []));
    element("modules").hidden = !model.data.modules.length;
    element("help-drag").hidden = !model.live;
    const share = this.timeline.last ? this.timeline.forwardSteps / this.timeline.last : 1;
    element("phase-forward").style.flexGrow = share;
    element("phase-backward").style.flexGrow = 1 - share;
    element("phase-backward").hidden = !this.timeline.backwardSteps;
  }
}

new Page(JSON.parse(document.getElementById("data").textContent));
