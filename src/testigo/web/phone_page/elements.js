/** Elements made in one expression; text is always text. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `on...` are listeners, `true` an empty attribute, others are left out
 *   where they are false, null or undefined
 * @param {...(Node | string | null)} children
 * @returns {any}
 */
export function html(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  Object.keys(attributes).forEach((name) => {
    const value = attributes[name];
    if (name.startsWith("on")) made.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  });
  children.forEach((child) => child !== null && made.append(child));
  return made;
}

/** @param {string} text @param {() => unknown} work @param {Record<string, unknown>} [attributes] */
export const button = (text, work, attributes = {}) => html("button", { type: "button", onclick: work, ...attributes }, text);

/** @param {string} id @returns {any} */
export const by = (id) => document.getElementById(id);

/** Shows these children in place of the old ones. @param {Element} place @param {(Node | null)[]} children */
export function show(place, children) {
  place.textContent = "";
  children.forEach((child) => child !== null && place.append(child));
}
