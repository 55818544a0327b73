/** A photo that was just taken: it is kept first, then shown with advice, then used or taken again. */

import { button, by, html, show } from "./elements.js";
import { DRAWN, hintsOn } from "./hints.js";
import { hashOf, photoOf, upright } from "./photo.js";
import { said } from "./station.js";
import * as store from "./store.js";
import { gettext } from "./words.js";

/** @param {Blob} blob @returns {Promise<void>} when the photo is safe on this phone */
export async function keep(blob) {
  const { bytes, orient } = await photoOf(blob);
  const sha256 = await hashOf(bytes);
  if ((await store.photos()).some((photo) => photo.sha256 === sha256)) return;
  await store.save({ ...said(), state: "draft", bytes: bytes.buffer, sha256, orient, url: "", length: bytes.length, note: "", why: "" });
  if (!store.keepsNothing() && navigator.storage && navigator.storage.persist) await navigator.storage.persist();
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
  const use = async () => {
    // The number may have been corrected while the photo was looked at.
    await store.save({ ...photo, ...said(), state: "saved" });
    decided(true);
  };
  const again = async () => {
    await store.drop(photo.id);
    decided(false);
  };
  const main = button(gettext("Use"), use, { class: "main", id: "use" });
  const picture = await upright(/** @type {ArrayBuffer} */ (photo.bytes), photo.orient, DRAWN);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", gettext("The photo"));
  const hints = html("ul", { id: "hints", class: "fault", hidden: true });
  show(by("draft"), [
    picture,
    hints,
    html("p", {}, main, button(gettext("Take it again"), again, { id: "again" })),
    html("p", { class: "quiet" }, store.keepsNothing()
      ? gettext("It is held in this page alone. Where and with what it was taken is removed.")
      : gettext("It is saved on this phone. Where and with what it was taken is removed.")),
  ]);
  main.focus();
  const found = hintsOn(picture);
  show(hints, found.map((hint) => html("li", {}, hint)));
  hints.hidden = !found.length;
}
