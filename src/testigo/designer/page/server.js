/** What is asked of the server on this machine. Every address is relative to that of the page, token included. */

/**
 * The answer as a value.
 * @param {string} path
 * @param {unknown} [body] sent as JSON, or as it is where it is a Blob; without it the answer is only fetched
 * @returns {Promise<any>}
 * @throws {Error} with the sentence of the server where it refuses
 */
export async function ask(path, body) {
  /** @type {RequestInit} */
  const init = body === undefined ? {} : { method: "POST", body: body instanceof Blob ? body : JSON.stringify(body) };
  const answer = await fetch(path, init);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.sentence);
  return told;
}

/**
 * A function that runs `work` once, `wait` milliseconds after it was last called.
 * @param {number} wait
 * @param {() => unknown} work
 */
export function later(wait, work) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
}
