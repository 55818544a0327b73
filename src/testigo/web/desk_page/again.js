/** A page that waits looks again by itself: what changed is shown in its place, what leads elsewhere is followed. */

const again = /** @type {HTMLElement} */ (document.querySelector("[data-again]"));
const lost = /** @type {HTMLElement | null} */ (document.querySelector("[data-lost]"));
let tag = "";

setInterval(async () => {
  const answer = await fetch(location.href, { headers: tag ? { "If-None-Match": tag } : {} }).catch(() => undefined);
  if (lost) lost.hidden = Boolean(answer && (answer.ok || answer.status === 304));
  if (!answer || !answer.ok) return;
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  tag = answer.headers.get("ETag") || "";
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part="${part.getAttribute("data-part")}"]`);
    // Whoever is about to press a button there is left alone.
    if (!other || part.contains(document.activeElement) || part.innerHTML === other.innerHTML) continue;
    part.replaceWith(document.adoptNode(other));
  }
}, 1000 * Number(again.dataset.again));
