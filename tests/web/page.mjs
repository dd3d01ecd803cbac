/* page.mjs: what the tests of the playground do on its page. */
import { until } from './harness.mjs';

export const status = (page) => page.textContent('#status');
export const text = (page) => page.textContent('#console .output');
export const ready = (page) => until(page, () => document.querySelector('#status').textContent === 'Ready' && document.querySelector('.editor .cm-editor'));
export const ended = (page) => until(page, () => /Finished|Stopped|Ended|could not/.test(document.querySelector('#status').textContent) && !document.querySelector('#run').disabled);
export const says = (page, what) => until(page, (part) => document.querySelector('#console').textContent.includes(part), what);

/** Replaces the program. */
export async function write(page, program) {
  await page.click('#program .cm-content');
  await page.keyboard.press('Control+A');
  await page.evaluate((source) => {
    const data = new DataTransfer();
    data.setData('text/plain', source);
    document.querySelector('#program .cm-content').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, program);
}
export async function start(page, program) {
  await write(page, program);
  await page.click('#run');
}
export async function demo(page, id) {
  await page.click(`[data-demo=${id}]`);
  await page.click('#run');
  await ended(page);
  return { output: await text(page), status: await status(page) };
}
export const number = (output, pattern) => Number(pattern.exec(output)?.[1]);
