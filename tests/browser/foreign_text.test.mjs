// Text of others stays where it is shown, and what is said of the engine is told beside the connection.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, withPage } from './support/browser.mjs';
import { startPrefixProxy } from './support/prefix_proxy.mjs';
import { startServices } from '../support/services.mjs';

const away = 'event: upstream\ndata: {"state":"down","since":"2026-01-02T10:30:45.123Z"}\n\n';
const back = 'event: upstream\ndata: {"state":"up","since":"2026-01-02T10:31:00.000Z"}\n\n';

let services;
let browser;
before(async () => {
  services = await startServices();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await services?.stop();
});

/** The left edges of a row's name, the type beside it, and the percentage below. */
const places = (row) => row.evaluate((node) => ['name', 'kind'].map((name) => node.querySelector(`[data-part=${name}]`).getBoundingClientRect().left));

test('a name turns nothing around', () =>
  withPage(browser, services.url, { user: 'alice' }, async (page) => {
    for (const name of ['Plain', 'fdp\u202Eexe', '\u05E9\u05DC\u05D5\u05DD (1)']) await services.startTask('alice', name, { durationMs: 0, steps: 1 });
    await page.waitForFunction(() => document.querySelectorAll('.task[data-state=succeeded]').length === 3);
    for (const row of await page.task().all()) {
      const [name, kind] = await places(row);
      assert.ok(name < kind, await row.innerText());
    }
    await page.getByText('fdp\uFFFDexe', { exact: true }).waitFor();
    await page.locator('#log').getByText('\u2068fdp\uFFFDexe\u2069 succeeded').first().waitFor();
    assert.equal((await page.locator('body').innerText()).includes('\u202E'), false);
    assert.equal(await page.getByText('\u05E9\u05DC\u05D5\u05DD (1)', { exact: true }).evaluate((name) => getComputedStyle(name).direction), 'rtl');
  }));

test('parameters show controls as escapes, and are copied as they are', () =>
  withPage(browser, services.url, { user: 'bob' }, async (page) => {
    await services.startTask('bob', 'Object', { result: { a: 'x\u202Ey' } }, 'countdown');
    await page.getByRole('button', { name: 'Details of Object' }).click();
    const params = page.getByRole('region', { name: 'Parameters' });
    await params.waitFor();
    const text = await params.textContent();
    assert.ok(text.includes('x\\u202ey'), text);
    assert.equal(JSON.parse(text).result.a, 'x\u202Ey');
  }));

test('an engine that is away is told beside the connection', async () => {
  const proxy = await startPrefixProxy(services.edge, '/a/', (path) => (path.startsWith('/api/events') || path.startsWith('/stream') ? away : ''));
  try {
    await withPage(browser, proxy.url, { user: 'alice' }, async (page) => {
      const link = page.locator('#link');
      await page.locator('#link[data-state=away]').waitFor();
      assert.match(await link.innerText(), /^Connected; the engine is away, since \d\d:30:45$/);
      await page.locator('#log [data-type=upstream]').getByText('The engine is away').waitFor();
      proxy.say(back);
      await page.locator('#link[data-state=live]').waitFor();
      assert.equal(await link.innerText(), 'Live');
    });
    await withPage(browser, proxy.url, { path: '/channels.html' }, async (page) => {
      await page.getByRole('button', { name: 'Subscribe' }).click();
      await page.locator('#subscriptions .pill[data-state=away]').waitFor();
      await services.post('/publish/news', 'while it is said to be away');
      await page.locator('#log').getByText('while it is said to be away').waitFor();
      proxy.say(back);
      await page.locator('#subscriptions .pill[data-state=live]').waitFor();
      assert.equal(await page.locator('#log li').count(), 1);
    });
  } finally {
    proxy.stop();
  }
});
