// What a task prints, in its details.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { looks, violations } from './support/access.mjs';
import { launch, withPage } from './support/browser.mjs';
import { startProxy } from './support/proxy.mjs';
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

const output = (page) => page.getByRole('region', { name: 'Output' });
const details = (page, name) => page.getByRole('button', { name: `Details of ${name}` });
const isAtEnd = (element) => element.evaluate((box) => box.scrollTop + box.clientHeight + 8 >= box.scrollHeight);

test('what a task prints is shown live, and after its end', () =>
  withPage(browser, services.url, { user: 'printer' }, async (page) => {
    const work = await startWork(services, 'printer', 'Loud');
    await work.print(['stdout', 'first\n']);
    await details(page, 'Loud').click();
    await output(page).getByText('first').waitFor();
    await work.print(['stdout', 'half a li']);
    await output(page).getByText('half a li').waitFor();
    await work.print(['stdout', 'ne\n'], ['stderr', 'oh no\n']);
    await output(page).locator('[data-kind=err]', { hasText: 'oh no' }).waitFor();
    await until('the whole line', async () => (await output(page).innerText()).includes('half a line\n'));
    assert.match(await output(page).evaluate((box) => getComputedStyle(box.querySelector('[data-kind=err]'), '::before').content), /stderr/);
    await work.print(['stdout', '<img src=x onerror=alert(1)> \u001b[31mred\u001b[0m\n']);
    await output(page).getByText('<img src=x onerror=alert(1)> red').waitFor();
    await work.finish();
    await page.getByText('That is all.').waitFor();
    const text = await output(page).textContent();
    await details(page, 'Loud').click();
    await output(page).waitFor({ state: 'detached' });
    await details(page, 'Loud').click();
    await page.getByText('That is all.').waitFor();
    assert.equal(await output(page).textContent(), text);
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'As text' }).click()]);
    await popup.getByText('oh no').waitFor();
  }));

test('a task that prints nothing shows nothing', () =>
  withPage(browser, services.url, { user: 'quiet' }, async (page) => {
    await services.startTask('quiet', 'Silent', { durationMs: 0, steps: 1 });
    await page.task('succeeded').waitFor();
    const answered = page.waitForResponse((response) => response.url().endsWith('/output'));
    await details(page, 'Silent').click();
    await answered;
    await page.getByRole('region', { name: 'Result' }).waitFor();
    assert.equal(await output(page).count(), 0);
  }));

test('the end is followed until the reader scrolls up', () =>
  withPage(browser, services.url, { user: 'reader' }, async (page) => {
    const work = await startWork(services, 'reader', 'Long');
    const lines = (from) => Array.from({ length: 200 }, (_, i) => `line ${from + i}\n`).join('');
    await work.print(['stdout', lines(0)]);
    await details(page, 'Long').click();
    await output(page).getByText('line 199').waitFor();
    assert.ok(await isAtEnd(output(page)));
    await work.print(['stdout', lines(200)]);
    await output(page).getByText('line 399').waitFor();
    assert.ok(await isAtEnd(output(page)));
    await output(page).evaluate((box) => (box.scrollTop = 100));
    await work.print(['stdout', lines(400)]);
    await output(page).getByText('line 599').waitFor();
    assert.equal(await output(page).evaluate((box) => box.scrollTop), 100);
    await work.finish();
  }));

test('of much output the newest is kept, and the page stays small', () =>
  withPage(browser, services.url, { user: 'flood' }, async (page) => {
    const work = await startWork(services, 'flood', 'Flood');
    for (let i = 0; i < 10; ++i) await work.print(['stdout', `${'x'.repeat(99)}\n`.repeat(1000)]);
    await work.print(['stdout', 'the last line\n']);
    await details(page, 'Flood').click();
    await output(page).getByText('the last line').waitFor();
    await page.getByText(/KiB stand above, and are not shown here/).waitFor();
    const { length, nodes } = await output(page).evaluate((box) => ({ length: box.textContent.length, nodes: box.childNodes.length }));
    assert.ok(length <= 256 * 1024 && length > 200 * 1024, `${length}`);
    assert.ok(nodes < 200, `${nodes}`);
    await work.finish();
  }));

