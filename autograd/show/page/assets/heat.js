// Heat maps: a number is a colour between blue (below 0) and orange (above 0), which people with any kind of colour
// vision tell apart. 0 is the colour of the paper.

const SVG = "http://www.w3.org/2000/svg";
const LARGE_ENOUGH_FOR_TEXT = 46; // pixels

/** An element of SVG. */
function svg(name, attributes = {}, ...children) {
  const e = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

/** An element of HTML. */
function html(name, attributes = {}, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children.filter(c => c !== null && c !== undefined));
  return e;
}

const SCALES = {
  light: {low: [0, 84, 148], middle: [250, 250, 250], high: [190, 76, 0]},
  dark: {low: [86, 180, 255], middle: [38, 42, 50], high: [255, 150, 46]},
};

/** Red, green and blue of x where the largest absolute value is `most`. */
function heatParts(x, most, theme) {
  if (!Number.isFinite(x)) return [176, 0, 88];
  const {low, middle, high} = SCALES[theme];
  const end = x < 0 ? low : high;
  const share = most > 0 ? Math.min(1, Math.abs(x) / most) ** 0.8 : 0;
  return middle.map((m, i) => Math.round(m + (end[i] - m) * share));
}

function heat(x, most, theme) {
  return `rgb(${heatParts(x, most, theme).join(" ")})`;
}

/** Black or white, whichever has more contrast with the colour of x. */
function inkOn(x, most, theme) {
  const [r, g, b] = heatParts(x, most, theme).map(c => (c / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000000" : "#ffffff";
}

function largest(elements) {
  return elements.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
}

/** Rows and columns of an array: the last dimension goes across, all others down; one long row is broken. */
function gridOf(shape) {
  const size = shape.reduce((a, b) => a * b, 1);
  if (!shape.length || size === 0) return {rows: size ? 1 : 0, columns: size ? 1 : 0, block: 0};
  const columns = shape[shape.length - 1];
  if (shape.length === 1 && columns > 32) {
    const across = Math.ceil(Math.sqrt(columns * 2));
    return {rows: Math.ceil(columns / across), columns: across, block: 0};
  }
  return {rows: size / columns, columns, block: shape.length > 2 ? shape[shape.length - 2] : 0};
}

/** A small picture of an array, of at most 10 × 10 cells: each is the element in its middle. */
function thumbnail(array, side, theme) {
  const g = svg("g", {class: "thumbnail"});
  const {rows, columns} = gridOf(array.shape);
  const most = largest(array.elements);
  const down = Math.min(rows, 10), across = Math.min(columns, 10);
  const cell = Math.min(side / down, side / across, side / 2);
  const x0 = (side - cell * across) / 2, y0 = (side - cell * down) / 2;
  for (let r = 0; r < down; r++) {
    for (let c = 0; c < across; c++) {
      const row = Math.floor((r + 0.5) * rows / down), column = Math.floor((c + 0.5) * columns / across);
      const x = array.elements[row * columns + column];
      if (x === undefined) continue;
      g.append(svg("rect", {
        x: x0 + c * cell, y: y0 + r * cell, width: cell, height: cell, fill: heat(x, most, theme),
      }));
    }
  }
  g.append(svg("rect", {
    class: "frame", x: x0 - 0.5, y: y0 - 0.5, width: cell * across + 1, height: cell * down + 1,
  }));
  return g;
}

/** The index of an element in its array, such as [2, 0, 1]. */
function indexText(position, shape) {
  const index = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    index.unshift(position % shape[d]);
    position = Math.floor(position / shape[d]);
  }
  return `[${index.join(", ")}]`;
}

/** A heat map with its legend; the number under the pointer is written below. */
function heatMap(array, what, theme, width = 292) {
  if (!array.elements) return html("p", {class: "quiet"}, `${described(array)} (the elements were not kept)`);
  if (!array.elements.length) return html("p", {class: "quiet"}, "no elements");
  const {rows, columns, block} = gridOf(array.shape);
  const most = largest(array.elements);
  const cell = Math.min(52, width / columns, rows > 40 ? Math.max(6, 400 / rows) : 52);
  const tall = Math.min(cell, Math.max(2, 260 / rows), 30);
  const gap = block ? 4 : 0;
  const height = rows * tall + (block ? (rows / block - 1) * gap : 0);
  const picture = svg("svg", {
    class: "heat", width: cell * columns, height, viewBox: `0 0 ${cell * columns} ${height}`, role: "img",
    "aria-label": `Heat map of ${what}, ${shapeText(array.shape)}: ${described(array)}`,
  });
  const texts = cell >= LARGE_ENOUGH_FOR_TEXT && tall >= 18;
  array.elements.forEach((x, i) => {
    const row = Math.floor(i / columns), column = i % columns;
    const y = row * tall + (block ? Math.floor(row / block) * gap : 0);
    picture.append(svg("rect", {
      x: column * cell, y, width: cell, height: tall, fill: heat(x, most, theme), "data-at": i,
    }));
    if (texts) {
      const label = svg("text", {
        x: (column + 0.5) * cell, y: y + tall / 2 + 4, "text-anchor": "middle", fill: inkOn(x, most, theme),
      });
      label.textContent = written(x, 2).length > 6 ? written(x, 1) : written(x, 2);
      picture.append(label);
    }
  });
  const said = html("output", {class: "under"}, described(array));
  picture.addEventListener("pointermove", event => {
    const at = event.target.getAttribute("data-at");
    if (at !== null) said.textContent = `${indexText(Number(at), array.shape)} = ${written(array.elements[at], 6)}`;
  });
  picture.addEventListener("pointerleave", () => { said.textContent = described(array); });
  return html("figure", {class: "heat-map"}, picture, said, scaleLegend(most, theme));
}

/** What the colours mean. */
function scaleLegend(most, theme) {
  const bar = svg("svg", {class: "bar", width: 120, height: 10, "aria-hidden": "true"});
  for (let i = 0; i < 30; i++) {
    const x = (i - 14.5) / 14.5;
    bar.append(svg("rect", {x: i * 4, y: 0, width: 4.2, height: 10, fill: heat(x, 1, theme)}));
  }
  return html("div", {class: "scale"}, html("span", {}, written(-most, 3)), bar, html("span", {}, written(most, 3)));
}
