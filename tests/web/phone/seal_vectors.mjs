/** Seals what a file of JSON tells with the phone's module: a published vector (with its ephemeral key), then a photo. */

import { readFileSync, writeFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { pathToFileURL } from "node:url";

if (!globalThis.crypto) Object.defineProperty(globalThis, "crypto", { value: webcrypto });
const [module, told, photo, out] = process.argv.slice(2);
const { begun, joined, seal } = await import(pathToFileURL(module).href);
const { vector, key, info } = JSON.parse(readFileSync(told, "utf8"));
const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (found) => Buffer.from(found).toString("hex");
const curve = { name: "ECDH", namedCurve: "P-256" };
const [x, y] = [vector.pkEm.slice(2, 66), vector.pkEm.slice(66)].map((part) => Buffer.from(part, "hex").toString("base64url"));
const jwk = { kty: "EC", crv: "P-256", x, y, d: Buffer.from(vector.skEm, "hex").toString("base64url") };
const pair = {
  privateKey: await crypto.subtle.importKey("jwk", jwk, curve, false, ["deriveBits"]),
  publicKey: await crypto.subtle.importKey("raw", bytes(vector.pkEm), curve, true, []),
};
const made = await begun(bytes(vector.pkRm), bytes(vector.info), pair);
const sealed = await seal(bytes(vector.pt), bytes(vector.pkRm), bytes(vector.info), bytes(vector.aad), pair);
writeFileSync(out, await seal(new Uint8Array(readFileSync(photo)), bytes(key), new TextEncoder().encode(info)));
console.log(JSON.stringify({ enc: hex(made.enc), key: hex(made.key), base_nonce: hex(made.nonce), sealed: hex(sealed) }));
