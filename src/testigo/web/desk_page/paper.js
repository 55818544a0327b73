/** The photo beside the fields: zoomed to the field that has the focus, and moved by keys that work in every field. */

const paper = /** @type {HTMLElement} */ (document.getElementById("paper"));
const sheet = /** @type {HTMLElement} */ (document.getElementById("sheet"));
const photo = /** @type {HTMLImageElement} */ (document.getElementById("photo"));
const mark = /** @type {HTMLElement} */ (document.getElementById("mark"));
/** Every photo of the sheet, with the first page that it shows; one where its pages have no photos of their own.
 * @type {{ page: number, address: string }[]} */
const photos = (paper.dataset.photos || `1=${photo.src}`).trim().split(/\s+/).map((named) => {
  const [number, ...address] = named.split("=");
  return { page: Number(number), address: address.join("=") };
});
let whole = photos[0].address;
const view = { scale: 1, x: 0, y: 0, turn: 0 };
const MOST = 8;
/** How much of the paper beside a field is seen: a field takes at most this part of what is shown, in width and height. */
const WIDE = 0.21;
const HIGH = 0.1;

/** The pages that were made straight and have come, by number. @type {Map<number, HTMLImageElement>} */
const straight = new Map();
let shown = 0;
/** The page made straight that was seen last. */
let last = 0;
let follows = sessionStorage.getItem("follows") !== "no";
/** @type {Element | null} */
let focused = null;

function place() {
  sheet.style.setProperty("transform", `translate(${view.x}px, ${view.y}px) scale(${view.scale})`);
  photo.style.setProperty("transform", `rotate(${view.turn}deg)`);
}

/** Where the picture stands in its frame when nothing is zoomed. */
function drawn() {
  const [w, h] = [paper.clientWidth, paper.clientHeight];
  // The photo's own size is that of what it showed before, until the browser has drawn it anew.
  const { naturalWidth, naturalHeight } = straight.get(shown) || photo;
  const ratio = (naturalWidth || 1) / (naturalHeight || 1);
  const width = Math.min(w, h * ratio);
  const height = width / ratio;
  return { left: (w - width) / 2, top: (h - height) / 2, width, height };
}

/** Zooms about the middle of what is seen. @param {number} factor 0 for the whole page */
function zoom(factor) {
  const scale = factor ? Math.min(MOST, Math.max(1, view.scale * factor)) : 1;
  const [cx, cy] = [paper.clientWidth / 2, paper.clientHeight / 2];
  view.x = scale === 1 ? 0 : cx - ((cx - view.x) * scale) / view.scale;
  view.y = scale === 1 ? 0 : cy - ((cy - view.y) * scale) / view.scale;
  view.scale = scale;
  place();
}

/** @param {number} dx @param {number} dy */
function move(dx, dy) {
  const step = paper.clientWidth / 6;
  view.x -= dx * step;
  view.y -= dy * step;
  place();
}

/** @param {number} number a page that was made straight, 0 for the photo as it is */
function show(number) {
  shown = number;
  if (number) {
    last = number;
    whole = (photos.find((one) => one.page === number) || photos[0]).address;
  }
  photo.src = number ? straight.get(number).src : whole;
  if (number) view.turn = 0;
}

/** Brings a field's place on the paper before the eyes. @param {Element | null} part an element with data-box */
function look(part) {
  focused = part;
  mark.hidden = true;
  if (!part || !follows || view.turn) return;
  const [page, x, y, w, h] = String(part.getAttribute("data-box")).split(" ").map(Number);
  if (!straight.has(page)) {
    const other = photos.find((one) => one.page === page);
    if (photos.length > 1 && other && (shown || whole !== other.address)) turnTo(other.address);
    return;
  }
  if (shown !== page) show(page);
  const at = drawn();
  const fit = Math.min((WIDE * paper.clientWidth) / (w * at.width), (HIGH * paper.clientHeight) / (h * at.height));
  view.scale = Math.min(MOST, Math.max(1, fit));
  const middle = { x: at.left + (x + w / 2) * at.width, y: at.top + (y + h / 2) * at.height };
  // What is printed before a field tells which it is.
  view.x = bounded(0.62 * paper.clientWidth - middle.x * view.scale, paper.clientWidth);
  view.y = bounded(0.45 * paper.clientHeight - middle.y * view.scale, paper.clientHeight);
  const box = { left: at.left + x * at.width, top: at.top + y * at.height, width: w * at.width, height: h * at.height };
  for (const [name, value] of Object.entries(box)) mark.style.setProperty(name, `${value}px`);
  mark.style.setProperty("outline-width", `${3 / view.scale}px`);
  mark.hidden = false;
  place();
}

/** Nothing beyond the frame of the photo is shown. @param {number} offset @param {number} size */
function bounded(offset, size) {
  return Math.min(0, Math.max(size - size * view.scale, offset));
}

/** @param {EventTarget | null} target */
const boxOf = (target) => (target instanceof Element ? target.closest("[data-box]") : null);

/** Shows a photo of the sheet as it is. @param {string} address */
function turnTo(address) {
  whole = address;
  show(0);
  zoom(0);
}

/** Shows the next photo of the sheet. */
function next() {
  if (photos.length < 2) return;
  mark.hidden = true;
  const at = photos.findIndex((one) => one.address === whole);
  turnTo(photos[(at + 1) % photos.length].address);
}

function toggle() {
  follows = !follows;
  sessionStorage.setItem("follows", follows ? "yes" : "no");
  if (follows) look(focused || boxOf(document.activeElement));
  else {
    mark.hidden = true;
    zoom(0);
  }
}

function other() {
  if (!straight.size) return;
  mark.hidden = true;
  show(shown ? 0 : straight.has(last) ? last : [...straight.keys()][0]);
  zoom(0);
}

/** @type {Record<string, () => void>} */
const WITH_ALT = {
  ArrowUp: () => move(0, -1),
  ArrowDown: () => move(0, 1),
  ArrowLeft: () => move(-1, 0),
  ArrowRight: () => move(1, 0),
  "+": () => zoom(1.4),
  "=": () => zoom(1.4),
  "-": () => zoom(1 / 1.4),
  0: () => zoom(0),
  z: toggle,
  p: other,
  n: next,
  r: () => {
    view.turn = (view.turn + 90) % 360;
    mark.hidden = true;
    zoom(0);
  },
};

document.addEventListener("keydown", (event) => {
  const act = event.altKey ? WITH_ALT[event.key.length === 1 ? event.key.toLowerCase() : event.key] : undefined;
  if (act) {
    event.preventDefault();
    act();
  }
});
document.addEventListener("focusin", ({ target }) => look(boxOf(target)));
addEventListener("resize", () => look(focused));

for (const named of (paper.dataset.pages || "").trim().split(/\s+/).filter(Boolean)) {
  const [number, address] = named.split("=");
  const picture = new Image();
  picture.onload = () => {
    straight.set(Number(number), picture);
    look(boxOf(document.activeElement));
  };
  // Where no page of the form was found there is nothing to load, and the photo stays as it is.
  picture.src = address;
}
