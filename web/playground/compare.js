// @ts-check
/* compare.js: one program four ways: one thread, several threads, several processes, several threads without the lock; drawn as bars with their ratios.
 *
 * The program has `work(n)` and SIZE; compare.py calls it, in a fresh interpreter for each way.
 */
import * as Plot from '@observablehq/plot';
import { stillRunning } from './console.js';
import { element } from './dom.js';
import { createEditor } from './editor.js';
import { ENVIRONMENT, interpreter } from './interpreter.js';
import harness from '../demos/compare.py';
import { PROGRAMS } from '../demos/compare.js';

/** @typedef {{key: string, label: string, colour: string, gil: boolean}} Way */
/** @typedef {{way: Way, times: number[], error: string}} Measured */

/** @type {readonly Way[]} */
const WAYS = [
  { key: 'single', label: 'One thread', colour: 'var(--blocked-sleep)', gil: true },
  { key: 'threads', label: 'Threads', colour: 'var(--waiting)', gil: true },
  { key: 'processes', label: 'Processes', colour: 'var(--blocked-io)', gil: true },
  { key: 'free', label: 'Threads, lock off', colour: 'var(--running)', gil: false },
];

export class Compare {
  /** @param {HTMLElement} parent @param {HTMLElement} live */
  constructor(parent, live) {
    this.live = live;
    /** @type {Measured[]} */
    this.measured = [];
    this.stopped = false;
    this.busy = false;
    const area = element('textarea', { 'aria-label': 'Program to compare', spellcheck: 'false' });
    area.value = PROGRAMS[0].code;
    this.choice = element('select', { id: 'compare-program' }, ...PROGRAMS.map((one, i) => element('option', { value: String(i) }, one.title)));
    this.workers = element('select', {}, ...[2, 3, 4].map((n) => element('option', { value: String(n) }, String(n))));
    this.rounds = element('select', {}, ...[1, 3, 5].map((n) => element('option', { value: String(n), selected: n === 3 }, String(n))));
    this.start = element('button', { type: 'button', class: 'primary', id: 'compare-run', onclick: () => this.run() }, 'Compare');
    this.stop = element('button', { type: 'button', id: 'compare-stop', disabled: true, onclick: () => this.halt() }, 'Stop');
    this.status = element('span', { class: 'status', role: 'status' }, '');
    this.chart = element('div', { class: 'chart' });
    this.results = element('div', { class: 'table-wrap' });
    this.say = element('p', { class: 'verdict' }, 'Press Compare: the program runs once for each way, in a fresh interpreter, and the bars appear as they are measured.');
    parent.append(
      element('section', { class: 'pane compare-editor', 'aria-label': 'Program to compare' },
        element('div', { class: 'bar' }, this.start, this.stop, this.status),
        element('div', { class: 'bar settings' },
          element('label', {}, 'Program ', this.choice), element('label', {}, 'Workers ', this.workers), element('label', {}, 'Best of ', this.rounds)),
        element('div', { class: 'editor' }, area)),
      element('section', { class: 'pane compare-chart', 'aria-label': 'Measured' },
        element('div', { class: 'bar' }, element('h2', {}, 'Seconds, shorter is better')),
        this.say, this.chart, this.results));
    this.editor = createEditor(area, { label: 'Program to compare', onRun: () => this.run(), onChange: () => {} });
    this.choice.addEventListener('change', () => (this.editor.text = PROGRAMS[Number(this.choice.value)].code));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    let width = 0;
    new ResizeObserver(() => {
      if (this.chart.clientWidth === width) return;
      width = this.chart.clientWidth;
      this.draw();
    }).observe(this.chart);
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    this.stopped = false;
    this.start.disabled = true;
    this.stop.disabled = false;
    this.measured = [];
    this.draw();
    try {
      this.status.textContent = 'Loading the interpreter…';
      const baton = await interpreter();
      if (baton.running) throw new Error('A program is running in the other view: stop it first.');
      const program = this.editor.text;
      baton.onOutput = null;
      baton.onTimeline = null;
      baton.onUnstopped = (running) => {
        this.status.textContent = stillRunning(running);
        this.stop.textContent = 'Stop now';
      };
      /** @param {Way} way @param {string} rounds */
      const measure = (way, rounds) =>
        baton.run(harness, {
          name: 'compare.py', files: { 'workload.py': program }, argv: [way.key === 'free' ? 'threads' : way.key, this.workers.value, rounds],
          gil: way.gil, input: null, env: ENVIRONMENT, timeline: false,
        });
      this.status.textContent = 'Warming up…'; // browsers optimise what has run for a while
      await measure(WAYS[0], '2');
      for (const way of WAYS) {
        if (this.stopped) break;
        this.status.textContent = `Measuring: ${way.label.toLowerCase()}…`;
        const result = await measure(way, this.rounds.value);
        const times = [...result.stdout.matchAll(/^took (\d+\.\d+)$/gm)].map((found) => Number(found[1]));
        const error = result.ok && times.length ? '' : this.stopped ? 'stopped' : result.stderr.trim().split('\n').pop() || `exit code ${result.exitCode}`;
        this.measured.push({ way, times, error });
        this.draw();
      }
      this.status.textContent = this.stopped ? 'Stopped' : 'Measured';
      this.live.textContent = this.say.textContent || '';
    } catch (error) {
      this.status.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      this.busy = false;
      this.start.disabled = false;
      this.stop.disabled = true;
      this.stop.textContent = 'Stop';
    }
  }

