// @ts-check
/* panel.js: the timeline as a whole: its figures, its buttons, the picture, its key, and the same as a table for those who cannot see it.
 *
 * The embedded examples use it too.  Read next: view.js (the picture), table.js.
 */
import { TimelineModel } from './model.js';
import { STATES } from './states.js';
import { fillTable } from './table.js';
import { TimelineView } from './view.js';
import { element } from '../dom.js';

const FIGURES_PERIOD = 250;

/** @param {import('./states.js').State} state */
function swatch(state) {
  const made = element('span', { class: 'swatch' });
  made.style.setProperty('--c', `var(${state.colour})`);
  made.style.setProperty('--h', String(state.height));
  return made;
}

export class TimelinePanel {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.model = new TimelineModel();
    this.figures = element('dl', { class: 'figures' });
    const button = (/** @type {string} */ label, /** @type {string} */ title, /** @type {() => void} */ act) =>
      element('button', { type: 'button', class: 'small', title, onclick: act }, label);
    this.pauseButton = button('Pause', 'Hold the picture still; the program goes on', () => this.view.pause(!this.view.paused));
    this.followButton = button('Follow', 'Keep the present in sight (End)', () => this.view.follow());
    this.tableButton = button('Table', 'The same figures as a table', () => this.showTable(this.table.hidden === true));
    this.tableButton.setAttribute('aria-expanded', 'false');
    const buttons = element('div', { class: 'buttons', role: 'group', 'aria-label': 'Timeline' },
      this.pauseButton,
      this.followButton,
      button('−', 'Show a longer time (−)', () => this.view.zoom(1 / 0.5)),
      button('+', 'Show a shorter time (+)', () => this.view.zoom(0.5)),
      button('Whole', 'Show the whole run (Home)', () => this.view.fit()),
      this.tableButton);
    for (const [i, name] of [[2, 'Zoom out'], [3, 'Zoom in'], [4, 'Show the whole run']]) buttons.children[Number(i)].setAttribute('aria-label', String(name));
    const canvas = element('canvas', {
      tabindex: '0', role: 'img',
      'aria-label': 'Timeline of the threads: arrow keys move, plus and minus zoom, Home shows the whole run, End follows the present, Space holds the picture. The button Table gives the same figures as text.',
    });
    const tip = element('div', { class: 'tip', hidden: true });
    this.scroller = element('div', { class: 'lanes' }, element('div', { class: 'sizer' }), canvas);
    this.empty = element('p', { class: 'empty' }, 'Run a program: each of its threads gets a lane here, and you can watch the lock go from one to the other.');
    this.table = element('div', { class: 'table-wrap', hidden: true });
    this.key = element('ul', { class: 'key', 'aria-label': 'Key' },
      ...STATES.filter((state) => state.key !== 'none').map((state) =>
        element('li', { 'data-state': state.key }, swatch(state), state.label)));
    parent.append(
      element('div', { class: 'timeline-head' }, element('h2', {}, 'Who has the lock'), this.figures, buttons),
      element('div', { class: 'picture' }, this.scroller, tip, this.empty),
      this.key,
      this.table,
    );
    this.view = new TimelineView(this.scroller, /** @type {HTMLCanvasElement} */ (canvas), tip);
    this.view.onView = () => {
      this.pauseButton.setAttribute('aria-pressed', String(this.view.paused));
      this.followButton.setAttribute('aria-pressed', String(this.view.following));
    };
    this.view.onView();
    this.view.show(this.model);
    this.lock = true;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    this.drawFigures();
  }

  /** A program begins. @param {{lock: boolean}} settings */
  begin(settings) {
    this.lock = settings.lock;
    this.model = new TimelineModel();
    this.view.show(this.model);
    this.empty.hidden = true;
    clearInterval(this.timer);
    this.timer = setInterval(() => this.drawFigures(), FIGURES_PERIOD);
  }

  /** @param {import('../../runtime/baton').TimelineBatch} batch */
  add(batch) {
    this.model.add(batch);
    this.view.request();
  }

  finish() {
    clearInterval(this.timer);
    this.model.finish();
    if (this.view.following) this.view.fit();
    this.view.touch();
    this.drawFigures();
    if (!this.model.lanes.length) {
      this.empty.hidden = false;
      this.empty.textContent = 'Nothing was recorded of this run.';
    }
  }

  drawFigures() {
    const { model } = this;
    const seconds = model.end / 1000;
    const processes = new Set(model.lanes.map((lane) => lane.process)).size;
    const shown = /** @type {[string, string, string][]} */ ([
      ['Threads at once', model.lanes.length ? model.parallelism().toFixed(2) : '–', 'How many threads ran Python at the same time, on the average; with the lock never more than one in a process'],
      ['Threads', model.lanes.length ? String(model.lanes.length) + (processes > 1 ? ` in ${processes} processes` : '') : '–', 'Threads that the program has had so far'],
      ['Forced switches', model.lanes.length ? (seconds > 0 ? `${model.forced.toLocaleString('en')} · ${Math.round(model.forced / seconds)}/s` : '0') : '–', 'How often a thread had to give the lock up because its interval was over'],
    ]);
    this.figures.replaceChildren(...shown.map(([name, value, title]) => element('div', { title }, element('dt', {}, name), element('dd', {}, value))));
    if (!this.table.hidden) fillTable(this.table, model);
  }

  /** @param {boolean} on */
  showTable(on) {
    this.table.hidden = !on;
    this.tableButton.setAttribute('aria-expanded', String(on));
    if (on) fillTable(this.table, this.model);
  }
}
