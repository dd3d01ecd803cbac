// @ts-check
/* baton-example.js: the element <baton-example> (baton-example.d.ts has what it offers).
 *
 * Nothing but this script is loaded before the first Run; then the interpreter, and the timeline if it is asked for; the editor when an editable example is
 * first focused.  Examples share the page's interpreter, and their runs come one after another; `own` gives one its own.  Read next: places.js.
 */
import { Console, stillRunning } from '../playground/console.js';
import { element } from '../playground/dom.js';
import { TroubleError, findPlace } from './places.js';
import css from './style.css';

/** @typedef {import('./places.js').Interpreter} Interpreter */
/** @typedef {import('../runtime/baton').RunResult} RunResult */

/** How long a program has to end after Stop, before a second one ends the interpreter. */
const PATIENCE = 1000;
/** Of a run that was stopped before its turn came. @returns {RunResult} */
const stopped = () => ({ ok: false, exitCode: 130, stdout: '', stderr: '', durationMs: 0 });

const here = import.meta.url;
let base = new URL('../', here);
/** The one that examples share, by the address of its files. @type {Map<string, Interpreter_>} */
const shared = new Map();
/** @type {CSSStyleSheet | null} */
let sheet = null;

/** @param {{baseURL?: string | URL}} options */
export function configure({ baseURL }) {
  if (baseURL) base = new URL(String(baseURL).replace(/\/?$/, '/'), document.baseURI);
}

/** An interpreter that is made at its first use, and does one run after another. */
class Interpreter_ {
  /** @param {URL} base */
  constructor(base) {
    this.base = base;
    /** @type {Promise<Interpreter> | null} */
    this.made = null;
    /** @type {Promise<unknown>} */
    this.turn = Promise.resolve();
  }

  /** @returns {Promise<Interpreter>} */
  get() {
    if (!this.made) {
      const forget = () => {
        if (this.made === made) this.made = null;
      };
      const made = findPlace(this.base, forget);
      this.made = made;
      made.catch(forget);
    }
    return this.made;
  }

  /** Does something when the runs before it have ended. @template T @param {() => Promise<T>} act @returns {Promise<T>} */
  after(act) {
    const done = this.turn.then(act);
    this.turn = done.catch(() => {});
    return done;
  }
}

/** Code as it stands in the page, without the indentation that it shares. @param {string} text */
function dedent(text) {
  const lines = text.replace(/^\s*\n/, '').replace(/\s+$/, '').split('\n');
  const indent = Math.min(...lines.filter((line) => line.trim()).map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0));
  return lines.map((line) => line.slice(indent)).join('\n') + '\n';
}

