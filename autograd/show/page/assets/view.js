// The view: moving and zooming, with a mouse, a wheel, two fingers or keys.

const NEAREST = 3, FARTHEST = 0.12;
const OVERVIEW = 0.5; // the scale at which a graph as a whole says something

class View {
  constructor(stage, graph, world) {
    Object.assign(this, {stage, graph, world});
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.pointers = new Map();
    this.free = false; // whether the reader has moved or zoomed: then the page moves only what it must
    this.listen();
  }

  get room() {
    const {width, height} = this.stage.getBoundingClientRect();
    return {width, height};
  }

  apply() {
    this.world.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.graph.classList.toggle("far", this.scale < READABLE);
    this.graph.classList.toggle("farther", this.scale < 0.5);
    this.graph.classList.toggle("farthest", this.scale < 0.3);
    this.graph.style.setProperty("--far-text", `${12.4 / this.scale}px`);
  }

  /** For as long as the reader has not moved or zoomed: all of it if that can be made out, else what matters now. */
  follow(box, bounds) {
    if (this.free) {
      if (box) this.reveal(box, bounds);
      return;
    }
    const {width, height} = this.room;
    const whole = Math.min((width - 40) / (bounds.right - bounds.left), (height - 72) / (bounds.bottom - bounds.top));
    if (whole >= READABLE || (!box && whole >= OVERVIEW)) this.fit(bounds, false);
    else if (box) this.fit(bounds, true, box);
  }

  zoom(by, at = {x: this.room.width / 2, y: this.room.height / 2}) {
    const scale = Math.min(NEAREST, Math.max(FARTHEST, this.scale * by));
    this.x = at.x - (at.x - this.x) * scale / this.scale;
    this.y = at.y - (at.y - this.y) * scale / this.scale;
    this.scale = scale;
    this.apply();
  }

  /** Show all of it; with `readable`, never so small that text cannot be read. */
  fit(bounds, readable, focus = null) {
    const {width, height} = this.room;
    const w = bounds.right - bounds.left, h = bounds.bottom - bounds.top;
    const whole = Math.min((width - 40) / w, (height - 72) / h, 1.5);
    this.scale = Math.max(FARTHEST, readable ? Math.max(whole, READABLE) : whole);
    this.x = (width - w * this.scale) / 2 - bounds.left * this.scale;
    this.y = (height - 14 - h * this.scale) / 2 - bounds.top * this.scale; // below stands what the colours mean
    if (whole < this.scale) {
      if (w * this.scale > width - 40) this.x = 20 - bounds.left * this.scale;
      if (h * this.scale > height - 72) this.y = 46 - bounds.top * this.scale;
      if (focus) this.centre(focus, bounds);
    }
    this.apply();
  }

  /** Move a box to the middle, but no farther than the graph goes. */
  centre(box, bounds) {
    const {width, height} = this.room;
    const within = (x, low, high) => (low > high ? (low + high) / 2 : Math.min(high, Math.max(low, x)));
    this.x = within(width / 2 - box.x * this.scale, width - 20 - bounds.right * this.scale, 20 - bounds.left * this.scale);
    this.y = within(height / 2 - box.y * this.scale, height - 46 - bounds.bottom * this.scale, 46 - bounds.top * this.scale);
    this.apply();
  }

  /** Bring a box into sight if it is not. */
  reveal(box, bounds) {
    const {width, height} = this.room;
    const left = box.left * this.scale + this.x, right = box.right * this.scale + this.x;
    const top = box.top * this.scale + this.y, bottom = box.bottom * this.scale + this.y;
    if (left < 8 || top < 8 || right > width - 8 || bottom > height - 8) this.centre(box, bounds);
  }

  listen() {
    const {graph} = this;
    graph.addEventListener("pointerdown", event => {
      if (event.button !== 0) return;
      this.pointers.set(event.pointerId, {x: event.clientX, y: event.clientY});
      this.travel = 0;
    });
    graph.addEventListener("pointermove", event => this.move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      graph.addEventListener(end, event => this.pointers.delete(event.pointerId));
    }
    graph.addEventListener("wheel", event => {
      if (window.parent !== window && !event.ctrlKey) return; // in a notebook the wheel scrolls the notebook
      event.preventDefault();
      this.free = true;
      const box = graph.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), {x: event.clientX - box.left, y: event.clientY - box.top});
    }, {passive: false});
  }

  move(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last || this.held) return;
    this.free = true;
    const now = {x: event.clientX, y: event.clientY};
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
    if (others.length === 1) {
      const [other] = others;
      const apart = p => Math.hypot(p.x - other.x, p.y - other.y);
      const box = this.graph.getBoundingClientRect();
      this.zoom(apart(now) / Math.max(1, apart(last)), {x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top});
    } else {
      this.x += now.x - last.x;
      this.y += now.y - last.y;
      this.apply();
    }
    this.travel += Math.abs(now.x - last.x) + Math.abs(now.y - last.y);
    if (this.travel > 4 && !graphHas(this.graph, event.pointerId)) this.graph.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, now);
  }
}

function graphHas(graph, pointer) {
  return graph.hasPointerCapture(pointer);
}
