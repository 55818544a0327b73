/** Rectangles as fractions of a page: rows and cells of a group, moved and resized without leaving the page. */

/** @typedef {import("./design.js").Rect} Rect */

const LEAST = 0.004;

/** @param {number} value @param {number} low @param {number} high */
const within = (value, low, high) => Math.min(Math.max(value, low), high);

/** @param {{rect: Rect, rows: number, gap: number}} group @param {number} row @returns {Rect} */
export function rowRect({ rect: [x, y, w, h], rows, gap }, row) {
  const step = h / (rows - gap);
  return [x, y + row * step, w, step * (1 - gap)];
}

/** @param {Rect} rect @param {number} dx @param {number} dy @returns {Rect} */
export const moved = ([x, y, w, h], dx, dy) => [within(x + dx, 0, 1 - w), within(y + dy, 0, 1 - h), w, h];

/**
 * The rectangle with one of its corners moved; `corner` counts clockwise from the upper left.
 * @param {Rect} rect @param {number} corner @param {number} dx @param {number} dy @returns {Rect}
 */
export function resized([x, y, w, h], corner, dx, dy) {
  const left = corner === 0 || corner === 3 ? within(x + dx, 0, x + w - LEAST) : x;
  const right = corner === 1 || corner === 2 ? within(x + w + dx, x + LEAST, 1) : x + w;
  const upper = corner < 2 ? within(y + dy, 0, y + h - LEAST) : y;
  const lower = corner > 1 ? within(y + h + dy, y + LEAST, 1) : y + h;
  return [left, upper, right - left, lower - upper];
}

/** @param {number[]} from @param {number[]} to @returns {Rect} */
export function between([ax, ay], [bx, by]) {
  const [left, right] = [within(Math.min(ax, bx), 0, 1), within(Math.max(ax, bx), 0, 1)];
  const [upper, lower] = [within(Math.min(ay, by), 0, 1), within(Math.max(ay, by), 0, 1)];
  return [left, upper, right - left, lower - upper];
}

/**
 * What an arrow key with its modifiers asks for: a shift in millimetres, a tenth of one with Ctrl; null for other keys.
 * @param {KeyboardEvent} event @returns {[number, number] | null}
 */
export function arrow(event) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!way || event.altKey || event.metaKey) return null;
  const size = event.ctrlKey ? 0.1 : 1;
  return [way[0] * size, way[1] * size];
}
