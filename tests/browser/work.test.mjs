// Work that programs outside do: how far it is, what holds it up, and where nobody is there to do it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { looks, violations } from './support/access.mjs';
import { launch, withPage } from './support/browser.mjs';
import { startWork } from './support/work.mjs';
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

const steps = [
  { name: 'Download', state: 'done', done: 3, total: 3 },
  { name: 'Unpack', state: 'running', done: 3, total: 12 },
  { name: 'Write', state: 'pending' },
];

test('steps are shown, the running one in the row and all in the details', () =>
  withPage(browser, services.url, { user: 'stepper' }, async (page) => {
    const work = await startWork(services, 'stepper', 'In steps');
    await work.report({ progress: { steps } });
    const row = page.task('running');
    await row.getByText('Step 2 of 3: Unpack').waitFor();
    await page.getByRole('button', { name: 'Details of In steps' }).click();
    const shown = page.locator('.steps li');
    await shown.nth(2).waitFor();
    assert.deepEqual(await shown.allInnerTexts().then((all) => all.map((text) => text.split('\n').filter(Boolean))),
      [['Download', 'Done', '3/3'], ['Unpack', 'Running', '3/12'], ['Write', 'Pending']]);
    await work.report({ progress: { steps: steps.slice(0, 1) } });
    await shown.nth(1).waitFor({ state: 'detached' });
    await work.report({ progress: { steps: null } });
    await shown.first().waitFor({ state: 'detached' });
    assert.equal(await row.getByText(/^Step \d/).count(), 0);
    await work.finish();
    await page.task('succeeded').waitFor();
  }));

test('a bar says that it is not known how far work is', () =>
  withPage(browser, services.url, { user: 'unsure' }, async (page) => {
    const work = await startWork(services, 'unsure', 'Who knows');
    await work.report({ progress: { percent: 40 } });
    const bar = page.locator('[role=progressbar]');
    await page.locator('[role=progressbar][aria-valuenow="40"]').waitFor();
    await work.report({ progress: { indeterminate: true } });
    await page.locator('[role=progressbar][data-busy]').waitFor();
    assert.equal(await bar.getAttribute('aria-valuenow'), null);
    assert.match(await bar.getAttribute('aria-valuetext'), /how far is not known/);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await bar.locator('div').evaluate((fill) => getComputedStyle(fill).animationName), 'none');
    await work.report({ progress: { indeterminate: null, percent: 50 } });
    await page.locator('[role=progressbar][aria-valuenow="50"]:not([data-busy])').waitFor();
    await work.finish();
  }));

test('what holds work up is told by a glyph and a word', () =>
  withPage(browser, services.url, { user: 'held' }, async (page) => {
    const work = await startWork(services, 'held', 'In trouble');
    for (const [condition, word] of [['paused', 'Paused'], ['warning', 'Warning'], ['error', 'Error']]) {
      await work.report({ progress: { percent: 30, condition, message: `It is ${condition}` } });
      await page.locator(`.task[data-mark=${condition}]`).getByText(word, { exact: true }).waitFor();
      assert.equal(await page.locator('.task .icon use').first().getAttribute('href'), `#i-${condition}`);
    }
    await work.report({ progress: { condition: null } });
    await page.locator('.task:not([data-mark])').waitFor();
    assert.equal(await page.locator('.task .icon use').first().getAttribute('href'), '#i-running');
    await work.finish({ error: { reason: 'BROKEN', message: 'It broke' } });
    await page.task('failed').getByText('It broke (BROKEN)').waitFor();
  }));

test('how long work takes yet is told once it goes on steadily', () =>
  withPage(browser, services.url, { user: 'steady' }, async (page) => {
    const work = await startWork(services, 'steady', 'Steady');
    const left = page.task('running').getByText(/^about \d+ (s|min|h|d)( \d+ min)? left$/);
    let done = 0;
    await until('it is told', async () => {
      await work.report({ progress: { done: (done += 1), total: 10_000 } });
      return left.count();
    });
    assert.match(await page.locator('[role=progressbar]').getAttribute('aria-valuetext'), /, about .* left$/);
    await work.report({ progress: { condition: 'paused' } });
    await page.locator('.task[data-mark=paused]').waitFor();
    assert.equal(await left.filter({ visible: true }).count(), 0);
    await work.finish();
  }));