export class BatonExample extends HTMLElement {
  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    root.adoptedStyleSheets = [sheet];
    this.slotted = element('slot');
    this.codeBox = element('div', { class: 'code' }, this.slotted);
    this.runButton = element('button', { type: 'button', class: 'primary', part: 'run', onclick: () => this.run().catch(() => {}) }, 'Run');
    this.stopButton = element('button', { type: 'button', part: 'stop', hidden: true, onclick: () => this.stop().catch(() => {}) }, 'Stop');
    this.resetButton = element('button', { type: 'button', class: 'quiet', hidden: true, onclick: () => this.reset() }, 'Reset');
    this.lockLabel = element('span', { class: 'lock' });
    this.status = element('span', { class: 'status', role: 'status' });
    this.consoleBox = element('div', { class: 'console', hidden: true });
    this.timelineBox = element('section', { class: 'timeline', hidden: true, 'aria-label': 'Timeline of the lock' });
    this.troubleBox = element('div', { class: 'trouble', role: 'alert', hidden: true });
    const live = element('div', { class: 'unseen', 'aria-live': 'polite' });
    root.append(element('div', { class: 'example', part: 'example' },
      this.codeBox,
      element('div', { class: 'bar', part: 'bar' }, this.runButton, this.stopButton, this.resetButton, this.lockLabel, this.status),
      this.troubleBox, this.consoleBox, this.timelineBox, live));
    this.console = new Console(this.consoleBox, live);
    this.console.onInput = (/** @type {string | null} */ text) => this.input(text);
    this.console.onPlace = (/** @type {string} */ file, /** @type {number} */ line) => this.showLine(file, line);
    /** @type {import('../playground/editor.js').Editor | null} */
    this.editor = null;
    /** @type {Promise<void> | null} */
    this.editorLoading = null;
    /** @type {import('../playground/timeline/panel.js').TimelinePanel | null} */
    this.timeline = null;
    /** @type {string | null} */
    this.changed = null;
    /** @type {Interpreter_ | null} */
    this.own = null;
    /** @type {Promise<RunResult> | null} */
    this.pending = null;
    /** The run that is pending: where it runs, once its turn has come; until then it can be cancelled. @type {{stops: number, where: Interpreter | null, cancel: (result: RunResult) => void} | null} */
    this.turn = null;
    /** @type {RunResult | null} */
    this.result = null;
    this.codeBox.addEventListener('focusin', () => this.edit());
    this.codeBox.addEventListener('click', () => this.edit());
  }

  static get observedAttributes() {
    return ['editable', 'height', 'lock', 'timeline'];
  }

  connectedCallback() {
    this.attributeChangedCallback();
  }

  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.leave()); // not where it has only been moved
  }

  /** It is not in the page any more: nobody can stop its program, which others may wait for. */
  leave() {
    const { turn, own } = this;
    this.own = null;
    this.stop().catch(() => {});
    own?.made?.then((interpreter) => interpreter.dispose(), () => {});
    setTimeout(() => !this.isConnected && turn && turn === this.turn && this.stop().catch(() => {}), PATIENCE);
  }

  attributeChangedCallback() {
    const editable = this.hasAttribute('editable');
    this.console.places = editable;
    this.codeBox.classList.toggle('editable', editable);
    const height = this.getAttribute('height');
    const [role, label] = this.editor ? [] : editable ? ['textbox', 'Program, can be edited'] : height ? ['region', 'Program'] : []; // what scrolls must be reached by keys
    for (const [name, value] of [['role', role], ['aria-label', label], ['aria-multiline', role === 'textbox' && 'true'], ['tabindex', role && '0']]) {
      if (value) this.codeBox.setAttribute(String(name), value);
      else this.codeBox.removeAttribute(String(name));
    }
    if (height) this.style.setProperty('--height', /^\d+$/.test(height) ? `${height}px` : height);
    else this.style.removeProperty('--height');
    this.lockLabel.textContent = this.lock ? (this.hasAttribute('timeline') ? 'Lock on' : '') : 'Lock off';
  }

  get lock() {
    return !['off', '0', 'false'].includes(this.getAttribute('lock') || '');
  }

  get name() {
    return this.getAttribute('name') || 'main.py';
  }

  get running() {
    return this.pending !== null;
  }

  /** The program as the page has it. */
  get original() {
    const source = this.querySelector('pre code') || this.querySelector('pre') || this.querySelector('code');
    return dedent(source?.textContent ?? '');
  }

  get code() {
    return this.editor ? this.editor.text : this.changed ?? this.original;
  }
  set code(text) {
    this.changed = text;
    if (this.editor) this.editor.text = text;
    else {
      const source = this.querySelector('pre code') || this.querySelector('pre');
      this.firstText ??= this.original;
      if (source) source.textContent = text;
    }
    this.resetButton.hidden = false;
  }

  reset() {
    const text = this.firstText ?? this.original;
    if (this.editor) this.editor.text = text;
    else if (this.firstText !== undefined) this.code = text;
    this.changed = null;
    if (this.shadowRoot?.activeElement === this.resetButton) this.runButton.focus();
    this.resetButton.hidden = true;
    this.say('');
  }

  /** Loads the editor, once, where the reader may edit. */
  edit() {
    if (!this.hasAttribute('editable') || this.editor || this.editorLoading) return;
    this.editorLoading = import('../playground/editor.js').then(({ createEditor }) => {
      const area = element('textarea');
      area.value = this.code;
      this.slotted.replaceWith(area);
      const focused = this.shadowRoot?.activeElement === this.codeBox;
      this.codeBox.classList.add('editing');
      this.editor = createEditor(area, { label: 'Program', onRun: () => void this.run().catch(() => {}), onChange: () => (this.resetButton.hidden = false) });
      this.attributeChangedCallback();
      if (focused) this.editor.focus(); // else the reader has gone on
    });
    this.editorLoading.catch(() => {
      this.editorLoading = null;
      this.say('The editor could not be loaded', 'bad');
    });
  }

  /** A place that a traceback names, in an editable program. @param {string} file @param {number} line */
  async showLine(file, line) {
    if (file.replace(/^.*\//, '') !== this.name) return;
    this.edit();
    await this.editorLoading?.catch(() => {});
    this.editor?.show(line);
    this.editor?.focus();
  }

  /** @param {string} text @param {'' | 'good' | 'bad'} [tone] */
  say(text, tone = '') {
    this.status.textContent = text;
    this.status.className = `status ${tone}`;
  }

  /** @param {string} name @param {any} [detail] */
  tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  get interpreter() {
    const given = this.getAttribute('base-url');
    const place = given ? new URL(given.replace(/\/?$/, '/'), document.baseURI) : base;
    if (this.hasAttribute('own')) return (this.own ||= new Interpreter_(place));
    const found = shared.get(place.href) || new Interpreter_(place);
    shared.set(place.href, found);
    return found;
  }

  /** @returns {Promise<RunResult>} */
  run() {
    if (this.pending) return this.pending;
    const byKeys = this.runButton.matches(':focus-visible');
    this.turn = { stops: 0, where: null, cancel: () => {} };
    this.runButton.disabled = true;
    this.stopButton.hidden = false;
    this.troubleBox.hidden = true;
    this.pending = this.perform(this.turn).finally(() => {
      this.pending = this.turn = null;
      this.runButton.disabled = false;
      if (this.shadowRoot?.activeElement === this.stopButton || (byKeys && document.activeElement === document.body)) this.runButton.focus({ preventScroll: true });
      this.stopButton.hidden = true;
      this.stopButton.textContent = 'Stop';
      this.console.reading(false);
      this.console.render();
    });
    return this.pending;
  }

  /** @param {NonNullable<BatonExample['turn']>} turn @returns {Promise<RunResult>} */
  async perform(turn) {
    const { interpreter } = this;
    try {
      this.say(interpreter.made ? 'Waiting for its turn…' : 'Loading Python…');
      /** @type {Promise<RunResult>} */
      const cancelled = new Promise((resolve) => (turn.cancel = resolve));
      const ran = interpreter.after(async () => {
        const [found] = await Promise.all([interpreter.get(), this.showTimeline()]);
        return turn.stops ? stopped() : this.start(found, turn);
      });
      const result = await Promise.race([ran, cancelled]);
      if (turn.stops && !result.ok) this.say('Stopped');
      return result;
    } catch (error) {
      if (error instanceof TroubleError) this.showTrouble(error.trouble);
      else {
        this.consoleBox.hidden = false;
        this.console.write('stderr', `${error instanceof Error ? error.message : error}\n`);
      }
      this.say('Could not run', 'bad');
      throw error;
    }
  }

  /** @param {Interpreter} interpreter @param {NonNullable<BatonExample['turn']>} turn @returns {Promise<RunResult>} */
  async start(interpreter, turn) {
    this.console.clear();
    turn.where = interpreter;
    this.consoleBox.hidden = false;
    this.console.reading(true);
    this.timeline?.begin({ lock: this.lock });
    this.say('Running…');
    this.tell('baton-run');
    const setup = [...this.querySelectorAll('script[type="text/python"]')].map((one) => dedent(one.textContent || ''));
    const interval = Number(this.getAttribute('interval'));
    const session = this.getAttribute('session');
    const result = await interpreter.run(
      this.code,
      {
        name: this.name, argv: this.getAttribute('args')?.split(/\s+/).filter(Boolean) ?? [], gil: this.lock, timeline: this.timeline !== null,
        ...(setup.length ? { setup: setup.join('\n') } : {}), ...(interval > 0 ? { switchInterval: interval } : {}), ...(session ? { session } : {}),
      },
      {
        onOutput: (chunk) => {
          this.console.write(chunk.stream, chunk.text);
          this.tell('baton-output', chunk);
        },
        onTimeline: (batch) => this.timeline?.add(batch),
        onUnstopped: (running) => this.console.note(stillRunning(running)),
      },
    ).finally(() => this.timeline?.finish());
    const took = result.durationMs < 1000 ? `${Math.round(result.durationMs)} ms` : `${(result.durationMs / 1000).toFixed(2)} s`;
    if (result.ok) this.say(`Finished in ${took}`, 'good');
    else if (!turn.stops) this.say(`Ended with exit code ${result.exitCode}`, 'bad');
    this.result = result;
    this.tell('baton-end', result);
    return result;
  }

  async stop() {
    const { turn } = this;
    if (!turn) return;
    turn.stops++;
    if (!turn.where) return turn.cancel(stopped());
    setTimeout(() => this.turn === turn && (this.stopButton.textContent = 'Stop now'), PATIENCE);
    await turn.where.stop();
  }

  /** @param {string | null} text */
  input(text) {
    this.turn?.where?.input(text);
  }

  async showTimeline() {
    if (!this.hasAttribute('timeline') || this.timeline) return;
    const { TimelinePanel } = await import('./timeline.js');
    this.timelineBox.hidden = false;
    this.timeline = new TimelinePanel(this.timelineBox);
  }

  /** @param {import('./baton-example').Trouble} trouble */
  showTrouble(trouble) {
    const worker = this.getAttribute('isolate-page');
    this.troubleBox.replaceChildren(element('strong', {}, trouble.title), ` ${trouble.text}`, ...(trouble.remedy ? [element('pre', {}, trouble.remedy)] : []),
      ...(worker && !crossOriginIsolated ? [element('button', { type: 'button', onclick: () => this.isolatePage(worker) }, 'Reload the page with threads')] : []));
    this.troubleBox.hidden = false;
    this.tell('baton-trouble', trouble);
  }

  /** Isolates the whole page, as the page's author has asked by an attribute and the reader by a button. @param {string} script */
  async isolatePage(script) {
    try {
      const { scope } = await navigator.serviceWorker.register(new URL(script, document.baseURI));
      if (!location.href.startsWith(scope)) throw new Error(`${script} is in charge of ${scope} only`);
      await navigator.serviceWorker.ready;
      location.reload();
    } catch (error) {
      this.say(`The page could not be isolated: ${error instanceof Error ? error.message : error}`, 'bad');
    }
  }
}

if (!customElements.get('baton-example')) customElements.define('baton-example', BatonExample);
