// The dashboard behind a proxy that puts it below a path of its own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, withPage } from './support/browser.mjs';
import { startPrefixProxy } from './support/prefix_proxy.mjs';
import { startServices } from '../support/services.mjs';

let services;
let browser;
let proxy;
before(async () => {
  services = await startServices({ engineArgs: ['--demo-sources'] });
  proxy = await startPrefixProxy(services.edge, '/tools/taskwire/');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  proxy?.stop();
  await services?.stop();
});

test('tasks are started, followed, looked at and forgotten', () =>
  withPage(browser, proxy.url, { user: 'alice' }, async (page) => {
    await page.locator('#task-name').fill('Below a prefix');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.task('running').getByText('Below a prefix').waitFor();
    await page.getByRole('button', { name: 'Cancel Below a prefix' }).click();
    await page.task('cancelled').waitFor();
    await page.getByRole('button', { name: 'Details of Below a prefix' }).click();
    await page.locator('.details').getByText('Task id').waitFor();
    await page.getByRole('button', { name: 'Forget this task' }).click();
    await page.task().waitFor({ state: 'detached' });
    assert.deepEqual(proxy.strays.filter((path) => path !== '/favicon.ico'), []);
  }));

test('channels, readings and messages work, and the way to and fro', () =>
  withPage(browser, proxy.url, { user: 'alice' }, async (page) => {
    await page.getByRole('link', { name: 'Channels' }).click();
    await page.locator('body[data-ready]').waitFor();
    assert.equal(new URL(page.url()).pathname, '/tools/taskwire/channels.html');
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await page.locator('#subscriptions .pill[data-state=live]').waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.locator('#log [data-type=message]').waitFor();
    await page.getByRole('button', { name: 'Start /sse-item' }).click();
    await page.locator('.heart .value', { hasText: 'bpm' }).waitFor();
    await page.locator('#link[data-state=live]').waitFor();
    await page.locator('#send').click();
    await page.locator('#messages').getByText('Hello').waitFor();
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.locator('#link[data-state=live]').waitFor();
    assert.equal(new URL(page.url()).pathname, '/tools/taskwire/');
    assert.deepEqual(proxy.strays.filter((path) => path !== '/favicon.ico'), []);
  }));

test('Location leads to the task, also from a long request', async () => {
  const start = `${proxy.url}/api/tasks/alice/start`;
  const headers = { 'Content-Type': 'application/json' };
  const started = await fetch(start, { method: 'POST', headers, body: '{}' });
  const { taskId } = await started.json();
  const task = await fetch(new URL(started.headers.get('location'), start));
  assert.equal((await task.json()).taskId, taskId);
  const document = `${proxy.url}/openapi.json`;
  const { servers } = await (await fetch(document)).json();
  assert.equal(new URL(servers[0].url, document).href, `${proxy.url}/`);
});