test('a type without a worker says so, and so do the tasks that wait', async () => {
  const put = (type) => fetch(`${services.url}/api/task-types/${type}`, {
    method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ description: 'Makes smaller', params: { type: 'object' } }),
  });
  assert.ok((await put('resize')).ok);
  await withPage(browser, services.url, { user: 'alone' }, async (page) => {
    await page.locator('#type option[value=resize]').waitFor({ state: 'attached' });
    assert.equal(await page.locator('#type option[value=resize]').textContent(), 'resize (no worker)');
    assert.equal(await page.locator('#type option[value=simulate]').textContent(), 'simulate');
    await page.locator('#type').selectOption('resize');
    await page.getByText('No worker for this type: its tasks wait until one comes').waitFor();
    await page.locator('#task-name').fill('Small');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.task('queued').getByText('No worker for this type').waitFor();
    await page.locator('#task-name').fill('typed meanwhile');
    const claimed = fetch(`${services.url}/api/work/claim`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ worker: 'w', types: ['resize'], waitMs: 5000 }),
    });
    await page.task('running').waitFor();
    const { assignments: [{ lease }] } = await (await claimed).json();
    await fetch(`${services.url}/api/work/finish`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ lease, result: {} }),
    });
    await page.task('succeeded').waitFor();
    assert.equal(await page.locator('#task-name').inputValue(), 'typed meanwhile');
  });
});

test('what somebody fills in stays while other types come and go', async () => {
  const put = (type) => fetch(`${services.url}/api/task-types/${type}`, {
    method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ params: { type: 'object' } }),
  });
  assert.ok((await put('lonely')).ok);
  await withPage(browser, services.url, { user: 'filler' }, async (page) => {
    await page.locator('#type option[value=lonely]').waitFor({ state: 'attached' });
    await page.getByText('Parameters', { exact: true }).click();
    const steps = page.locator('#param-steps');
    await steps.fill('0');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('At least 1.').waitFor();
    await steps.evaluate((input) => (input.focus(), input.setSelectionRange(0, 0)));
    assert.ok((await put('latecomer')).ok);
    await services.startTask('filler', 'Waits', {}, 'lonely');
    await page.locator('#type option[value=latecomer]').waitFor({ state: 'attached' });
    assert.deepEqual(await page.evaluate(() => [document.activeElement.id, document.activeElement.selectionStart]), ['param-steps', 0]);
    assert.equal(await steps.inputValue(), '0');
    assert.equal(await page.locator('#type').inputValue(), 'simulate');
    await page.getByText('At least 1.').waitFor();
    assert.equal(await page.locator('#type option[value=external]').count(), 0);
  });
});

test('a task that waits says why where it is asked: the limit', async () => {
  await fetch(`${services.url}/api/task-types/narrow`, {
    method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ maxRunning: 1 }),
  });
  const first = await services.startTask('narrow', 'First', {}, 'narrow');
  const claim = fetch(`${services.url}/api/work/claim`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ worker: 'w', types: ['narrow'], waitMs: 5000 }),
  });
  assert.equal((await (await claim).json()).assignments[0].task.taskId, first.taskId);
  await services.startTask('narrow', 'Second', {}, 'narrow');
  await withPage(browser, services.url, { user: 'narrow' }, async (page) => {
    await page.getByRole('button', { name: 'Details of Second' }).click();
    await page.task('queued').getByText('Waits for its turn: workers are busy, or a limit is reached. Place 1 in the queue').waitFor();
    await page.getByRole('button', { name: 'Details of First' }).click();
    await page.task('running').locator('dl').getByText('Worker').waitFor();
    assert.equal(await page.task('running').locator('[data-part=worker]').textContent(), 'w');
    assert.equal(await page.task('queued').locator('[data-part=worker]').isVisible(), false);
  });
});

for (const [name, look] of Object.entries(looks)) {
  test(`axe finds nothing wrong with work in all its conditions: ${name}`, () =>
    withPage(browser, services.url, { user: `look-${name.replace(' ', '')}`, reducedMotion: 'reduce', ...look }, async (page) => {
      const user = `look-${name.replace(' ', '')}`;
      for (const condition of ['paused', 'warning', 'error']) {
        const work = await startWork(services, user, `Work that is ${condition}`);
        await work.report({ progress: { percent: 40, condition, stage: 'Copying', steps } });
      }
      const work = await startWork(services, user, 'Work in the dark');
      await work.report({ progress: { indeterminate: true, steps } });
      await page.locator('.task[data-mark=error]').waitFor();
      await until('the bar is busy', () => page.locator('[role=progressbar][data-busy]').count());
      await page.getByRole('button', { name: 'Details of Work in the dark' }).click();
      await page.locator('.steps li').nth(2).waitFor();
      assert.deepEqual(await violations(page), []);
      const width = page.viewportSize().width;
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/work-${name.replace(' ', '-')}.png`, fullPage: true });
    }));
}
