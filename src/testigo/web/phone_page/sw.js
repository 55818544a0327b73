/** Keeps the page for times without a network. VERSION, FILES, LANGUAGES and DEFAULT stand above, written by the server. */

const NAME = `page-${VERSION}`;

self.addEventListener("install", (event) => {
  // All or nothing: what broke off is asked for again later, and what worked before still does.
  event.waitUntil(
    caches.open(NAME)
      .then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload", credentials: "omit" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  // Only now that the new version is complete may the old one go.
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname, searchParams } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate" && pathname === "/c/") event.respondWith(kept(event.request, `/c/?lang=${language(searchParams.get("lang"))}`));
  else if (pathname.startsWith("/c/app/")) event.respondWith(kept(event.request, pathname));
});

const kept = async (request, address) => (await (await caches.open(NAME)).match(address)) || fetch(request);

function language(asked) {
  const bases = [asked || "", ...(self.navigator.languages || [])].map((one) => one.split("-")[0].toLowerCase());
  return bases.find((base) => LANGUAGES.includes(base)) || DEFAULT;
}
