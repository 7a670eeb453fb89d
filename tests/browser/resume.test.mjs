// Nothing is lost and nothing is shown twice, whatever breaks.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { launch, networkErrors, withPage } from './support/browser.mjs';
import { startProxy } from './support/proxy.mjs';
import { startServices } from './support/services.mjs';
import { taskEventIds } from './support/stream.mjs';
import { until } from './support/until.mjs';

let browser;
let services;
let proxy;
before(async () => (browser = await launch()));
after(() => browser?.close());
beforeEach(async () => {
  services = await startServices();
  proxy = await startProxy(services.edge);
});
afterEach(async () => {
  proxy?.stop();
  await services?.stop();
});

const options = { user: 'alice', allow: networkErrors };
const link = (page) => page.locator('#link-label').textContent();

/** The id after which the page's log is to be complete. */
const firstId = (page) => page.locator('#log [data-type=synced]').last().getAttribute('data-id');

const sequenceOf = (id) => Number(id.split('-')[1]);

/**
 * What the page has logged since `cursor` is everything that happened, once: here one user's tasks alone are written, so that no
 * sequence may be missing; and a second reader is sent the same.
 */
async function expectNothingLostOrDoubled(page, cursor) {
  const logged = await page.loggedIds();
  assert.deepEqual(logged.map(sequenceOf), logged.map((_, i) => sequenceOf(cursor) + 1 + i));
  assert.deepEqual(logged, await taskEventIds(services.url, 'alice', cursor, logged.at(-1)));
  assert.ok(logged.length > 5, `few events: ${logged}`);
  assert.equal(await page.locator('#repeats').textContent(), '0');
}

test('a connection that is cut again and again', () =>
  withPage(browser, proxy.url, options, async (page) => {
    const cursor = await firstId(page);
    await services.startTask('alice', 'Through thick and thin', { durationMs: 6000, steps: 60 });
    for (const percent of [20, 50, 80]) {
      const bar = page.locator('[role=progressbar]');
      await until(`${percent} %`, async () => Number(await bar.getAttribute('aria-valuenow')) >= percent);
      proxy.cut();
      await page.locator('body:not([data-connection=live])').waitFor();
      await page.locator('body[data-connection=live]').waitFor();
    }
    await page.task('succeeded').waitFor();
    await expectNothingLostOrDoubled(page, cursor);
    assert.equal(await page.locator('#resets').textContent(), '1 (start)');
  }));

test('a network that is gone for a while', () =>
  withPage(browser, proxy.url, options, async (page) => {
    const cursor = await firstId(page);
    await services.startTask('alice', 'Unwatched', { durationMs: 2000, steps: 40 });
    await page.task('running').waitFor();
    proxy.cutForGood();
    await until('two failed attempts', async () => /Reconnecting.*\(2\)/.test(await link(page)));
    proxy.mend();
    await page.task('succeeded').waitFor();
    await expectNothingLostOrDoubled(page, cursor);
  }));

test('an answer that ends the browser\'s own attempts', () =>
  withPage(browser, proxy.url, options, async (page) => {
    const cursor = await firstId(page);
    await services.startTask('alice', 'Behind a proxy', { durationMs: 4000, steps: 40 });
    await page.task('running').waitFor();
    proxy.answerBadGateway(2);
    proxy.cut();
    await until('a countdown', async () => /Reconnecting in \d+ s/.test(await link(page)));
    await page.locator('body[data-connection=live]').waitFor();
    await page.task('succeeded').waitFor();
    assert.match(proxy.streams.at(-1), /lastEventId=[a-z0-9]+-\d+/);
    await expectNothingLostOrDoubled(page, cursor);
  }));

test('a person who does not want to wait', () =>
  withPage(browser, proxy.url, options, async (page) => {
    proxy.cutForGood();
    await page.getByRole('button', { name: 'Reconnect now' }).waitFor();
    proxy.mend();
    await page.getByRole('button', { name: 'Reconnect now' }).click();
    await page.locator('body[data-connection=live]').waitFor();
    await page.getByRole('button', { name: 'Reconnect now' }).waitFor({ state: 'hidden' });
  }));

test('an engine that crashes', () =>
  withPage(browser, proxy.url, options, async (page) => {
    const cursor = await firstId(page);
    await services.startTask('alice', 'Cut short', { durationMs: 600000, steps: 10000 });
    await until('some events', async () => (await page.loggedIds()).length > 5);
    await services.engine.kill();
    await services.engine.start();
    await page.task('failed').getByText('INTERRUPTED').waitFor();
    await until('another task can be started', () =>
      services.startTask('alice', 'Afterwards', { durationMs: 500, steps: 5 }).catch(() => false));
    await page.task('succeeded').waitFor();
    await expectNothingLostOrDoubled(page, cursor);
    assert.equal(await page.locator('body').getAttribute('data-connection'), 'live');
    assert.equal(await page.locator('#resets').textContent(), '1 (start)');
  }));

test('an engine that is not there yet', async () => {
  await services.engine.kill();
  await withPage(browser, proxy.url, { ...options, allow: /status of 503|net::ERR_/ }, async (page) => {
    await page.getByText('Waiting for the engine').waitFor();
    await services.engine.start();
    await page.getByText('No tasks yet').waitFor();
    await page.locator('#start:enabled').waitFor();
    assert.equal(await page.locator('#link-label').textContent(), 'Live');
  });
});

test('an edge that crashes and is back at once', () =>
  withPage(browser, services.url, options, async (page) => {
    const cursor = await firstId(page);
    await services.startTask('alice', 'Untouched', { durationMs: 5000, steps: 50 });
    await page.task('running').waitFor();
    await services.edge.kill();
    await services.edge.start();
    await page.task('succeeded').waitFor();
    await expectNothingLostOrDoubled(page, cursor);
  }));

test('an edge that is gone for longer than the browser waits', () =>
  withPage(browser, services.url, options, async (page) => {
    const cursor = await firstId(page);
    await services.startTask('alice', 'Untouched', { durationMs: 2000, steps: 40 });
    await page.task('running').waitFor();
    await services.edge.kill();
    await until('three failed attempts', async () => /Reconnecting.*\(3\)/.test(await link(page)));
    await services.edge.start();
    await page.task('succeeded').waitFor();
    await expectNothingLostOrDoubled(page, cursor);
  }));

test('a page that disconnects and comes back', () =>
  withPage(browser, proxy.url, options, async (page) => {
    const cursor = await firstId(page);
    await services.startTask('alice', 'In absence', { durationMs: 2000, steps: 40 });
    await page.task('running').waitFor();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.locator('body[data-connection=disconnected]').waitFor();
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.task('succeeded').waitFor();
    assert.match(proxy.streams.at(-1), /lastEventId=/);
    await expectNothingLostOrDoubled(page, cursor);
  }));

test('a page that is put away and taken up again', () =>
  withPage(browser, proxy.url, options, async (page) => {
    const cursor = await firstId(page);
    await services.startTask('alice', 'Behind the scenes', { durationMs: 2000, steps: 40 });
    await page.task('running').waitFor();
    await page.putAway();
    await page.locator('body[data-connection=paused]').waitFor();
    await page.takeUp();
    await page.task('succeeded').waitFor();
    await expectNothingLostOrDoubled(page, cursor);
  }));
