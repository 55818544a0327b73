/** A photo that was just taken: it is kept first, then shown with advice, then used or taken again. */

import { button, by, html, show } from "./elements.js";
import { DRAWN, hintsOn } from "./hints.js";
import { hashOf, photoOf, upright } from "./photo.js";
import { said } from "./station.js";
import { joined, seal } from "./seal.js";
import * as store from "./store.js";
import { gettext } from "./words.js";

/** What was photographed, by the hash, while this page is open and nobody has decided: the phone keeps it sealed alone.
 *  @type {Map<string, Uint8Array>} */
const shown = new Map();

export const forgetShown = () => shown.clear();

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} what the server alone can open (docs/phone.md) */
async function sealed(bytes) {
  const { key, start, info } = JSON.parse(by("sealing").textContent);
  const text = (said) => new TextEncoder().encode(said);
  const recipient = new Uint8Array(key.match(/../g).map((pair) => parseInt(pair, 16)));
  return joined(text(start), await seal(bytes, recipient, text(info)));
}

/** @param {Blob} blob @returns {Promise<void>} when the photo is safe on this phone */
export async function keep(blob) {
  const { bytes, orient } = await photoOf(blob);
  const sha256 = await hashOf(bytes);
  if ((await store.photos()).some((photo) => photo.sha256 === sha256)) return;
  const kept = await sealed(bytes);
  await store.save({ ...said(), state: "draft", bytes: kept.buffer, sha256, orient, url: "", length: kept.length, note: "", why: "" });
  shown.set(sha256, bytes);
  // Firefox asks the person, who may never answer: nothing waits for it.
  if (!store.keepsNothing() && navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => undefined);
}

/**
 * Shows the first photo that nobody has decided on.
 * @param {(used: boolean) => unknown} decided
 */
export async function showDraft(decided) {
  const photo = (await store.photos()).find(({ state }) => state === "draft");
  by("form").hidden = Boolean(photo);
  by("draft").hidden = !photo;
  if (!photo || by("draft").dataset.id === String(photo.id)) {
    if (!photo) {
      show(by("draft"), []);
      delete by("draft").dataset.id;
    }
    return;
  }
  by("draft").dataset.id = String(photo.id);
  const bytes = shown.get(photo.sha256);
  const use = async () => {
    // The number may have been corrected while the photo was looked at.
    // A photo from before the browser was closed keeps what was said of it then.
    await store.save({ ...photo, ...(bytes ? said() : {}), state: "saved" });
    shown.delete(photo.sha256);
    decided(true);
  };
  const again = async () => {
    await store.drop(photo.id);
    shown.delete(photo.sha256);
    decided(false);
  };
  if (!bytes) {
    const send = button(gettext("Send it"), use, { class: "main", id: "use" });
    show(by("draft"), [
      html("p", { id: "sealed" }, gettext("A photo from before waits sealed. It cannot be shown any more: the server alone can open it. Send it or delete it.")),
      html("p", {}, send, button(gettext("Delete"), again, { id: "again" })),
    ]);
    send.focus();
    return;
  }
  const main = button(gettext("Use"), use, { class: "main", id: "use" });
  const picture = await upright(bytes, photo.orient, DRAWN);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", gettext("The photo"));
  const hints = html("ul", { id: "hints", class: "fault", hidden: true });
  show(by("draft"), [
    picture,
    hints,
    html("p", {}, main, button(gettext("Take it again"), again, { id: "again" })),
    html("p", { class: "quiet" }, store.keepsNothing()
      ? gettext("It is held in this page alone. Where and with what it was taken is removed.")
      : gettext("It is saved sealed on this phone: the server alone can open it. Where and with what it was taken is removed.")),
  ]);
  main.focus();
  const found = hintsOn(picture);
  show(hints, found.map((hint) => html("li", {}, hint)));
  hints.hidden = !found.length;
}
