/** Strips each file named on the command line with the phone's module; a line of JSON for each. */

import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";

const [module, ...names] = process.argv.slice(2);
const { stripJpeg } = await import(pathToFileURL(module).href);
for (const name of names) {
  try {
    const { bytes, width, height, orient } = stripJpeg(new Uint8Array(readFileSync(name)));
    console.log(JSON.stringify([createHash("sha256").update(bytes).digest("hex"), width, height, orient]));
  } catch (error) {
    console.log(JSON.stringify(error.cause ?? String(error)));
  }
}
