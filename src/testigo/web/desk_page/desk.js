/* The desk by keyboard: fields in the order of the paper, a draft that survives, sums that inform and never block. */

const entry = document.getElementById("entry");

document.addEventListener("keydown", (event) => {
  if (event.key === "F2") {
    const problem = document.getElementById("problem");
    if (problem) {
      event.preventDefault();
      problem.focus();
    }
  }
});

if (entry instanceof HTMLFormElement) {
  const fields = [...entry.querySelectorAll("input")];
  const counts = fields.filter((field) => field.classList.contains("count"));

  /** @param {HTMLInputElement} from @param {number} by */
  const go = (from, by) => {
    const next = fields[fields.indexOf(from) + by];
    if (next) {
      next.focus();
      next.select();
    } else if (by > 0) {
      entry.requestSubmit ? entry.requestSubmit() : entry.submit();
    }
  };

  entry.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.altKey) {
      return;
    }
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      entry.requestSubmit ? entry.requestSubmit() : entry.submit();
      return;
    }
    if (!(field instanceof HTMLInputElement)) {
      return;
    }
    const isCount = field.classList.contains("count");
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      go(field, 1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      go(field, -1);
    } else if (isCount && (event.key === "?" || event.key === " ")) {
      event.preventDefault();
      field.value = event.key === "?" ? "?" : "-";
      go(field, 1);
      changed();
    }
  });
  for (const kind of ["paste", "drop"]) {
    entry.addEventListener(kind, (event) => event.preventDefault());
  }

  /** @param {string} text @param {Record<string, number>} known */
  const worth = (text, known) => {
    let sum = 0;
    for (const [, sign, part] of text.matchAll(/([+-]?)\s*([^\s+-]+)/g)) {
      const value = /^\d+$/.test(part) ? Number(part) : known[part];
      if (value === undefined) {
        return undefined;
      }
      sum += sign === "-" ? -value : value;
    }
    return sum;
  };

  const sums = () => {
    /** @type {Record<string, number>} */
    const known = {};
    for (const field of counts) {
      if (/^\d+$/.test(field.value)) {
        known[field.id.slice(2)] = Number(field.value);
      }
    }
    const told = [];
    for (const rule of JSON.parse(entry.dataset.rules || "[]")) {
      const sides = rule.text.split(" = ");
      const [left, right] = sides.map((/** @type {string} */ side) => worth(side, known));
      if (sides.length === 2 && !rule.text.includes("*") && left !== undefined && right !== undefined) {
        told.push([left === right, `${rule.text}: ${left}, ${right}`]);
      }
    }
    const place = document.getElementById("sums");
    place.textContent = told.map(([holds, text]) => `${holds ? place.dataset.holds : place.dataset.differs} ${text}`).join(" ");
  };

  let later = 0;
  const changed = () => {
    sums();
    clearTimeout(later);
    later = window.setTimeout(() => {
      const typed = new URLSearchParams();
      new FormData(entry).forEach((value, name) => typed.append(name, String(value)));
      fetch(entry.dataset.draft, { method: "POST", body: typed }).catch(() => undefined);
    }, 400);
  };
  entry.addEventListener("input", changed);
  const first = fields.find((field) => !field.value) || fields[0];
  first.focus();
  first.select();
  sums();
}
