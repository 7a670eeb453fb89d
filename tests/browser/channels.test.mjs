// The channel console: who listens, what is published, and that it comes once and in order.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { launch, networkErrors, withPage, withTabs } from './support/browser.mjs';
import { startProxy } from './support/proxy.mjs';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';

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

const options = { path: '/channels.html', allow: networkErrors };
const subscription = (page, channel) => page.locator(`#subscriptions [data-channel="${channel}"]`);

async function subscribe(page, channel) {
  await page.getByRole('textbox', { name: 'Channel', exact: true }).fill(channel);
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await subscription(page, channel).locator('[data-state=live]').waitFor();
}

/** Publishes by the page's form, and waits until the page says under which id. */
async function publish(page, channel, data, { as = 'text', type = '' } = {}) {
  await page.getByLabel('To channel').fill(channel);
  await page.getByLabel('Event type').fill(type);
  await page.getByLabel('Data', { exact: true }).fill(data);
  await page.getByLabel('Publish the data as').selectOption(as);
  const note = () => page.locator('#publish-note').textContent();
  const before = await note();
  await page.getByRole('button', { name: 'Publish' }).click();
  await until('the id', async () => (await note()) !== before && /Published as/.test(await note()));
  return (await note()).replace('Published as ', '');
}

/** What the console shows, oldest first: channel, type, id, data. */
const logged = async (page) => (await page.locator('#log li').evaluateAll((rows) =>
  rows.map((row) => ['topic', 'type', 'id', 'text'].map((part) => row.querySelector(`[data-part=${part}]`).textContent)))).reverse();
const texts = async (page) => (await logged(page)).map(([, , , text]) => text);
const count = (page, n) => until(`${n} events`, async () => (await page.locator('#log li').count()) >= n);
const numbers = (n) => Array.from({ length: n }, (_, i) => String(i + 1));

test('what one tab publishes appears in another, once and in order', () =>
  withTabs(2, browser, services.url, options, async (here, there) => {
    await subscribe(there, 'news');
    await here.bringToFront();
    const ids = [];
    for (const text of numbers(20)) ids.push(await publish(here, 'news', text));
    await count(there, 20);
    assert.deepEqual(await logged(there), ids.map((id, i) => ['news', 'message', id, String(i + 1)]));
    assert.equal(await here.locator('#log li').count(), 0, 'the other tab listens to nothing');
  }));

test('several channels at once, and each can be left', () =>
  withPage(browser, proxy.url, options, async (page) => {
    for (const channel of ['a', 'b', 'c']) await subscribe(page, channel);
    assert.deepEqual(proxy.openStreams(), ['/stream/a', '/stream/b', '/stream/c']);
    for (const channel of ['a', 'b', 'c']) await services.post(`/publish/${channel}`, `to ${channel}`);
    await count(page, 3);
    assert.deepEqual((await texts(page)).sort(), ['to a', 'to b', 'to c']);
    await page.getByRole('button', { name: 'Leave b' }).click();
    await until('its end', () => proxy.openStreams().join() === '/stream/a,/stream/c');
    await subscription(page, 'b').waitFor({ state: 'detached' });
    await services.post('/publish/b', 'unheard');
    await services.post('/publish/c', 'heard');
    await count(page, 4);
    assert.equal((await texts(page)).at(-1), 'heard');
  }));

test('events of any type are shown, also of one that nobody knew before', () =>
  withPage(browser, services.url, options, async (page) => {
    await subscribe(page, 'news');
    const ids = [
      await publish(page, 'news', '{"level":3}', { as: 'json', type: 'alert' }),
      await services.post('/publish/news?event=never.seen-before', 'x'),
    ];
    await count(page, 2);
    assert.deepEqual(await logged(page), [['news', 'alert', ids[0], '{"level":3}'], ['news', 'never.seen-before', ids[1], 'x']]);
  }));

test('text stays text', () =>
  withPage(browser, services.url, options, async (page) => {
    const evil = '<script>window.wasRun = true</script><img src=x onerror="window.wasRun = true">grün';
    await subscribe(page, 'news');
    await publish(page, 'news', evil);
    await count(page, 1);
    assert.deepEqual(await texts(page), [evil]);
    assert.equal(await page.evaluate(() => window.wasRun), undefined);
    assert.equal(await page.locator('#log script, #log img').count(), 0);
  }));

