/** The page: started by an invitation, then photos are taken, kept and sent; and everything can be deleted. */

import { closeCamera, hasCamera, openCamera, shoot, turnTorch } from "./camera.js";
import { forgetShown, keep, showDraft } from "./draft.js";
import { by } from "./elements.js";
import { sendNow, stopSending, whenSending } from "./queue.js";
import { showPhotos } from "./sheets.js";
import { watchStation } from "./station.js";
import * as store from "./store.js";
import { gettext } from "./words.js";

const invitation = new URLSearchParams(location.hash.slice(1)).get("i") || "";
const tell = (text) => (by("told").textContent = text);

/** Does the work of a button; what goes wrong is told in words. */
function on(id, kind, work) {
  by(id).addEventListener(kind, async (event) => {
    tell("");
    try {
      await work(event);
    } catch (error) {
      const full = error && /** @type {Error} */ (error).name === "QuotaExceededError";
      tell(full ? gettext("This phone has no room left. Delete something, then try again.") : gettext("That did not work. Try again, or choose a photo."));
    }
  });
}

async function begin() {
  if (!store.keepsNothing()) {
    await store.setValue("started", "yes");
    if (navigator.serviceWorker) navigator.serviceWorker.register("/c/sw.js", { scope: "/c/" }).catch(() => undefined);
  }
  if (invitation) {
    await store.setValue("invitation", invitation);
    await store.setValue("pass", "");
    // Whoever looks at the address later sees nothing.
    history.replaceState(null, "", location.pathname + location.search);
  }
  by("start").hidden = true;
  by("capture").hidden = false;
  by("take").hidden = !hasCamera();
  by("choose").classList.toggle("main", !hasCamera());
  await draw();
  await sendNow();
}

async function draw() {
  await showPhotos();
  await showDraft(async () => {
    await draw();
    await sendNow();
  });
}

async function keepAll(blobs) {
  closeCamera();
  by("capture").hidden = false;
  let refused = 0;
  for (const blob of blobs) {
    await keep(blob).catch((error) => {
      if (error.name === "QuotaExceededError") throw error;
      refused += 1;
    });
  }
  await draw();
  if (refused) tell(gettext("This file is not a photo that the browser can show. Choose another one, or take the photo here."));
}

async function leave() {
  stopSending();
  closeCamera();
  forgetShown();
  await store.forget();
  ["start", "capture", "camera", "foot"].forEach((id) => (by(id).hidden = true));
  by("photos").textContent = "";
  by("draft").textContent = "";
  by("station").value = "";
  by("gone").hidden = false;
  history.replaceState(null, "", location.pathname);
}

on("begin", "click", begin);
on("discreet", "click", () => {
  store.keepNothing();
  return begin();
});
on("take", "click", async () => {
  by("capture").hidden = true;
  try {
    await openCamera();
  } catch (error) {
    closeCamera();
    by("capture").hidden = false;
    tell(gettext("The camera cannot be used here. Choose a photo instead."));
  }
});
on("shoot", "click", async () => {
  by("shoot").disabled = true;
  try {
    await keepAll([await shoot()]);
  } finally {
    by("shoot").disabled = false;
  }
});
on("torch", "click", turnTorch);
on("close", "click", () => {
  closeCamera();
  by("capture").hidden = false;
});
on("file", "change", async ({ target }) => {
  const chosen = [...target.files];
  await keepAll(chosen);
  target.value = "";
});
on("forget", "click", leave);
addEventListener("beforeunload", (event) => {
  const waits = document.querySelector("[data-state=saved], [data-state=sending]");
  if (store.keepsNothing() && waits) event.preventDefault();
});
// Another invitation, opened in the same page.
addEventListener("hashchange", () => location.hash.startsWith("#i=") && location.reload());
if (invitation) document.querySelectorAll("nav a").forEach((link) => /** @type {HTMLAnchorElement} */ (link).href += location.hash);

watchStation();
whenSending(showPhotos);
by("foot").hidden = false;
store.wasStarted().catch(() => false).then((started) => {
  if (started) return begin();
  by("start").hidden = false;
  by("uninvited").hidden = Boolean(invitation);
  if (!window.crypto || !crypto.subtle) {
    by("begin").disabled = by("discreet").disabled = true;
    tell(gettext("This page works only over a secure connection (https)."));
  }
  return undefined;
});
