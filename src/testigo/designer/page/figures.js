/** Step 2: rows of boxes, drawn many at once, and the names of the figures in them. */

import { ballot, change, design, names, pick, remove, view } from "./design.js";
import { button, html, labelled, numberField } from "./elements.js";
import { ask } from "./server.js";
import { showPicture } from "./stage.js";
import { gettext } from "./words.js";

export const straightUrl = () => `straight/${view.page}?${view.version}`;

export function draw() {
  const { size } = design.pages[view.page - 1];
  if (size) showPicture(straightUrl(), size, { drawn });
}

/** A part of the page becomes a group, or several: as many rows and cells as are printed there. */
async function drawn(rect) {
  const { grids } = await ask(`grid/${view.page}`, rect);
  const found = grids.map(([x, y, w, h, rows, cells, gap]) => ({ rect: [x, y, w, h], rows, cells, gap }));
  add(found.length ? found : [{ rect, rows: 1, cells: design.groups.at(-1)?.cells ?? 3, gap: 0 }]);
}

function add(found) {
  const index = design.groups.length;
  change(() => design.groups.push(...found.map((one) => ({ page: view.page, free: false, own: [], ...one }))));
  pick("group", index);
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector(`[data-key="rows-${index}"]`));
  field?.focus();
  field?.select();
}

/** For those who use keys alone: rows below the last ones, to be moved with the arrows. */
function addBelow() {
  const last = design.groups.filter((group) => group.page === view.page).at(-1);
  const [x, y, w, h] = last?.rect ?? [0.4, 0.1, 0.2, 0.03];
  const tall = last ? h / last.rows : h;
  add([{ rect: [x, Math.min(y + h + tall, 1 - tall), w, tall], rows: 1, cells: last?.cells ?? 3, gap: 0 }]);
}

export function panel() {
  const named = names();
  const figures = ballot()?.figures ?? [];
  let position = 0;
  const cards = design.groups.map((group, index) => {
    const first = position;
    position += group.rows;
    return group.page === view.page ? card(group, index, named[index], first, figures) : null;
  });
  return [
    html("h2", {}, gettext("Draw the boxes")),
    html("p", {}, gettext("Drag over a whole column of the table: its rows and cells are counted, and named in the order of the ballot.")),
    html("p", { class: "quiet" }, gettext("With the keyboard: add rows here, then arrow keys move them, with Shift change their size, with Ctrl finer; Delete removes them.")),
    html("datalist", { id: "figures" }, ...figures.map(({ name, label }) => html("option", { value: name }, label))),
    html("p", {}, button(gettext("Add rows"), addBelow, { "data-key": "add" })),
    html("p", { class: "fault", "data-fault": "figures-0" }),
    ...cards,
    figures.length ? html("p", { class: "quiet" }, gettext("%(drawn)s of %(all)s figures of the ballot have a place.", {
      drawn: figures.filter(({ name }) => named.flat().includes(name)).length, all: figures.length })) : null,
  ];
}

function card(group, index, named, first, figures) {
  const number = (key, text, least, most, value, set) => labelled(text, numberField(
    value, least, most, (given) => change(() => set(Math.round(given)), `${key}-${index}`),
    { "data-key": `${key}-${index}`, onfocus: () => pick("group", index) }));
  const rows = named.map((name, row) => nameRow(group, index, row, name, first + row, figures));
  return html("div", { class: view.kind === "group" && view.index === index ? "card picked" : "card" },
    html("div", { class: "row" },
      number("rows", gettext("Rows"), 1, 60, group.rows, (value) => (group.rows = value)),
      number("cells", group.free ? gettext("digits") : gettext("cells"), 1, 9, group.cells, (value) => (group.cells = value)),
      number("gap", gettext("gap %"), 0, 85, Math.round(100 * group.gap), (value) => (group.gap = value / 100))),
    html("div", { class: "row" },
      labelled(gettext("no printed cells"), html("input", {
        type: "checkbox", checked: group.free, "data-key": `free-${index}`,
        onchange: ({ target }) => change(() => (group.free = target.checked)),
      })),
      button(gettext("Remove"), () => remove("group", index))),
    html("div", { class: "names" }, ...rows.flat()));
}

function nameRow(group, index, row, name, position, figures) {
  const label = figures.find((one) => one.name === name)?.label ?? "";
  const key = `name-${position}`;
  const field = html("input", {
    type: "text", value: name, list: "figures", spellcheck: "false", autocomplete: "off", maxlength: 60,
    "aria-label": gettext("Name of row %(row)s", { row: row + 1 }), "data-key": key, "data-invalid": key,
    onfocus: () => pick("group", index),
    oninput: ({ target }) => change(() => (group.own[row] = target.value.trim()), key),
    onchange: ({ target }) => target.value.trim() || change(() => (group.own[row] = null)),
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      const next = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="name-${position + 1}"]`));
      (next ?? event.target).focus();
    },
  });
  return [html("span", { class: "quiet" }, String(position + 1)), field, html("small", {}, label),
    html("p", { class: "fault", "data-fault": key })];
}
