/** Step 3: the sums that must hold, typed or taken from the ballot, checked at once. */

import { ballot, change, design, names, view } from "./design.js";
import { button, html, labelled } from "./elements.js";
import { straightUrl } from "./figures.js";
import { showPicture } from "./stage.js";
import { gettext } from "./words.js";

let active = -1;

export function draw() {
  const { size } = design.pages[view.page - 1];
  if (size) showPicture(straightUrl(), size, { row: takeName });
}

/** The name of the row that was pressed comes into the sum that is being written. */
function takeName(index, row) {
  const sum = design.sums[active];
  if (!sum) return;
  const text = sum.text.trimEnd();
  const joined = text === "" ? "" : /[-+*=]$/.test(text) ? `${text} ` : `${text} + `;
  change(() => (sum.text = joined + names()[index][row]), `sum-${active}`);
}

function add(code, text) {
  change(() => design.sums.push({ code, text, warns: false }));
  active = design.sums.length - 1;
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="sum-${active}"]`))?.focus();
}

export function panel() {
  const known = new Set(names().flat());
  const held = new Set(design.sums.map((sum) => sum.text.replace(/\s/g, "")));
  const offered = (ballot()?.sums ?? []).filter(
    ({ text }) => !held.has(text.replace(/\s/g, "")) && text.match(/[A-Za-z_][\w.]*/g).every((name) => known.has(name)),
  );
  return [
    html("h2", {}, gettext("Write the sums")),
    html("p", {}, gettext("A sum such as %(sum)s helps to read the figures and shows sheets that do not add up. Press a row of the sheet to take its name.", { sum: "A + B = total" })),
    ...offered.map(({ code, text }) => html("div", { class: "card" },
      html("div", {}, html("small", {}, gettext("From the ballot:")), " ", html("span", {}, text)),
      html("div", { class: "row" }, button(gettext("Add this sum"), () => add(code, text), { "data-key": `offer-${code}` })))),
    ...design.sums.map(card),
    html("p", {}, button(gettext("New sum"), () => add("", ""), { "data-key": "new-sum" })),
  ];
}

function card(sum, index) {
  const key = `sum-${index}`;
  return html("div", { class: "card" },
    html("div", { class: "field" }, html("textarea", {
      class: "wide", rows: Math.min(6, 1 + Math.floor(sum.text.length / 48)), spellcheck: "false", autocomplete: "off", maxlength: 4000, "data-key": key,
      "data-invalid": key, "aria-label": gettext("Sum %(number)s", { number: index + 1 }), onfocus: () => (active = index),
      oninput: ({ target }) => change(() => (sum.text = target.value.replace(/\s*\n\s*/g, " ")), key),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.ctrlKey) return;
        event.preventDefault();
        add("", "");
      },
    }, sum.text), html("p", { class: "fault", "data-fault": key }), html("p", { class: "good", "data-good": key })),
    html("div", { class: "row" },
      labelled(gettext("only a warning"), html("input", {
        type: "checkbox", checked: sum.warns, "data-key": `warns-${index}`,
        onchange: ({ target }) => change(() => (sum.warns = target.checked)),
      })),
      button(gettext("Remove"), () => change(() => design.sums.splice(index, 1)))));
}
