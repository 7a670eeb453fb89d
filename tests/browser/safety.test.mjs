// What pages of other origins can do, and what the dashboard's own policy forbids.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch, withPage } from './support/browser.mjs';
import { startServices } from '../support/services.mjs';

let services;
let browser;
let foreign;
before(async () => {
  services = await startServices();
  browser = await launch();
  foreign = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<title>another page</title>'));
  foreign.listen(0, '127.0.0.1');
  await once(foreign, 'listening');
});
after(async () => {
  foreign?.close();
  await browser?.close();
  await services?.stop();
});

async function onForeignPage(run, argument) {
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${foreign.address().port}/`, { waitUntil: 'domcontentloaded' });
    return await page.evaluate(run, argument);
  } finally {
    await page.close();
  }
}

test('a page of another origin starts no work', async () => {
  await onForeignPage(async (url) => {
    const start = `${url}/api/tasks/victim/start`;
    const send = (init) => fetch(start, { method: 'POST', ...init }).catch(() => {});
    await send({ mode: 'no-cors' });
    await send({ mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, body: '{}' });
    await send({ headers: { 'Content-Type': 'application/json' }, body: '{}' });
    const form = Object.assign(document.createElement('form'), { method: 'post', action: start, target: 'frame' });
    const frame = Object.assign(document.createElement('iframe'), { name: 'frame' });
    document.body.append(form, frame);
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    form.submit();
    await loaded;
  }, services.url);
  const list = await (await fetch(`${services.url}/api/tasks/victim`)).json();
  assert.deepEqual(list.tasks, []);
});

test('a page of another origin reads nothing', async () => {
  await services.startTask('victim', 'Secret', { durationMs: 0, steps: 1 });
  const read = await onForeignPage(async (url) => {
    const answers = [];
    for (const path of ['/api/tasks/victim', '/api/task-types', '/']) {
      answers.push(await fetch(url + path).then((response) => response.text(), (error) => error.name));
    }
    const source = new EventSource(`${url}/api/events?topic=tasks/victim`);
    answers.push(await new Promise((resolve) => {
      source.addEventListener('open', () => resolve('open'));
      source.addEventListener('error', () => resolve('error'));
    }));
    source.close();
    return answers;
  }, services.url);
  assert.deepEqual(read, ['TypeError', 'TypeError', 'TypeError', 'error']);
});

test('a page of another origin cannot frame the dashboard', async () => {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${foreign.address().port}/`, { waitUntil: 'domcontentloaded' });
  const text = await page.evaluate((url) => new Promise((resolve) => {
    const frame = Object.assign(document.createElement('iframe'), { src: url });
    frame.addEventListener('load', () => resolve('loaded'));
    document.body.append(frame);
  }), services.url);
  assert.equal(text, 'loaded');
  assert.equal(await page.frames()[1].locator('#start-form').count(), 0);
  await page.close();
});

test('the policy lets no foreign code run', () =>
  withPage(browser, services.url, { user: 'alice', allow: /^CSP: |Content Security Policy/ }, async (page) => {
    const outcome = await page.evaluate(async () => {
      const violated = new Promise((resolve) => addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective)));
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
      return { directive: await violated, wasRun: window.wasRun };
    });
    assert.deepEqual(outcome, { directive: 'script-src-elem', wasRun: undefined });
    const evaluated = await page.evaluate(() => new Promise((resolve) => setTimeout(() => {
      try {
        resolve(eval('"ran"'));
      } catch (error) {
        resolve(error.name);
      }
    })));
    assert.equal(evaluated, 'EvalError');
  }));
