// The heart rate, sent in three ways: the same readings, each stream for itself.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { launch, networkErrors, withPage } from './support/browser.mjs';
import { startProxy } from './support/proxy.mjs';
import { startServices } from '../support/services.mjs';
import { readStream } from '../support/stream.mjs';
import { until } from '../support/until.mjs';

let browser;
let services;
let proxy;
before(async () => (browser = await launch()));
after(() => browser?.close());
beforeEach(async () => {
  services = await startServices({ engineArgs: ['--demo-sources'] });
  proxy = await startProxy(services.edge);
});
afterEach(async () => {
  proxy?.stop();
  await services?.stop();
});

const options = { path: '/channels.html', allow: networkErrors };
const names = ['Words', 'JSON', 'Number'];
const paths = ['/json-item', '/sse-item', '/string-item'];

/** The part of the page that shows one of them. */
const heart = (page, name) => page.getByRole('article', { name: `Heart rate as ${name}` });
const start = (page, name) => heart(page, name).getByRole('button', { name: /^Start/ }).click();
const stop = (page, name) => heart(page, name).getByRole('button', { name: /^Stop/ }).click();
const waitFor = (page, name, state) => heart(page, name).locator(`.pill[data-state=${state}]`).waitFor();

/** Its readings, oldest first: id and beats per minute. */
const readings = async (page, name) => (await heart(page, name).locator('.readings li').evaluateAll((rows) =>
  rows.map((row) => ({ id: row.dataset.id, rate: row.querySelector('b').textContent })))).reverse();
const count = (page, name, n) => until(`${n} readings as ${name}`, async () => (await readings(page, name)).length >= n);

/** What the page shows since its first reading is all that there was, once, as a second reader is sent it. */
async function expectNothingLostOrDoubled(page, name) {
  const shown = await readings(page, name);
  const { id } = shown[0];
  const events = await readStream(services.url, `/sse-item?lastEventId=${id}`, (seen) => seen.some((event) => event.id === shown.at(-1).id));
  const sent = events.filter(({ type }) => type === 'heartRate').map((event) => ({ id: event.id, rate: event.data }));
  assert.deepEqual(shown.slice(1), sent, name);
}

test('nothing is open until it is started, and stop closes it', () =>
  withPage(browser, proxy.url, options, async (page) => {
    for (const name of names) await waitFor(page, name, 'disconnected');
    assert.deepEqual(proxy.openStreams(), []);
    for (const name of names) await start(page, name);
    await until('three streams', () => proxy.openStreams().join() === paths.join());
    await stop(page, 'JSON');
    await until('two streams', () => proxy.openStreams().join() === '/sse-item,/string-item');
    await waitFor(page, 'JSON', 'disconnected');
    await stop(page, 'Words');
    await stop(page, 'Number');
    await until('no stream', () => proxy.openStreams().length === 0);
  }));

test('one too many is refused with the reason, which can be dismissed', () =>
  withPage(browser, services.url, options, async (page) => {
    for (const channel of ['a', 'b']) {
      await page.getByRole('textbox', { name: 'Channel', exact: true }).fill(channel);
      await page.getByRole('button', { name: 'Subscribe' }).click();
      await page.locator(`#subscriptions [data-channel="${channel}"] [data-state=live]`).waitFor();
    }
    await start(page, 'Words');
    await start(page, 'JSON');
    await start(page, 'Number');
    await page.locator('#heart-problem').getByText('All connections are in use').waitFor();
    await waitFor(page, 'Number', 'disconnected');
    await page.locator('#heart-problem').getByRole('button', { name: 'Dismiss' }).click();
    await page.locator('#heart-problem').waitFor({ state: 'hidden' });
  }));

