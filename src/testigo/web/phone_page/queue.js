/** Sends the photos that wait, one after the other, until each has its promise; what fails is tried again later. */

import { deadlineIn } from "./promise.js";
import * as store from "./store.js";
import { Answered, ask, create, send } from "./tus.js";

/** @typedef {import("./store.js").Photo} Photo */

const FIRST_WAIT_MS = 2000;
const MOST_WAIT_MS = 600000;

/** What the page shows of sending: what stands in the way ("network", "invitation", "busy" or ""), and how much of which
 *  photo the server has. */
export const sending = { trouble: "", id: 0, offset: 0 };

let running = false;
let tries = 0;
let timer = 0;
/** @type {() => unknown} */
let changed = () => undefined;

/** @param {() => unknown} listener called whenever a photo changed */
export function whenSending(listener) {
  changed = listener;
  addEventListener("online", () => sendNow());
}

/** Forgets how often it was tried, and begins. */
export function sendNow() {
  tries = 0;
  return sendAll();
}

export function stopSending() {
  clearTimeout(timer);
  changed = () => undefined;
  stopped = true;
}
let stopped = false;

async function sendAll() {
  clearTimeout(timer);
  if (running || stopped) return;
  running = true;
  try {
    await alone(async () => {
      const waiting = (await store.photos()).filter(({ state }) => state === "saved" || state === "sending");
      if (!waiting.length) return;
      const pass = await passOf();
      for (const photo of waiting) await sendOne(photo, pass);
      sending.trouble = "";
    });
  } catch (error) {
    if (stopped) return;
    sending.trouble = troubleOf(error);
    const wait = Math.min(FIRST_WAIT_MS * 2 ** tries, MOST_WAIT_MS);
    tries += 1;
    timer = setTimeout(sendAll, wait * (0.75 + Math.random() / 2));
  } finally {
    running = false;
    changed();
  }
}

/** Two open pages must not send the same photo. */
async function alone(work) {
  const { locks } = /** @type {any} */ (navigator);
  if (!locks) return work();
  return locks.request("sending", { ifAvailable: true }, (lock) => {
    if (!lock) throw new Answered(0, "busy");
    return work();
  });
}

function troubleOf(error) {
  if (!(error instanceof Answered)) throw error;
  if (error.status === 403 || error.status === 401) return "invitation";
  return error.status === 0 && error.code !== "busy" ? "network" : "busy";
}

/** The pass. The page makes it and keeps it before it exchanges the invitation for it: where the answer is lost it
 *  asks again with the same, and no invitation is used up for nothing. */
async function passOf() {
  const token = await store.value("invitation");
  const kept = await store.value("pass");
  if (!token && !kept) throw new Answered(403, "invitation");
  if (!token) return kept;
  const own = kept || newPass();
  if (!kept) await store.setValue("pass", own);
  await ask("/api/enrol", "POST", "", { "Content-Type": "application/json" }, JSON.stringify({ token, pass: own }));
  await store.setValue("invitation", "");
  return own;
}

/** 256 random bits in base64url. */
function newPass() {
  const text = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** @param {Photo} photo @param {string} pass */
async function sendOne(photo, pass) {
  const put = async (values) => {
    // Deleted meanwhile: it must not come back.
    if (stopped || !(await store.photos()).some(({ id }) => id === photo.id)) throw new Answered(0, "busy");
    photo = await store.save({ ...photo, ...values });
    changed();
  };
  try {
    if (!photo.url) await put({ state: "sending", url: await created(photo, pass, put) });
    await send(photo.url, photo.bytes, pass, (offset) => {
      if (stopped) throw new Answered(0, "busy");
      Object.assign(sending, { id: photo.id, offset });
      changed();
    });
  } catch (error) {
    if (!(error instanceof Answered)) throw error;
    if (error.status === 404 || error.status === 410) {
      await put({ url: "" });
      throw new Answered(503, "again");
    }
    // 413 and 415 are told for good: the state says why.
    if (error.status !== 413 && error.status !== 415) throw error;
  }
  if (!photo.url) return put({ state: "refused", why: "huge", bytes: null });
  const told = await (await ask(photo.url, "GET", pass)).json();
  if (told.state === "refused") return put({ state: "refused", why: String(told.code), url: "" });
  const promised = told.state === "promised" && told.sha256 === photo.sha256 && deadlineIn(told.promise, photo.sha256) !== null;
  // Without a promise for exactly this photo it was not sent, and is sent again.
  if (told.state === "promised" && !promised) await put({ url: "" });
  if (!promised) throw new Answered(503, "no promise");
  const { url } = photo;
  await put({ state: "promised", note: told.promise, bytes: null, url: "" });
  // The server need not remember this phone's upload any longer.
  await ask(url, "DELETE", pass).catch(() => undefined);
}

async function created(photo, pass, put) {
  const says = { sha256: photo.sha256, page: photo.page, orient: photo.orient };
  try {
    return await create(photo.length, photo.station ? { ...says, station: photo.station } : says, pass);
  } catch (error) {
    if (!(error instanceof Answered) || error.status !== 400 || !photo.station) throw error;
    // The register has no such station. The photo counts for more than its number, which people read from the sheet.
    await put({ station: "", why: "station" });
    return create(photo.length, says, pass);
  }
}
