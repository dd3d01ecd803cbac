// @ts-check
/* main.js: the playground: demos and editor, Run, Stop and Reset, the settings, sharing.  Read next: console.js, timeline/panel.js, compare.js. */
import { DEMOS } from '../demos/index.js';
import { Bars } from './bars.js';
import { Console, stillRunning } from './console.js';
import { byId, element } from './dom.js';
import { ENVIRONMENT, interpreter, warmUp } from './interpreter.js';
import { fromFragment, toFragment } from './share.js';
import { findTrouble } from './support.js';
import { TimelinePanel } from './timeline/panel.js';
import { duration } from './timeline/states.js';

const EDITS = 'baton.edits';
const WARM_UP_AFTER = 300;

const runButton = byId('run');
const stopButton = /** @type {HTMLButtonElement} */ (byId('stop'));
const resetButton = byId('reset');
const lockSwitch = byId('lock');
const intervalField = /** @type {HTMLSelectElement} */ (byId('interval'));
const argsField = /** @type {HTMLInputElement} */ (byId('args'));
const status = byId('status');
const area = /** @type {HTMLTextAreaElement} */ (byId('code'));

const output = new Console(byId('console'), byId('live'));
const bars = new Bars(byId('bars'));
const timeline = new TimelinePanel(byId('timeline'));

/** What the reader changed, by demo or by the link of a shared program. @type {Record<string, string>} */
let edits = {};
try {
  edits = JSON.parse(sessionStorage.getItem(EDITS) || '{}');
} catch {
  // a page without storage forgets at a reload
}
let demo = DEMOS[0];
/** Under which name changes are kept. */
let place = demo.id;
/** The program that Reset goes back to. */
let original = { code: demo.code, lock: demo.lock, interval: 0.005, args: '' };
let touched = false;
/** @type {import('./editor.js').Editor | null} */
let editor = null;

/* ---- the program ---- */

const code = () => (editor ? editor.text : area.value);
/** @param {string} text */
function setCode(text) {
  if (editor) editor.text = text;
  else area.value = text;
  changed();
}
function changed() {
  const text = code();
  byId('file').classList.toggle('changed', text !== original.code);
  if (text === original.code) delete edits[place];
  else edits[place] = text;
  try {
    sessionStorage.setItem(EDITS, JSON.stringify(edits));
  } catch {
    // as above
  }
}

const lock = () => lockSwitch.getAttribute('aria-checked') === 'true';
/** @param {boolean} on */
function setLock(on) {
  lockSwitch.setAttribute('aria-checked', String(on));
  /** @type {HTMLElement} */ (lockSwitch.querySelector('b')).textContent = on ? 'on' : 'off';
}
/** @param {number} seconds */
function setInterval_(seconds) {
  if (![...intervalField.options].some((option) => Number(option.value) === seconds)) {
    intervalField.append(element('option', { value: String(seconds) }, duration(seconds * 1000)));
  }
  intervalField.value = String(seconds);
}

/** @param {import('../demos/index.js').Demo} chosen @param {import('./share.js').Shared} [shared] */
function choose(chosen, shared) {
  if (chosen !== demo && !running) {
    output.clear();
    bars.clear();
  }
  demo = chosen;
  place = shared?.code === undefined ? demo.id : location.hash;
  original = { code: shared?.code ?? demo.code, lock: shared?.lock ?? demo.lock, interval: shared?.interval ?? 0.005, args: shared?.args ?? '' };
  for (const button of byId('demos').querySelectorAll('button')) button.setAttribute('aria-current', String(button.dataset.demo === demo.id && shared?.code === undefined));
  const current = byId('demos').querySelector('[aria-current="true"]');
  if (current) byId('demos').scrollLeft = /** @type {HTMLElement} */ (current).offsetLeft - byId('demos').offsetLeft - 24;
  byId('file').textContent = shared?.code === undefined ? demo.file : 'shared.py';
  byId('see').replaceChildren(
    element('h3', {}, shared?.code === undefined ? 'What to see' : 'A shared program'),
    element('ul', {}, ...(shared?.code === undefined ? demo.see : ['Somebody shared this program by its link.', 'It has not run yet: read it first, then press Run.', 'The demos above bring you back to ours.']).map((text) => element('li', {}, text))),
  );
  setCode(edits[place] ?? original.code);
  settings();
}
function settings() {
  setLock(original.lock);
  setInterval_(original.interval);
  argsField.value = original.args;
}