test('what the server refuses is said as the server says it', () =>
  withPage(browser, services.url, { ...options, allow: /status of 4\d\d/ }, async (page) => {
    const refuse = async (channel, data, problem, more) => {
      const answer = await fetch(`${services.url}/publish/${encodeURIComponent(channel)}${more?.type ? `?event=${more.type}` : ''}`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: data,
      });
      const { detail, reason } = await answer.json();
      assert.equal(reason, problem);
      await page.getByLabel('To channel').fill(channel);
      await page.getByLabel('Event type').fill(more?.type ?? '');
      await page.getByLabel('Data', { exact: true }).fill(data);
      await page.getByRole('button', { name: 'Publish' }).click();
      await page.locator('#publish-problem').getByText(reason, { exact: true }).waitFor();
      assert.equal(await page.locator('#publish-problem [data-part=detail]').textContent(), detail);
      await page.locator('#publish-problem').getByRole('button', { name: 'Dismiss' }).click();
      await page.locator('#publish-problem').waitFor({ state: 'hidden' });
    };
    await refuse('news', '{"open":', 'INVALID_JSON');
    await refuse('no such/name', '1', 'INVALID_CHANNEL');
    await refuse('host', '1', 'TOPIC_READ_ONLY');
    await refuse('news', '1', 'INVALID_EVENT_TYPE', { type: 'reset' });

    await page.getByRole('textbox', { name: 'Channel', exact: true }).fill('no such/name');
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await page.locator('#console-problem').getByText('INVALID_CHANNEL', { exact: true }).waitFor();
    assert.equal(await page.locator('#subscriptions li').count(), 0);
    await page.getByRole('textbox', { name: 'Channel', exact: true }).fill('..');
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await page.locator('#console-problem').getByText('No such channel').waitFor();
  }));

test('nothing is lost or doubled while the connection is cut and refused', () =>
  withPage(browser, proxy.url, options, async (page) => {
    await subscribe(page, 'news');
    for (const text of numbers(60)) {
      await services.post('/publish/news', text);
      if (text === '20') proxy.cut();
      if (text === '40') proxy.answerBadGateway(2), proxy.cut();
    }
    await page.getByText(/Reconnecting in \d+ s/).waitFor();
    await count(page, 60);
    assert.deepEqual(await texts(page), numbers(60));
    assert.match(proxy.streams.at(-1), /lastEventId=[a-z0-9]+-\d+/);
  }));

test('what comes before the first event was seen is not lost either', () =>
  withPage(browser, proxy.url, options, async (page) => {
    await subscribe(page, 'news');
    proxy.cutForGood();
    await subscription(page, 'news').locator('[data-state=reconnecting]').waitFor();
    await services.post('/publish/news', 'in between');
    proxy.mend();
    await subscription(page, 'news').getByRole('button', { name: 'Reconnect now' }).click();
    await count(page, 1);
    assert.deepEqual(await texts(page), ['in between']);
  }));

test('an edge and an engine that crash', () =>
  withPage(browser, services.url, options, async (page) => {
    await subscribe(page, 'news');
    for (const text of numbers(5)) await services.post('/publish/news', text);
    await services.edge.kill();
    await services.edge.start();
    const post = (text) => until('the engine', () => services.post('/publish/news', text).catch(() => false));
    await post('6');
    await services.engine.kill();
    await services.engine.start();
    await post('7');
    await count(page, 7);
    assert.deepEqual(await texts(page), numbers(7));
  }));

test('a page that is put away and taken up again', () =>
  withPage(browser, proxy.url, options, async (page) => {
    await subscribe(page, 'news');
    await page.putAway();
    await until('no stream', () => proxy.openStreams().length === 0);
    await services.post('/publish/news', 'meanwhile');
    await page.takeUp();
    await count(page, 1);
    assert.deepEqual(await texts(page), ['meanwhile']);
  }));