test('all three show the same readings', () =>
  withPage(browser, services.url, options, async (page) => {
    for (const name of names) await start(page, name);
    for (const name of names) await count(page, name, 4);
    const [words, json, number] = await Promise.all(names.map((name) => readings(page, name)));
    const common = words.filter(({ id }) => [json, number].every((others) => others.some((other) => other.id === id)));
    assert.ok(common.length >= 3, JSON.stringify([words, json, number]));
    for (const reading of common) {
      for (const others of [json, number]) assert.deepEqual(others.find(({ id }) => id === reading.id), reading);
    }
    const last = (await readings(page, 'Words')).at(-1);
    await heart(page, 'Words').getByText(`${last.rate} bpm`, { exact: true }).waitFor();
    assert.match(last.rate, /^\d+$/);
  }));

test('the plot goes along, and says in words what it shows', () =>
  withPage(browser, services.url, options, async (page) => {
    await heart(page, 'JSON').getByRole('img', { name: 'Plot: No readings yet' }).waitFor();
    await start(page, 'JSON');
    await count(page, 'JSON', 3);
    const rates = (await readings(page, 'JSON')).map(({ rate }) => Number(rate));
    const spoken = await heart(page, 'JSON').getByRole('img').getAttribute('aria-label');
    const [, n, low, high] = /^Plot: (\d+) readings, (\d+) to (\d+) bpm$/.exec(spoken);
    assert.ok(n >= 3 && low <= Math.min(...rates.slice(0, 3)) && high >= Math.max(...rates.slice(0, 3)), spoken);
    const points = await heart(page, 'JSON').locator('polyline').getAttribute('points');
    assert.ok(points.split(' ').length >= 3 && points.includes(' 59,'), points);
  }));

test('what is started again goes on where it was stopped', () =>
  withPage(browser, services.url, options, async (page) => {
    await start(page, 'Words');
    await count(page, 'Words', 1);
    await stop(page, 'Words');
    const [{ id }] = await readings(page, 'Words');
    await readStream(services.url, `/sse-item?lastEventId=${id}`, (events) => events.filter(({ type }) => type === 'heartRate').length > 1);
    await start(page, 'Words');
    await count(page, 'Words', 3);
    await expectNothingLostOrDoubled(page, 'Words');
  }));

test('an edge that crashes', () =>
  withPage(browser, services.url, options, async (page) => {
    for (const name of names) await start(page, name);
    for (const name of names) await count(page, name, 2);
    await services.edge.kill();
    for (const name of names) await waitFor(page, name, 'reconnecting');
    await services.edge.start();
    for (const name of ['Words', 'JSON']) await waitFor(page, name, 'live');
    await waitFor(page, 'Number', 'reconnecting');  // its events ask the browser to wait for 60 s
    await heart(page, 'Number').getByRole('button', { name: 'Reconnect now' }).click();
    for (const name of names) await count(page, name, 5);
    for (const name of names) await expectNothingLostOrDoubled(page, name);
  }));

test('an answer that ends the browser\'s own attempts', () =>
  withPage(browser, proxy.url, options, async (page) => {
    await start(page, 'Words');
    await count(page, 'Words', 1);
    proxy.answerBadGateway(2);
    proxy.cut();
    await heart(page, 'Words').getByText(/Reconnecting in \d+ s/).waitFor();
    await count(page, 'Words', 3);
    assert.match(proxy.streams.at(-1), /lastEventId=[a-z0-9]+-\d+/);
    await expectNothingLostOrDoubled(page, 'Words');
  }));

test('a page that is put away and taken up again', () =>
  withPage(browser, proxy.url, options, async (page) => {
    for (const name of names) await start(page, name);
    for (const name of names) await count(page, name, 1);
    await stop(page, 'JSON');
    await page.putAway();
    await until('no stream', () => proxy.openStreams().length === 0);
    await page.takeUp();
    await until('the two', () => proxy.openStreams().join() === '/sse-item,/string-item');
    for (const name of ['Words', 'Number']) await count(page, name, 3);
    for (const name of ['Words', 'Number']) await expectNothingLostOrDoubled(page, name);
  }));
