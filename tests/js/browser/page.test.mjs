// The library in Chromium, on a page of another origin: work as a task, and a list kept true, by fetch and by EventSource.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch } from '../../browser/support/browser.mjs';
import { startServices } from '../../support/services.mjs';
import { until } from '../../support/until.mjs';
import { asker } from '../programs.mjs';

const library = new URL('../../../tools/js/', import.meta.url);
let site;
let services;
let browser;
let page;
before(async () => {
  site = createServer(async (request, response) => {
    if (request.url === '/') return response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title>');
    const source = await readFile(new URL(`.${request.url}`, library)).catch(() => undefined);
    response.writeHead(source ? 200 : 404, { 'Content-Type': 'text/javascript' }).end(source);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const origin = `http://127.0.0.1:${site.address().port}`;
  services = await startServices({ edgeArgs: ['--cors-origin', origin, '--retry-min', '100ms', '--retry-max', '200ms'] });
  browser = await launch();
  page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(origin);
});
after(async () => {
  await browser?.close();
  await services?.stop();
  site?.closeAllConnections();
  site?.close();
});

test('work on a page is a task, and lists by fetch and EventSource stay true through a crash of the edge', async () => {
  const { ask, seen, ended } = asker(services.url);
  await page.evaluate(async (url) => {
    const { task, watchTasks } = await import('/index.js');
    const watch = (options) => watchTasks('alice', () => {}, { url, ...options });
    window.lists = { fetch: watch({ headers: { 'Cache-Control': 'no-cache' } }), EventSource: watch({ EventSource }) };
    window.work = task('On a page', { user: 'alice', url }, async (t) => {
      t.progress(1, 4, 'parts');
      await new Promise((resolve) => (window.goOn = resolve));
      t.progress(3, 4);
    });
  }, services.url);
  /** What each list says: its state, and the only task. */
  const lists = () =>
    page.evaluate(() => Object.values(window.lists).map(({ tasks, status }) => [status.state, ...[...tasks.values()].map(({ status, done }) => `${status} ${done}`)].join(' ')));
  const bothSay = (text) => until(`both lists say ${text}`, async () => (await lists()).every((list) => list === text));

  const { taskId } = await seen('alice', ({ done }) => done === 1);
  await bothSay('open running 1');
  await services.edge.kill();
  await bothSay('cut running 1').catch(async () => assert.fail(JSON.stringify(await lists())));
  await services.edge.start();
  await bothSay('open running 1');
  await page.evaluate(() => (window.goOn(), window.work));
  assert.equal((await ended('alice')).status, 'succeeded');
  await bothSay('open succeeded 4');
  await ask(`/api/tasks/alice/${taskId}`, 'DELETE');
  await bothSay('open');
});
