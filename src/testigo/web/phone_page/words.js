/** The words of the page in its language. English stands in the code; the page brings what it is called here. */

/** @type {Record<string, string>} */
const words = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("words")).textContent || "{}");

/**
 * The text in the language of the page, its gaps `%(name)s` filled.
 * @param {string} text
 * @param {Record<string, string | number>} [gaps]
 */
export function gettext(text, gaps = {}) {
  return (words[text] || text).replace(/%\((\w+)\)s/g, (all, name) => String(name in gaps ? gaps[name] : all));
}
