// A volunteer in Firefox: an invitation, a photo, its promise; then, after a line on stdin, once more without a server.
// Arguments: module, Firefox, profile, address. One line of JSON after each part.
const [module_, executablePath, userDataDir, address] = process.argv.slice(2);
const { launch } = require(module_);
const extraPrefsFirefox = { "media.navigator.streams.fake": true, "media.navigator.permission.disabled": true };
const problems = [];
let page;

// The page's policy runs no text as a program, so it is asked again and again instead.
async function until(holds, ...asked) {
  for (const end = Date.now() + 90000; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
    if (await page.evaluate(holds, ...asked)) return;
  }
  throw new Error(`never came: ${holds} ${asked}`);
}

async function photographed(page) {
  for (const name of ["#take", "#shoot", "#use"]) {
    await page.waitForSelector(name, { visible: true });
    if (name === "#shoot") await until(() => document.getElementById("video").videoWidth > 0);
    await page.click(name);
  }
}

const inStates = (...wanted) => wanted.includes([...document.querySelectorAll("#photos [data-state]")].map((one) => one.dataset.state).join());

(async () => {
  const browser = await launch({ timeout: 120000, browser: "firefox", executablePath, userDataDir, headless: true, extraPrefsFirefox });
  page = await browser.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(address);
  await page.waitForSelector("#begin", { visible: true });
  await page.click("#begin");
  await until(() => navigator.serviceWorker.ready.then(({ active }) => active && active.state === "activated"));
  await photographed(page);
  await until(inStates, "promised");
  console.log(JSON.stringify({ version: await browser.version(), promise: await page.$eval("#photos pre", (one) => one.textContent) }));
  await new Promise((done) => process.stdin.once("data", done));
  await page.reload();
  await photographed(page);
  await until(inStates, "saved,promised", "promised,saved");
  console.log(JSON.stringify({ problems }));
  await browser.close();
  process.exit(0);
})().catch(async (error) => {
  console.error(error, problems, await page.$eval("body", (one) => one.innerText));
  process.exit(1);
});
