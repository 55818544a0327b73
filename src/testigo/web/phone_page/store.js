/** What this phone keeps: photos that are not promised yet, promises, and the pass. In discreet mode memory alone. */

/**
 * @typedef {"draft" | "saved" | "sending" | "promised" | "refused"} State
 * @typedef {{id: number, state: State, bytes: ArrayBuffer | null, sha256: string, orient: number, station: string,
 *   page: number, url: string, length: number, note: string, why: string}} Photo
 *   `bytes` are sealed, `length` is theirs, `sha256` and `orient` are of the photo itself. Once it is promised `bytes` is null: the server has it. `station` is empty where nobody knows it.
 */

const NAME = "photos";
const VERSION = 1;

/** @type {Promise<IDBDatabase> | null} */
let opening = null;
let discreet = false;
/** @type {Map<number, Photo>} */
const held = new Map();
/** @type {Map<string, string>} */
const heldValues = new Map();

/** From here on nothing is written to this phone. */
export function keepNothing() {
  discreet = true;
}
export const keepsNothing = () => discreet;

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const answer = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

function database() {
  if (opening === null) {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("photos", { keyPath: "id", autoIncrement: true });
      request.result.createObjectStore("values");
    };
    opening = answer(request).then((opened) => {
      // Phones close it when memory is short; another tab may delete it.
      opened.onclose = () => (opening = null);
      opened.onversionchange = () => {
        opened.close();
        opening = null;
      };
      return opened;
    });
    opening.catch(() => (opening = null));
  }
  return opening;
}

/** Does the work in one transaction and waits until it is on the disk. */
async function within(place, mode, work) {
  const opened = await database();
  // Older browsers do not know the third argument, and leave it.
  const transaction = opened.transaction(place, mode, /** @type {any} */ ({ durability: "strict" }));
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const found = await answer(work(transaction.objectStore(place)));
  await done;
  return found;
}

/** Whether this phone was started with keeping; asks without making a database. @returns {Promise<boolean>} */
export async function wasStarted() {
  if (!window.indexedDB) return false;
  if (indexedDB.databases && !(await indexedDB.databases()).some(({ name }) => name === NAME)) return false;
  return Boolean(await value("started"));
}

/** All photos in the order in which they were taken. @returns {Promise<Photo[]>} */
export async function photos() {
  return discreet ? [...held.values()] : within("photos", "readonly", (store) => store.getAll());
}

/** Keeps a photo, a new one too (without `id`), and gives it as it is kept. @returns {Promise<Photo>} */
export async function save(photo) {
  if (discreet) {
    const id = photo.id || Math.max(0, ...held.keys()) + 1;
    held.set(id, { ...photo, id });
    return { ...photo, id };
  }
  const id = await within("photos", "readwrite", (store) => store.put(photo));
  return { ...photo, id };
}

/** @param {number} id */
export async function drop(id) {
  if (discreet) held.delete(id);
  else await within("photos", "readwrite", (store) => store.delete(id));
}

/** A value by its name, "" where there is none. @param {string} name @returns {Promise<string>} */
export async function value(name) {
  if (discreet) return heldValues.get(name) || "";
  return (await within("values", "readonly", (store) => store.get(name))) || "";
}

/** @param {string} name @param {string} text */
export async function setValue(name, text) {
  if (discreet) heldValues.set(name, text);
  else await within("values", "readwrite", (store) => store.put(text, name));
}

/** Deletes everything of this page from this phone: database, caches, storage, service worker. */
export async function forget() {
  held.clear();
  heldValues.clear();
  if (opening !== null) (await opening).close();
  opening = null;
  // A worker that goes first cannot fill a cache again.
  const workers = navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : [];
  await Promise.all(workers.map((worker) => worker.unregister()));
  if (window.caches) await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  sessionStorage.clear();
  localStorage.clear();
  await answer(indexedDB.deleteDatabase(NAME));
}
