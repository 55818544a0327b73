/** Advice on a photo in plain words; it never stops anybody. */

import { gettext } from "./words.js";

const WIDTH = 800;
const TILE = 32;
/** Measured on phones' photos at 800 pixels: sharp ones 4.3 to 5.0, blurred by 2 pixels of 1600 0.4. */
const SHARP = 0.8;
const DARK = 70;
const LEAST_SIDE = 1200;
/** How large a photo must be drawn for the hints, in pixels. */
export const DRAWN = 1600;

/**
 * What may be wrong with a photo, worst first.
 * @param {HTMLCanvasElement} picture @returns {string[]}
 */
export function hintsOn(picture) {
  const [wide, tall] = [picture.width, picture.height];
  const grey = greyOf(picture, WIDTH, Math.max(TILE, Math.round((WIDTH * tall) / wide)));
  const hints = [];
  if (meanOf(grey) < DARK) hints.push(gettext("The photo is dark. More light helps: a lamp, a window, the torch."));
  // Small pictures look soft whatever they show.
  if (Math.max(wide, tall) < LEAST_SIDE) hints.push(gettext("The photo is small. Come nearer, or take it with the camera's own application and choose the file."));
  else if (sharpness(grey) < SHARP) hints.push(gettext("The photo looks blurred. Hold the phone still with both hands and wait a moment."));
  if (cutOff(grey)) hints.push(gettext("The sheet may be cut off. All four corners should be seen."));
  return hints;
}

function greyOf(picture, width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  canvas.width = 0;
  const pixels = new Float32Array(width * height);
  for (let n = 0; n < pixels.length; n += 1) pixels[n] = 0.299 * data[4 * n] + 0.587 * data[4 * n + 1] + 0.114 * data[4 * n + 2];
  return { pixels, width, height };
}

const meanOf = ({ pixels }) => pixels.reduce((sum, one) => sum + one, 0) / pixels.length;

/** The variance of the Laplacian over that of the picture, in tiles; the tile that three quarters stay below. */
export function sharpness({ pixels, width, height }) {
  const found = [];
  for (let top = 1; top + TILE < height; top += TILE) {
    for (let left = 1; left + TILE < width; left += TILE) {
      let [sum, squares, edge, edges] = [0, 0, 0, 0];
      for (let y = top; y < top + TILE; y += 1) {
        for (let x = left; x < left + TILE; x += 1) {
          const at = y * width + x;
          const here = pixels[at];
          const bend = pixels[at - 1] + pixels[at + 1] + pixels[at - width] + pixels[at + width] - 4 * here;
          sum += here;
          squares += here * here;
          edge += bend;
          edges += bend * bend;
        }
      }
      const area = TILE * TILE;
      const spread = squares / area - (sum / area) ** 2;
      // Tiles without print say nothing.
      if (spread > 100) found.push((edges / area - (edge / area) ** 2) / spread);
    }
  }
  found.sort((one, other) => one - other);
  return found.length ? found[Math.floor(found.length * 0.75)] : SHARP;
}

/** Whether print goes over an edge of the photo: bright paper with ink on it in the outermost pixels. */
export function cutOff({ pixels, width, height }) {
  const bright = Float32Array.from(pixels).sort()[Math.floor(pixels.length * 0.9)];
  const along = (length, at) => {
    let [paper, ink] = [0, 0];
    for (let n = 0; n < length; n += 1) {
      if (pixels[at(n)] > 0.8 * bright) paper += 1;
      else if (pixels[at(n)] < 0.55 * bright) ink += 1;
    }
    return paper > 0.6 * length && ink > 0.03 * length;
  };
  return (
    along(width, (n) => 2 * width + n) || along(width, (n) => (height - 3) * width + n) ||
    along(height, (n) => n * width + 2) || along(height, (n) => n * width + width - 3)
  );
}
