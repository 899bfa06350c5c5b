// What is said of the step in hand: in the panel, and in one sentence to those who listen.

/** A formula, typeset; where it is in words only, the words. */
function formulaElement(formula, before = "") {
  if (!formula) return null;
  const said = html("span", {class: "formula"});
  if (formula.mathml) {
    const math = before ? `<mrow>${before}${formula.mathml}</mrow>` : formula.mathml;
    said.innerHTML = `<math aria-label="${formula.text.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}">${math}</math>`;
  } else {
    said.textContent = formula.text || "—";
  }
  return said;
}

/** A row of a table. */
function row(kind, ...cells) {
  return html("tr", {}, ...cells.map(c => html(kind, {}, ...(Array.isArray(c) ? c : [c ?? ""]))));
}

class StepPanel {
  constructor(model, timeline, choose) {
    Object.assign(this, {model, timeline, choose});
    this.element = document.getElementById("step");
    this.spoken = document.getElementById("spoken");
  }

  show(t, theme) {
    const step = this.timeline.steps[t];
    const {heading, sentence} = this.words(step, t);
    const parts = [html("h2", {class: step.phase}, heading), html("p", {class: "sentence"}, sentence)];
    if (step.phase === "forward") parts.push(...this.forward(step.node));
    if (step.phase === "start") parts.push(this.list("Inputs", this.model.values, this.leaves(false)));
    if (step.phase === "end") parts.push(this.list("Gradients", this.model.gradients, this.leaves(true)));
    if (step.phase === "backward") parts.push(...this.backward(step.node, t, theme));
    this.element.replaceChildren(...parts);
    this.spoken.textContent = `${heading}: ${sentence}`;
  }

  words(step, t) {
    const {model, timeline} = this;
    const name = step.node === undefined ? "" : this.nameOf(step.node);
    if (step.phase === "start") {
      const sentence = timeline.last === 0 ? "There is nothing to compute." : "The inputs have their numbers. Each step computes one operation from numbers that are there.";
      return {heading: "Start", sentence};
    }
    if (step.phase === "forward") {
      const n = model.nodes[step.node];
      const heading = `Forward ${t} of ${timeline.forwardSteps}`;
      if (n.error) return {heading, sentence: `${name} failed. ${n.error}`};
      const {inputs} = n;
      return {heading, sentence: `${name} is computed from ${inputs.length === 1 ? "its input" : `its ${inputs.length} inputs`}.`};
    }
    if (step.phase === "seed") {
      const sentence = model.scalar
        ? `Backward begins at ${name}: its gradient by itself is 1.`
        : `Backward begins at ${name}, with the gradient it was given.`;
      return {heading: "Backward begins", sentence};
    }
    if (step.phase === "end") {
      const sentence = model.live
        ? "Every gradient is complete; play shows how. Drag an input sideways, or choose it and type a number: all is computed anew."
        : "Every gradient is complete; play shows how. Choose a node to see what it holds.";
      return {heading: "Done", sentence};
    }
    const edges = timeline.activeEdges(t);
    const others = edges.length === 1 ? "its input" : `its ${edges.length} inputs`;
    const how = model.scalar ? (edges.length === 1 ? ", times the local derivative" : ", times the local derivative of each") : " by the formula";
    const upstream = model.scalar ? ` ${written(model.gradients[step.node])}` : "";
    return {
      heading: `Backward ${t - timeline.seedAt} of ${timeline.backwardSteps}`,
      sentence: `The gradient${upstream} of ${name} is complete. It goes on to ${others}${how}.`,
    };
  }

  /** The inputs; with `wanted`, those that a gradient is wanted of. */
  leaves(wanted) {
    const nodes = this.model.nodes.map((n, i) => i).filter(i => !this.model.nodes[i].op);
    return wanted ? nodes.filter(i => this.model.gradients[i] !== null && this.model.nodes[i].kind !== "constant") : nodes;
  }

