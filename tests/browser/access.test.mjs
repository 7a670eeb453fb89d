// For everybody: without a mouse, with a screen reader, on a small screen, in light and dark.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { looks, tooSmall, violations } from './support/access.mjs';
import { launch, withPage } from './support/browser.mjs';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';

let services;
let browser;
before(async () => {
  services = await startServices();
  browser = await launch();
  await services.startTask('alice', 'Finished', { durationMs: 0, steps: 3 });
  await services.startTask('alice', 'Failed with averyveryverylongnamewithoutanyspaceinitthatgoesonandon', { steps: 4, durationMs: 0, failAt: 50 });
  await services.startTask('alice', 'Running', { durationMs: 3600000, steps: 1000 });
  const { taskId } = await services.startTask('alice', 'Cancelled', { durationMs: 3600000, steps: 1000 });
  await fetch(`${services.url}/api/tasks/alice/${taskId}/cancel`, { method: 'POST' });
});
after(async () => {
  await browser?.close();
  await services?.stop();
});

/** Everything that can be opened is open. */
async function openAll(page) {
  for (const state of ['succeeded', 'failed', 'running', 'cancelled']) await page.task(state).waitFor();
  await page.locator('#params-box').evaluate((box) => (box.open = true));
  for (const state of ['failed', 'succeeded']) {
    await page.task(state).locator('[data-action=details]').click();
    await page.task(state).getByRole('region', { name: 'Parameters of' }).waitFor();
  }
  await page.task('succeeded').getByRole('region', { name: 'Result of' }).waitFor();
}

for (const [name, look] of Object.entries(looks)) {
  test(`axe finds nothing wrong: ${name}`, () =>
    withPage(browser, services.url, { user: 'alice', reducedMotion: 'reduce', ...look }, async (page) => {
      await openAll(page);
      assert.deepEqual(await violations(page), []);
    }));
}

test('what details are open of several tasks say whose they are', () =>
  withPage(browser, services.url, { user: 'alice' }, async (page) => {
    await openAll(page);
    const labels = await page.locator('.details [aria-label]').evaluateAll((parts) => parts.map((part) => part.ariaLabel));
    assert.ok(labels.length > 10);
    assert.deepEqual([...new Set(labels)], labels);
  }));

for (const width of [320, 390, 768, 1280]) {
  test(`nothing is wider than ${width} px`, () =>
    withPage(browser, services.url, { user: 'alice', viewport: { width, height: 700 } }, async (page) => {
      await openAll(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    }));
}

test('everything can be hit', () =>
  withPage(browser, services.url, { user: 'alice', viewport: { width: 320, height: 700 } }, async (page) => {
    await openAll(page);
    assert.deepEqual(await tooSmall(page), []);
  }));

test('a task is started and cancelled with the keyboard alone, and the focus stays', () =>
  withPage(browser, services.url, { user: 'keys' }, async (page) => {
    await page.locator('#start:enabled').waitFor();
    await page.locator('#task-name').focus();
    await page.keyboard.type('By hand');
    await page.keyboard.press('Enter');
    await page.task('running').waitFor();
    await page.getByRole('button', { name: 'Cancel By hand' }).focus();
    await page.keyboard.press('Enter');
    await page.task('cancelled').waitFor();
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^Cancel By hand/);
    await page.getByRole('button', { name: 'Details of By hand' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Forget this task' }).focus();
    await page.keyboard.press('Enter');
    await page.task().waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.id), 'tasks-title');
  }));

for (const [outcome, announced] of [['resolve', 'Copied.'], ['reject', 'Could not copy.']]) {
  test(`a screen reader is told whether something was copied: ${announced}`, () =>
    withPage(browser, services.url, { user: 'copier' }, async (page) => {
      await page.locator('#log [data-type=synced]').waitFor();
      await page.evaluate((settle) => {
        navigator.clipboard.writeText = (text) => Promise[settle](text);
      }, outcome);
      await page.getByRole('button', { name: 'Copy the last event id' }).click();
      await until(announced, async () => (await page.locator('#announcement').textContent()) === announced);
    }));
}

test('a screen reader is told what ended', () =>
  withPage(browser, services.url, { user: 'ears' }, async (page) => {
    const announcement = page.locator('#announcement');
    await services.startTask('ears', 'Backup', { durationMs: 100, steps: 4 });
    await until('Backup succeeded.', async () => (await announcement.textContent()).includes('Backup succeeded.'));
    assert.equal(await page.locator('[role=progressbar]').getAttribute('aria-valuetext'), 'Succeeded, 100 %, 4/4 items, Finishing');
  }));
