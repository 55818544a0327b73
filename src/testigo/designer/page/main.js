/** The page: its steps, what is drawn and shown in each, keys, and messages. */

import { change, changed, check, design, start, undo, view, whenChanged } from "./design.js";
import { button, show } from "./elements.js";
import * as figures from "./figures.js";
import * as regions from "./regions.js";
import { ask } from "./server.js";
import * as sheet from "./sheet.js";
import { zoomBy } from "./stage.js";
import * as sums from "./sums.js";
import * as tryout from "./tryout.js";
import { gettext } from "./words.js";

const STEPS = [
  { title: gettext("Sheet"), ...sheet },
  { title: gettext("Boxes"), ...figures },
  { title: gettext("Sums"), ...sums },
  { title: gettext("Private parts"), ...regions },
  { title: gettext("Try and save"), ...tryout },
];
const by = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const reached = (step) => step === 0 || design.pages.every((page) => page.size);
const next = () => go(view.step + 1);

async function go(step) {
  if (step >= STEPS.length || !reached(step)) return;
  if (design.sums.some(({ text }) => !text.trim())) change(() => (design.sums = design.sums.filter(({ text }) => text.trim())));
  if (view.step === 0) view.page = 1;
  Object.assign(view, { step, kind: "", index: -1 });
  say("");
  changed();
  by("panel").scrollTop = 0;
  await STEPS[step].begin?.();
}

function render() {
  const step = STEPS[view.step];
  show(by("steps"), STEPS.map(({ title }, n) => {
    const item = document.createElement("li");
    item.append(button(`${n + 1} ${title}`, () => go(n), {
      "aria-current": n === view.step ? "step" : null, disabled: !reached(n), "data-key": `step-${n}` }));
    return item;
  }));
  show(by("pages"), design.pages.length < 2 ? [] : design.pages.map((_, n) => button(gettext("Page %(page)s", { page: n + 1 }), async () => {
    view.page = n + 1;
    changed();
    await step.begin?.();
  }, { "aria-pressed": view.page === n + 1, "data-key": `page-${n}` })));
  const children = step.panel(next, changed, go);
  if (view.step > 0 && view.step < STEPS.length - 1) {
    const onward = document.createElement("p");
    onward.className = "next";
    onward.append(button(gettext("Next: %(step)s", { step: STEPS[view.step + 1].title }), next, { class: "main", "data-key": "main", title: "Ctrl+Enter" }));
    children.push(onward);
  }
  show(by("panel"), children);
  step.draw();
  markFaults();
}

/** Puts each fault beside what it is about, without touching what is being typed. */
function markFaults() {
  const sentences = new Map(view.faults.map(({ part, index, sentence }) => [`${part}-${index}`, sentence]));
  for (const place of document.querySelectorAll("[data-fault]")) {
    const quiet = place.dataset.fault === "figures-0" && view.step === 1 && design.groups.length === 0;
    place.textContent = quiet ? "" : (sentences.get(place.dataset.fault) ?? "");
  }
  for (const field of document.querySelectorAll("[data-invalid]")) field.setAttribute("aria-invalid", String(sentences.has(field.dataset.invalid)));
  for (const place of document.querySelectorAll("[data-good]")) {
    place.textContent = design.paper && !sentences.has(place.dataset.good) ? gettext("✓ understood") : "";
  }
}

function say(text) {
  by("told").textContent = text;
}

/** Ends the server; where something was drawn that is not saved, only when it is pressed again. */
async function end() {
  const sure = gettext("End without saving");
  if (view.unsaved && by("end").textContent !== sure) {
    by("end").textContent = sure;
    return;
  }
  await ask("end", {});
  document.body.replaceChildren(Object.assign(document.createElement("main"), { textContent: gettext("The designer has ended; this page can be closed.") }));
}

document.addEventListener("faults", () => {
  if (view.step === STEPS.length - 1) changed();
  else markFaults();
  if (view.step === STEPS.length - 1) tryout.begin();
});
document.addEventListener("keydown", (event) => {
  const typing = /** @type {HTMLElement} */ (event.target).matches('textarea, input[type="text"]');
  if (event.ctrlKey && event.key === "z" && !typing) undo();
  else if (event.ctrlKey && event.key === "Enter") /** @type {HTMLElement | null} */ (document.querySelector('[data-key="main"]'))?.click();
  else return;
  event.preventDefault();
});
addEventListener("unhandledrejection", (event) => say(event.reason?.message ?? String(event.reason)));
addEventListener("error", (event) => say(event.message));
by("undo").addEventListener("click", undo);
by("end").addEventListener("click", end);
by("larger").addEventListener("click", () => zoomBy(1.3));
by("smaller").addEventListener("click", () => zoomBy(1 / 1.3));

whenChanged(render);
check();
await go(start.kept && reached(1) ? 1 : 0);
