// The operators' page in a real browser: what it shows, that it stays up to
// date, that it can be read on a phone and in the dark, and that nothing that
// comes from outside can do harm on it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { contrasts, startBrowser } from './support/browser.mjs';
import { BusyGateway } from './support/busy_gateway.mjs';
import { Gateway } from './support/gateway.mjs';

// The page asks anew every five seconds; only a bound.
const PATIENCE_MS = 30_000;

const { browser, missing } = await startBrowser();
// What ctest looks for, to say that the test was not run.
if (missing) console.log(`SKIPPED, NO BROWSER: ${missing}`);

let busy;
if (browser) {
  before(async () => (busy = await BusyGateway.start()));
  after(async () => {
    await browser.close();
    await busy?.stop();
  });
}

const inBrowser = (name, run) => test(name, { skip: missing }, run);

// A page of the browser that shows the status, and what it asked and said.
async function open(t, gateway, options = {}) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const asked = [];
  const said = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  const url = gateway.urlOf('/statusz');
  await page.goto(url);
  return { page, asked, said, url };
}

inBrowser('it asks nobody else for anything, and nothing fails', async (t) => {
  const { page, asked, said, url } = await open(t, busy.gateway);
  // Once anew, too.
  await page.waitForResponse(url);
  assert.ok(asked.length >= 2);
  assert.deepEqual(
      asked.filter((one) => one !== url && !one.startsWith('data:')), []);
  assert.deepEqual(said, []);
});

inBrowser('it shows what the report tells', async (t) => {
  const { page } = await open(t, busy.gateway);
  const got = await busy.report();
  const textOf = (selector) => page.locator(selector).innerText();
  assert.match(await page.title(), / – WriftAI gateway$/);
  assert.match(await textOf('#report'), new RegExp(`Version ${got.version}`));
  const { waits } = got;
  assert.match(
      await textOf('#summary'),
      new RegExp(`^Serving, ${waits.waiters} waits on ${waits.predictions} ` +
                 'predictions, '));
  const token = await textOf('#budgets tbody tr');
  assert.ok(token.startsWith(busy.credential));
  assert.match(
      token, new RegExp(`${waits.waiters} on ${waits.predictions} pred`));
  const rows = await page.locator('#watches tbody tr').allInnerTexts();
  assert.deepEqual(
      rows.map((row) => row.split(/\t|\n/)[0]),
      got.watches.groups.map(({ state }) => state));
  assert.match(await textOf('#streams tbody'), new RegExp(busy.stuckId));
  assert.match(await textOf('#errors tbody'), /WriftAI returned 503/);
});

inBrowser('what comes from outside is text', async (t) => {
  const { page } = await open(t, busy.gateway);
  const ids = page.locator('#errors tbody td:last-child');
  assert.ok((await ids.allInnerTexts()).includes(busy.hostile));
  assert.equal(await page.locator('img').count(), 0);
  assert.equal(await page.evaluate(() => window.harmed), undefined);
});

inBrowser('it refreshes itself where it stands', async (t) => {
  const { page } = await open(t, busy.gateway);
  await page.evaluate(() => (window.loadedOnce = true));
  const more = busy.addWaiter();
  t.after(() => more.cancel());
  await page.getByText(`Serving, ${busy.waiters + 1} waits on`).waitFor();
  assert.equal(await page.evaluate(() => window.loadedOnce), true);
});

inBrowser('without a script it refreshes, too', async (t) => {
  const { page, asked } = await open(t, busy.gateway, { javaScriptEnabled: false });
  await page.waitForEvent('load');
  assert.ok(asked.length >= 2);
});

inBrowser('the refresh can be held with the keyboard', async (t) => {
  const { page } = await open(t, busy.gateway);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator(':focus').innerText(), 'Go on refreshing');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator(':focus').innerText(), 'Pause');
  await page.keyboard.press('Tab');
  assert.equal(await page.locator(':focus').getAttribute('id'), 'budgets');
});

for (const width of [360, 390, 1280]) {
  inBrowser(`nothing is wider than a window of ${width}`, async (t) => {
    const { page } = await open(t, busy.gateway, { viewport: { width, height: 800 } });
    assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth),
        width);
  });
}

for (const colorScheme of ['light', 'dark']) {
  inBrowser(`each text is legible where it is ${colorScheme}`, async (t) => {
    const { page } = await open(t, busy.gateway, { colorScheme });
    const found = await page.evaluate(contrasts);
    assert.ok(found.length > 100);
    assert.ok(found[0].ratio >= 4.5, JSON.stringify(found.slice(0, 3)));
    const dark = await page.evaluate(() => getComputedStyle(document.body)
        .backgroundColor);
    assert.equal(dark, { light: 'rgb(245, 246, 248)',
                         dark: 'rgb(14, 18, 23)' }[colorScheme]);
  });
}

inBrowser('a page without a gateway says that it is old', async (t) => {
  const gateway = await Gateway.start({ flags: ['--sandbox'] });
  const { page } = await open(t, gateway);
  assert.equal(await page.locator('#stale').isVisible(), false);
  await gateway.stop();
  await page.locator('#stale').waitFor({ state: 'visible' });
  assert.match(await page.locator('#stale').innerText(), /numbers are old/);
});
