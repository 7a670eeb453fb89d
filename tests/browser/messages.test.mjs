// Messages to one person: kept while they are away, shown once and in order; and the two long requests.
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

const alice = { path: '/channels.html', user: 'alice', allow: networkErrors };

/** What is shown, oldest first. */
const messages = async (page) => (await page.locator('#messages [data-part=text]').allTextContents()).reverse();
const count = (page, n) => until(`${n} messages`, async () => (await page.locator('#messages li').count()) >= n);
const numbers = (n) => Array.from({ length: n }, (_, i) => String(i + 1));

async function send(page, to, text, as = 'text') {
  await page.getByLabel('To', { exact: true }).fill(to);
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByLabel('Send the message as').selectOption(as);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText(/^Sent as \S+-\d+$/).waitFor();
}

test('what came while nobody was there is shown on connect, once', () =>
  withPage(browser, services.url, { path: '/channels.html', allow: networkErrors }, async (page) => {
    for (const text of numbers(3)) await services.post('/api/messages/alice', text);
    await page.getByRole('button', { name: 'Connect' }).click();
    await count(page, 3);
    await services.post('/api/messages/alice', '4');
    await count(page, 4);
    assert.deepEqual(await messages(page), numbers(4));

    await page.goto('about:blank');
    await services.post('/api/messages/alice', '5');
    await page.goBack();
    await count(page, 5);
    assert.deepEqual(await messages(page), numbers(5));

    await page.getByRole('button', { name: 'Disconnect' }).click();
    await services.post('/api/messages/alice', '6');
    await page.getByRole('button', { name: 'Connect' }).click();
    await count(page, 6);
    assert.deepEqual(await messages(page), numbers(6));
    assert.equal(await page.locator('#inbox-repeats').textContent(), '0');
  }));

test('two people write to each other, each from their own tab', () =>
  withTabs(2, browser, services.url, alice, async (here, there) => {
    await there.getByLabel('User', { exact: true }).fill('bob');
    await there.getByRole('button', { name: 'Connect' }).click();
    await there.locator('#link[data-state=live]').waitFor();
    await send(here, 'bob', 'Hello Bob');
    await count(there, 1);
    await send(there, 'alice', '{"hello":"Alice"}', 'json');
    await count(here, 1);
    assert.deepEqual([await messages(here), await messages(there)], [['{"hello":"Alice"}'], ['Hello Bob']]);
  }));

test('text stays text, with its lines', () =>
  withPage(browser, services.url, alice, async (page) => {
    const evil = '<script>window.wasRun = true</script>\n<b>grün</b>';
    await send(page, 'alice', evil);
    await count(page, 1);
    assert.deepEqual(await messages(page), [evil]);
    assert.equal(await page.evaluate(() => window.wasRun), undefined);
  }));

test('a message of any type is shown', () =>
  withPage(browser, services.url, alice, async (page) => {
    await services.post('/api/messages/alice?event=note', 'typed');
    await count(page, 1);
    assert.equal(await page.locator('#messages [data-part=type]').textContent(), 'note');
  }));

test('greetings and heartbeats are no messages', () =>
  withPage(browser, services.url, alice, async (page) => {
    await until('a greeting', async () => (await page.locator('#inbox-greeted').textContent()) !== 'never');
    await until('a heartbeat', async () => (await page.locator('#inbox-heartbeat').textContent()) !== 'never');
    await services.post('/api/messages/alice', 'real');
    await count(page, 1);
    assert.deepEqual(await messages(page), ['real']);
  }));

test('nothing is lost or doubled while the connection is cut and refused', () =>
  withPage(browser, proxy.url, alice, async (page) => {
    for (const text of numbers(60)) {
      await services.post('/api/messages/alice', text);
      if (text === '20') proxy.cut();
      if (text === '40') proxy.answerBadGateway(2), proxy.cut();
    }
    await page.getByText(/Reconnecting in \d+ s/).waitFor();
    await count(page, 60);
    assert.deepEqual(await messages(page), numbers(60));
    assert.match(proxy.streams.at(-1), /^GET \/sse\/connect\/alice\?lastEventId=[a-z0-9]+-\d+/);
    assert.equal(await page.locator('#inbox-repeats').textContent(), '0');
  }));

test('an edge and an engine that crash', () =>
  withPage(browser, services.url, alice, async (page) => {
    for (const text of numbers(5)) await services.post('/api/messages/alice', text);
    await services.edge.kill();
    await services.edge.start();
    const post = (text) => until('the engine', () => services.post('/api/messages/alice', text).catch(() => false));
    await post('6');
    await services.engine.kill();
    await services.engine.start();
    await post('7');
    await count(page, 7);
    assert.deepEqual(await messages(page), numbers(7));
  }));

