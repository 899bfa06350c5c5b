// The timeline: forward in the order in which everything was computed, then backward in the opposite order.

class Timeline {
  constructor(model) {
    this.model = model;
    this.build();
  }

  /** The steps of the recording that is shown. */
  build() {
    const {model} = this;
    const forward = model.operations.map(i => ({phase: "forward", node: i}));
    const passing = model.operations.filter(i => model.passesOn(i)).reverse();
    const backward = passing.map(i => ({phase: "backward", node: i}));
    this.steps = [{phase: "start"}, ...forward];
    if (backward.length) {
      this.steps.push({phase: "seed", node: model.results[0]}, ...backward, {phase: "end"});
    }
    this.last = this.steps.length - 1;
    this.forwardSteps = forward.length;
    this.backwardSteps = backward.length;
    this.computedAt = new Map(); // operation -> the step in which it gets its value
    this.passedAt = new Map(); // operation -> the step in which it hands its gradient on
    this.steps.forEach((s, t) => {
      if (s.phase === "forward") this.computedAt.set(s.node, t);
      if (s.phase === "backward") this.passedAt.set(s.node, t);
    });
    this.seedAt = this.steps.findIndex(s => s.phase === "seed");
  }

  hasValue(i, t) {
    return (this.computedAt.get(i) ?? 0) <= t;
  }

  /** Whether the gradient along an edge has been handed on. */
  hasPassed(e, t) {
    return (this.passedAt.get(this.model.edges[e].target) ?? Infinity) <= t;
  }

  /** The gradient of a node so far: the sum, what was added up, and whether more is to come. */
  gradient(i, t) {
    const {model} = this;
    const isResult = model.results.includes(i);
    const sending = model.outgoing[i].filter(e => model.contributions[e] !== null);
    const arrived = sending.filter(e => this.hasPassed(e, t));
    const parts = arrived
      .sort((a, b) => this.passedAt.get(model.edges[a].target) - this.passedAt.get(model.edges[b].target))
      .map(e => model.contributions[e]);
    if (isResult && this.seedAt >= 0 && t >= this.seedAt) parts.unshift(model.scalar ? 1 : model.gradients[i]);
    const complete = parts.length === sending.length + (isResult && this.seedAt >= 0 ? 1 : 0) && parts.length > 0;
    const sum = complete ? model.gradients[i] : summed(parts);
    return {sum, parts, complete, expected: sending.length};
  }

  /** The edges that are in play in a step. */
  activeEdges(t) {
    const s = this.steps[t];
    if (s.phase === "forward") return this.model.nodes[s.node].inputs;
    if (s.phase === "backward") return this.model.nodes[s.node].inputs.filter(e => this.model.contributions[e] !== null);
    return [];
  }
}
