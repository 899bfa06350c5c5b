// The model: the recorded computation, and what becomes of it when a number is changed.
//
// A graph of single numbers is computed here, by OPERATIONS: for each, what it computes and its local derivatives, all
// printed from Python's table. A graph of arrays, or one with an operation that is not there, shows what was recorded.

class Model {
  constructor(data) {
    this.data = data;
    this.scalar = data.scalar;
    this.live = !data.frozen;
    const index = new Map(data.nodes.map((n, i) => [n.id, i]));
    this.nodes = data.nodes;
    this.edges = data.edges.map(e => ({...e, source: index.get(e.source), target: index.get(e.target)}));
    this.outgoing = data.nodes.map(() => []);
    this.edges.forEach((e, i) => this.outgoing[e.source].push(i));
    this.operations = data.nodes.map((n, i) => i).filter(i => data.nodes[i].op);
    const results = data.nodes.map((n, i) => i).filter(i => data.nodes[i].kind === "result");
    this.results = results.length ? results : [data.nodes.length - 1];
    this.changed = new Map(); // node -> the number that the reader gave it
    this.setFrame(0);
  }

  /** Show another recording, without what was changed in the one before. */
  setFrame(k) {
    const read = list => list.map(readNumbers);
    const f = this.data.frames[k];
    this.number = k;
    this.label = f.label;
    this.recorded = {
      values: read(f.values), gradients: read(f.gradients), states: f.states, locals: f.locals.map(real),
      upstream: read(f.upstream), contributions: read(f.contributions),
    };
    this.changed.clear();
    this.compute();
  }

  /** Whether the reader may change the number of a node. */
  canChange(i) {
    return this.live && !this.nodes[i].op && typeof this.recorded.values[i] === "number";
  }

  change(i, x) {
    this.changed.set(i, x);
    this.compute();
  }

  reset() {
    this.changed.clear();
    this.compute();
  }

  /** What a node's operation computes with, in its order. */
  inputsOf(i, values) {
    return this.nodes[i].inputs.map(e => values[this.edges[e].source]);
  }

  /** Every value, with some nodes held at given numbers. */
  forward(held) {
    const values = this.recorded.values.slice();
    for (let i = 0; i < values.length; i++) {
      if (held.has(i)) {
        values[i] = held.get(i);
      } else if (this.nodes[i].op) {
        const x = OPERATIONS[this.nodes[i].operation].value(...this.inputsOf(i, values));
        values[i] = this.nodes[i].dtype === "float32" ? Math.fround(x) : x;
      }
    }
    return values;
  }

  compute() {
    this.values = this.live ? this.forward(this.changed) : this.recorded.values;
    if (this.scalar && this.data.whole) this.backward();
    else this.readBackward();
  }

  /** The chain rule: each node hands its gradient × the local derivative on to what it was computed from. */
  backward() {
    const count = this.nodes.length;
    this.gradients = new Array(count).fill(null);
    this.locals = new Array(this.edges.length).fill(null);
    this.contributions = new Array(this.edges.length).fill(null);
    for (const i of this.results) this.gradients[i] = 1;
    for (let i = count - 1; i >= 0; i--) {
      this.nodes[i].inputs.forEach((e, position) => {
        this.locals[e] = this.localDerivative(i, e, position);
        if (this.gradients[i] === null || this.locals[e] === null) return;
        const {source} = this.edges[e];
        if (this.nodes[source].kind === "constant") return;
        this.contributions[e] = this.gradients[i] * this.locals[e];
        this.gradients[source] = (this.gradients[source] ?? 0) + this.contributions[e];
      });
    }
    this.upstream = this.edges.map(e => this.gradients[e.target]);
  }

  localDerivative(i, e, position) {
    if (!this.live) return this.recorded.locals[e];
    const slope = OPERATIONS[this.nodes[i].operation].slopes[position];
    return slope ? Number(slope(this.values[i], ...this.inputsOf(i, this.values))) : null;
  }

  /** What backward sent through a graph of arrays, as it was recorded. */
  readBackward() {
    const {gradients, contributions, upstream, locals} = this.recorded;
    Object.assign(this, {contributions, upstream, locals});
    this.gradients = this.nodes.map((n, i) => {
      const parts = this.outgoing[i].map(e => contributions[e]);
      return (n.op ? null : summed(parts)) ?? gradients[i];
    });
  }

  /** Whether a node sends a gradient on. */
  passesOn(i) {
    return this.nodes[i].inputs.some(e => this.contributions[e] !== null);
  }

  /** The slope of the result by a node, by a central finite difference. */
  finiteDifference(i) {
    const x = this.values[i];
    if (!this.live || typeof x !== "number" || !Number.isFinite(x)) return null;
    const h = 6e-6 * Math.max(1, Math.abs(x));
    const ends = [x + h, x - h].map(end => {
      const values = this.forward(new Map([...this.changed, [i, end]]));
      return this.results.reduce((total, r) => total + values[r], 0);
    });
    return (ends[0] - ends[1]) / (x + h - (x - h));
  }

  /** What a node is called in its module. */
  title(i) {
    const n = this.nodes[i];
    return n.local || n.sign || (n.shape && n.shape.length ? n.kind : written(this.values[i]));
  }

  /** What a node is called where its module is not seen. */
  fullTitle(i) {
    return this.nodes[i].name || this.title(i);
  }
}
