// Starting tasks, watching them, and telling them what to do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, withPage } from './support/browser.mjs';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';

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

/** Notes every value that a progress bar shows from now on, into `window.shown`. */
const watchBars = () => {
  window.shown = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) window.shown.push(Number(target.getAttribute('aria-valuenow')));
  }).observe(document.body, { subtree: true, attributeFilter: ['aria-valuenow'] });
};

async function fillIn(page, name, params) {
  await page.locator('#task-name').fill(name);
  await page.locator('#params-box').evaluate((box) => (box.open = true));
  for (const [key, value] of Object.entries(params)) await page.locator(`#param-${key}`).fill(value);
}

test('a task that is started in the form runs to its end with rising progress', () =>
  withPage(browser, services.url, { user: 'runner' }, async (page) => {
    await page.getByText('No tasks yet').waitFor();
    await page.evaluate(watchBars);
    await fillIn(page, 'Data Processing', { durationMs: '2000', steps: '40' });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.task('running').getByText('Data Processing').waitFor();
    await page.task('succeeded').getByText('Data Processing').waitFor();
    assert.equal(await page.task().count(), 1);
    assert.match(await page.task().innerText(), /Succeeded\s+100 %\s+40\/40 items/);
    const shown = await page.evaluate(() => window.shown);
    assert.deepEqual(shown, [...shown].sort((a, b) => a - b));
    assert.ok(new Set(shown).size >= 5, `few steps: ${shown}`);
    assert.equal(shown.at(-1), 100);
  }));

test('a running task is cancelled', () =>
  withPage(browser, services.url, { user: 'canceller' }, async (page) => {
    await services.startTask('canceller', 'Long one', { durationMs: 600000, steps: 1000 });
    await page.task('running').waitFor();
    await page.getByRole('button', { name: 'Cancel Long one' }).click();
    await page.task('cancelled').waitFor();
    const cancel = page.locator('[data-action=cancel]');
    assert.equal(await cancel.getAttribute('aria-disabled'), 'true');
    assert.equal(await cancel.getAttribute('title'), 'It has ended');
  }));

test('a failed task says why and runs again when told to', () =>
  withPage(browser, services.url, { user: 'retrier' }, async (page) => {
    await services.startTask('retrier', 'Fragile', { durationMs: 300, steps: 10, failAt: 50 });
    await page.task('failed').getByText('SIMULATED_FAILURE').waitFor();
    await page.getByRole('button', { name: 'Retry Fragile' }).click();
    await page.task('failed').getByText('Attempt 2').waitFor();
    assert.equal(await page.task().count(), 1);
  }));

test('a task that waits says when it starts, and one that is tried again which attempt it is', () =>
  withPage(browser, services.url, { user: 'waiter' }, async (page) => {
    const notBefore = new Date(Date.now() + 3_600_000).toISOString();
    const { taskId } = await services.startTask('waiter', 'Later', {}, 'simulate', { notBefore });
    await page.task('queued').getByText(/^Starts at \d\d:\d\d:\d\d, in (1 h 00|59) min/).waitFor();
    await page.getByRole('button', { name: 'Cancel Later' }).click();
    await page.task('cancelled').waitFor();
    assert.equal(await page.task().getByText('Starts at').count(), 0, taskId);
    await services.startTask('waiter', 'Fragile', { durationMs: 0, failAt: 50 }, 'simulate', { maxAttempts: 2 });
    await page.task('failed').getByText('Attempt 2 of 2').waitFor();
  }));

test('details show what went in and what came out, and a task is forgotten', () =>
  withPage(browser, services.url, { user: 'reader' }, async (page) => {
    const task = await services.startTask('reader', 'Short', { durationMs: 100, steps: 7 });
    await page.task('succeeded').waitFor();
    await page.getByRole('button', { name: 'Details of Short' }).click();
    await page.getByRole('region', { name: 'Parameters' }).getByText('"durationMs": 100').waitFor();
    await page.getByRole('region', { name: 'Result' }).getByText('"steps": 7').waitFor();
    await page.locator('.details').getByText(task.taskId).waitFor();
    await page.getByRole('button', { name: 'Forget this task' }).click();
    await page.getByText('No tasks yet').waitFor();
    assert.equal(await page.task().count(), 0);
  }));

test('what is wrong in the form is said beside the input, and nothing is sent', () =>
  withPage(browser, services.url, { user: 'mistaker' }, async (page) => {
    await fillIn(page, 'Never', { steps: '0' });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.locator('.field', { hasText: 'Steps' }).getByText('At least 1.').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), 'steps');
    assert.equal(await page.locator('#param-steps').getAttribute('aria-invalid'), 'true');
    await page.locator('#param-steps').fill('3');
    await page.locator('#param-steps:not([aria-invalid])').waitFor();
    assert.equal(await page.task().count(), 0);
  }));

test('a refusal is shown beside the form until it is dismissed', () =>
  withPage(browser, services.url, { user: 'refused', allow: /status of 400/ }, async (page) => {
    const problem = { title: 'Bad Request', status: 400, detail: 'steps is too large', reason: 'INVALID_PARAMS' };
    await page.route('**/start', (route) =>
      route.fulfill({ status: 400, contentType: 'application/problem+json', body: JSON.stringify(problem) }));
    await page.getByRole('button', { name: 'Start' }).click();
    const notice = page.locator('#start-problem');
    await notice.getByText('steps is too large').waitFor();
    assert.match(await notice.innerText(), /Bad Request[^]*INVALID_PARAMS/);
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await notice.waitFor({ state: 'hidden' });
  }));

