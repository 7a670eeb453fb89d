// The page of channels for everybody: without a mouse, with a screen reader, on a small screen, in light and dark.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { looks, tooSmall, violations } from './support/access.mjs';
import { launch, withPage } from './support/browser.mjs';
import { startServices } from './support/services.mjs';
import { until } from './support/until.mjs';

let services;
let browser;
before(async () => {
  services = await startServices({ engineArgs: ['--demo-sources'] });
  browser = await launch();
  await services.post('/api/messages/alice', 'A message with averyveryverylongwordwithoutanyspaceinitthatgoesonandonandonandon');
});
after(async () => {
  await browser?.close();
  await services?.stop();
});

const options = { path: '/channels.html', user: 'alice', allow: /status of 400/, reducedMotion: 'reduce' };

/** Everything that can be shown is shown. */
async function showAll(page) {
  const long = 'channel-with-averyveryverylongname-that-goes-on-and-on-and-on';
  await page.getByRole('textbox', { name: 'Channel', exact: true }).fill(long);
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await page.locator('#subscriptions [data-state=live]').waitFor();
  await page.getByLabel('To channel').fill(long);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.locator('#log li').waitFor();
  await page.getByLabel('Data', { exact: true }).fill('{');
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.locator('#publish-problem').waitFor();
  const json = page.getByRole('article', { name: 'Heart rate as JSON' });
  await json.getByRole('button', { name: /^Start/ }).click();
  await json.locator('summary').click();
  await json.locator('.readings li').first().waitFor();
  await page.locator('#messages li').first().waitFor();
}

for (const [name, look] of Object.entries(looks)) {
  test(`axe finds nothing wrong: ${name}`, () =>
    withPage(browser, services.url, { ...options, ...look }, async (page) => {
      await showAll(page);
      assert.deepEqual(await violations(page), []);
    }));
}

for (const width of [320, 390, 768, 1280]) {
  test(`nothing is wider than ${width} px, and everything can be hit`, () =>
    withPage(browser, services.url, { ...options, viewport: { width, height: 700 } }, async (page) => {
      await showAll(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      assert.deepEqual(await tooSmall(page), []);
    }));
}

test('a channel is subscribed to, published to and left with the keyboard alone, and the focus stays', () =>
  withPage(browser, services.url, options, async (page) => {
    await page.getByRole('textbox', { name: 'Channel', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#subscriptions [data-state=live]').waitFor();
    await page.getByLabel('Event type').focus();
    await page.keyboard.press('Enter');
    await page.locator('#log li').waitFor();
    await page.getByRole('button', { name: 'Leave news' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#subscriptions li').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.id), 'channel');
  }));

test('a screen reader is told what happened', () =>
  withPage(browser, services.url, options, async (page) => {
    const announced = (text) => until(text, async () => (await page.locator('#announcement').textContent()) === text);
    await announced('Messages of alice: connected.');
    await page.getByRole('button', { name: 'Publish' }).click();
    await announced('Published.');
  }));
