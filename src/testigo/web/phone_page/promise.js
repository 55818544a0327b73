/** The signed promise, as far as a phone looks at it: that it is one, and for exactly this photo (docs/formats/promise.md). */

/**
 * The deadline in seconds since 1970, null where the note is no promise for the photo with this hash.
 * The signature is looked at by whoever checks the log: old browsers know no Ed25519.
 * @param {string} note @param {string} sha256 @returns {number | null}
 */
export function deadlineIn(note, sha256) {
  const lines = note.split("\n");
  const [name, hash, deadline, empty] = lines;
  if (lines.length < 6 || !/^[^\s+]+\/promise$/.test(name) || hash !== sha256 || empty !== "") return null;
  if (!/^[1-9][0-9]{0,15}$/.test(deadline)) return null;
  // A name, then base64 of a key's id (4 bytes) and a signature (64 bytes).
  const signed = lines.slice(4).some((line) => line.startsWith(`— ${name} `) && /^[A-Za-z0-9+/]{91}=$/.test(line.slice(name.length + 3)));
  return signed ? Number(deadline) : null;
}

/** How people name a photo to each other. @param {string} sha256 */
export const shortCode = (sha256) => `${sha256.slice(0, 4)}-${sha256.slice(4, 8)}`.toUpperCase();
