// The scene: the graph as SVG. `draw` makes it anew when the layout changes, `update` writes the numbers of a step.

const READABLE = 0.93; // the scale at which text of 13 pixels is still 12
const MODULE_TEXT = 13;

/** Text that fits into so many pixels. */
function shortened(text, pixels, each = 7.4) {
  const most = Math.max(2, Math.floor(pixels / each));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

class Scene {
  constructor(model, layout, handlers) {
    this.model = model;
    this.layout = layout;
    this.handlers = handlers;
    this.world = document.getElementById("world");
    this.theme = "light";
  }

  draw() {
    this.placed = this.layout.place();
    this.nodes = new Map(); // node -> its parts
    this.edges = [];
    const frames = svg("g"), edges = svg("g"), nodes = svg("g");
    for (const [path, box] of this.placed.frames) frames.append(this.frame(path, box));
    for (const e of this.placed.edges) edges.append(this.edge(e));
    this.placed.nodes.forEach((box, i) => { if (box) nodes.append(this.node(i, box)); });
    this.boxes = new Map();
    for (const [path, box] of this.placed.boxes) nodes.append(this.box(path, box));
    this.world.replaceChildren(frames, edges, nodes);
  }

  /** An expanded module: a frame with its name, which collapses it. */
  frame(path, {left, top, right, bottom}) {
    const {name, kind} = this.layout.modules.get(path);
    const said = shortened(kind ? `${name} · ${kind}` : name, right - left - 34, 7.6);
    const heading = svg("g", {
      class: "heading", tabindex: 0, role: "button", "aria-expanded": "true", "aria-label": `Collapse module ${path}`,
      "data-module": path,
    });
    heading.append(
      svg("rect", {x: left + 4, y: top + 3, width: said.length * 7.6 + 26, height: 24, rx: 6}),
      svg("path", {d: `M${left + 11} ${top + 12}l4 5 4-5`}),
    );
    const text = svg("text", {x: left + 25, y: top + 20});
    text.textContent = said;
    heading.append(text);
    this.press(heading, () => this.handlers.toggle(path));
    return svg("g", {class: "module"}, svg("rect", {
      class: "area", x: left, y: top, width: right - left, height: bottom - top, rx: 10,
    }), heading);
  }

  /** A collapsed module. */
  box(path, box) {
    const {name, kind} = this.layout.modules.get(path);
    const members = this.model.nodes.map((n, i) => i).filter(i => this.layout.hiddenBy(this.model.nodes[i].module) === path);
    const operations = members.filter(i => this.model.nodes[i].op).length;
    const count = `${operations} operation${operations === 1 ? "" : "s"}`;
    const [w, h] = this.layout.size;
    const g = svg("g", {
      class: "node collapsed", tabindex: 0, role: "button", "aria-expanded": "false", "data-module": path,
      "aria-label": `Expand module ${path}${kind ? `, ${kind}` : ""}, ${count}`,
    });
    g.style.transform = `translate(${box.left}px, ${box.top}px)`;
    g.append(svg("rect", {class: "shadow", x: 4, y: 4, width: w, height: h, rx: 10}), svg("rect", {class: "body", width: w, height: h, rx: 10}));
    g.append(svg("path", {class: "plus", d: `M${w - 18} 12v10M${w - 23} 17h10`}));
    const lines = [[shortened(name, w - 44, 8), "title", 23], [shortened(kind, w - 24), "quiet", h > 60 ? 42 : 38], [count, "quiet", h > 60 ? 58 : 53]];
    for (const [said, kindOfLine, y] of lines) {
      const text = svg("text", {class: kindOfLine, x: 12, y});
      text.textContent = said;
      g.append(text);
    }
    this.press(g, () => this.handlers.toggle(path));
    this.boxes.set(path, {g, members});
    return g;
  }

  edge(e) {
    const line = svg("path", {class: "line", d: curve(e.points)});
    const g = svg("g", {class: "edge", "data-edges": e.members.join(" ")}, line);
    const parts = {g, line, members: e.members, texts: []};
    if (e.label) {
      for (const dy of this.model.scalar ? [-3, 11] : [4]) {
        const text = svg("text", {x: e.label[0], y: e.label[1] + dy, "text-anchor": "middle"});
        parts.texts.push(text);
        g.append(text);
      }
    }
    this.edges.push(parts);
    return g;
  }

  node(i, box) {
    const n = this.model.nodes[i];
    const [w, h] = this.layout.size;
    const g = svg("g", {class: `node ${n.error ? "failed" : n.kind}`, role: "button", tabindex: -1, "data-id": n.id});
    if (this.model.canChange(i)) g.classList.add("draggable");
    g.style.transform = `translate(${box.left}px, ${box.top}px)`;
    const round = n.op ? 10 : 2;
    g.append(svg("rect", {class: "halo", x: -5, y: -5, width: w + 10, height: h + 10, rx: round + 5}));
    g.append(svg("rect", {class: "body", width: w, height: h, rx: round}));
    if (n.kind === "result") g.append(svg("rect", {class: "inner", x: 3, y: 3, width: w - 6, height: h - 6, rx: round - 3}));
    if (n.kind === "parameter") g.append(svg("rect", {class: "bar", width: 5, height: h, rx: round}));
    const parts = {g};
    const text = (kind, x, y, anchor = "start") => {
      const t = svg("text", {class: kind, x, y, "text-anchor": anchor});
      g.append(t);
      return t;
    };
    const sign = n.name && n.op && !n.block ? n.sign : "";
    if (sign && this.model.scalar) text("sign", w - 11, 21, "end").textContent = shortened(sign, 60);
    const room = n.block && !this.model.scalar ? w - 24 : this.model.scalar ? w - 24 - (sign ? sign.length * 7 + 8 : 0) : w - 124;
    parts.title = text("title", 12, 21);
    parts.title.textContent = shortened(this.model.title(i), room, 8);
    text("far-title", 12, this.model.scalar ? 28 : h / 2 + 8).textContent = shortened(this.model.title(i), this.model.scalar ? w - 16 : room, 12);
    if (n.block) {
      const facts = [n.op, ...n.notes];
      facts.slice(0, 2).forEach((fact, k) => { text("quiet", 12, 41 + 18 * k).textContent = shortened(fact, w - 16, 6.8); });
    } else if (this.model.scalar) {
      text("quiet", 12, 40).textContent = "value";
      text("quiet", 12, 57).textContent = "grad";
      parts.value = text("value", w - 11, 40, "end");
      parts.gradient = text("gradient", w - 11, 57, "end");
    } else {
      const facts = [shortened(sign, room), n.shape ? shapeText(n.shape) : "", n.dtype].filter(Boolean);
      facts.slice(0, 2).forEach((fact, k) => { text("quiet", 12, 41 + 19 * k).textContent = shortened(fact, room); });
      parts.thumbnails = [svg("g"), svg("g")];
      parts.thumbnails.forEach((t, k) => t.setAttribute("transform", `translate(${w - 106 + 52 * k}, 9)`));
      g.append(...parts.thumbnails);
      parts.value = text("quiet", w - 83, h - 9, "middle");
      parts.gradient = text("gradient", w - 31, h - 9, "middle");
      parts.shown = ["", ""];
    }
    this.handlers.hold(g, i);
    this.nodes.set(i, parts);
    return g;
  }

  /** Do something on a click, on Enter and on the space bar. */
  press(element, action) {
    element.addEventListener("click", event => { event.stopPropagation(); action(); });
    element.addEventListener("keydown", event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      action();
    });
  }

  // -- the numbers of a step -----------------------------------------------------------------------------------------

  update(timeline, t, chosen, found) {
    const step = timeline.steps[t];
    const active = new Set(timeline.activeEdges(t));
    const way = step.phase === "forward" ? "forward" : "backward";
    const near = new Set([...active].map(e => this.model.edges[e].source));
    for (const [i, parts] of this.nodes) {
      const {classList} = parts.g;
      classList.toggle("active", step.node === i && step.phase !== "end");
      classList.toggle("near", near.has(i) && step.node !== i);
      classList.toggle("chosen", chosen === i);
      classList.toggle("dimmed", found !== null && !found.has(i));
      classList.toggle("waiting", !timeline.hasValue(i, t));
      parts.g.setAttribute("data-way", way);
      parts.g.setAttribute("tabindex", i === (chosen ?? 0) ? 0 : -1);
      this.writeNode(i, parts, timeline, t);
    }
    for (const {g, members} of this.boxes.values()) {
      g.classList.toggle("active", members.includes(step.node) && step.phase !== "end");
      g.classList.toggle("dimmed", found !== null && !members.some(i => found.has(i)));
      g.setAttribute("data-way", way);
    }
    for (const parts of this.edges) this.writeEdge(parts, timeline, t, active, way);
  }

  writeNode(i, parts, timeline, t) {
    const n = this.model.nodes[i];
    const value = timeline.hasValue(i, t) ? this.model.values[i] : null;
    const gradient = timeline.gradient(i, t);
    const plain = x => (x === null || x === undefined || isArray(x) ? "" : String(x));
    parts.g.setAttribute("data-value", plain(value));
    parts.g.setAttribute("data-gradient", plain(gradient.sum));
    parts.g.setAttribute("data-complete", String(gradient.complete));
    const some = gradient.parts.length > 0;
    parts.g.classList.toggle("partial", some && !gradient.complete);
    parts.g.classList.toggle("has-gradient", some);
    const said = some ? described(gradient.sum) : n.kind === "constant" ? "not wanted" : "not computed";
    const sofar = some && !gradient.complete ? " so far" : "";
    parts.g.setAttribute("aria-label", `${[this.model.title(i), n.name && n.op ? n.sign : "", n.error ? "failed" : n.kind]
      .filter(Boolean).join(", ")}: value ${value === null ? "not computed" : described(value)}, gradient ${said}${sofar}`);
    if (n.block) return;
    if (this.model.scalar) {
      parts.value.textContent = value === null ? "·" : fitting(value, 8);
      parts.gradient.textContent = some ? (gradient.complete ? fitting(gradient.sum, 8) : `Σ ${fitting(gradient.sum, 7)}`) : "·";
      return;
    }
    const isSeen = x => x !== null && x !== undefined && !(isArray(x) && !x.elements);
    parts.value.textContent = isSeen(value) ? "value" : "";
    parts.gradient.textContent = gradient.complete ? (isSeen(gradient.sum) ? "grad" : "") : some ? `Σ ${gradient.parts.length}/${gradient.expected}` : "";
    this.showThumbnail(parts, 0, value);
    this.showThumbnail(parts, 1, some ? gradient.sum : null);
  }

  /** A picture of an array, drawn only when it has changed; a single number is written. */
  showThumbnail(parts, k, array) {
    const key = array === null || array === undefined ? "" : `${this.theme} ${isArray(array) ? `${array.text} ${array.elements?.[0]}` : array}`;
    if (parts.shown[k] === key) return;
    parts.shown[k] = key;
    const slot = parts.thumbnails[k];
    slot.replaceChildren();
    if (!key) return;
    if (isArray(array) && array.elements?.length) {
      slot.append(thumbnail(array, 44, this.theme));
    } else if (!isArray(array)) {
      const text = svg("text", {class: k ? "gradient" : "value", x: 22, y: 28, "text-anchor": "middle"});
      text.textContent = fitting(array, 7, 3);
      slot.append(text);
    }
  }

  writeEdge(parts, timeline, t, active, way) {
    const {model} = this;
    const isActive = parts.members.some(e => active.has(e));
    const passed = parts.members.some(e => model.contributions[e] !== null && timeline.hasPassed(e, t));
    parts.g.classList.toggle("active", isActive);
    parts.g.classList.toggle("passed", passed);
    parts.g.setAttribute("data-way", way);
    const backwards = isActive && way === "backward";
    parts.line.setAttribute("marker-end", backwards ? "" : `url(#${isActive ? "tip-forward" : "tip"})`);
    parts.line.setAttribute("marker-start", backwards ? "url(#tip-backward)" : "");
    if (!parts.texts.length) return;
    const [e] = parts.members;
    const {target, parameter} = model.edges[e];
    if (!model.scalar) {
      const several = model.nodes[target].inputs.length > 1;
      parts.texts[0].textContent = several ? shortened(parameter, 72) : "";
      return;
    }
    const local = model.locals[e];
    const known = local !== null && timeline.hasValue(target, t);
    parts.texts[0].textContent = passed ? `${written(model.upstream[e], 3)} × ${factor(local, 3)}` : known ? `∂ ${written(local, 3)}` : "";
    parts.texts[1].textContent = passed ? `= ${written(model.contributions[e], 3)}` : "";
  }
}
