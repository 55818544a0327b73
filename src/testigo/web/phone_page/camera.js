/** The camera in the page: a browser that opens another application may be ended while that one has the screen. */

import { by } from "./elements.js";
import { jpegOf } from "./photo.js";

/** @type {MediaStream | null} */
let stream = null;

export const hasCamera = () => Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);

/** Opens the viewfinder. @returns {Promise<void>} rejects where there is no camera or it was not allowed */
export async function openCamera() {
  stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 4096 }, height: { ideal: 3072 } },
  });
  const video = by("video");
  video.srcObject = stream;
  by("camera").hidden = false;
  await video.play();
  const [track] = stream.getVideoTracks();
  const can = track.getCapabilities ? /** @type {any} */ (track.getCapabilities()) : {};
  by("torch").hidden = !can.torch;
  by("torch").setAttribute("aria-pressed", "false");
  by("shoot").focus();
}

/** Turns the lamp of the phone on or off. */
export async function turnTorch() {
  if (!stream) return;
  const on = by("torch").getAttribute("aria-pressed") !== "true";
  await stream.getVideoTracks()[0].applyConstraints(/** @type {any} */ ({ advanced: [{ torch: on }] }));
  by("torch").setAttribute("aria-pressed", String(on));
}

/** One photo, as large as this camera gives. @returns {Promise<Blob>} */
export async function shoot() {
  const video = by("video");
  const shown = await jpegOf(video, video.videoWidth, video.videoHeight);
  const Capture = /** @type {any} */ (window).ImageCapture;
  if (!stream || !Capture) return shown;
  try {
    const taken = await within(new Capture(stream.getVideoTracks()[0]).takePhoto(), 6000);
    return taken.size > shown.size ? taken : shown;
  } catch (error) {
    return shown;
  }
}

/** Some phones never answer. */
const within = (work, ms) => Promise.race([work, new Promise((_, reject) => setTimeout(() => reject(new Error("late")), ms))]);

export function closeCamera() {
  if (stream) stream.getTracks().forEach((track) => track.stop());
  stream = null;
  by("video").srcObject = null;
  by("camera").hidden = true;
}
