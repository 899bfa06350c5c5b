// The layout: where Graphviz has put everything, and what becomes of it when modules are collapsed.
//
// A collapsed module is one box in the middle of where it was. The space that falls empty is taken out, in both
// directions, so everything keeps its order.

const WIDEST_GAP = 46; // pixels that may stay empty between what is shown

class Layout {
  constructor(model) {
    this.model = model;
    this.direction = "LR";
    this.collapsed = new Set();
    this.size = model.data.size;
    this.modules = new Map(model.data.modules.map(m => [m.path, m])); // each after the one around it
  }

  /** The collapsed module that hides a node or a module: the outermost one. "" for none. */
  hiddenBy(path, itself = true) {
    let found = "";
    for (let at = itself ? path : this.modules.get(path)?.parent; at; at = this.modules.get(at)?.parent) {
      if (this.collapsed.has(at)) found = at;
    }
    return found;
  }

  /** Expand a module and those around it. */
  expandTo(path) {
    for (let at = path; at; at = this.modules.get(at)?.parent) this.collapsed.delete(at);
  }

  /** Where everything is now. */
  place() {
    const base = this.model.data.layouts[this.direction];
    const [w, h] = this.size;
    const at = (x, y) => ({x, y, left: x - w / 2, right: x + w / 2, top: y - h / 2, bottom: y + h / 2});
    const nodes = this.model.nodes.map(n => (this.hiddenBy(n.module) ? null : at(...base.nodes[n.id])));
    const boxes = new Map(); // collapsed module -> its box
    const frames = new Map(); // expanded module -> its frame
    for (const path of this.modules.keys()) {
      if (this.hiddenBy(path, false)) continue;
      const [x0, y0, x1, y1] = base.modules[path];
      if (this.collapsed.has(path)) boxes.set(path, at((x0 + x1) / 2, (y0 + y1) / 2));
      else frames.set(path, {left: x0, top: y0, right: x1, bottom: y1});
    }
    const edges = this.edges(base, nodes, boxes);
    if (this.collapsed.size) this.squeeze(nodes, boxes, frames, edges);
    for (const e of edges) if (!e.points) e.points = this.bridge(e.from, e.to);
    const all = [...nodes.filter(Boolean), ...boxes.values(), ...frames.values()];
    const bounds = {
      left: Math.min(...all.map(b => b.left)), right: Math.max(...all.map(b => b.right)),
      top: Math.min(...all.map(b => b.top)), bottom: Math.max(...all.map(b => b.bottom)),
    };
    for (const e of edges) {
      if (!e.label) continue;
      bounds.top = Math.min(bounds.top, e.label[1] - 20);
      bounds.bottom = Math.max(bounds.bottom, e.label[1] + 20);
    }
    return {nodes, boxes, frames, edges, bounds};
  }

  /** Each edge between what is shown; edges to and from a collapsed module are one for each other end. */
  edges(base, nodes, boxes) {
    const found = new Map();
    this.model.edges.forEach((e, i) => {
      const ends = [e.source, e.target].map(n => this.hiddenBy(this.model.nodes[n].module));
      if (ends[0] && ends[0] === ends[1]) return;
      if (!ends[0] && !ends[1]) {
        const {points, label} = base.edges[i];
        found.set(`edge ${i}`, {members: [i], points: points.map(p => [...p]), label: label && [...label]});
        return;
      }
      const key = `${ends[0] || e.source} → ${ends[1] || e.target}`;
      if (!found.has(key)) {
        const end = (path, n) => (path ? boxes.get(path) : nodes[n]);
        found.set(key, {members: [], points: null, label: null, from: end(ends[0], e.source), to: end(ends[1], e.target)});
      }
      found.get(key).members.push(i);
    });
    return [...found.values()];
  }

  /** Take out what has fallen empty. */
  squeeze(nodes, boxes, frames, edges) {
    const solid = [...nodes.filter(Boolean), ...boxes.values()];
    const labels = edges.filter(e => e.label).map(e => e.label);
    for (const [low, high, axis, half] of [["left", "right", "x", 54], ["top", "bottom", "y", 16]]) {
      const spans = solid.map(b => [b[low], b[high]]);
      for (const l of labels) spans.push([l[axis === "x" ? 0 : 1] - half, l[axis === "x" ? 0 : 1] + half]);
      for (const f of frames.values()) spans.push([f[low], f[low] + 24], [f[high] - 8, f[high]]);
      const moved = squeezed(spans);
      for (const b of [...solid, ...frames.values()]) {
        for (const side of [low, high, axis]) if (side in b) b[side] = moved(b[side]);
      }
      const place = axis === "x" ? 0 : 1;
      for (const e of edges) {
        for (const p of e.points ?? []) p[place] = moved(p[place]);
        if (e.label) e.label[place] = moved(e.label[place]);
      }
    }
  }

  /** The control points of a curve between two boxes. */
  bridge(from, to) {
    const [w, h] = this.size;
    const across = this.direction === "LR" ? Math.abs(to.x - from.x) >= w : Math.abs(to.y - from.y) < h;
    if (across) {
      const [x0, x1] = from.x <= to.x ? [from.right, to.left] : [from.left, to.right];
      const middle = (x0 + x1) / 2;
      return [[x0, from.y], [middle, from.y], [middle, to.y], [x1, to.y]];
    }
    const [y0, y1] = from.y <= to.y ? [from.bottom, to.top] : [from.top, to.bottom];
    const middle = (y0 + y1) / 2;
    return [[from.x, y0], [from.x, middle], [to.x, middle], [to.x, y1]];
  }
}

/** A function that moves coordinates together so that no gap between the spans is wider than WIDEST_GAP. */
function squeezed(spans) {
  const sorted = spans.slice().sort((a, b) => a[0] - b[0]);
  const cuts = []; // [start of a wide gap, its end]
  let end = sorted.length ? sorted[0][1] : 0;
  for (const [low, high] of sorted) {
    if (low - end > WIDEST_GAP) cuts.push([end, low]);
    end = Math.max(end, high);
  }
  return x => {
    let taken = 0;
    for (const [low, high] of cuts) {
      if (x <= low) break;
      const excess = high - low - WIDEST_GAP;
      taken += x >= high ? excess : (x - low) * excess / (high - low);
    }
    return x - taken;
  };
}

/** The path of a curve through Graphviz's control points: a first point, then three for each piece. */
function curve(points) {
  const [first, ...rest] = points.map(p => p.join(" "));
  const last = rest.length % 3 ? rest.splice(rest.length - (rest.length % 3)) : [];
  const pieces = [];
  for (let i = 0; i < rest.length; i += 3) pieces.push(`C${rest[i]} ${rest[i + 1]} ${rest[i + 2]}`);
  return `M${first}${pieces.join("")}${last.map(p => `L${p}`).join("")}`;
}