  list(heading, numbers, nodes) {
    if (!nodes.length) return "";
    const rows = nodes.map(i => row("td", this.link(i, this.model.fullTitle(i)), isArray(numbers[i]) ? described(numbers[i]).split(", mean")[0] : written(numbers[i])));
    return html("div", {class: "list"}, html("h3", {}, heading), html("table", {class: "inputs"}, ...rows));
  }

  /** What a node is called in a sentence. */
  nameOf(i) {
    const n = this.model.nodes[i];
    return n.name && n.op ? `${n.name} (${n.sign})` : this.model.title(i);
  }

  /** The operation with its numbers put in. */
  forward(i) {
    const n = this.model.nodes[i];
    const parts = [];
    if (n.computes) parts.push(html("p", {class: "equation"}, formulaElement(n.computes)));
    const rows = n.inputs.map(e => {
      const {source, parameter} = this.model.edges[e];
      return row("td", parameter, this.link(source), described(this.model.values[source]));
    });
    rows.push(row("td", html("b", {}, "result"), "", html("b", {}, described(this.model.values[i]))));
    parts.push(html("table", {class: "inputs"}, ...rows));
    return parts;
  }

  backward(i, t, theme) {
    const edges = this.timeline.activeEdges(t);
    return this.model.scalar ? [this.products(edges, t)] : this.arrays(i, edges, t, theme);
  }

  /** upstream × local = contribution, edge by edge, and the sum at each input. */
  products(edges, t) {
    const {model, timeline} = this;
    const rows = edges.map(e => {
      const {source, derivative} = model.edges[e];
      const product = `${written(model.upstream[e])} × ${factor(model.locals[e])} = ${written(model.contributions[e])}`;
      const {sum, parts, complete} = timeline.gradient(source, t);
      const total = parts.length > 1 ? `${parts.map((p, k) => (k ? factor(p) : written(p))).join(" + ")} = ${written(sum)}` : written(sum);
      return html("li", {"data-edge": e},
        html("div", {class: "to"}, "to ", this.link(source), derivative ? html("span", {class: "local"}, "∂ = ", formulaElement(derivative)) : null),
        html("div", {class: "product"}, product),
        html("div", {class: "sum"}, `sum there: ${total}${complete ? "" : ", more to come"}`));
    });
    return html("ul", {class: "products"}, ...rows);
  }

  /** The same of arrays: a formula takes the place of the product. */
  arrays(i, edges, t, theme) {
    const parts = [];
    const upstream = this.model.upstream[edges[0]];
    if (upstream !== null && upstream !== undefined) {
      parts.push(html("h3", {}, "upstream gradient g"), numbersElement(upstream, "the upstream gradient", theme, 200));
    }
    for (const e of edges) {
      const {source, derivative} = this.model.edges[e];
      const {parts: arrived, complete} = this.timeline.gradient(source, t);
      const {expected} = this.timeline.gradient(source, t);
      const sums = expected > 1 ? `contribution ${arrived.length} of ${expected}${complete ? ": its gradient is complete" : ", more to come"}` : "its whole gradient";
      parts.push(html("div", {class: "contribution", "data-edge": e},
        html("h3", {}, "to ", this.link(source)),
        derivative ? html("p", {class: "equation"}, formulaElement(derivative)) : null,
        numbersElement(this.model.contributions[e], `the contribution to ${this.model.title(source)}`, theme, 200),
        html("p", {class: "quiet"}, sums)));
    }
    return parts;
  }

  /** The name of a node, which chooses it. */
  link(i, said = this.model.title(i)) {
    const button = html("button", {type: "button", class: "link"}, said);
    button.addEventListener("click", () => this.choose(i));
    return button;
  }
}

/** A number, or an array as a heat map. */
function numbersElement(x, what, theme, width) {
  if (!isArray(x)) return html("p", {class: "number"}, written(x, 6));
  return heatMap(x, what, theme, width);
}
