/** Seals bytes for one key, which alone opens them: HPKE base mode (RFC 9180) with what every browser brings:
 *  DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. Gives the ephemeral public key (65 bytes), then the ciphertext. */

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const text = (said) => new TextEncoder().encode(said);
/** KEM, KDF and AEAD by their numbers (RFC 9180, 7). */
const KEM_SUITE = joined(text("KEM"), [0x00, 0x10]);
const SUITE = joined(text("HPKE"), [0x00, 0x10, 0x00, 0x01, 0x00, 0x01]);
const NONE = new Uint8Array(0);
const SECRET_BYTES = 32;
const KEY_BYTES = 16;
const NONCE_BYTES = 12;

/** @param {...ArrayLike<number>} parts @returns {Uint8Array} */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function hmac(key, data) {
  // A key of no bytes is refused by WebCrypto; zeros are the same key (RFC 2104, 2).
  const padded = key.length ? key : new Uint8Array(32);
  const imported = await crypto.subtle.importKey("raw", padded, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
}

/** LabeledExtract (RFC 9180, 4). */
const extract = (suite, salt, label, secret) => hmac(salt, joined(text("HPKE-v1"), suite, text(label), secret));

/** LabeledExpand (RFC 9180, 4) of at most 32 bytes: one round of HKDF-Expand. */
async function expand(suite, key, label, info, length) {
  const round = joined([length >> 8, length & 255], text("HPKE-v1"), suite, text(label), info, [1]);
  return (await hmac(key, round)).slice(0, length);
}

/**
 * The ephemeral public key, the AES key and the nonce for a recipient (Encap of 4.1, KeySchedule of 5.1 in base mode).
 * @param {BufferSource} recipient its public key, uncompressed
 * @param {Uint8Array} info
 * @param {CryptoKeyPair} [pair] the ephemeral key pair; a new one, but for published vectors
 */
export async function begun(recipient, info, pair = undefined) {
  const theirs = await crypto.subtle.importKey("raw", recipient, CURVE, true, []);
  const own = pair || /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]));
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256));
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const known = joined(enc, new Uint8Array(await crypto.subtle.exportKey("raw", theirs)));
  const mixed = await extract(KEM_SUITE, NONE, "eae_prk", shared);
  const secret = await expand(KEM_SUITE, mixed, "shared_secret", known, SECRET_BYTES);
  const context = joined([0], await extract(SUITE, NONE, "psk_id_hash", NONE), await extract(SUITE, NONE, "info_hash", info));
  const schedule = await extract(SUITE, secret, "secret", NONE);
  const key = await expand(SUITE, schedule, "key", context, KEY_BYTES);
  return { enc, key, nonce: await expand(SUITE, schedule, "base_nonce", context, NONCE_BYTES) };
}

/**
 * @param {BufferSource} plain @param {BufferSource} recipient @param {Uint8Array} info
 * @param {Uint8Array} [aad] @param {CryptoKeyPair} [pair]
 * @returns {Promise<Uint8Array>}
 */
export async function seal(plain, recipient, info, aad = NONE, pair = undefined) {
  const { enc, key, nonce } = await begun(recipient, info, pair);
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const how = { name: "AES-GCM", iv: nonce, additionalData: aad, tagLength: 128 };
  return joined(enc, new Uint8Array(await crypto.subtle.encrypt(how, imported, plain)));
}
