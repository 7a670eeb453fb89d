// Debian's Chromium, and pages in it that note whatever goes wrong.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../tools/package.json', import.meta.url));
const { chromium } = require('playwright-core');
export const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export function launch() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

/** What Chromium writes into the console when the network is cut. */
export const networkErrors = /^Failed to load resource: (net::ERR_|the server responded with a status of 502)/;

/**
 * Opens a page of the dashboard, `path`, for a user if one is given, and waits until it runs. Every console error and warning, uncaught
 * exception and violation of the content security policy that `allow` does not match is a failure of `check`.
 */
async function openPage(context, url, { path = '/', user, allow = /$^/ } = {}) {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems = [];
  page.on('console', (message) => {
    const isProblem = ['error', 'warning'].includes(message.type()) && !allow.test(message.text());
    if (isProblem) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.name} ${error.message}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(url + path + (user ? `#user=${user}` : ''), { waitUntil: 'domcontentloaded' });
  await page.locator('body[data-ready]').waitFor();
  if (user) await page.locator('#link:is([data-state=live], [data-state=away])').waitFor();
  return Object.assign(page, {
    check: () => assert.deepEqual(problems, []),
    task: (state) => page.locator(state ? `.task[data-state=${state}]` : '.task'),
    /** The ids in the event log, oldest first. */
    loggedIds: async (type = 'taskUpdate') =>
      (await page.locator(`#log [data-type=${type}]`).evaluateAll((rows) => rows.map((row) => row.dataset.id))).reverse(),
    /** As when another tab comes before it, and goes. */
    setHidden: (isHidden) => page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden),
    /** As when the browser puts the page away, and takes it up again. */
    putAway: () => page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))),
    takeUp: () => page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))),
  });
}

/** A scenario's pages, `count` tabs of one browser: `run` uses them, then nothing may have gone wrong in any. */
export async function withTabs(count, browser, url, { path, user, allow, ...options }, run) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  try {
    const pages = [];
    for (let i = 0; i < count; ++i) pages.push(await openPage(context, url, { path, user, allow }));
    await run(...pages);
    for (const page of pages) page.check();
  } finally {
    await context.close();
  }
}

export const withPage = (browser, url, options, run) => withTabs(1, browser, url, options, run);
