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
    this.controls();
    this.keys();
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
    if (fit) this.show();
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
    this.view.free = false;
    this.view.fit(this.scene.placed.bounds, true, this.focus());
    this.show();
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
    this.scrub.setAttribute("aria-valuetext", this.element("step").querySelector("h2").textContent);
    this.element("first").disabled = this.element("back").disabled = this.step === 0;
    this.element("forth").disabled = this.element("last").disabled = this.step === this.timeline.last;
    this.element("reset").hidden = !this.model.changed.size;
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
    return STEP_TIME / Number(this.element("speed").value);
  }

  playLook() {
    const button = this.element("play");
    button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.element("play-sign").setAttribute("d", this.playing ? "M5 4h4v12H5zM11 4h4v12h-4z" : "M6 4l10 6-10 6z");
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
    this.element("modules").querySelector("span").textContent = said;
    this.element("modules").setAttribute("aria-label", said);
  }

  search() {
    const words = this.element("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const matches = n => {
      const said = [n.name, n.op, n.sign, n.kind, n.module, n.dtype].join(" ").toLowerCase();
      return words.every(w => said.includes(w));
    };
    this.found = words.length ? new Set(this.model.nodes.map((n, i) => i).filter(i => matches(this.model.nodes[i]))) : null;
    this.at = -1;
    this.element("found").textContent = this.found === null ? "" : `${this.found.size} found`;
    this.update();
  }

  nextFound() {
    if (!this.found?.size) return;
    const all = [...this.found];
    this.at = (this.at + 1) % all.length;
    this.choose(all[this.at]);
    this.element("found").textContent = `${this.at + 1} of ${all.length}`;
  }

  applyTheme() {
    if (this.theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.theme;
    const said = {auto: "as the system has them", light: "light", dark: "dark"}[this.theme];
    this.element("theme").setAttribute("aria-label", `Colours: ${said}`);
    this.element("theme").title = `Colours: ${said}`;
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

  // -- buttons and keys ----------------------------------------------------------------------------------------------

  element(id) {
    return document.getElementById(id);
  }

  controls() {
    const on = (id, action) => this.element(id).addEventListener("click", action);
    this.scrub = this.element("scrub");
    this.scrub.addEventListener("input", () => { this.pause(); this.go(Number(this.scrub.value)); });
    on("first", () => { this.pause(); this.go(0); });
    on("back", () => { this.pause(); this.go(this.step - 1); });
    on("play", () => (this.playing ? this.pause() : this.play()));
    on("forth", () => { this.pause(); this.go(this.step + 1); });
    on("last", () => { this.pause(); this.go(this.timeline.last); });
    on("zoom-in", () => this.zoom(1.25));
    on("zoom-out", () => this.zoom(0.8));
    on("fit", () => this.showAll());
    on("turn", () => {
      this.view.free = false;
      this.layout.direction = this.layout.direction === "LR" ? "TB" : "LR";
      this.redraw(true);
    });
    on("modules", () => this.toggleAll());
    on("reset", () => { this.model.reset(); this.update(); });
    on("theme", () => {
      this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length];
      this.applyTheme();
      this.card.open = null;
      this.update();
    });
    on("help", () => this.element("keys").showModal());
    on("close-keys", () => this.element("keys").close());
    this.dark.addEventListener("change", () => { this.card.open = null; this.update(); });
    const field = this.element("search");
    field.addEventListener("input", () => this.search());
    field.addEventListener("keydown", event => {
      if (event.key === "Enter") this.nextFound();
    });
  }

  /** The keys of the whole page; a field or a slider keeps those that it needs itself. */
  keys() {
    const actions = {
      " ": () => (this.playing ? this.pause() : this.play()),
      ArrowLeft: () => { this.pause(); this.go(this.step - 1); },
      ArrowRight: () => { this.pause(); this.go(this.step + 1); },
      Home: () => { this.pause(); this.go(0); },
      End: () => { this.pause(); this.go(this.timeline.last); },
      ArrowUp: () => this.chooseBeside(-1),
      ArrowDown: () => this.chooseBeside(1),
      PageUp: () => this.training.go(this.model.number - 1),
      PageDown: () => this.training.go(this.model.number + 1),
      "/": () => this.element("search").focus(),
      "+": () => this.zoom(1.25),
      "=": () => this.zoom(1.25),
      "-": () => this.zoom(0.8),
      "0": () => this.showAll(),
      "?": () => this.element("keys").showModal(),
      Escape: () => this.escape(),
    };
    document.addEventListener("keydown", event => {
      if (event.ctrlKey || event.metaKey || event.altKey || this.element("keys").open) return;
      const {target, key} = event;
      const writes = target.matches("input[type=search], input[type=text]");
      const slides = target.matches("input[type=range], select");
      if (writes && key !== "Escape") return;
      if (slides && /^(Arrow|Home|End|Page)/.test(key)) return;
      if (key === " " && target.matches("button, select, a, summary")) return;
      if (!(key in actions)) return;
      event.preventDefault();
      actions[key]();
    });
  }

  escape() {
    const field = this.element("search");
    if (field.value) {
      field.value = "";
      this.search();
    } else if (this.chosen !== null) {
      this.close();
    }
    if (document.activeElement === field) field.blur();
  }

  chooseBeside(by) {
    const count = this.model.nodes.length;
    const from = this.chosen ?? (by > 0 ? -1 : count);
    const inGraph = this.graph.contains(document.activeElement);
    this.choose(Math.min(count - 1, Math.max(0, from + by)));
    if (inGraph) this.scene.nodes.get(this.chosen)?.g.focus({preventScroll: true});
  }

  // -- what depends on the graph -------------------------------------------------------------------------------------

  furnish() {
    const {model} = this;
    const kinds = ["leaf", "parameter", "constant", "operation", "result"].filter(k => model.nodes.some(n => n.kind === k));
    const said = {leaf: "input", parameter: "parameter", constant: "constant", operation: "operation", result: "result"};
    this.element("legend").replaceChildren(...kinds.map(k => html("li", {class: k}, said[k])));
    const notes = model.data.notes.slice();
    if (!this.timeline.backwardSteps) notes.push("No backward pass is shown: record the program with show.record() and call backward() in it.");
    if (!model.live && model.scalar) notes.push(`Numbers cannot be changed here: ${model.data.frozen}.`);
    const [first, ...others] = notes.map(n => html("p", {}, n));
    if (others.length) first.append(` … and ${others.length} more`);
    const shown = others.length ? html("details", {}, html("summary", {}, first), ...others) : first;
    this.element("notes").replaceChildren(...(first ? [shown] : []));
    this.element("modules").hidden = !model.data.modules.length;
    this.element("help-drag").hidden = !model.live;
    const share = this.timeline.last ? this.timeline.forwardSteps / this.timeline.last : 1;
    this.element("phase-forward").style.flexGrow = share;
    this.element("phase-backward").style.flexGrow = 1 - share;
    this.element("phase-backward").hidden = !this.timeline.backwardSteps;
  }
}

new Page(JSON.parse(document.getElementById("data").textContent));
