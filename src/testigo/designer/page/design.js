/** The form being drawn: its values, what can be done to them and undone, and who is told of a change. */

import { ask, later } from "./server.js";

/** @typedef {[number, number, number, number]} Rect x, y, width, height as fractions of the page */
/** @typedef {{page: number, rect: Rect, rows: number, cells: number, gap: number, free: boolean, own: (string|null)[]}} Group */
/** @typedef {{page: number, rect: Rect, what: string}} Region */
/** @typedef {{page: number, rect: Rect, symbology: string, pattern: string}} CodePlace */
/** @typedef {{code: string, text: string, warns: boolean}} Sum */
/** @typedef {{photo: [number, number] | null, corners: number[][] | null, found: boolean, size: [number, number] | null}} Page */
/** @typedef {{id: string, name: string, paper: [number, number] | null, pages: Page[], groups: Group[], sums: Sum[], personal: Region[], codes: CodePlace[]}} Design */

export const start = await ask("start.json");

/** The ballot for the form's id, or the first one: its figures are offered as names. */
export const ballot = () => start.ballots.find((one) => one.form === design.id) ?? start.ballots[0] ?? null;

/** @type {Design} */
export let design = start.kept ?? {
  id: start.ballots[0]?.form ?? "form",
  name: start.ballots[0]?.name ?? "",
  paper: null,
  pages: Array.from({ length: start.pages }, () => ({ photo: null, corners: null, found: false, size: null })),
  groups: [],
  sums: [],
  personal: [],
  codes: [],
};

/** What is looked at; not part of the form. */
export const view = { step: 0, page: 1, kind: "", index: -1, tool: "personal", faults: [], version: 0, unsaved: false };

const past = [];
const listeners = [];

/** @param {() => void} listener called after every change of the form or the view */
export const whenChanged = (listener) => listeners.push(listener);
export const changed = () => listeners.forEach((listener) => listener());

/**
 * Changes the form so that it can be undone. A change of the same `kind` as the one before is undone with it.
 * @param {() => void} work
 * @param {string} [kind]
 */
export function change(work, kind = "") {
  if (!kind || past.at(-1)?.kind !== kind) past.push({ kind, text: JSON.stringify(design) });
  if (past.length > 200) past.shift();
  work();
  view.unsaved = true;
  keep();
  check();
  changed();
}

export function undo() {
  const before = past.pop();
  if (!before) return;
  design = JSON.parse(before.text);
  view.kind = "";
  view.index = -1;
  keep();
  check();
  changed();
}

/** The server keeps what is drawn: a page that is loaded again goes on where it was. */
export const keep = later(300, () => ask("keep", design));
addEventListener("pagehide", () => view.unsaved && fetch("keep", { method: "POST", body: JSON.stringify(design), keepalive: true }));
export const check = later(200, async () => {
  if (!design.paper) return;
  view.faults = await ask("faults", sketch());
  document.dispatchEvent(new Event("faults"));
});

/** The names of all rows in order, group by group: one's own where somebody wrote it, else the next of the ballot. */
export function names() {
  const offered = ballot()?.figures.map((one) => one.name) ?? [];
  const taken = new Set(design.groups.flatMap((group) => group.own.slice(0, group.rows)).filter((name) => name));
  const used = new Set();
  let next = 0;
  let spare = 0;
  return design.groups.map((group) =>
    Array.from({ length: group.rows }, (_, row) => {
      const own = group.own[row];
      if (own !== null && own !== undefined) {
        used.add(own);
        // What follows a name of the ballot that somebody chose goes on from there.
        if (offered.includes(own)) next = offered.indexOf(own) + 1;
        return own;
      }
      while (next < offered.length && (taken.has(offered[next]) || used.has(offered[next]))) next += 1;
      if (next < offered.length) {
        used.add(offered[next]);
        return offered[next];
      }
      do spare += 1;
      while (taken.has(`figure${spare}`));
      return `figure${spare}`;
    }),
  );
}

/** What the server understands of the form. */
export function sketch() {
  const named = names();
  return {
    id: design.id,
    name: design.name,
    paper_mm: design.paper,
    groups: design.groups.map(({ page, rect, cells, gap, free }, n) => ({ page, rect, cells, gap, free, names: named[n] })),
    sums: design.sums.map((sum, n) => ({ ...sum, code: sum.code || codeOf(sum.text, n) })),
    personal: design.personal,
    codes: design.codes,
  };
}

/** A sum is called after the figure that it makes, or by its number. */
const codeOf = (text, n) => /[=]\s*([A-Za-z_][\w.]*)\s*$/.exec(text)?.[1] ?? `sum${n + 1}`;

/** The list that holds parts of this kind. @param {string} kind @returns {any[]} */
export const partsOf = (kind) => ({ group: design.groups, personal: design.personal, code: design.codes })[kind] ?? [];

/** @param {string} kind @param {number} index */
export function pick(kind, index) {
  if (view.kind === kind && view.index === index) return;
  view.kind = kind;
  view.index = index;
  changed();
}

/** @param {string} kind @param {number} index */
export function remove(kind, index) {
  change(() => partsOf(kind).splice(index, 1));
  pick("", -1);
}
