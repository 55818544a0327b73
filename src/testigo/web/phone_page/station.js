/** Of which station and page the next photos are; a typed number is confirmed by the name of its place. */

import { by } from "./elements.js";
import { Answered, ask } from "./tus.js";
import { gettext } from "./words.js";

const MOST_PAGES = 20;
let page = 1;
let asked = "";

/** Digits of Arabic and Persian keyboards are the same digits. @param {string} text */
export const plainDigits = (text) => text.trim().replace(/[٠-٩۰-۹]/g, (sign) => String(sign.charCodeAt(0) & 15));

/** What the person says of the next photo; `station` is empty where they do not know. */
export function said() {
  return { station: by("unknown").checked ? "" : plainDigits(by("station").value), page };
}

export function watchStation() {
  by("station").addEventListener("input", () => {
    by("unknown").checked = false;
    tell("", "");
  });
  by("station").addEventListener("change", confirm);
  by("unknown").addEventListener("change", () => {
    if (by("unknown").checked) tell("", gettext("Good enough: people read the number from the sheet."));
    else confirm();
  });
  by("next-page").addEventListener("click", () => turnTo(Math.min(page + 1, MOST_PAGES)));
  by("next-sheet").addEventListener("click", () => {
    by("station").value = "";
    by("unknown").checked = false;
    tell("", "");
    turnTo(1);
    by("station").focus();
  });
  turnTo(1);
}

/** @param {number} number */
function turnTo(number) {
  page = number;
  by("page").textContent = gettext("Page %(page)s of the sheet", { page });
}

async function confirm() {
  const { station } = said();
  asked = station;
  if (!station) return tell("", "");
  try {
    const found = await (await ask(`/api/stations/${encodeURIComponent(station)}`, "GET", "")).json();
    const place = found.areas.map((name) => `\u2068${name}\u2069`).join(" › ");
    // Another number was typed meanwhile.
    if (asked === station) tell("good", gettext("%(station)s: %(place)s. If this is another place, correct the number.", { station: `\u2068${station}\u2069`, place }));
  } catch (error) {
    if (asked !== station) return;
    const missing = error instanceof Answered && error.status === 404;
    tell("fault", missing
      ? gettext("The list has no station of this number. Look again, or say that you do not know it.")
      : gettext("The number cannot be looked up just now. Go on: it is checked when the photo is sent."));
  }
}

function tell(kind, text) {
  by("place").className = kind;
  by("place").textContent = text;
}
