/** A passkey is added, or signs somebody in; without a browser that knows them the part stays hidden. */

const part = /** @type {HTMLElement} */ (document.getElementById("passkey"));
const button = /** @type {HTMLButtonElement} */ (part.querySelector("button"));

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** @param {string} path @param {unknown} [told] what the server says; rejects with its sentence where it refuses */
async function post(path, told) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: told ? JSON.stringify(told) : "" });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.sentence);
  return said;
}

/** @param {any} made a PublicKeyCredential */
function asJson(made) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  return { id: made.id, rawId: text(made.rawId), type: made.type, response };
}

async function add() {
  const options = await post("/api/passkeys/new");
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: [] };
  await post("/api/passkeys", asJson(await navigator.credentials.create({ publicKey })));
  say("kept");
}

async function enter() {
  const options = await post("/api/passkeys/ask");
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: [] };
  const { home } = await post("/api/passkeys/enter", asJson(await navigator.credentials.get({ publicKey })));
  location.assign(home);
}

/** @param {string} which the sentence to show @param {string} [why] */
function say(which, why) {
  for (const one of part.querySelectorAll("[data-said]")) one.hidden = one.getAttribute("data-said") !== which;
  part.querySelector("[data-why]").textContent = why || "";
}

if (window.PublicKeyCredential && window.isSecureContext) part.hidden = false;
button.addEventListener("click", async () => {
  button.disabled = true;
  say("");
  try {
    await (part.dataset.does === "add" ? add() : enter());
  } catch (error) {
    // Whoever closed the browser's own question knows it.
    const asked = error.name === "NotAllowedError" || error.name === "AbortError";
    say("failed", asked ? "" : error.message);
  } finally {
    button.disabled = false;
  }
});
