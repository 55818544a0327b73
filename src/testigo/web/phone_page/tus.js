/** A photo sent in pieces that go on from where the server stands (tus 1.0.0, https://tus.io/protocols/resumable-upload). */

const FIRST = 65536;
const MOST = 1048576;
const PATIENCE_MS = 120000;

/** What a server answered when it did not do what was asked; `status` 0: nothing came back. */
export class Answered extends Error {
  /** @param {number} status @param {string} code */
  constructor(status, code) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

/** @param {string} url @param {string} method @param {string} pass @param {Record<string, string>} headers @param {BodyInit} [body] @returns {Promise<Response>} */
export async function ask(url, method, pass, headers = {}, body = undefined) {
  const ends = new AbortController();
  const timer = setTimeout(() => ends.abort(), PATIENCE_MS);
  const own = { "Tus-Resumable": "1.0.0", ...(pass ? { Authorization: `Bearer ${pass}` } : {}) };
  try {
    const answer = await fetch(url, { method, headers: { ...own, ...headers }, body, signal: ends.signal, cache: "no-store", credentials: "omit" });
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    throw new Answered(answer.status, String(told.code || ""));
  } catch (error) {
    throw error instanceof Answered ? error : new Answered(0, "network");
  } finally {
    clearTimeout(timer);
  }
}

/** The address of a new upload. @param {number} length @param {object} says @param {string} pass @returns {Promise<string>} */
export async function create(length, says, pass) {
  const headers = { "Upload-Length": String(length), "Content-Type": "application/json" };
  const answer = await ask("/api/uploads", "POST", pass, headers, JSON.stringify(says));
  return new URL(answer.headers.get("Location") || "", location.href).pathname;
}

/**
 * Sends what the server has not got yet.
 * @param {string} url @param {ArrayBuffer} bytes @param {string} pass @param {(offset: number) => void} told
 */
export async function send(url, bytes, pass, told) {
  let offset = offsetIn(await ask(url, "HEAD", pass));
  for (let size = FIRST; offset < bytes.byteLength; size = Math.min(2 * size, MOST)) {
    told(offset);
    const piece = bytes.slice(offset, offset + size);
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", piece));
    offset = offsetIn(await ask(url, "PATCH", pass, {
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
      "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...sum))}`,
    }, piece));
  }
  told(offset);
}

function offsetIn(answer) {
  const stated = answer.headers.get("Upload-Offset");
  if (!stated || !/^[0-9]+$/.test(stated)) throw new Answered(0, "offset");
  return Number(stated);
}
