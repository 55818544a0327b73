/** `jpeg-strip-1`: a JPEG file reduced, byte for byte, to what decides its pixels (docs/formats/jpeg-strip-1.md). */

/** @typedef {{bytes: Uint8Array, width: number, height: number, orient: number}} Stripped */

const MAX_BYTES = 20000000;
const MAX_SIDE = 12000;
const MAX_PIXELS = 50000000;
const MAX_SCANS = 100;

/** Why a file is not taken: `cause` is empty, huge, foreign or broken. */
export class BadPhoto extends Error {
  /** @param {string} cause @param {string} text */
  constructor(cause, text) {
    super(text);
    this.cause = cause;
  }
}

/** @param {number} at @param {string} expected @returns {never} */
function refuse(at, expected) {
  throw new BadPhoto("broken", `byte ${at}: expected ${expected}`);
}

/** @param {Uint8Array} data @returns {Stripped} @throws {BadPhoto} */
export function stripJpeg(data) {
  if (!data.length) throw new BadPhoto("empty", "expected a photo, found nothing");
  if (data.length > MAX_BYTES) throw new BadPhoto("huge", `expected at most ${MAX_BYTES} bytes`);
  if (data[0] !== 0xff || data[1] !== 0xd8) throw new BadPhoto("foreign", "expected a JPEG");
  const seen = { pieces: [data.subarray(0, 2)], width: 0, height: 0, scans: 0, orient: 0, jfif: false, adobe: false };
  let at = 2;
  for (;;) {
    const start = at;
    while (data[at] === 0xff) at += 1;
    if (at === start || at >= data.length || data[at] === 0) refuse(start, "a marker");
    const marker = data[at];
    at += 1;
    if (marker === 0xd9) {
      if (!seen.scans) refuse(at - 2, "picture data before the end marker");
      seen.pieces.push(Uint8Array.of(0xff, 0xd9));
      return { bytes: joined(seen.pieces), width: seen.width, height: seen.height, orient: seen.orient || 1 };
    }
    at = segment(seen, data, at, marker);
  }
}

/** Takes in the segment whose length stands at `at`; gives the offset behind it, and behind its scan. */
function segment(seen, data, at, marker) {
  const frame = marker >= 0xc0 && marker <= 0xc2;
  if (marker === 0xc3 || (marker >= 0xc5 && marker <= 0xcf && marker !== 0xc8)) throw new BadPhoto("foreign", `frame type ${marker}`);
  const known = frame || [0xc4, 0xda, 0xdb, 0xdd, 0xfe].includes(marker) || (marker >= 0xe0 && marker <= 0xef);
  if (!known) refuse(at - 2, "a marker of a JPEG picture");
  const length = at + 2 > data.length ? 0 : word(data, at);
  const end = at + length;
  if (length < 2 || end > data.length) refuse(at, "a segment inside the file");
  const body = data.subarray(at + 2, end);
  if (frame) readFrame(seen, body, at);
  else if (marker === 0xdb) tables(body, at, (here) => (body[here] >> 4 ? 129 : 65));
  else if (marker === 0xc4) tables(body, at, (here) => 17 + body.subarray(here + 1, here + 17).reduce((sum, one) => sum + one, 0));
  else if (marker === 0xdd && body.length !== 2) refuse(at, "2 bytes of restart interval");
  else if (marker === 0xda) return scan(seen, data, at, end);
  if (frame || [0xdb, 0xc4, 0xdd].includes(marker)) copy(seen, data, at, end);
  else if (!seen.scans) application(seen, marker, body, at);
  return end;
}

/** Copies a segment and what follows it, up to `end`; fill bytes before its marker are not copied. */
const copy = (seen, data, at, end) => seen.pieces.push(Uint8Array.of(0xff), data.subarray(at - 1, end));

function readFrame(seen, body, at) {
  if (seen.width) refuse(at, "one frame");
  if (body.length < 6 || body.length !== 6 + 3 * body[5]) refuse(at, "a frame header of 6 bytes and 3 for each component");
  if (body[0] !== 8 || ![1, 3, 4].includes(body[5])) throw new BadPhoto("foreign", "expected 8 bits and 1, 3 or 4 components");
  const [height, width] = [word(body, 1), word(body, 3)];
  if (!width || !height) refuse(at, "a picture with pixels");
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS) throw new BadPhoto("huge", `${width} × ${height} pixels`);
  Object.assign(seen, { width, height });
}

/** A scan's coded data go on until the first run of FF before a byte that is not 00, FF or a restart. */
function scan(seen, data, at, end) {
  const parts = data[at + 2];
  if (!seen.width) refuse(at, "a frame header before the first scan");
  if (end < at + 3 || parts < 1 || parts > 4 || end - at - 2 !== 4 + 2 * parts) refuse(at, "a scan header");
  seen.scans += 1;
  if (seen.scans > MAX_SCANS) refuse(at, `at most ${MAX_SCANS} scans`);
  let run = data.indexOf(0xff, end);
  while (run >= 0) {
    let after = run;
    while (data[after] === 0xff) after += 1;
    if (after >= data.length) break;
    if (data[after] !== 0 && !(data[after] >= 0xd0 && data[after] <= 0xd7)) {
      copy(seen, data, at, run);
      return run;
    }
    run = data.indexOf(0xff, after);
  }
  return refuse(data.length, "a marker behind the picture data");
}

/** Keeps what decides colours, without its tail; notes how the photo was held. */
function application(seen, marker, body, at) {
  const begins = (text) => [...text].every((sign, n) => body[n] === sign.charCodeAt(0));
  if (marker === 0xe0 && begins("JFIF\0") && body.length >= 14 && !seen.jfif) {
    seen.jfif = true;
    seen.pieces.push(Uint8Array.of(0xff, 0xe0, 0, 16), body.subarray(0, 12), Uint8Array.of(0, 0));
  } else if (marker === 0xee && begins("Adobe") && body.length >= 12) {
    if (seen.adobe) refuse(at, "one Adobe segment");
    seen.adobe = true;
    seen.pieces.push(Uint8Array.of(0xff, 0xee, 0, 14), body.subarray(0, 12));
  } else if (marker === 0xe1 && begins("Exif\0\0") && !seen.orient) seen.orient = orientation(body.subarray(6));
}

/** The first entry 0112 of the first directory, if it is one short from 1 to 8; else 1. */
function orientation(exif) {
  const little = exif[0] === 0x49;
  const order = little ? [0x49, 0x49, 0x2a, 0] : [0x4d, 0x4d, 0, 0x2a];
  if (exif.length < 8 || order.some((byte, n) => exif[n] !== byte)) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  const first = view.getUint32(4, little);
  if (first + 2 > exif.length) return 1;
  const count = view.getUint16(first, little);
  for (let entry = first + 2, n = 0; n < count && entry + 12 <= exif.length; entry += 12, n += 1) {
    if (view.getUint16(entry, little) !== 0x0112) continue;
    const value = view.getUint16(entry + 8, little);
    return view.getUint16(entry + 2, little) === 3 && view.getUint32(entry + 4, little) === 1 && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Tables fill their segment exactly, so that nothing hides behind them. */
function tables(body, at, length) {
  let here = 0;
  while (here < body.length) here += length(here);
  if (here !== body.length || !body.length) refuse(at, "whole tables");
}

const word = (data, at) => data[at] * 256 + data[at + 1];

function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  pieces.reduce((at, piece) => (whole.set(piece, at), at + piece.length), 0);
  return whole;
}
