/** Elements made in one expression; text is always text. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `on...` are listeners, `true` an empty attribute, others are left out
 *   where they are false, null or undefined
 * @param {...(Node | string | null)} children
 * @returns {any}
 */
export function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** @type {typeof html} */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** @param {string} text @param {() => unknown} work @param {Record<string, unknown>} [attributes] */
export function button(text, work, attributes = {}) {
  return html("button", { type: "button", onclick: work, ...attributes }, text);
}

/**
 * A label with its field in it.
 * @param {string} text
 * @param {HTMLElement} field
 * @param {string} [kind]
 */
export function labelled(text, field, kind = "") {
  return ["checkbox", "radio"].includes(field.getAttribute("type") ?? "")
    ? html("label", { class: kind }, field, " ", text)
    : html("label", { class: kind }, text, " ", field);
}

/**
 * A field for a number: `set` gets it as soon as one from `least` to `most` stands there. (A field of type number would
 * lose the place of its cursor when it is shown anew.)
 * @param {number} value @param {number} least @param {number} most @param {(value: number) => void} set
 * @param {Record<string, unknown>} attributes
 */
export function numberField(value, least, most, set, attributes) {
  const oninput = ({ target }) => {
    const given = Number(target.value.replace(",", "."));
    const fits = target.value.trim() !== "" && given >= least && given <= most;
    target.setAttribute("aria-invalid", String(!fits));
    if (fits && given !== value) set(given);
  };
  return html("input", { type: "text", inputmode: "decimal", size: 4, autocomplete: "off", value, oninput, ...attributes });
}

/**
 * Shows these children in place of the old ones; what had the focus by its `data-key` keeps it, with its selection.
 * @param {HTMLElement} place
 * @param {(Node | null)[]} children
 */
export function show(place, children) {
  const had = /** @type {HTMLInputElement | null} */ (document.activeElement);
  const key = had && place.contains(had) ? had.dataset.key : undefined;
  const selection = key && (had?.type === "text" || had?.type === "textarea") ? [had.selectionStart, had.selectionEnd] : null;
  place.replaceChildren(...children.filter((child) => child !== null));
  if (!key) return;
  const now = /** @type {HTMLInputElement | null} */ (place.querySelector(`[data-key="${CSS.escape(key)}"]`));
  now?.focus({ preventScroll: true });
  if (now && selection) now.setSelectionRange(selection[0], selection[1]);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
