// The card of a node: what it computes, its numbers, where its gradient comes from, and a check.

const DIFFERENCES_AGREE = 1e-5;

class Card {
  constructor(model, timeline, handlers) {
    Object.assign(this, {model, timeline, handlers});
    this.element = document.getElementById("card");
    this.open = null;
  }

  show(i, t, theme) {
    this.step = t;
    this.element.hidden = i === null;
    document.body.classList.toggle("with-card", i !== null);
    if (i === null) {
      this.open = null;
      return;
    }
    if (this.open === i && this.refresh(theme)) return;
    this.open = i;
    const n = this.model.nodes[i];
    this.parts = {
      number: this.model.canChange(i) ? this.control(i) : html("div"),
      gradient: html("div"), derivatives: html("div"), check: html("div"),
    };
    const close = html("button", {type: "button", class: "icon close", "aria-label": "Close the card"});
    close.append(svg("svg", {viewBox: "0 0 20 20", "aria-hidden": "true"}, svg("path", {d: "M5 5l10 10M15 5 5 15"})));
    close.addEventListener("click", () => this.handlers.close());
    const kind = n.error ? "failed" : n.op && n.kind === "operation" ? `operation ${n.sign}` : n.op ? `${n.kind} of ${n.sign}` : kindText(n.kind);
    this.element.replaceChildren(
      html("div", {class: "head"}, html("h2", {}, this.model.title(i)), html("span", {class: `chip ${n.kind}`}, kind), close),
      ...this.facts(i), html("h3", {}, "Value"), this.parts.number,
      html("h3", {}, "Gradient"), this.parts.gradient, this.parts.check,
      ...(n.computes ? [html("h3", {}, "Computes"), html("p", {class: "equation"}, formulaElement(n.computes))] : []),
      ...(n.inputs.length ? [html("h3", {}, this.model.scalar ? "Local derivatives" : "What it hands on"), this.parts.derivatives] : []),
      ...this.source(n),
    );
    this.refresh(theme);
  }

  /** Write the numbers anew, without taking the slider from under the reader's finger. */
  refresh(theme) {
    const i = this.open;
    const {model, parts} = this;
    const value = model.values[i];
    if (model.canChange(i)) {
      if (document.activeElement !== this.typed) this.typed.value = String(value);
      this.typed.classList.remove("wrong");
      this.slider.value = String(value);
      this.back.disabled = !model.changed.has(i);
    } else {
      parts.number.replaceChildren(...this.valueParts(i, value, theme));
    }
    parts.gradient.replaceChildren(...this.gradientParts(i, theme));
    parts.check.replaceChildren(...this.checkParts(i));
    parts.derivatives.replaceChildren(...this.derivativeParts(i));
    return true;
  }

  facts(i) {
    const n = this.model.nodes[i];
    const facts = [];
    if (n.shape && n.shape.length) facts.push(`shape ${shapeText(n.shape)}`);
    if (n.dtype) facts.push(n.dtype);
    if (n.module) facts.push(`module ${n.module}`);
    if (n.saved) facts.push(`keeps ${bytes(n.saved)} for backward`);
    const said = [...n.notes, n.error].filter(Boolean);
    return [
      ...(facts.length ? [html("p", {class: "quiet facts"}, facts.join(" · "))] : []),
      ...said.map(note => html("p", {class: n.error === note ? "error" : "note"}, note)),
    ];
  }

  /** A slider and a field to change the number of an input. */
  control(i) {
    const centre = this.model.recorded.values[i];
    const reach = Math.max(2, Math.abs(centre) * 2);
    const name = this.model.title(i);
    this.slider = html("input", {
      type: "range", min: centre - reach, max: centre + reach, step: reach / 500, class: "slider", "aria-label": `${name}, by a slider`,
    });
    this.typed = html("input", {type: "text", class: "typed", "aria-label": `${name}, as a number`, autocomplete: "off"});
    this.back = html("button", {type: "button", "aria-label": `${name} as it was recorded`}, "Undo");
    this.slider.addEventListener("input", () => this.handlers.change(i, Number(this.slider.value)));
    const take = () => {
      const x = Number(this.typed.value.replace("−", "-").replace(",", "."));
      const wrong = this.typed.value.trim() === "" || Number.isNaN(x);
      this.typed.setAttribute("aria-invalid", String(wrong));
      if (!wrong) this.handlers.change(i, x);
      this.typed.classList.toggle("wrong", wrong);
    };
    this.typed.addEventListener("input", take);
    this.typed.addEventListener("change", take);
    this.back.addEventListener("click", () => this.handlers.change(i, centre));
    return html("div", {class: "control"}, this.typed, this.back, this.slider);
  }

  valueParts(i, value, theme) {
    const parts = [];
    if (value === null || value === undefined) parts.push(html("p", {class: "quiet"}, "not kept"));
    else parts.push(numbersElement(value, `the value of ${this.model.title(i)}`, theme));
    if (!this.model.live && !this.model.nodes[i].op && this.model.scalar) {
      parts.push(html("p", {class: "note"}, `It cannot be changed here: ${this.model.data.frozen}.`));
    }
    return parts;
  }

