/* harness.mjs: a browser for the tests of the pages: pages that must not complain, checks by name, screenshots in build/shots.
 *
 * A driven Chromium is told of each worker before that begins, and now and then (one program of some hundred, on a busy machine) a worker never begins; the same programs
 * in a page that nobody drives all ended.  So a check that has waited in vain is tried again: a fault of the pages' comes again too. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { chromium, errors } = createRequire(new URL('../wasm/package.json', import.meta.url))('playwright-core');
const SHOTS = fileURLToPath(new URL('../../build/shots/', import.meta.url));
const PATIENCE = 120_000, TRIES = 3;

/** Looks of a page: light and dark, wide and as a phone has it: name and options. */
export const LOOKS = () => ['light', 'dark'].flatMap((colorScheme) => [['wide', {}], ['phone', PHONE]].map(([size, options]) => [`${colorScheme}-${size}`, { colorScheme, ...options }]));
/** Nothing is wider than the page. */
export const fits = async (page) => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

export class Suite {
  constructor(name) {
    this.name = name;
    this.checks = [];
    mkdirSync(SHOTS, { recursive: true });
  }

  check(name, act) {
    this.checks.push({ name, act });
  }

  /** All checks, or those whose name has this text. */
  async run(only = '') {
    this.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'],
    });
    let failed = 0;
    try {
      for (const { name, act } of this.checks.filter((one) => one.name.includes(only))) {
        let error = await this.attempt(name, act);
        for (let tries = 1; error instanceof errors.TimeoutError && tries < TRIES; tries++) error = await this.attempt(`${name}, again`, act);
        if (error) failed++;
      }
    } finally {
      await this.browser.close();
    }
    process.exitCode = failed ? 1 : 0;
  }

  /** Does a check once: what went wrong, or null. */
  async attempt(name, act) {
    const begun = performance.now();
    this.contexts = [];
    try {
      await act(this);
      console.log(`ok ${name} (${Math.round(performance.now() - begun)} ms)`);
      return null;
    } catch (error) {
      console.log(`FAILED ${name}: ${error.stack || error}`);
      for (const context of this.contexts) {
        for (const page of context.pages()) {
          await page.screenshot({ path: `${SHOTS}${this.name}-failed.png` }).catch(() => {});
          if (page.complaints?.length) console.log('the page complained:', page.complaints);
          console.log(await page.evaluate(shown).catch(String));
        }
      }
      return error;
    } finally {
      for (const context of this.contexts) await context.close();
    }
  }

  /** A page of its own context, which must not complain but of what `expected` matches. */
  async open(address, { expected = /(?!)/, ...options } = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1360, height: 860 }, ...options });
    context.setDefaultTimeout(PATIENCE);
    this.contexts.push(context);
    const page = await context.newPage();
    page.complaints = [];
    const complain = (text) => expected.test(text) || page.complaints.push(text);
    page.on('console', (message) => message.type() === 'error' && complain(message.text()));
    page.on('pageerror', (error) => complain(String(error.stack || error)));
    await page.goto(address);
    return page;
  }

  async shot(page, name, options = {}) {
    await page.screenshot({ path: `${SHOTS}${name}.png`, ...options });
  }
}

/** What the page shows, shadow trees too, and which of its buttons are disabled. */
function shown() {
  const parts = [...document.querySelectorAll('*')].filter((one) => one.shadowRoot).map((one) => [...one.shadowRoot.children].filter((child) => child.localName !== 'style').map((child) => child.innerText).join('\n'));
  const disabled = [...document.querySelectorAll('button:disabled')].map((one) => one.id || one.textContent);
  return [document.body.innerText, ...parts, `disabled: ${disabled.join(', ')}`].map((text) => text.slice(0, 3000)).join('\n----\n');
}

export const quiet = (page) => assert.deepEqual(page.complaints, []);
/** Waits in the page, without animation frames: they may be rare on a busy machine. */
export const until = (page, condition, argument) => page.waitForFunction(condition, argument, { polling: 50, timeout: PATIENCE });
