/** Step 4: what is private on the sheet, and where a code is printed. */

import { change, design, partsOf, pick, remove, view } from "./design.js";
import { button, html, labelled } from "./elements.js";
import { straightUrl } from "./figures.js";
import { ask } from "./server.js";
import { showPicture } from "./stage.js";
import { gettext } from "./words.js";

const SYMBOLOGIES = ["QRCode", "DataMatrix", "PDF417", "Aztec", "Code128", "Code39", "ITF"];

/** @type {Map<string, any[]>} codes that were seen on each straight page */
const seen = new Map();

export function draw() {
  const { size } = design.pages[view.page - 1];
  if (size) showPicture(straightUrl(), size, { drawn });
}

function drawn(rect) {
  add(view.tool === "code"
    ? { page: view.page, rect, symbology: "QRCode", pattern: "(?P<station>.+)" }
    : { page: view.page, rect, what: gettext("names and signatures") });
}

function add(part) {
  const kind = "what" in part ? "personal" : "code";
  change(() => partsOf(kind).push(part));
  const index = partsOf(kind).length - 1;
  pick(kind, index);
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector(`[data-key="${kind}-text-${index}"]`));
  field?.focus();
  field?.select();
}

/** Looks for codes once a page. @param {() => void} show */
async function look(show) {
  const url = straightUrl();
  if (seen.has(url)) return;
  seen.set(url, []);
  const found = await ask(`codes/${view.page}`);
  seen.set(url, found);
  // Drawn anew only where there is something to show: a button may be under somebody's finger.
  if (found.length) show();
}

/** @param {() => void} next @param {() => void} again */
export function panel(next, again) {
  look(again);
  const tool = (value, text) => labelled(text, html("input", {
    type: "radio", name: "tool", value, checked: view.tool === value, "data-key": `tool-${value}`, onchange: () => (view.tool = value),
  }));
  const found = (seen.get(straightUrl()) ?? []).filter(({ rect: [x, y, w, h] }) =>
    !design.codes.some(({ page, rect: [a, b, c, d] }) => page === view.page && x < a + c && a < x + w && y < b + d && b < y + h));
  return [
    html("h2", {}, gettext("Private parts and codes")),
    html("p", {}, gettext("Drag over names, signatures, fingerprints and document numbers: they are hidden in public copies.")),
    html("div", { class: "row" }, gettext("Draw"), tool("personal", gettext("a private part")), tool("code", gettext("a printed code"))),
    html("p", {}, button(gettext("Add one here"), () => drawn([0.3, 0.7, 0.4, 0.1]), { "data-key": "add" })),
    ...found.map(({ symbology, text, rect, pattern }) => html("div", { class: "card" },
      html("div", {}, gettext("A code is seen:"), " ", symbology, " ", html("span", { class: "signs" }, text.slice(0, 60))),
      html("div", { class: "row" }, button(gettext("Take it in"), () => add({ page: view.page, rect: roomy(rect), symbology, pattern }))))),
    ...design.personal.map((part, index) => part.page === view.page ? personal(part, index) : null),
    ...design.codes.map((part, index) => part.page === view.page ? code(part, index) : null),
  ];
}

/** A code's place with room for sheets that are printed a little beside it. */
function roomy([x, y, w, h]) {
  const [left, upper] = [Math.max(0, x - 0.02), Math.max(0, y - 0.02)];
  return [left, upper, Math.min(1, x + w + 0.02) - left, Math.min(1, y + h + 0.02) - upper];
}

const classOf = (kind, index) => (view.kind === kind && view.index === index ? "card picked" : "card");

function personal(part, index) {
  return html("div", { class: classOf("personal", index) }, html("div", { class: "row" },
    labelled(gettext("Private:"), html("input", {
      type: "text", value: part.what, maxlength: 80, "data-key": `personal-text-${index}`, onfocus: () => pick("personal", index),
      oninput: ({ target }) => change(() => (part.what = target.value), `personal-${index}`),
    })),
    button(gettext("Remove"), () => remove("personal", index))));
}

function code(part, index) {
  const key = `code-${index}`;
  return html("div", { class: classOf("code", index) },
    html("div", { class: "row" },
      labelled(gettext("Code:"), html("select", { onchange: ({ target }) => change(() => (part.symbology = target.value)) },
        ...[...new Set([...SYMBOLOGIES, part.symbology])].map((name) => html("option", { selected: name === part.symbology }, name)))),
      button(gettext("Remove"), () => remove("code", index))),
    html("label", { class: "field" }, gettext("Its text, as a regular expression with the group %(group)s:", { group: "(?P<station>…)" }), html("input", {
      type: "text", class: "wide signs", value: part.pattern, spellcheck: "false", maxlength: 1000, "data-key": `code-text-${index}`,
      "data-invalid": key, onfocus: () => pick("code", index),
      oninput: ({ target }) => change(() => (part.pattern = target.value), key),
    })),
    html("p", { class: "fault", "data-fault": key }));
}
