// What everybody needs of a page.
import { axeSource } from './browser.mjs';

export const looks = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'a phone': { colorScheme: 'light', viewport: { width: 390, height: 844 } },
};

/** What axe finds wrong. */
export async function violations(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run({
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** The targets that are too small to hit. */
export const tooSmall = (page) => page.locator('button, input, select, textarea, summary, nav a').evaluateAll((targets) =>
  targets.filter((target) => target.checkVisibility() && (target.offsetHeight < 24 || target.offsetWidth < 24)).map((target) => target.outerHTML));