  gradientParts(i, theme) {
    const {model} = this;
    const n = model.nodes[i];
    const sum = model.gradients[i];
    const from = model.outgoing[i].filter(e => model.contributions[e] !== null);
    if (n.kind === "constant") return [html("p", {class: "quiet"}, "A constant: no gradient is wanted.")];
    if (sum === null || sum === undefined) {
      const state = model.recorded.states[i];
      const said = state === "none" && n.op ? "Each of its results has its own." : state === "not kept" ? "not kept" : "not computed";
      return [html("p", {class: "quiet"}, said)];
    }
    const now = this.timeline.gradient(i, this.step);
    const parts = now.complete ? [] : [html("p", {class: "quiet"}, now.parts.length ? `At this step ${now.parts.length} of ${now.expected} contributions have arrived. In the end:` : "Not there yet at this step. In the end:")];
    parts.push(isArray(sum) ? numbersElement(sum, `the gradient of ${model.title(i)}`, theme) : html("p", {class: "number"}, written(sum, 8)));
    if (model.results.includes(i) && !from.length) parts.push(html("p", {class: "quiet"}, "Backward begins here."));
    if (from.length > 1) {
      const said = model.scalar ? `= ${from.map((e, k) => (k ? factor(model.contributions[e]) : written(model.contributions[e]))).join(" + ")}` : "";
      parts.push(html("p", {class: "quiet"}, `${from.length} contributions are added ${said}`));
    }
    const before = model.recorded.gradients[i];
    if (model.scalar && !n.op && !model.changed.size && model.data.frames.length === 1 && typeof before === "number" && before !== 0 && Math.abs(before - sum) > 1e-9 * Math.abs(sum)) {
      parts.push(html("p", {class: "note"}, `In the program its .grad was ${written(before)}: gradients add up until they are set to 0.`));
    }
    return parts;
  }

  /** The gradient beside a finite difference. */
  checkParts(i) {
    const {model} = this;
    const {check} = model.nodes[i];
    if (!model.live && check) return [this.recordedCheck(check)];
    if (!model.scalar || model.nodes[i].kind === "constant" || typeof model.gradients[i] !== "number") return [];
    const found = model.finiteDifference(i);
    if (found === null) return model.live ? [] : [html("p", {class: "quiet"}, `Not checked by a finite difference: ${model.data.frozen}.`)];
    const agree = Math.abs(found - model.gradients[i]) <= DIFFERENCES_AGREE * Math.max(1, Math.abs(found));
    const said = agree ? "agrees" : "differs: there may be a kink or a jump nearby";
    return [html("p", {class: `check ${agree ? "agrees" : "differs"}`},
      html("span", {class: "mark", "aria-hidden": "true"}, agree ? "✓" : "!"), `Finite difference ${written(found, 6)} ${said}`)];
  }

  /** The check that Python has made. */
  recordedCheck({along, difference, byDifferences, byChainRule}) {
    const agree = real(difference) <= DIFFERENCES_AGREE;
    const where = along ? "in one direction" : "of each element";
    const numbers = byDifferences === null ? `apart by ${written(real(difference), 2)} at most` : `${written(real(byDifferences), 6)}, by the chain rule ${written(real(byChainRule), 6)}`;
    return html("p", {class: `check ${agree ? "agrees" : "differs"}`},
      html("span", {class: "mark", "aria-hidden": "true"}, agree ? "✓" : "!"), `Finite difference ${where}: ${numbers}`);
  }

  derivativeParts(i) {
    const {model} = this;
    const rows = model.nodes[i].inputs.map(e => {
      const {source, parameter, derivative} = model.edges[e];
      const name = html("button", {type: "button", class: "link"}, model.title(source));
      name.addEventListener("click", () => this.handlers.choose(source));
      const number = model.scalar && model.locals[e] !== null ? ` = ${written(model.locals[e])}` : "";
      const lines = [html("div", {class: "to"}, `${parameter || "input"}: `, name)];
      if (model.nodes[source].kind === "constant") lines.push(html("div", {class: "quiet"}, "a constant: no gradient is wanted"));
      else if (derivative) lines.push(html("div", {}, formulaElement(derivative), number));
      else if (number) lines.push(html("div", {}, `∂${number}`));
      if (model.scalar && model.contributions[e] !== null) {
        lines.push(html("div", {class: "product"}, `${written(model.upstream[e])} × ${factor(model.locals[e])} = ${written(model.contributions[e])}`));
      }
      return html("li", {}, ...lines);
    });
    return [html("ul", {class: "products"}, ...rows)];
  }

  source(n) {
    if (!n.source) return [];
    const {file, line, text} = n.source;
    const where = n.source.function === "<module>" ? `${file}:${line}` : `${file}:${line}, in ${n.source.function}`;
    return [html("h3", {}, "Source"), html("p", {class: "quiet"}, where), ...(text ? [html("pre", {}, text)] : [])];
  }
}

function bytes(n) {
  return n < 1024 ? `${n} bytes` : n < 1024 ** 2 ? `${written(n / 1024, 3)} KiB` : `${written(n / 1024 ** 2, 3)} MiB`;
}
