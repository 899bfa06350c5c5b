// The controls: every button, field and key, and what it does to the page.

function element(id) {
  return document.getElementById(id);
}

class Controls {
  constructor(page) {
    this.page = page;
    this.buttons();
    this.keys();
  }

  buttons() {
    const {page} = this;
    const on = (id, action) => element(id).addEventListener("click", action);
    page.scrub.addEventListener("input", () => { page.pause(); page.go(Number(page.scrub.value)); });
    on("first", () => { page.pause(); page.go(0); });
    on("back", () => { page.pause(); page.go(page.step - 1); });
    on("play", () => (page.playing ? page.pause() : page.play()));
    on("forth", () => { page.pause(); page.go(page.step + 1); });
    on("last", () => { page.pause(); page.go(page.timeline.last); });
    on("zoom-in", () => page.zoom(1.25));
    on("zoom-out", () => page.zoom(0.8));
    on("fit", () => page.showAll());
    on("turn", () => {
      page.layout.direction = page.layout.direction === "LR" ? "TB" : "LR";
      page.redraw(true);
    });
    on("modules", () => page.toggleAll());
    on("reset", () => { page.model.reset(); page.update(); });
    on("theme", () => {
      page.theme = THEMES[(THEMES.indexOf(page.theme) + 1) % THEMES.length];
      page.applyTheme();
      page.card.open = null;
      page.update();
    });
    on("help", () => element("keys").showModal());
    on("close-keys", () => element("keys").close());
    page.dark.addEventListener("change", () => { page.card.open = null; page.update(); });
    // After a click the focus does not stay on the button: then the space bar plays, and does not press it again.
    document.addEventListener("click", event => {
      const button = event.target.closest?.("header button, footer button, .zoom button");
      if (button && event.detail > 0) button.blur();
    });
    const field = element("search");
    field.addEventListener("input", () => page.search());
    field.addEventListener("keydown", event => {
      if (event.key === "Enter") page.nextFound();
    });
  }

  /** The keys of the whole page; a field or a slider keeps those that it needs itself. */
  keys() {
    const {page} = this;
    const actions = {
      " ": () => (page.playing ? page.pause() : page.play()),
      ArrowLeft: () => { page.pause(); page.go(page.step - 1); },
      ArrowRight: () => { page.pause(); page.go(page.step + 1); },
      Home: () => { page.pause(); page.go(0); },
      End: () => { page.pause(); page.go(page.timeline.last); },
      ArrowUp: () => this.chooseBeside(-1),
      ArrowDown: () => this.chooseBeside(1),
      PageUp: () => page.training.go(page.model.number - 1),
      PageDown: () => page.training.go(page.model.number + 1),
      "/": () => element("search").focus(),
      "+": () => page.zoom(1.25),
      "=": () => page.zoom(1.25),
      "-": () => page.zoom(0.8),
      "0": () => page.showAll(),
      "?": () => element("keys").showModal(),
      Escape: () => this.escape(),
    };
    document.addEventListener("keydown", event => {
      if (event.ctrlKey || event.metaKey || event.altKey || element("keys").open) return;
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

  /** Close what is open: first the search, then the card. */
  escape() {
    const {page} = this;
    const field = element("search");
    if (field.value) {
      field.value = "";
      page.search();
    } else if (page.chosen !== null) {
      page.close();
    }
    if (document.activeElement === field) field.blur();
  }

  /** Choose the node that was computed before or after the chosen one. */
  chooseBeside(by) {
    const {page} = this;
    const count = page.model.nodes.length;
    const from = page.chosen ?? (by > 0 ? -1 : count);
    const inGraph = page.graph.contains(document.activeElement);
    page.choose(Math.min(count - 1, Math.max(0, from + by)));
    if (inGraph) page.scene.nodes.get(page.chosen)?.g.focus({preventScroll: true});
  }
}
