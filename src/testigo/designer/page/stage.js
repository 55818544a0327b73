/** The picture of the sheet and what is drawn on it, by mouse, finger or keys. */

import { change, changed, design, names, partsOf, pick, remove, view } from "./design.js";
import { show, svg } from "./elements.js";
import { arrow, between, moved, resized } from "./geometry.js";
import { grips, rectangle, rowsOf } from "./shapes.js";
import { gettext } from "./words.js";

/** @typedef {import("./design.js").Rect} Rect */

const place = /** @type {HTMLElement} */ (document.getElementById("scroll"));
const picture = svg("image");
const overlay = svg("g");
const sheet = svg("svg", { class: "sheet", role: "group" }, picture, overlay);
place.append(sheet);

let zoom = 1;
let size = [1000, 1000];
/** @type {null | {from: number[], start: Rect, rect: Rect, kind: string, index: number, grip: number}} */
let drag = null;
const NOTHING = {
  /** @type {((rect: Rect) => unknown) | null} */ drawn: null,
  /** @type {((index: number, row: number) => void) | null} */ row: null,
  /** @type {((corner: number, x: number, y: number) => void) | null} */ corners: null,
  extra: () => [],
  label: (name) => name,
};
let says = NOTHING;

/**
 * Shows a picture of `width` × `height` pixels; `handlers` say what drawing on it does.
 * @param {string} url @param {[number, number]} pixels @param {Partial<typeof NOTHING>} handlers
 */
export function showPicture(url, pixels, handlers) {
  size = pixels;
  says = { ...NOTHING, ...handlers };
  if (picture.getAttribute("href") !== url) picture.setAttribute("href", url);
  picture.setAttribute("width", String(size[0]));
  picture.setAttribute("height", String(size[1]));
  sheet.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  sheet.classList.toggle("draws", says.drawn !== null);
  fit();
  drawOverlay();
}

function fit() {
  const wide = Math.min(place.clientWidth, (place.clientHeight * size[0]) / size[1]) * zoom - 2;
  sheet.style.width = `${Math.max(wide, 60)}px`;
}
export function zoomBy(factor) {
  zoom = Math.min(Math.max(zoom * factor, 1), 6);
  fit();
}
addEventListener("resize", fit);

export function drawOverlay() {
  const named = says.corners ? [] : names();
  const parts = says.corners
    ? []
    : ["group", "personal", "code"].flatMap((kind) =>
        partsOf(kind).map((part, index) => (part.page === view.page ? drawn(kind, index, part, named) : null)),
      );
  const fresh = drag && drag.kind === "new" ? [rectangle(drag.rect, size, { class: "new" })] : [];
  show(overlay, [...says.extra(), ...parts, ...fresh]);
}

function drawn(kind, index, part, named) {
  const rect = drag && drag.kind === kind && drag.index === index ? drag.rect : part.rect;
  const picked = view.kind === kind && view.index === index;
  const inner = kind === "group" ? rowsOf({ ...part, rect }, named[index], size, says.label) : [];
  const label = kind === "group" ? gettext("Rows %(from)s to %(to)s", { from: named[index][0], to: named[index].at(-1) })
    : kind === "personal" ? part.what : part.symbology;
  const attributes = {
    class: `${kind}${picked ? " picked" : ""}`, tabindex: 0, role: "button", "aria-label": label, "aria-pressed": picked,
    "data-kind": kind, "data-index": index, "data-key": `${kind}-${index}`,
    onfocus: () => pick(kind, index), onkeydown: (event) => steer(event, kind, index),
  };
  return svg("g", attributes, rectangle(rect, size, { class: "frame" }), ...inner, ...(picked ? grips(rect, size) : []));
}

/** Arrows move a part by a millimetre, with Shift its lower right corner; Ctrl makes a tenth of it. */
function steer(event, kind, index) {
  const way = arrow(event);
  const part = partsOf(kind)[index];
  if (event.key === "Delete" || event.key === "Backspace") remove(kind, index);
  else if (way && design.paper) {
    const [dx, dy] = [way[0] / design.paper[0], way[1] / design.paper[1]];
    change(() => (part.rect = event.shiftKey ? resized(part.rect, 2, dx, dy) : moved(part.rect, dx, dy)), `steer-${kind}-${index}`);
  } else return;
  event.preventDefault();
}

/** Where a pointer is, as fractions of the picture. @param {PointerEvent} event */
function spot(event) {
  const box = sheet.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

sheet.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  const from = spot(event);
  const target = /** @type {HTMLElement} */ (event.target);
  const holder = /** @type {HTMLElement | null} */ (target.closest("[data-kind]"));
  if (says.corners) {
    const grip = Number(target.dataset.grip ?? -1);
    if (grip < 0) return;
    change(() => {});
    drag = { from, start: [0, 0, 0, 0], rect: [0, 0, 0, 0], kind: "corner", index: grip, grip };
  } else if (holder) {
    const [kind, index] = [holder.dataset.kind ?? "", Number(holder.dataset.index)];
    if (says.row && target.dataset.row !== undefined) says.row(index, Number(target.dataset.row));
    if (!says.drawn) return event.preventDefault();
    holder.focus({ preventScroll: true });
    pick(kind, index);
    const rect = partsOf(kind)[index].rect;
    drag = { from, start: rect, rect, kind, index, grip: Number(target.dataset.grip ?? -1) };
  } else if (says.drawn) {
    drag = { from, start: [0, 0, 0, 0], rect: [...from, 0, 0], kind: "new", index: -1, grip: -1 };
    pick("", -1);
  } else return;
  sheet.setPointerCapture(event.pointerId);
  event.preventDefault();
});
// A text field keeps the focus when a name is taken from the sheet.
sheet.addEventListener("mousedown", (event) => event.preventDefault());

sheet.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [x, y] = spot(event);
  const [dx, dy] = [x - drag.from[0], y - drag.from[1]];
  if (drag.kind === "corner") says.corners?.(drag.index, x, y);
  else if (drag.kind === "new") drag.rect = between(drag.from, [x, y]);
  else drag.rect = drag.grip < 0 ? moved(drag.start, dx, dy) : resized(drag.start, drag.grip, dx, dy);
  drawOverlay();
});

sheet.addEventListener("pointerup", () => {
  const done = drag;
  drag = null;
  if (!done) return;
  if (done.kind === "corner") return changed();
  if (done.kind === "new") {
    if (Math.min(done.rect[2], done.rect[3]) > 0.006) says.drawn?.(done.rect);
    else drawOverlay();
  } else if (done.rect !== done.start) change(() => (partsOf(done.kind)[done.index].rect = done.rect));
});
sheet.addEventListener("pointercancel", () => {
  drag = null;
  drawOverlay();
});