/** sys.argv[1:], with quotes as a shell has them. @param {string} text */
function split(text) {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((found) => found[1] ?? found[2] ?? found[3]);
}

/* ---- running ---- */

/** @param {string} text @param {'' | 'good' | 'bad'} [tone] */
function say(text, tone = '') {
  status.textContent = text;
  status.className = `status ${tone}`;
}
/** How long the program has been running: those who hear the page are told only that it runs. @param {number} seconds */
function sayTime(seconds) {
  if (status.firstChild?.nodeValue !== 'Running') say('Running');
  const shown = status.querySelector('span') || status.appendChild(element('span', { 'aria-hidden': 'true' }));
  shown.textContent = `, ${seconds.toFixed(1)} s`;
}

/** @type {import('../runtime/baton').Baton | null} */
let running = null;
let stops = 0;

async function run() {
  if (running || runButton.hasAttribute('aria-busy')) return;
  runButton.setAttribute('aria-busy', 'true');
  let baton;
  try {
    say('Loading the interpreter…');
    baton = await interpreter();
  } catch (error) {
    say('The interpreter could not be loaded', 'bad');
    output.write('stderr', `${error instanceof Error ? error.message : error}\n`);
    return;
  } finally {
    runButton.removeAttribute('aria-busy');
  }
  if (baton.running) {
    say('Compare is measuring just now', 'bad');
    return;
  }
  running = baton;
  stops = 0;
  output.clear();
  bars.clear();
  output.reading(true);
  timeline.begin({ lock: lock() });
  const byKeys = runButton.matches(':focus-visible');
  /** @type {HTMLButtonElement} */ (runButton).disabled = true;
  stopButton.disabled = false;
  const name = byId('file').textContent || 'main.py';
  const begun = performance.now();
  const clock = setInterval(() => sayTime((performance.now() - begun) / 1000), 100);
  say('Running');
  baton.onOutput = ({ stream, text }) => {
    output.write(stream, text);
    if (stream === 'stdout') bars.add(text);
  };
  baton.onTimeline = (batch) => timeline.add(batch);
  baton.onUnstopped = (names) => {
    output.note(stillRunning(names));
    stopButton.textContent = 'Stop now';
  };
  try {
    const result = await baton.run(code(), {
      name, argv: split(argsField.value), gil: lock(), switchInterval: Number(intervalField.value), timeline: true, env: ENVIRONMENT,
    });
    const took = duration(result.durationMs);
    if (result.ok) say(`Finished in ${took}`, 'good');
    else if (stops > 0) say(`Stopped after ${took}`);
    else say(`Ended with exit code ${result.exitCode} after ${took}`, 'bad');
  } catch (error) {
    say('The program could not be run', 'bad');
    output.write('stderr', `${error instanceof Error ? error.message : error}\n`);
  } finally {
    clearInterval(clock);
    const focused = document.activeElement === stopButton || (byKeys && document.activeElement === document.body);
    output.reading(false);
    output.render(); // at once: who sees that it has ended sees all of it
    timeline.finish();
    running = null;
    /** @type {HTMLButtonElement} */ (runButton).disabled = false;
    stopButton.disabled = true;
    stopButton.textContent = 'Stop';
    if (focused) runButton.focus();
  }
}

function stop() {
  if (!running) return;
  stops++;
  running.stop().catch(() => {});
}

/* ---- the page ---- */

if (/Mac|iPhone|iPad/.test(navigator.platform)) byId('hint').textContent = '⌘ ↵';