test('the console is paused and filtered', () =>
  withPage(browser, services.url, options, async (page) => {
    await subscribe(page, 'news');
    await subscribe(page, 'alarms');
    await services.post('/publish/news', 'one');
    await count(page, 1);
    await page.getByRole('button', { name: 'Pause' }).click();
    await services.post('/publish/alarms', 'two');
    await page.getByRole('button', { name: 'Paused, +1 new' }).waitFor();
    assert.deepEqual(await texts(page), ['one']);
    await page.getByRole('button', { name: 'Paused, +1 new' }).click();
    await count(page, 2);
    await page.getByLabel('Filter what came').fill('alarms');
    await until('the filter', async () => (await texts(page)).join() === 'two');
  }));

test('connections stay free for what is sent, and for another page', () =>
  withPage(browser, proxy.url, options, async (page) => {
    for (const channel of ['a', 'b', 'c', 'd']) await subscribe(page, channel);
    await page.getByRole('textbox', { name: 'Channel', exact: true }).fill('e');
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await page.locator('#console-problem').getByText('All connections are in use').waitFor();
    assert.equal(proxy.openStreams().length, 4);
    await publish(page, 'd', 'still heard');
    await count(page, 1);
  }));

test('a post that finds every connection of the browser taken says so, and goes out when one is free', () =>
  withTabs(2, browser, services.url, options, async (here, there) => {
    for (const channel of ['a', 'b', 'c', 'd']) await subscribe(here, channel);
    for (const channel of ['a', 'b']) await subscribe(there, channel);
    const published = publish(there, 'a', 'late');
    await there.locator('#publish-problem').getByText(/^No answer for 15 s; perhaps all connections/).waitFor();
    await here.getByRole('button', { name: 'Leave d' }).click();
    await published;
    await there.locator('#publish-problem').waitFor({ state: 'hidden' });
    await count(here, 1);
    assert.deepEqual(await texts(here), ['late']);
  }));

test('the pages lead to each other, and the user goes along', () =>
  withPage(browser, services.url, { user: 'carol' }, async (page) => {
    const pages = page.getByRole('navigation', { name: 'Pages' });
    assert.equal(await pages.locator('[aria-current=page]').textContent(), 'Tasks');
    await pages.getByRole('link', { name: 'Channels' }).click();
    await page.getByRole('heading', { name: 'Messages to one person' }).waitFor();
    await page.locator('#link[data-state=live]').waitFor();
    assert.equal(await page.locator('#user').inputValue(), 'carol');
    assert.equal(await pages.locator('[aria-current=page]').textContent(), 'Channels');
    await pages.getByRole('link', { name: 'Tasks' }).click();
    await page.getByText('No tasks yet').waitFor();
    assert.equal(await page.locator('#user').inputValue(), 'carol');
  }));

test('the page is there before its program, and says so where that does not come', async () => {
  const context = await browser.newContext();
  await context.route('**/channels.wasm', (route) => route.abort());
  const page = await context.newPage();
  await page.goto(`${services.url}/channels.html`, { waitUntil: 'domcontentloaded' });
  await page.getByRole('heading', { name: 'Channels' }).waitFor();
  assert.equal(await page.getByText('This page could not start; reload it').isVisible(), false);
  assert.equal(await page.getByRole('button', { name: 'Subscribe' }).isDisabled(), true);
  await page.evaluate(() => document.getAnimations().forEach((animation) => (animation.currentTime = 60_000)));
  await page.getByText('This page could not start; reload it').waitFor();
  await context.close();
});

test('no handle is left behind over thousands of events', () =>
  withPage(browser, services.url, options, async (page) => {
    const publishMany = async (begin) => {
      const body = Array.from({ length: 1000 }, (_, i) => begin + i).join('\n');
      const headers = { 'Content-Type': 'application/x-ndjson' };
      const answer = await fetch(`${services.url}/publish/news`, { method: 'POST', headers, body });
      assert.equal(answer.status, 202);
      await until('the last', async () => (await texts(page)).at(-1) === String(begin + 999));
      return page.evaluate(() => window.Module.count_emval_handles());
    };
    await subscribe(page, 'news');
    const before = await publishMany(0);
    for (const begin of [1000, 2000, 3000]) await publishMany(begin);
    const after = await publishMany(4000);
    assert.ok(after - before <= 10, `${before} handles became ${after}`);
  }));
