// Sends photos by tus-js-client, each interrupted after another number of chunks and taken up again from the server's
// offset by an upload that knows its address alone. One line of JSON for each: {"path", "resumed", "sent"}.
const [module_, endpoint, pass, chunk, ...photos] = process.argv.slice(2);
const tus = require(module_);
const options = { chunkSize: Number(chunk), headers: { Authorization: `Bearer ${pass}` }, retryDelays: null };

function interrupted(data, chunks) {
  return new Promise((resolve, reject) => {
    let done = 0;
    const upload = new tus.Upload(data, {
      ...options,
      endpoint,
      onError: reject,
      onUploadUrlAvailable: () => chunks === 0 && upload.abort().then(() => resolve(upload.url), reject),
      onChunkComplete: () => ++done === chunks && upload.abort().then(() => resolve(upload.url), reject),
      onSuccess: () => reject(new Error("expected to be interrupted")),
    });
    upload.start();
  });
}

function resumed(data, uploadUrl) {
  return new Promise((resolve, reject) => {
    let first = null;
    const upload = new tus.Upload(data, {
      ...options,
      uploadUrl,
      onError: reject,
      onProgress: (sent) => (first ??= sent),
      onChunkComplete: (size, accepted) => (first = Math.min(first ?? accepted, accepted - size)),
      onSuccess: () => resolve(first),
    });
    upload.start();
  });
}

(async () => {
  for (const [chunks, photo] of photos.entries()) {
    const data = Buffer.from(photo, "base64");
    const url = await interrupted(data, chunks);
    const from = await resumed(data, url);
    console.log(JSON.stringify({ path: new URL(url).pathname, resumed: from, sent: data.length }));
  }
})().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
