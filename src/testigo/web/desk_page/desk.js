/* The desk by keyboard: fields in the order of the paper, a draft that survives, sums that inform and never block.
   Loaded before the page's body, so that no key comes too early; the browser itself puts the focus into the first field. */

(() => {
  /** Keys that come while the sheet is being saved were meant for no other sheet. */
  const MOST_SAVING_MS = 15000;
  let saving = 0;
  let later = 0;
  let asked = false;

  const form = () => /** @type {HTMLFormElement} */ (document.getElementById("entry"));
  const fields = () => [...form().querySelectorAll("input")];
  const save = () => (form().requestSubmit ? form().requestSubmit() : form().querySelector("button").click());

  /** @param {HTMLInputElement} from @param {number} by */
  const go = (from, by) => {
    const next = fields()[fields().indexOf(from) + by];
    if (next) {
      next.focus();
      next.select();
    } else if (by > 0) {
      save();
    }
  };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (saving) {
      event.preventDefault();
    } else if (key === "F2") {
      event.preventDefault();
      document.getElementById("problem").focus();
    } else if (event.altKey || !(target instanceof HTMLElement) || !target.closest("#entry")) {
      return;
    } else if (key === "Enter" && event.shiftKey) {
      event.preventDefault();
      save();
    } else if (target instanceof HTMLSelectElement && key === "Enter") {
      event.preventDefault();
      form().querySelector("button").focus();
    } else if (target instanceof HTMLInputElement) {
      typed(event, target);
    }
  });

  /** @param {KeyboardEvent} event @param {HTMLInputElement} field */
  function typed(event, field) {
    const { key } = event;
    if (key === "Enter" || key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      // A key that is held down is pressed once.
      if (key !== "Enter" || !event.repeat) go(field, key === "ArrowUp" ? -1 : 1);
    } else if (field.classList.contains("count") && (key === "?" || key === "؟" || key === " ")) {
      event.preventDefault();
      field.value = key === " " ? "-" : "?";
      changed();
      go(field, 1);
    }
  }

  /** @param {string} text @param {Record<string, number>} known */
  const worth = (text, known) => {
    let sum = 0;
    for (const [, sign, part] of text.matchAll(/([+-]?)\s*([^\s+-]+)/g)) {
      const value = /^\d+$/.test(part) ? Number(part) : known[part];
      if (value === undefined) return undefined;
      sum += sign === "-" ? -value : value;
    }
    return sum;
  };

  function sums() {
    /** @type {Record<string, number>} */
    const known = {};
    /** @type {Record<string, string>} */
    const called = {};
    for (const field of form().querySelectorAll("input.count")) {
      const { id, value } = /** @type {HTMLInputElement} */ (field);
      called[id.slice(2)] = document.querySelector(`label[for="${id}"]`).textContent;
      const plain = value.trim().replace(/[٠-٩۰-۹]/g, (sign) => String(sign.charCodeAt(0) & 15));
      if (/^\d+$/.test(plain)) known[id.slice(2)] = Number(plain);
    }
    const place = document.getElementById("sums");
    const told = [];
    for (const { text } of JSON.parse(form().dataset.rules || "[]")) {
      const sides = text.split(" = ");
      const [left, right] = sides.map((/** @type {string} */ side) => worth(side, known));
      if (sides.length !== 2 || text.includes("*") || left === undefined || right === undefined) continue;
      const says = text.replace(/[^\s+=-]+/g, (/** @type {string} */ part) => called[part] || part);
      told.push(`${left === right ? place.dataset.holds : place.dataset.differs} \u2068${says}\u2069: \u2068${left}\u2069, \u2068${right}\u2069`);
    }
    place.textContent = told.join("\n");
  }

  function changed() {
    sums();
    clearTimeout(later);
    later = window.setTimeout(() => {
      const typed = new URLSearchParams();
      new FormData(form()).forEach((value, name) => typed.append(name, String(value)));
      fetch(form().dataset.draft, { method: "POST", body: typed }).catch(() => undefined);
    }, 400);
  }

  /** The pictures of the next sheet are asked for while this one is finished; they are shown nowhere before it is. */
  async function ahead() {
    if (asked) return;
    asked = true;
    const answer = await fetch(form().dataset.ahead).catch(() => undefined);
    if (!answer || !answer.ok) return;
    for (const picture of (await answer.json()).pictures) new Image().src = picture;
  }

  document.addEventListener("DOMContentLoaded", () => {
    const all = fields();
    const first = /** @type {HTMLInputElement} */ (form().querySelector("[autofocus]"));
    // Nothing that was typed already is taken back.
    if (document.activeElement === document.body) first.focus();
    if (document.activeElement === first && first.defaultValue) first.select();
    form().addEventListener("input", changed);
    form().addEventListener("submit", (event) => {
      if (saving) event.preventDefault();
      clearTimeout(later);
      saving = window.setTimeout(() => (saving = 0), MOST_SAVING_MS);
    });
    form().addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLSelectElement || all.indexOf(/** @type {HTMLInputElement} */ (target)) >= all.length / 2) ahead();
    });
    for (const kind of ["paste", "drop"]) form().addEventListener(kind, (event) => event.preventDefault());
    sums();
  });
  addEventListener("pageshow", () => {
    clearTimeout(saving);
    saving = 0;
  });
})();
