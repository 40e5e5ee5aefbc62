// The operators' page in a real browser: its content, its refresh, its layout
// on a phone and in dark mode, and that untrusted text cannot run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { contrastRatios, startBrowser } from './support/browser.mjs';
import { BusyGateway } from './support/busy_gateway.mjs';
import { Gateway } from './support/gateway.mjs';

// The page refreshes every five seconds. Generous: only bounds a hang.
const TIMEOUT_MS = 30_000;

const { browser, missing } = await startBrowser();
// ctest looks for this to report the test as skipped.
if (missing) console.log(`SKIPPED: no browser: ${missing}`);

let busy;
if (browser) {
  before(async () => (busy = await BusyGateway.start()));
  after(async () => {
    await browser.close();
    await busy?.stop();
  });
}

const browserTest = (name, run) => test(name, { skip: missing }, run);

// A browser page with the status; the URLs it requests and what it logs.
async function open(t, gateway, options = {}) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const requested = [];
  const logged = [];
  page.on('request', (request) => requested.push(request.url()));
  page.on('console', (message) => logged.push(message.text()));
  page.on('pageerror', (error) => logged.push(error.message));
  const url = gateway.urlOf('/statusz');
  await page.goto(url);
  return { page, requested, logged, url };
}

browserTest('the page requests only itself, without errors', async (t) => {
  const { page, requested, logged, url } = await open(t, busy.gateway);
  // Including one refresh.
  await page.waitForResponse(url);
  assert.ok(requested.length >= 2);
  assert.deepEqual(
      requested.filter((one) => one !== url && !one.startsWith('data:')), []);
  assert.deepEqual(logged, []);
});

browserTest('the page shows the contents of the report', async (t) => {
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
      got.watches.groups.filter(({ predictions }) => predictions.some(Boolean))
          .map(({ state }) => state));
  // The worst finding comes before all else; its numbers grow.
  const words = (text) => text.replace(/[\d.]+ m?s/g, '');
  assert.equal(words(await textOf('#cause')), words(got.findings[0].text));
  const calls = await page.locator('#calls tbody tr').allInnerTexts();
  assert.deepEqual(calls.map((row) => row.split(/\t|\n/)[0]),
                   ['Create', 'Wait']);
  const requests = await textOf('#requests tbody');
  assert.match(requests, /\b503: \d/);
  assert.match(await textOf('#report'), /Resident memory\s*\d+(\.\d)? MiB/);
  assert.match(await textOf('#streams tbody'), new RegExp(busy.stuckId));
  assert.match(await textOf('#errors tbody'), /WriftAI returned 503/);
});

browserTest('untrusted text is not rendered as markup', async (t) => {
  const { page } = await open(t, busy.gateway);
  const ids = page.locator('#errors tbody td:last-child');
  assert.ok((await ids.allInnerTexts()).includes(busy.hostile));
  assert.equal(await page.locator('img').count(), 0);
  assert.equal(await page.evaluate(() => window.harmed), undefined);
});

browserTest('the page refreshes in place', async (t) => {
  const { page } = await open(t, busy.gateway);
  await page.evaluate(() => (window.loadedOnce = true));
  const more = busy.addWaiter();
  t.after(() => more.cancel());
  await page.getByText(`Serving, ${busy.waiters + 1} waits on`).waitFor();
  assert.equal(await page.evaluate(() => window.loadedOnce), true);
});

browserTest('the page refreshes without JavaScript, too', async (t) => {
  const { page, requested } =
      await open(t, busy.gateway, { javaScriptEnabled: false });
  await page.waitForEvent('load');
  assert.ok(requested.length >= 2);
});

browserTest('the refresh can be paused with the keyboard', async (t) => {
  const { page } = await open(t, busy.gateway);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator(':focus').innerText(), 'Resume');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator(':focus').innerText(), 'Pause');
  await page.keyboard.press('Tab');
  assert.equal(
      await page.locator(':focus').getAttribute('id'),
      await page.locator('.scroll').first().getAttribute('id'));
});

for (const width of [360, 390, 1280]) {
  browserTest(`the page fits a window of ${width} pixels`, async (t) => {
    const { page } = await open(t, busy.gateway, { viewport: { width, height: 800 } });
    assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth),
        width);
  });
}

browserTest('all tables are readable at 390 pixels', async (t) => {
  const { page } = await open(
      t, busy.gateway, { viewport: { width: 390, height: 800 } });
  const { cells, bad } = await page.evaluate(() => {
    const shown = [...document.querySelectorAll('td')].filter(
        (cell) => cell.checkVisibility());
    // Neither cut off, nor outside of the window, nor to be scrolled to, nor
    // without the name of its column.
    const isBad = (cell) => {
      const box = cell.getBoundingClientRect();
      const inner = [...cell.querySelectorAll('*')].map(
          (one) => one.getBoundingClientRect());
      return cell.scrollWidth > cell.clientWidth ||
          [box, ...inner].some(({ left, right }) =>
            left < 0 || right > innerWidth) ||
          !cell.dataset.name;
    };
    const scrolling = [...document.querySelectorAll('.scroll')].filter(
        (box) => box.scrollWidth > box.clientWidth);
    return {
      cells: shown.length,
      bad: [...shown.filter(isBad), ...scrolling].map(
          (one) => one.outerHTML.slice(0, 200)),
    };
  });
  assert.ok(cells > 20, `${cells}`);
  assert.deepEqual(bad, []);
});

for (const colorScheme of ['light', 'dark']) {
  browserTest(`all text is legible in ${colorScheme} mode`, async (t) => {
    const { page } = await open(t, busy.gateway, { colorScheme });
    const found = await page.evaluate(contrastRatios);
    assert.ok(found.length > 100);
    assert.ok(found[0].ratio >= 4.5, JSON.stringify(found.slice(0, 3)));
    const background = await page.evaluate(() => getComputedStyle(document.body)
        .backgroundColor);
    assert.equal(background, { light: 'rgb(245, 246, 248)',
                               dark: 'rgb(14, 18, 23)' }[colorScheme]);
  });
}

browserTest('the page says that it is stale without a gateway', async (t) => {
  const gateway = await Gateway.start({ flags: ['--sandbox'] });
  const { page } = await open(t, gateway);
  assert.equal(await page.locator('#stale').isVisible(), false);
  await gateway.stop();
  await page.locator('#stale').waitFor({ state: 'visible' });
  assert.match(await page.locator('#stale').innerText(), /data is stale/);
});
