// Numbers: how JSON's are read, how they are written, and how arrays of them are described.

/** A number of the data: JSON writes what it has no number for as text. */
function real(x) {
  return typeof x === "string" ? Number(x) : x;
}

/** A number in a few significant digits, as a person writes it. */
function written(x, digits = 4) {
  if (x === null || x === undefined) return "—";
  if (typeof x === "boolean") return String(x);
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  let text;
  if (size !== 0 && (size >= 10 ** Math.max(digits, 4) || size < 1e-4)) {
    const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
    text = `${Number(mantissa)}e${Number(exponent)}`;
  } else {
    text = String(Number(x.toPrecision(digits)));
  }
  return text.replace(/-/g, "−");
}

/** A number in as many digits as there is room for characters. */
function fitting(x, room, digits = 4) {
  const text = written(x, digits);
  return text.length <= room || digits === 1 ? text : fitting(x, room, digits - 1);
}

/** The same as a factor: a negative one in brackets. */
function factor(x, digits) {
  const text = written(x, digits);
  return text.startsWith("−") ? `(${text})` : text;
}

/** Whether something is an array of numbers, and not one number. */
function isArray(x) {
  return x !== null && typeof x === "object";
}

/** A number, or an array of the data with its elements read. */
function readNumbers(x) {
  if (!isArray(x)) return real(x);
  return {shape: x.shape, text: x.text, elements: x.elements && x.elements.map(real)};
}

/** What is said of a number or an array in one line. */
function described(x, digits) {
  return isArray(x) ? x.text.replace(/-/g, "−") : written(x, digits);
}

/** What a kind of node is called. */
function kindText(kind) {
  return kind === "leaf" ? "input" : kind;
}

function shapeText(shape) {
  return shape.length ? shape.join("×") : "one number";
}

/** The sum of numbers or arrays of one shape; null if an element was not kept. */
function summed(parts) {
  if (!parts.length || parts.some(p => p === null || p === undefined)) return null;
  if (!isArray(parts[0])) return parts.reduce((a, b) => a + b, 0);
  if (parts.length === 1) return parts[0];
  const size = p => p.elements && p.elements.length;
  if (parts.some(p => !isArray(p) || !p.elements || size(p) !== size(parts[0]))) return null;
  const elements = parts[0].elements.map((_, i) => parts.reduce((total, p) => total + p.elements[i], 0));
  return {shape: parts[0].shape, elements, text: rangeText(elements)};
}

function rangeText(elements) {
  const finite = elements.filter(Number.isFinite);
  if (!finite.length) return "none finite";
  const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
  const low = Math.min(...finite), high = Math.max(...finite);
  return low === high ? `all ${written(low)}` : `${written(low)} … ${written(high)}, mean ${written(mean)}`;
}
