/** Step 1: the four corners of the sheet in the photo, and the size of its paper. */

import { change, changed, design, keep, view } from "./design.js";
import { button, html, labelled, numberField, svg } from "./elements.js";
import { arrow } from "./geometry.js";
import { ask } from "./server.js";
import { showPicture } from "./stage.js";
import { gettext } from "./words.js";

/** @type {[string, number, number][]} usual papers, short side first, in millimetres */
const PAPERS = [["A4", 210, 297], ["A3", 297, 420], ["A5", 148, 210], ["Letter", 215.9, 279.4], ["Legal", 215.9, 355.6], ["Oficio", 216, 330]];

const here = () => design.pages[view.page - 1];

/** Asks where the corners may be, once a page, and guesses the paper from their shape. */
export async function begin() {
  const page = here();
  if (page.corners) return;
  const { corners, size, found } = await ask(`outline/${view.page}`);
  Object.assign(page, { corners, photo: size, found });
  design.paper ??= paperLike(corners);
  changed();
}

function paperLike(corners) {
  const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const [a, b, c, d] = corners;
  const aspect = (far(a, b) + far(d, c)) / (far(a, d) + far(b, c));
  const off = ([, short, long]) => Math.abs(Math.log(Math.max(aspect, 1 / aspect) / (long / short)));
  // All A sizes have one shape: who has another one than A4 says so.
  const [, short, long] = PAPERS.filter(([name]) => !/^A[35]$/.test(name)).sort((one, other) => off(one) - off(other))[0];
  return aspect > 1 ? [long, short] : [short, long];
}

export function draw() {
  const page = here();
  if (!page.photo) return;
  showPicture(`photo/${view.page}`, page.photo, { extra: corners, corners: (n, x, y) => put(n, x * page.photo[0], y * page.photo[1]) });
}

function put(corner, x, y) {
  const [width, height] = here().photo;
  here().corners[corner] = [Math.min(Math.max(x, 0), width), Math.min(Math.max(y, 0), height)];
  here().size = null;
  loupe(corner);
}

function corners() {
  const { corners: points, photo } = here();
  const unit = Math.max(...photo) / 55;
  const named = [gettext("Upper left corner"), gettext("Upper right corner"), gettext("Lower right corner"), gettext("Lower left corner")];
  const steer = (event, n) => {
    const way = arrow(event);
    if (!way) return;
    const step = Math.max(...photo) / 400;
    change(() => put(n, points[n][0] + way[0] * step, points[n][1] + way[1] * step), `corner-${n}`);
    event.preventDefault();
  };
  const outline = svg("polygon", { class: "outline", points: points.map((point) => point.join(",")).join(" ") });
  const up = svg("text", { x: points[0][0] + 1.2 * unit, y: points[0][1] - 0.3 * unit, "font-size": 1.5 * unit }, gettext("upper left"));
  const grips = points.map(([cx, cy], n) => svg("circle", {
    class: "grip", cx, cy, r: unit, "data-grip": n, "data-key": `corner-${n}`, tabindex: 0, role: "button", "aria-label": named[n],
    onkeydown: (event) => steer(event, n), onfocus: () => loupe(n),
  }));
  return [outline, up, ...grips];
}

/** A corner much enlarged, beside the controls. @param {number} corner */
function loupe(corner) {
  const place = document.getElementById("loupe");
  if (!place) return;
  const { corners: points, photo } = here();
  const [x, y] = points[corner];
  const reach = Math.max(...photo) / 40;
  const cross = `M${x - reach} ${y}H${x + reach}M${x} ${y - reach}V${y + reach}`;
  place.replaceChildren(
    svg("svg", { viewBox: `${x - reach} ${y - reach} ${2 * reach} ${2 * reach}`, width: 190, height: 190, class: "sheet" },
      svg("image", { href: `photo/${view.page}`, width: photo[0], height: photo[1] }), svg("path", { d: cross, class: "new" })),
  );
}

/** The corner that was upper left becomes upper right, and so on. */
function turn() {
  change(() => {
    const { corners: points } = here();
    points.unshift(points.pop());
    here().size = null;
    design.paper = [design.paper[1], design.paper[0]];
  });
}

/** Makes the page straight and goes on. @param {() => void} next */
async function straighten(next) {
  const page = here();
  if (!page.size) {
    const { size } = await ask(`straighten/${view.page}`, { corners: page.corners, paper_mm: design.paper });
    page.size = size;
    view.version += 1;
    view.unsaved = true;
    keep();
  }
  const missing = design.pages.findIndex((one) => !one.size);
  if (missing < 0) return next();
  view.page = missing + 1;
  changed();
  await begin();
}

/** @param {() => void} next */
export function panel(next) {
  const page = here();
  if (!page.corners || !design.paper) return [html("p", {}, gettext("Looking for the sheet…"))];
  const resize = (paper) => change(() => {
    design.paper = paper;
    for (const one of design.pages) one.size = null;
  }, "paper");
  const [short, long] = [...design.paper].sort((a, b) => a - b);
  const known = PAPERS.find(([, a, b]) => a === short && b === long)?.[0] ?? "";
  const options = [...PAPERS.map(([name]) => name), ""].map((name) =>
    html("option", { value: name, selected: name === known }, name || gettext("another size")));
  const choose = (event) => {
    const [, a, b] = PAPERS.find(([name]) => name === event.target.value) ?? ["", short, long + 1];
    resize(design.paper[0] > design.paper[1] ? [b, a] : [a, b]);
  };
  const side = (n, text) => labelled(text, numberField(design.paper[n], 30, 1200,
    (given) => resize(design.paper.map((old, m) => (m === n ? given : old))), { "data-key": `paper-${n}` }));
  return [
    html("h2", {}, gettext("Mark the sheet")),
    html("p", {}, page.found
      ? gettext("The corners of the sheet were found. Drag those that are not right.")
      : gettext("No sheet stands out in this photo: drag the four corners to those of the sheet.")),
    html("p", { class: "quiet" }, gettext("With the keyboard: Tab to a corner, then arrow keys, with Ctrl finer.")),
    html("div", { id: "loupe" }),
    html("p", {}, button(gettext("Turn by a quarter"), turn), " ", html("span", { class: "quiet" }, gettext("until “upper left” is where it should be"))),
    html("div", { class: "row" }, labelled(gettext("Paper"), html("select", { onchange: choose, "data-key": "paper" }, ...options)),
      side(0, gettext("width")), side(1, gettext("height")), "mm"),
    html("p", { class: "next" }, button(gettext("Make it straight"), () => straighten(next), { class: "main", "data-key": "main" })),
  ];
}
