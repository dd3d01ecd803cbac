// @ts-check
/* bars.js: times that a program prints, as bars with their ratios: lines such as "Two threads: 0.52s", from two of them on.  The first is what the others are
 * compared with; a bar is green where time was gained. */
import { element } from './dom.js';

const LINE = /^[ \t]*([^:\n]{2,40}):[ \t]+(\d+(?:\.\d+)?) ?s\b/gm;
const TEXT_READ = 20_000;
const MOST = 8;
const GAINED = 0.85;

/** @param {string} text @returns {{label: string, seconds: number}[]} */
export function findTimes(text) {
  return [...text.matchAll(LINE)].slice(0, MOST).map((found) => ({ label: found[1].trim(), seconds: Number(found[2]) }));
}

export class Bars {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.parent = parent;
    this.text = '';
    this.shown = 0;
  }

  clear() {
    this.text = '';
    this.shown = 0;
    this.parent.hidden = true;
    this.parent.replaceChildren();
  }

  /** What the program writes, as it comes. @param {string} text */
  add(text) {
    if (this.text.length >= TEXT_READ) return;
    this.text += text;
    if (!text.includes('\n')) return;
    const times = findTimes(this.text);
    if (times.length < 2 || times.length === this.shown) return;
    this.shown = times.length;
    this.draw(times);
  }

  /** @param {{label: string, seconds: number}[]} times */
  draw(times) {
    const longest = Math.max(...times.map((one) => one.seconds), 1e-9);
    this.parent.replaceChildren(...times.map(({ label, seconds }, i) => {
      const ratio = seconds / Math.max(times[0].seconds, 1e-9);
      const bar = element('span', { class: `bar-fill ${i === 0 ? 'first' : ratio < GAINED ? 'gained' : ''}` });
      bar.style.width = `${(100 * seconds) / longest}%`;
      return element('li', {}, element('span', { class: 'bar-label' }, label), element('span', { class: 'bar-track', 'aria-hidden': 'true' }, bar),
        element('span', { class: 'bar-value' }, `${seconds.toFixed(2)} s${i ? `, ${ratio.toFixed(2)} ×` : ''}`));
    }));
    this.parent.hidden = false;
  }
}