test('a start that is not answered is repeated with its key and starts one task', () =>
  withPage(browser, services.url, { user: 'repeater', allow: /status of 503|net::ERR_FAILED/ }, async (page) => {
    const keys = [];
    await page.route('**/start', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length === 1) {
        await route.fetch();  // the engine accepts it, but the answer is lost
        await route.abort();
      } else if (keys.length === 2) {
        await route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"reason":"UNKNOWN_OUTCOME"}' });
      } else {
        await route.continue();
      }
    });
    await fillIn(page, 'Only once', { durationMs: '100' });
    await page.getByRole('button', { name: 'Start' }).dblclick();
    await until('the third try', () => keys.length >= 3);
    await page.task('succeeded').waitFor();
    await until('the form is free again', () => page.locator('#start:not([aria-disabled])').count());
    assert.equal(new Set(keys).size, 1);
    assert.equal(keys.length, 3);
    assert.equal(await page.task().count(), 1);
  }));

test('names are shown as they are, never as markup', () =>
  withPage(browser, services.url, { user: 'joker' }, async (page) => {
    const name = '<img src=x onerror=alert(1)> grün 😀 &amp;';
    await services.startTask('joker', name, { durationMs: 0, steps: 1 });
    await page.task('succeeded').waitFor();
    assert.equal(await page.locator('.task strong').textContent(), name);
    assert.equal(await page.locator('img').count(), 0);
  }));

test('the user is in the address, and the address chooses the user', () =>
  withPage(browser, services.url, {}, async (page) => {
    await services.startTask('first', 'Of the first', { durationMs: 0, steps: 1 });
    await services.startTask('second', 'Of the second', { durationMs: 0, steps: 1 });
    await page.getByLabel('User').fill('first');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.task().getByText('Of the first').waitFor();
    assert.equal(new URL(page.url()).hash, '#user=first');
    await page.evaluate(() => (location.hash = '#user=second'));
    await page.task().getByText('Of the second').waitFor();
    assert.equal(await page.task().count(), 1);
    await page.goBack();
    await page.task().getByText('Of the first').waitFor();
    await page.getByLabel('User').fill('not a name');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.locator('#user-error').getByText('1 to 128 letters').waitFor();
  }));

test('the button says what it will do', () =>
  withPage(browser, services.url, { user: 'one' }, async (page) => {
    const user = page.getByLabel('User');
    const button = (name) => page.getByRole('button', { name, exact: true });
    await button('Disconnect').waitFor();
    await user.fill('two');
    await button('Connect').click();
    await button('Disconnect').waitFor();
    assert.equal(new URL(page.url()).hash, '#user=two');
    await user.fill('no name');
    await button('Connect').click();
    await page.locator('#user-error').getByText('1 to 128 letters').waitFor();
    assert.equal(await page.locator('body').getAttribute('data-connection'), 'live');
    assert.equal(await button('Connect').isEnabled(), true);
    await user.fill('two');
    await button('Disconnect').click();
    await page.locator('body[data-connection=disconnected]').waitFor();
    await button('Connect').waitFor();
  }));

test('the ages of the last event and the last heartbeat are shown', () =>
  withPage(browser, services.url, { user: 'listener' }, async (page) => {
    await page.locator('#log [data-type=heartbeat]').first().waitFor();
    for (const fact of ['#heard', '#heartbeat']) assert.match(await page.locator(fact).textContent(), /^(now|\d+ s ago)$/);
  }));

test('the list is filtered by state', () =>
  withPage(browser, services.url, { user: 'filterer' }, async (page) => {
    await services.startTask('filterer', 'Good', { durationMs: 0, steps: 1 });
    await services.startTask('filterer', 'Bad', { durationMs: 0, steps: 1, failAt: 0 });
    await until('both have ended', async () => (await page.task('succeeded').count()) + (await page.task('failed').count()) === 2);
    await page.getByRole('button', { name: 'Failed 1' }).click();
    await page.task('succeeded').waitFor({ state: 'detached' });
    assert.equal(await page.task().innerText().then((text) => text.includes('Bad')), true);
    await page.getByRole('button', { name: 'Cancelled 0' }).click();
    await page.getByText('No such tasks').waitFor();
  }));

test('the event log is paused, filtered and cleared', () =>
  withPage(browser, services.url, { user: 'logger' }, async (page) => {
    await page.locator('#log [data-type=synced]').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await services.startTask('logger', 'Unseen', { durationMs: 0, steps: 1 });
    await page.getByRole('button', { name: /Paused, \+\d+ new/ }).waitFor();
    assert.equal(await page.locator('#log [data-type=taskUpdate]').count(), 0);
    await page.getByRole('button', { name: /Paused/ }).click();
    await page.locator('#log [data-type=taskUpdate]').first().waitFor();
    await page.getByLabel('Filter the event log').fill('UNSEEN');
    await page.locator('#log [data-type=synced]').waitFor({ state: 'detached' });
    await until('all that names it', async () => (await page.loggedIds()).length >= 2);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.locator('#log li').first().waitFor({ state: 'detached' });
  }));
