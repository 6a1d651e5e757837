import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** Debian's Chromium. As root it has no sandbox to run in. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** A page, and what went on in it that someone who looks would not see. */
export interface WatchedPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Messages of the console, errors of the page, and requests to elsewhere. */
  readonly problems: string[];
}

export interface PageOptions {
  readonly url: string;
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** Opens a page in a context of its own. */
export async function openPage(
  browser: Browser,
  { url, width = 1280, scheme = 'light' }: PageOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    deviceScaleFactor: 1,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(`${url}/`) && !target.startsWith('data:')) problems.push(`request: ${target}`);
  });
  await page.goto(url);
  return { context, page, problems };
}

/** Fills in the form and sends it. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Read token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