test('an engine that comes back with another log: what is sent again takes the place of what was shown', () =>
  withPage(browser, services.url, alice, async (page) => {
    for (const text of numbers(3)) await services.post('/api/messages/alice', text);
    await count(page, 3);
    await services.engine.kill();
    services.engine.args.push('--new-epoch');
    await services.engine.start();
    const id = await until('the engine', () => services.post('/api/messages/alice', '4').catch(() => false));
    await page.locator(`#messages [data-id="${id}"]`).waitFor();
    assert.deepEqual(await messages(page), numbers(4));
  }));

test('a page that is put away and taken up again', () =>
  withPage(browser, proxy.url, alice, async (page) => {
    await page.putAway();
    await until('no stream', () => proxy.openStreams().length === 0);
    await services.post('/api/messages/alice', 'meanwhile');
    await page.takeUp();
    await count(page, 1);
    assert.deepEqual(await messages(page), ['meanwhile']);
  }));

test('the long task tells what it does, and its answer is shown; the page stays usable', () =>
  withPage(browser, services.url, alice, async (page) => {
    const run = page.getByRole('button', { name: 'Count to ten' });
    await run.click();
    await page.locator('#task-note').getByText(/Under way/).waitFor();
    assert.equal(await run.getAttribute('aria-disabled'), 'true');
    await run.click({ force: true });
    await send(page, 'bob', 'meanwhile');
    await page.getByText(/^Task completed: User 'alice' completed the task at: /).waitFor();
    assert.equal(await run.getAttribute('aria-disabled'), null);
    assert.deepEqual(await messages(page), numbers(10).map((n) => `User 'alice', attempt ${n} / 10`));
  }));

test('a long request is its person\'s, who has to be connected', () =>
  withPage(browser, services.url, alice, async (page) => {
    const run = page.getByRole('button', { name: 'Count to ten' });
    const note = page.locator('#task-note');
    await run.click();
    await note.getByText(/Under way/).waitFor();
    await page.getByLabel('User', { exact: true }).fill('bob');
    await page.getByRole('button', { name: 'Connect' }).click();
    await note.getByText(/^10 s$/).waitFor();
    assert.equal(await run.getAttribute('aria-disabled'), null);
    await page.locator('#link[data-state=live]').waitFor();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await note.getByText('Connect as a user first.').waitFor();
    assert.equal(await run.isDisabled(), true);
    await page.getByLabel('User', { exact: true }).fill('alice');
    await page.getByRole('button', { name: 'Connect' }).click();
    await note.getByText(/^Task completed: User 'alice'/).waitFor();
  }));

test('the object arrives after a countdown, and the answer is shown', () =>
  withPage(browser, services.url, alice, async (page) => {
    await page.getByRole('button', { name: 'Send an object' }).click();
    await page.locator('#object-note').getByText(/Under way/).waitFor();
    await until('the answer', async () => /'alice'/.test(await page.locator('#object-note').textContent()));
    await count(page, 6);
    const [object, ...countdown] = (await messages(page)).reverse();
    assert.deepEqual(countdown.reverse(), [5, 4, 3, 2, 1].map((n) => `Object sent to user 'alice' in ${n}...`));
    assert.deepEqual(JSON.parse(object), { Name: 'Victor', Age: 30, Country: 'Spain', IsActive: true });
  }));

test('a long task that is cancelled says so', () =>
  withPage(browser, services.url, { ...alice, allow: /status of 409/ }, async (page) => {
    await page.getByRole('button', { name: 'Count to ten' }).click();
    const running = await until('the task', async () =>
      (await (await fetch(`${services.url}/api/tasks/alice?status=running`)).json()).tasks[0]);
    await fetch(`${services.url}/api/tasks/alice/${running.taskId}/cancel`, { method: 'POST' });
    await page.locator('#task-problem').getByText('Conflict').waitFor();
    await page.locator('#task-problem').getByRole('button', { name: 'Dismiss' }).click();
    await page.locator('#task-problem').waitFor({ state: 'hidden' });
  }));

test('what the server refuses is said as the server says it', () =>
  withPage(browser, services.url, { ...alice, allow: /status of 400/ }, async (page) => {
    await page.getByLabel('To', { exact: true }).fill('no such/name');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('#send-problem').getByText('INVALID_USER_ID').waitFor();
    await page.getByLabel('User', { exact: true }).fill('a b');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.locator('#user-error').getByText('1 to 128 letters').waitFor();
  }));
