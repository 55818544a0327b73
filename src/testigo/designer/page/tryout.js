/** Step 5: what is read from sample photos with the form as it is drawn, and the form saved. */

import { change, changed, design, sketch, start, view } from "./design.js";
import { button, html, labelled } from "./elements.js";
import { straightUrl } from "./figures.js";
import { ask } from "./server.js";
import { showPicture } from "./stage.js";
import { gettext } from "./words.js";

/** @type {Map<number, any>} what was read by number of the sample, and of which form */
const told = new Map();
let shown = 0;
let busy = false;
let saved = null;

const VERDICTS = {
  sure: gettext("Read for sure."), look: gettext("Some cells must be looked at."), people: gettext("People must read this sheet."),
};
const WHY = {
  "no features": gettext("too little print was found that is also on the form"),
  "no shape of a page": gettext("what was found has not the shape of a page"),
  "other print": gettext("its print is not that of this form"),
};
const MARKS = { empty: "·", written: "✎", crossed: "×", heavy: "■" };

export function draw() {
  const { size } = design.pages[view.page - 1];
  const read = told.get(shown);
  if (!size) return;
  const found = read?.pages?.some(({ page, why }) => page === view.page && !why);
  const url = found ? `sample/${shown}/${view.page}?${read.time}` : straightUrl();
  showPicture(url, size, { label: (name) => (found ? `${name}: ${read.fields.find((one) => one.name === name)?.value ?? "?"}` : name) });
}

/** What of the form decides how it reads: not its names. */
const decisive = () => JSON.stringify({ ...sketch(), id: "", name: "" });

/** Reads the samples that were not read with the form as it is now. */
export async function begin() {
  if (busy || view.faults.length) return;
  busy = true;
  try {
    for (let index = 0; index < start.samples.length; index += 1) {
      const form = decisive();
      if (told.get(index)?.form === form) continue;
      changed();
      const read = await ask(`read/${index}`, sketch()).catch((error) => ({ error: error.message }));
      told.set(index, { ...read, form, time: Date.now() });
      // What was changed meanwhile holds for all of them.
      if (form !== decisive()) index = -1;
    }
  } finally {
    busy = false;
    changed();
  }
}

async function addPhotos(files) {
  for (const file of files) {
    const { index } = await ask(`samples?name=${encodeURIComponent(file.name)}`, file);
    start.samples[index] = file.name;
    shown = index;
  }
  await begin();
}

async function save(replace) {
  saved = await ask(`save${replace ? "?replace=yes" : ""}`, sketch());
  if (saved.files) view.unsaved = false;
  changed();
}

/** @param {() => void} next @param {() => void} again @param {(step: number) => void} go */
export function panel(next, again, go) {
  const steps = { figures: 1, name: 1, sum: 2, code: 3, id: 4 };
  const choose = html("select", { "data-key": "sample", onchange: ({ target }) => { shown = Number(target.value); changed(); } },
    ...start.samples.map((name, index) => html("option", { value: index, selected: index === shown }, name)));
  const text = (key, title, most) => html("label", { class: "field" }, title, html("input", {
    type: "text", class: "wide", value: design[key], maxlength: most, "data-key": key, "data-invalid": `${key}-0`, spellcheck: "false",
    oninput: ({ target }) => { saved = null; change(() => (design[key] = target.value), key); },
  }));
  return [
    html("h2", {}, gettext("Try it and save it")),
    ...view.faults.map(({ part, sentence }) => html("p", { class: "fault" }, sentence, " ",
      steps[part] === 4 ? null : button(gettext("Go there"), () => go(steps[part])))),
    html("div", { class: "row" }, labelled(gettext("Photo"), choose), button(gettext("Read again"), () => { told.clear(); begin(); })),
    html("div", {}, labelled(gettext("Add photos"), html("input", {
      type: "file", class: "wide", accept: "image/jpeg,image/png", multiple: true, onchange: ({ target }) => addPhotos(target.files) }), "field")),
    ...reading(told.get(shown)),
    html("h3", {}, gettext("Save")),
    text("id", gettext("Short name of the form, as the election calls it"), 60), html("p", { class: "fault", "data-fault": "id-0" }),
    text("name", gettext("Name for people"), 200),
    html("p", { class: "next" }, button(gettext("Save the form"), () => save(false), { class: "main", "data-key": "main", disabled: view.faults.length > 0 })),
    saved?.exists ? html("p", { class: "held" }, gettext("There is such a form already:"), " ", saved.exists, " ", button(gettext("Replace it"), () => save(true))) : null,
    saved?.files ? html("p", { class: "good", id: "saved" }, gettext("Saved:"), " ", saved.files.join(", ")) : null,
  ];
}

function reading(read) {
  if (!read) return [html("p", {}, busy ? gettext("Reading…") : "")];
  if (read.error) return [html("p", { class: "fault" }, read.error)];
  const lost = read.pages.filter(({ why }) => why).map(({ page, why }) =>
    html("p", { class: "fault" }, gettext("Page %(page)s was not found in this photo: %(why)s.", { page, why: WHY[why] ?? why })));
  const states = { pass: gettext("holds"), fail: gettext("does not hold"), "not evaluable": gettext("cannot be told") };
  const titles = [gettext("Figure"), gettext("Cells"), ...(read.note ? [] : [gettext("Value"), gettext("How sure")])];
  const cellsOf = ({ name, signs, value, sure, marks }) => [
    html("td", {}, name), html("td", { class: "signs" }, signs ?? marks.map((mark) => MARKS[mark]).join("")),
    ...(read.note ? [] : [html("td", {}, value === null ? "–" : String(value)), html("td", {}, sure === null ? "" : `${sure}%`)]),
  ];
  return [
    ...lost,
    read.note ? html("p", { class: "held" }, gettext("There is no digit model here: only what stands in the cells is told, not which digit.")) : null,
    read.verdict ? html("p", {}, html("strong", {}, VERDICTS[read.verdict])) : null,
    html("table", { id: "read" },
      html("thead", {}, html("tr", {}, ...titles.map((title) => html("th", {}, title)))),
      html("tbody", {}, ...read.fields.map((field) => html("tr", { "data-field": field.name }, ...cellsOf(field))))),
    ...read.sums.map(({ text, state, left, right }) => html("p", { class: state === "fail" ? "fault" : "quiet" }, `${text}: ${states[state]}`,
      state === "fail" ? ` (${left} ≠ ${right})` : "")),
  ];
}