test('a cut is followed by what comes after, once', () =>
  withPage(browser, services.url, { user: 'cut' }, async (page) => {
    const work = await startWork(services, 'cut', 'Cut');
    await work.print(['stdout', 'before\n']);
    await details(page, 'Cut').click();
    await output(page).getByText('before').waitFor();
    await page.putAway();
    await work.print(['stdout', 'meanwhile\n']);
    await page.takeUp();
    await output(page).getByText('meanwhile').waitFor();
    await work.print(['stdout', 'after\n']);
    await until('all of it, once', async () => (await output(page).textContent()) === 'before\nmeanwhile\nafter\n');
    await work.finish();
  }));

test('a page that nobody sees keeps no connection for output, and goes on where it was', async () => {
  const proxy = await startProxy(services.edge);
  try {
    await withPage(browser, proxy.url, { user: 'unseen' }, async (page) => {
      const work = await startWork(services, 'unseen', 'Unseen');
      await work.print(['stdout', 'before\n']);
      await details(page, 'Unseen').click();
      await output(page).getByText('before').waitFor();
      await page.setHidden(true);
      await until('only the tasks are followed', () => proxy.openStreams().join() === '/api/events');
      await work.print(['stdout', 'meanwhile\n']);
      await page.setHidden(false);
      await until('all of it, once', async () => (await output(page).textContent()) === 'before\nmeanwhile\n');
      assert.deepEqual(proxy.openStreams(), ['/api/events', `/api/tasks/unseen/${work.taskId}/output`]);
      await work.finish();
    });
  } finally {
    proxy.stop();
  }
});

test('what was left out, where an attempt begins, and a place that is unknown', () =>
  withPage(browser, services.url, { user: 'told' }, async (page) => {
    await startWork(services, 'told', 'Told');
    const event = (type, data, id) => `${id ? `id: ${id}\n` : ''}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
    const print = (text, id) => event('output', { stream: 'stdout', text }, id);
    const answers = [
      print('one\n', 'e1-1.4') + event('skipped', { from: 'e1-1.4', to: 'e1-1.2052' }, 'e1-1.2052') + event('line', { stream: 'stdout', text: 'half' }),
      event('attempt', { attempt: 2 }, 'e1-2.0') + print('two\n', 'e1-2.4') + print('two\n', 'e1-2.4'),
      event('reset', { reason: 'epoch', cursor: 'e1-2.4' }) + print('anew\n', 'e2-2.5') + event('end', {}, 'e2-2.6'),
    ];
    const asked = [];
    await page.route('**/output*', async (route) => {
      asked.push(new URL(route.request().url()).search);
      const body = `retry: 100\n\n${answers[asked.length - 1]}`;
      await route.fulfill({ status: 200, contentType: 'text/event-stream', body });
    });
    await page.evaluate(() => {
      window.seen = new Set();
      new MutationObserver(() => window.seen.add(document.querySelector('.output')?.innerText)).observe(document.body, { subtree: true, childList: true });
    });
    await details(page, 'Told').click();
    await page.getByText('That is all.').waitFor();
    assert.deepEqual(asked, ['', '?lastEventId=e1-1.2052', '?lastEventId=e1-2.4']);
    assert.equal(await output(page).textContent(), 'anew\n');
    const seen = await page.evaluate(() => [...window.seen].map((text) => text?.split('\n').filter(Boolean).join('|')));
    assert.ok(seen.includes('one|2.0 KiB was left out here|half'), seen);
    assert.ok(seen.includes('one|2.0 KiB was left out here|Attempt 2|two'), seen);
  }));

for (const [name, look] of Object.entries(looks)) {
  const user = `look-${name.replace(' ', '')}`;
  test(`axe finds nothing wrong with output: ${name}`, () =>
    withPage(browser, services.url, { user, reducedMotion: 'reduce', ...look }, async (page) => {
      const work = await startWork(services, user, 'Nightly import');
      await work.print(['stdout', 'opening orders.csv (4 412 rows)\nrow 1 000 of 4 412\n'], ['stderr', 'warning: row 2 071: empty postcode, kept\n'],
        ['stdout', `row 3 000 of 4 412\n${'averyveryverylongline'.repeat(20)}\n`], ['stdout', 'row 3 5']);
      await details(page, 'Nightly import').click();
      await output(page).getByText('row 3 5').waitFor();
      assert.deepEqual(await violations(page), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), page.viewportSize().width);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/output-${name.replace(' ', '-')}.png`, fullPage: true });
      await work.finish();
    }));
}
