/** A page that waits looks again by itself: what changed is shown in its place, what leads elsewhere is followed. */

const part = /** @type {HTMLElement} */ (document.querySelector("[data-again]"));

setInterval(async () => {
  const answer = await fetch(location.href).catch(() => undefined);
  if (!answer || !answer.ok) return;
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  const shown = document.querySelector("main");
  if (fresh && shown && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(document.adoptNode(fresh));
}, 1000 * Number(part.dataset.again));
