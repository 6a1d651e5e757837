import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { openPage, signIn, startBrowser } from '../support/browser.js';
import { temporaryDirectories } from '../support/directories.js';
import { report, startSeededServer, type SeededServer } from '../support/seeded-server.js';
import { startServer } from '../support/server.js';

/** Where the pictures of the documentation go; without it none are made. */
const PICTURES = process.env.WHEELHOUSE_PICTURES;

const directory = temporaryDirectories();
let server: SeededServer;
let browser: Browser;

beforeAll(async () => {
  server = await startSeededServer(directory());
  browser = await startBrowser();
}, 120_000);

afterAll(async () => {
  await browser.close();
  await server.server.stop(1000);
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate<AxeResults>('axe.run()');
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const scrollWidth = (page: Page): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth');

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  it.each([1280, 360])('is fit for everybody at a width of %d', async (width) => {
    const { page, context, problems } = await openPage(browser, { url: server.url, width, scheme });
    expect(await violations(page)).toEqual([]);
    await signIn(page, server.tokens.admin);
    await page.getByRole('heading', { name: 'Hit rate by day' }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await scrollWidth(page)).toBe(width);
    await page.getByText('Show the days as a table').click();
    expect(await violations(page)).toEqual([]);
    expect(await scrollWidth(page)).toBe(width);
    expect(problems).toEqual([]);
    if (PICTURES !== undefined && width === 1280) {
      await page.getByText('Show the days as a table').click();
      mkdirSync(PICTURES, { recursive: true });
      await page.mouse.move(0, 0);
      await page.screenshot({ path: join(PICTURES, `cache-overview-${scheme}.png`), fullPage: true });
    }
    await context.close();
  });
});

it('has a label for everything, and describes its charts in text', async () => {
  const { page, context } = await openPage(browser, { url: server.url });
  await signIn(page, server.tokens.admin);
  await page.getByRole('img', { name: /^Hit rate by day: from .* %, and .* % on \d/ }).waitFor();
  await page.getByRole('img', { name: /^Time saved by day: .* in total, most on/ }).waitFor();
  for (const name of ['Who asked', 'Size by tier', 'Projects', 'Slowest tasks', 'Largest entries', 'Entries']) {
    expect(await page.getByRole('heading', { name, exact: true, level: 2 }).count()).toBe(1);
  }
  expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['Wheelhouse cache']);
  await context.close();
});

it('says that a token is wrong, and lets in with the right one', async () => {
  const { page, context } = await openPage(browser, { url: server.url });
  await signIn(page, 'whc_wrong');
  expect(await page.getByRole('alert').textContent()).toContain('is not valid');
  await signIn(page, server.tokens.pr1);
  expect(await page.getByRole('alert').textContent()).toContain('not available to pull requests');
  await signIn(page, server.otherReader);
  await page.getByText('Workspace mobile').waitFor();
  expect(await page.getByRole('link', { name: 'default' }).count()).toBe(0);
  expect((await page.goto(`${server.url}/?workspace=default`))?.status()).toBe(404);
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Read token').waitFor();
  await context.close();
});

it('is walked through with the keyboard alone', async () => {
  const { page, context } = await openPage(browser, { url: server.url });
  // A browser gives the focus to what asks for it when it draws, which is after the page has come.
  await page.locator('#token:focus').waitFor();
  await page.keyboard.type(server.tokens.admin);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Hit rate by day' }).waitFor();
  const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.textContent.trim()');
  const walk: string[] = [];
  for (let step = 0; step < 7; step++) {
    await page.keyboard.press('Tab');
    walk.push(await focused());
    expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  }
  const choices = ['7 days', '30 days', '90 days', 'default', 'mobile'];
  expect(walk).toEqual(['Skip to the figures', 'Sign out', ...choices]);
  await page.keyboard.press('Enter');
  await page.getByText('Workspace mobile').waitFor();
  await context.close();
});

it('orders tables by links', async () => {
  const { page, context } = await openPage(browser, { url: server.url });
  await signIn(page, server.tokens.admin);
  const projects = page.getByRole('table').filter({ hasText: 'Pull requests' }).locator('.name');
  await page.getByRole('link', { name: 'Project', exact: true }).click();
  await page.waitForURL(/projects=name#projects$/);
  const names = (await projects.allTextContents()).filter((name) => name !== 'not known');
  expect(names.length).toBeGreaterThan(5);
  expect(names).toEqual([...names].sort());
  await context.close();
});

it('shows an unused cache, and very long names', async () => {
  const mine = await startServer({ directory: directory() });
  const { page, context } = await openPage(browser, { url: mine.url, width: 360 });
  await signIn(page, mine.tokens.reader);
  await page.getByRole('heading', { name: 'Nothing has used this cache in this period' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await mine.get('1');
  await page.reload();
  await page.getByText('0 %', { exact: true }).first().waitFor();
  await mine.put('2', 'x');
  const long = 'long'.repeat(50);
  await report(mine, [{ hash: '2', project: long, target: '<b>bold</b>', durationMs: 1 }], mine.tokens.main);
  await page.goto(`${mine.url}/?days=7`);
  expect(await scrollWidth(page)).toBe(360);
  await context.close();
  await mine.server.stop(1000);
});
