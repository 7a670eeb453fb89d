// How the page comes up, and that it stays as it is however long it runs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, withPage } from './support/browser.mjs';
import { startServices } from '../support/services.mjs';
import { readStream } from '../support/stream.mjs';
import { until } from '../support/until.mjs';

let services;
let browser;
before(async () => {
  services = await startServices({ engineArgs: ['--progress-interval', '1ms'] });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await services?.stop();
});

test('the page is painted before its program has come', async () => {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const context = await browser.newContext();
  await context.route('**/dashboard.wasm', async (route) => {
    await released;
    await route.continue();
  });
  const page = await context.newPage();
  await page.goto(`${services.url}/#user=alice`, { waitUntil: 'domcontentloaded' });
  await page.getByRole('heading', { name: 'taskwire' }).waitFor();
  await until('the first paint', () => page.evaluate(() => performance.getEntriesByName('first-contentful-paint').length));
  assert.equal(await page.locator('body[data-ready]').count(), 0);
  release();
  await page.locator('body[data-ready]').waitFor();
  await context.close();
});

for (const file of ['dashboard.wasm', 'dashboard.js']) {
  for (const reducedMotion of ['no-preference', 'reduce']) {
    test(`a page whose ${file} does not come says so, with motion: ${reducedMotion}`, async () => {
      const context = await browser.newContext({ reducedMotion });
      await context.route(`**/${file}`, (route) => route.abort());
      const page = await context.newPage();
      await page.goto(`${services.url}/#user=alice`, { waitUntil: 'domcontentloaded' });
      const [loading, stuck] = [page.locator('#placeholder strong'), page.getByText('This page could not start; reload it')];
      await loading.waitFor();
      assert.equal(await stuck.isVisible(), false);
      await page.evaluate(() => document.getAnimations().forEach((animation) => (animation.currentTime = 60_000)));
      await stuck.waitFor();
      await loading.waitFor({ state: 'hidden' });
      await context.close();
    });
  }
}

test('the program is fetched once, compressed', () =>
  withPage(browser, services.url, { user: 'alice' }, async (page) => {
    const files = await page.evaluate(() => performance.getEntriesByType('resource')
      .filter(({ name }) => /dashboard|style/.test(name))
      .map(({ name, encodedBodySize, decodedBodySize }) => ({ name: name.replace(/.*\//, ''), isSmaller: encodedBodySize < decodedBodySize })));
    assert.deepEqual(files.map(({ name }) => name).sort(), ['dashboard.js', 'dashboard.wasm', 'style.css']);
    for (const { name, isSmaller } of files) assert.ok(isSmaller, name);
  }));

test('without a user there is nothing to start', () =>
  withPage(browser, services.url, {}, async (page) => {
    assert.equal(await page.getByRole('button', { name: 'Start' }).isDisabled(), true);
    await page.getByText('Whose tasks?').waitFor();
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.locator('#start:enabled').waitFor();
  }));

test('a page that nobody sees does nothing, and shows everything when it is seen again', () =>
  withPage(browser, services.url, { user: 'hidden' }, async (page) => {
    await page.setHidden(true);
    await page.evaluate(async () => {
      for (let i = 0; i < 5; ++i) await new Promise(requestAnimationFrame);  // what was under way
      window.changes = 0;
      const observer = new MutationObserver((changes) => (window.changes += changes.length));
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    const task = await services.startTask('hidden', 'Unseen', { durationMs: 500, steps: 50 });
    const path = `/api/events?topic=tasks/hidden&lastEventId=${task.eventId}`;
    await readStream(services.url, path, (events) => events.some(({ data }) => data.includes('"succeeded"')));
    assert.equal(await page.evaluate(() => window.changes), 0);
    await page.setHidden(false);
    await page.task('succeeded').getByText('Unseen').waitFor();
    assert.ok((await page.loggedIds()).length > 5);
  }));

test('of very many tasks the newest are shown, and the others when asked for', () =>
  withPage(browser, services.url, { user: 'many' }, async (page) => {
    for (let i = 1; i <= 60; ++i) await services.startTask('many', `Task ${i}`, { durationMs: 0, steps: 1 });
    await page.getByRole('button', { name: 'Show more (10 left)' }).waitFor();
    assert.equal(await page.task().count(), 50);
    assert.equal(await page.locator('.task strong').first().textContent(), 'Task 60');
    await page.getByRole('button', { name: 'Show more (10 left)' }).click();
    await page.locator('.task', { hasText: /Task 1simulate/ }).waitFor();
    assert.equal(await page.task().count(), 60);
    await page.locator('#more').waitFor({ state: 'hidden' });
  }));

test('no handle is left behind over thousands of updates', () =>
  withPage(browser, services.url, { user: 'busy' }, async (page) => {
    const events = async () => Number((await page.locator('#events').textContent()).replace(/\D/g, ''));
    const handles = () => page.evaluate(() => window.Module.count_emval_handles());
    const run = async (name) => {
      await services.startTask('busy', name, { durationMs: 3000, steps: 1500 });
      await page.task('succeeded').getByText(name).waitFor();
    };
    await run('First');
    await page.getByRole('button', { name: 'Details of First' }).click();
    await page.getByRole('region', { name: 'Result' }).waitFor();
    await page.getByRole('button', { name: 'Details of First' }).click();
    await page.locator('.details').waitFor({ state: 'detached' });
    const [handlesBefore, eventsBefore] = [await handles(), await events()];
    await run('Second');
    await page.getByRole('button', { name: 'Details of Second' }).click();
    await page.getByRole('region', { name: 'Result' }).waitFor();
    await page.getByRole('button', { name: 'Details of Second' }).click();
    await page.locator('.details').waitFor({ state: 'detached' });
    assert.ok((await events()) - eventsBefore > 300, 'few updates');
    const ofOneRow = 40;
    assert.ok((await handles()) - handlesBefore <= ofOneRow, `${handlesBefore} handles became ${await handles()}`);
  }));