  halt() {
    this.stopped = true;
    interpreter().then((baton) => baton.stop(), () => {}); // what went wrong is shown by run()
  }

  /** The ratio to one thread. @param {number} seconds */
  ratio(seconds) {
    const single = this.measured.find((one) => one.way.key === 'single' && one.times.length);
    return single ? seconds / Math.min(...single.times) : NaN;
  }

  draw() {
    const rows = this.measured.filter((one) => one.times.length).map((one) => ({ ...one, best: Math.min(...one.times) }));
    const text = (/** @type {{best: number, way: Way}} */ row) => `${row.best.toFixed(2)} s` + (row.way.key === 'single' ? '' : `  ·  ${this.ratio(row.best).toFixed(2)} ×`);
    if (!this.measured.length) {
      this.chart.replaceChildren();
      this.results.replaceChildren();
      return;
    }
    const longest = Math.max(1e-3, ...rows.map((row) => Math.max(...row.times)));
    const plot = Plot.plot({
      width: Math.max(260, this.chart.clientWidth - 8), height: 66 * WAYS.length + 46, marginLeft: 8, marginRight: 8, marginTop: 6,
      ariaLabel: rows.map((row) => `${row.way.label}: ${text(row)}`).join('; '),
      style: { background: 'none', color: 'currentColor', fontSize: '13px', fontFamily: 'inherit', overflow: 'visible' },
      x: { domain: [0, longest * 1.12], label: null, ticks: 5, tickFormat: (/** @type {number} */ s) => `${s} s` },
      y: { domain: WAYS.map((way) => way.label), axis: null, padding: 0.5 },
      marks: [
        Plot.gridX({ strokeOpacity: 0.12 }),
        Plot.barX(rows, { x: 'best', y: (row) => row.way.label, fill: (row) => row.way.colour, rx: 3 }),
        Plot.tickX(rows.flatMap((row) => row.times.map((time) => ({ time, way: row.way }))), { x: 'time', y: (one) => one.way.label, strokeOpacity: 0.55, insetTop: 4, insetBottom: 4 }),
        Plot.text(rows, { x: 0, y: (row) => row.way.label, text: (row) => `${row.way.label}:  ${text(row)}`, textAnchor: 'start', dy: -26, fontWeight: 600 }),
        Plot.text(this.measured.filter((one) => !one.times.length), { x: 0, y: (one) => one.way.label, text: (one) => `${one.way.label}:  ${one.error === 'stopped' ? 'stopped' : 'not possible here'}`, textAnchor: 'start', dy: -26, fillOpacity: 0.7 }),
        Plot.ruleX([0]),
      ],
    });
    this.chart.replaceChildren(plot);
    this.results.replaceChildren(element('table', {},
      element('caption', {}, `Seconds, best of ${this.rounds.value}; times the single thread’s`),
      element('thead', {}, element('tr', {}, ...['Way', 'Best', 'Ratio', 'Each round'].map((head) => element('th', { scope: 'col' }, head)))),
      element('tbody', {}, ...this.measured.map((one) => {
        const best = Math.min(...one.times);
        const cells = one.times.length ? [`${best.toFixed(3)} s`, `${this.ratio(best).toFixed(2)} ×`, one.times.map((time) => time.toFixed(2)).join('  ')] : ['–', '–', one.error];
        return element('tr', {}, element('th', { scope: 'row' }, one.way.label), ...cells.map((cell) => element('td', {}, cell)));
      }))));
    this.verdict(rows);
  }

  /** @param {{way: Way, best: number}[]} rows */
  verdict(rows) {
    const of = (/** @type {string} */ key) => rows.find((row) => row.way.key === key)?.best;
    const threads = of('threads');
    const free = of('free');
    const processes = of('processes');
    const parts = [];
    if (threads !== undefined) parts.push(this.ratio(threads) > 0.8 ? 'Threads gained nothing: they took turns with the lock.' : 'Threads gained: the work gives the lock up while it waits or computes in C.');
    if (processes !== undefined) parts.push(this.ratio(processes) < 0.8 ? 'Processes ran side by side, each with a lock of its own.' : 'Processes gained nothing here: starting them cost as much, or there are no cores free.');
    if (free !== undefined) parts.push(this.ratio(free) < 0.8 ? 'Without the lock the same threads ran side by side.' : 'Without the lock the threads gained nothing here: there are no cores free, or they wait for one another.');
    if (parts.length) this.say.textContent = parts.join(' ');
  }
}
