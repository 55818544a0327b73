/** The photos of this phone: what became of each, and the receipt of those that the server holds. */

import { button, by, html, show } from "./elements.js";
import { deadlineIn, shortCode } from "./promise.js";
import { sendNow, sending } from "./queue.js";
import * as store from "./store.js";
import { gettext } from "./words.js";

/** @typedef {import("./store.js").Photo} Photo */

/** Which receipts are open, by the photo's number. @type {Set<number>} */
const open = new Set();

export async function showPhotos() {
  const all = (await store.photos()).filter(({ state }) => state !== "draft");
  const waiting = all.filter(({ state }) => state === "saved" || state === "sending").length;
  const troubles = {
    network: gettext("No network. Photos that wait: %(count)s. They are sent later.", { count: waiting }),
    invitation: gettext("The invitation is missing, was used or has run out. Open a new one. Photos that wait: %(count)s.", { count: waiting }),
    busy: gettext("The server takes nothing just now. Photos that wait: %(count)s. They are sent later.", { count: waiting }),
  };
  const discreet = store.keepsNothing() && waiting ? gettext("Nothing is kept on this phone: keep this page open until every photo is sent.") : "";
  const trouble = waiting && sending.trouble ? troubles[sending.trouble] : discreet;
  show(by("sending"), trouble ? [
    html("span", { class: "trouble" }, trouble), " ",
    sending.trouble ? button(gettext("Try now"), sendNow, { id: "try" }) : null,
  ] : []);
  by("sending").className = trouble ? "fault" : "";
  show(by("photos"), all.length ? [...all].reverse().map(row) : [html("li", { class: "quiet" }, gettext("None yet."))]);
}

/** @param {Photo} photo */
function row(photo) {
  const station = photo.station ? gettext("Station %(station)s, page %(page)s", { station: `\u2068${photo.station}\u2069`, page: photo.page })
    : gettext("Station not known, page %(page)s", { page: photo.page });
  const share = photo.length && sending.id === photo.id ? Math.floor((100 * sending.offset) / photo.length) : 0;
  const states = {
    saved: ["○", store.keepsNothing() ? gettext("Held in this page alone") : gettext("Saved on this phone")],
    sending: ["↑", gettext("Being sent: %(share)s", { share: `${share} %` })],
    promised: ["✓", gettext("Sent and promised")],
    refused: ["!", gettext("Not taken by the server")],
  };
  const [sign, words] = states[photo.state];
  return html("li", { "data-state": photo.state },
    html("p", { class: `state ${photo.state}` }, html("span", { "aria-hidden": "true" }, `${sign} `), words),
    html("p", {}, station),
    photo.state === "sending" ? html("progress", { max: 100, value: share, "aria-label": words }) : null,
    photo.why === "station" ? html("p", { class: "quiet" }, gettext("The list has no station of the number that was typed; the photo goes without it.")) : null,
    photo.state === "refused" ? html("p", {}, reason(photo.why)) : null,
    photo.state === "promised" ? receipt(photo) : null,
    photo.state === "promised" ? null : button(gettext("Delete"), () => drop(photo), { class: "look" }),
  );
}

async function drop(photo) {
  await store.drop(photo.id);
  await showPhotos();
}

function reason(why) {
  if (why === "huge") return gettext("The file is too large. Take the photo with this page instead.");
  if (why === "broken") return gettext("The file is damaged. Take the photo again.");
  if (why === "sealed") return gettext("The server cannot open the photo: it was sealed for another key. Take it again, with the newest page.");
  return gettext("The file is not a photo as the server takes it. Take the photo with this page instead.");
}

/** @param {Photo} photo */
function receipt(photo) {
  const by = new Date(1000 * (deadlineIn(photo.note, photo.sha256) || 0));
  const time = by.toLocaleString(`${document.documentElement.lang}-u-nu-latn`, { dateStyle: "short", timeStyle: "short" });
  const details = html("details", { open: open.has(photo.id) },
    html("summary", {}, gettext("Receipt"), " ", html("span", { class: "code", dir: "ltr" }, shortCode(photo.sha256))),
    html("p", {}, gettext("The server must publish this photo before %(time)s. If it does not, this text proves it:", { time: `\u2068${time}\u2069` })),
    html("pre", { dir: "ltr" }, photo.note),
    html("p", { class: "quiet" }, gettext("It also shows that you sent the photo. Keep it only where it is safe.")),
    html("p", {},
      button(gettext("Copy"), () => copy(photo.note), { class: "copy" }),
      navigator.share ? button(gettext("Share the receipt"), () => navigator.share({ text: photo.note }).catch(() => undefined)) : null,
      button(gettext("Delete this receipt"), () => drop(photo), { class: "look" })),
  );
  details.addEventListener("toggle", () => (details.open ? open.add(photo.id) : open.delete(photo.id)));
  return details;
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  by("told").textContent = gettext("Copied.");
}
