// Writes a picture of a page: statusz.mjs URL FILE.png
import { startBrowser } from '../../integration/support/browser.mjs';

const [url, file] = process.argv.slice(2);
const { browser, missing } = await startBrowser();
if (missing) throw new Error(missing);
const page = await browser.newPage({
  viewport: { width: 1100, height: 590 }, colorScheme: 'light',
});
await page.goto(url);
await page.screenshot({ path: file });
await browser.close();
