/** From what a camera or a file gives to the bytes that are kept and sent: a JPEG without metadata. */

import { BadPhoto, stripJpeg } from "./strip.js";

/** @typedef {import("./strip.js").Stripped} Stripped */

const MOST_SIDE = 4000;

/** The photo in a file of any kind that the browser can show. @param {Blob} blob @returns {Promise<Stripped>} @throws {BadPhoto} */
export async function photoOf(blob) {
  try {
    return stripJpeg(new Uint8Array(await blob.arrayBuffer()));
  } catch (error) {
    if (!(error instanceof BadPhoto)) throw error;
    if (error.cause === "empty") throw error;
    // PNG, HEIC, rare or damaged JPEG: drawn anew, which leaves nothing but pixels.
    return stripJpeg(new Uint8Array(await (await drawnAnew(blob)).arrayBuffer()));
  }
}

async function drawnAnew(blob) {
  const picture = await pictureOf(blob);
  const [width, height] = [picture.naturalWidth, picture.naturalHeight];
  return jpegOf(picture, width, height, Math.min(1, MOST_SIDE / Math.max(width, height)));
}

/** What is drawn, as a JPEG. @param {CanvasImageSource} source @param {number} width @param {number} height @param {number} [scale] @returns {Promise<Blob>} */
export async function jpegOf(source, width, height, scale = 1) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw new BadPhoto("broken", "this browser cannot draw the picture");
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  canvas.width = 0;
  if (!made) throw new BadPhoto("huge", "this browser cannot draw the picture");
  return made;
}

/** @param {Blob} blob @returns {Promise<HTMLImageElement>} */
export async function pictureOf(blob) {
  const picture = new Image();
  picture.src = URL.createObjectURL(blob);
  try {
    await picture.decode();
  } catch (error) {
    throw new BadPhoto("foreign", "this browser cannot show the file");
  } finally {
    URL.revokeObjectURL(picture.src);
  }
  return picture;
}

/** What part of a turn to the right, and whether mirrored first, makes a picture upright (Exif 2.32, 4.6.4, tag 0112). */
const TURNS = [[0, 0], [0, 0], [0, 1], [2, 0], [2, 1], [3, 1], [1, 0], [1, 1], [3, 0]];

/** The photo upright on a canvas whose longer side is `longest` pixels at most. @returns {Promise<HTMLCanvasElement>} */
export async function upright(bytes, orient, longest) {
  const picture = await pictureOf(new Blob([bytes], { type: "image/jpeg" }));
  const [turns, mirrored] = TURNS[orient] || TURNS[1];
  const scale = Math.min(1, longest / Math.max(picture.naturalWidth, picture.naturalHeight));
  const [width, height] = [Math.round(picture.naturalWidth * scale), Math.round(picture.naturalHeight * scale)];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = turns % 2 ? [height, width] : [width, height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((turns * Math.PI) / 2);
  if (mirrored) context.scale(-1, 1);
  context.drawImage(picture, -width / 2, -height / 2, width, height);
  return canvas;
}

/** SHA-256 in hexadecimal digits. @param {BufferSource} bytes @returns {Promise<string>} */
export async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