output.onInput = (/** @type {string | null} */ text) => running?.input(text);
output.onPlace = (/** @type {string} */ file, /** @type {number} */ line) => {
  if (!editor || file.replace(/^.*\//, '') !== byId('file').textContent) return;
  editor.show(line);
  editor.focus();
};
runButton.addEventListener('click', run);
stopButton.addEventListener('click', stop);
resetButton.addEventListener('click', () => {
  setCode(original.code);
  settings();
  say('Back to the program as it was');
});
byId('clear').addEventListener('click', () => {
  output.clear();
  bars.clear();
});
lockSwitch.addEventListener('click', () => setLock(!lock()));
area.addEventListener('input', () => {
  touched = true;
  changed();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.defaultPrevented && !byId('program').hidden) {
    event.preventDefault();
    run();
  }
});
byId('demos').append(...DEMOS.map((one) => element('li', {}, element('button', {
  type: 'button', 'data-demo': one.id, onclick: () => {
    history.replaceState(null, '', location.pathname + location.search);
    choose(one);
  },
}, one.title))));

byId('share').addEventListener('click', async () => {
  const shared = { demo: demo.id, lock: lock(), interval: Number(intervalField.value), args: argsField.value };
  const plain = code() === demo.code;
  history.replaceState(null, '', await toFragment(plain ? shared : { ...shared, code: code() }));
  if (!plain) place = location.hash; // where a reload will look
  let copied = true;
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    copied = false;
  }
  const said = copied ? 'Link copied' : 'Link in the address bar';
  byId('share').textContent = said;
  byId('live').textContent = said;
  setTimeout(() => (byId('share').textContent = 'Share'), 2500);
});

/* Two views, as tabs: the second one is loaded when it is first looked at. */
const tabs = [byId('tab-program'), byId('tab-compare')];
/** @type {Promise<unknown> | null} */
let compare = null;
/** @param {HTMLElement} tab */
function view(tab) {
  for (const one of tabs) {
    const chosen = one === tab;
    one.setAttribute('aria-selected', String(chosen));
    one.tabIndex = chosen ? 0 : -1;
    byId(/** @type {string} */ (one.getAttribute('aria-controls'))).hidden = !chosen;
  }
  byId('share').hidden = tab !== tabs[0];
  if (tab !== tabs[1]) return;
  compare ||= import('./compare.js').then(
    ({ Compare }) => {
      byId('compare').replaceChildren();
      return new Compare(byId('compare'), byId('live'));
    },
    (error) => {
      compare = null; // the next look tries again
      byId('compare').replaceChildren(element('p', { class: 'pane verdict', role: 'alert' }, `This view could not be loaded: ${error.message}`));
    },
  );
}
for (const tab of tabs) {
  tab.addEventListener('click', () => view(tab));
  tab.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other = tabs[1 - tabs.indexOf(tab)];
    view(other);
    other.focus();
  });
}

async function fromAddress() {
  const shared = await fromFragment(location.hash);
  const named = DEMOS.find((one) => one.id === shared?.demo) || DEMOS[0];
  choose(named, shared ?? undefined);
  if (!shared && location.hash.startsWith('#code=')) output.note('The program in this link cannot be read: the link is damaged.');
}
addEventListener('hashchange', () => /^#(code|demo)=/.test(location.hash) && fromAddress());
byId('skip').addEventListener('click', (event) => { // the address stays what it is: a program may be in it
  event.preventDefault();
  byId(byId('program').hidden ? 'compare-run' : 'run').focus();
});

await fromAddress();
const trouble = await findTrouble(() => touched);
if (trouble) {
  const box = byId('trouble');
  box.append(element('h2', {}, trouble.title), element('p', {}, trouble.text, ...(trouble.action ? [element('button', { type: 'button', onclick: trouble.action.act }, trouble.action.label)] : [])));
  box.hidden = false;
  say('Programs cannot run yet', 'bad');
  /** @type {HTMLButtonElement} */ (runButton).disabled = true;
} else {
  interpreter().then(
    (baton) => {
      if (running) return;
      say('Ready');
      setTimeout(() => running || warmUp(baton), WARM_UP_AFTER);
    },
    (error) => {
      say('The interpreter could not be loaded', 'bad');
      output.write('stderr', `${error.message}\n`);
    },
  );
}
const { createEditor } = await import('./editor.js');
editor = createEditor(area, {
  label: 'Program',
  onRun: run,
  onChange: () => {
    touched = true;
    changed();
  },
});
