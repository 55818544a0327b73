/** What is drawn on a sheet: rectangles, rows of cells with their names, and the grips of what is picked. */

import { svg } from "./elements.js";
import { rowRect } from "./geometry.js";

/** @typedef {import("./design.js").Rect} Rect */
/** @typedef {number[]} Size width and height of the picture in pixels */

/** @param {Rect} rect @param {Size} size @param {Record<string, unknown>} [more] */
export function rectangle([x, y, w, h], size, more = {}) {
  return svg("rect", { x: x * size[0], y: y * size[1], width: w * size[0], height: h * size[1], ...more });
}

/**
 * The cells of a group, and each row's name beside it: at the right, or at the left where there is no room.
 * @param {import("./design.js").Group} group @param {string[]} named @param {Size} size
 * @param {(name: string) => string} label
 */
export function rowsOf(group, named, size, label) {
  return named.flatMap((name, row) => {
    const [x, y, w, h] = rowRect(group, row);
    const cells = Array.from({ length: group.cells }, (_, cell) =>
      rectangle([x + (cell * w) / group.cells, y, w / group.cells, h], size,
        { class: group.free ? "cell free" : "cell", "data-row": row, "pointer-events": "all" }));
    const right = x + w < 0.86;
    const text = svg("text", {
      x: (right ? x + w : x) * size[0] + (right ? 6 : -6), y: (y + h / 2) * size[1], "dominant-baseline": "central",
      "text-anchor": right ? "start" : "end", "font-size": Math.min(h * size[1] * 0.7, size[0] / 50),
    }, label(name));
    return [...cells, text];
  });
}

/** The four corners by which a rectangle is resized. @param {Rect} rect @param {Size} size */
export function grips([x, y, w, h], size) {
  const r = Math.max(size[0], size[1]) / 150;
  return [[x, y], [x + w, y], [x + w, y + h], [x, y + h]].map(([gx, gy], grip) =>
    svg("circle", { class: "grip", cx: gx * size[0], cy: gy * size[1], r, "data-grip": grip }));
}
