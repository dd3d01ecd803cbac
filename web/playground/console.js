// @ts-check
/* console.js: what a program writes, and the line that it reads.
 *
 * Text is kept as pieces of lines, the last LINES_KEPT lines, whatever comes in; the page is brought up to date in animation frames, in blocks of lines that
 * are laid out only when they are in sight.  Keeping does not wait for frames: a hidden tab drops old lines as any other.  Input is a line of the console,
 * behind what the program has written last.
 */
import { element } from './dom.js';

const LINES_KEPT = 10_000;
const BLOCK = 200;
const LINE_LONGEST = 4000; // characters: longer ones are broken
const ANNOUNCE_PERIOD = 1000;
/* What terminals take for colours, cursor movements and titles. */
// eslint-disable-next-line no-control-regex
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
const PLACE = /File "([^"]+)", line (\d+)/g;

/** @typedef {'stdout' | 'stderr' | 'input' | 'note'} Stream */
/** @typedef {{stream: Stream, text: string}} Piece */

/** What a program that Stop has not ended still has. @param {string[]} names of its threads */
export function stillRunning(names) {
  const some = names.slice(0, 8).join(', '), more = names.length > 8 ? ` and ${names.length - 8} more` : '';
  return `Still running${some && ': '}${some}${more}. Stop again ends it at once.`;
}

export class Console {
  /** @param {HTMLElement} parent @param {HTMLElement} live a live region, for what those hear who do not see */
  constructor(parent, live) {
    this.live = live;
    this.output = element('div', { class: 'output' });
    this.partial = element('span', { class: 'partial' });
    this.field = element('input', {
      type: 'text', 'aria-label': 'Input for the program', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', enterkeyhint: 'send', placeholder: 'input for the program',
    });
    this.row = element('form', { class: 'input-line', hidden: true, onsubmit: (/** @type {Event} */ event) => this.submit(event) }, this.partial, this.field);
    this.scroller = element('div', { class: 'console-scroll', tabindex: '0', role: 'region', 'aria-label': 'Output' }, this.output, this.row);
    parent.append(this.scroller);
    /** @type {(text: string | null) => void} */
    this.onInput = () => {};
    /** @type {(file: string, line: number) => void} */
    this.onPlace = () => {};
    /** Whether there is an editor that onPlace leads to. */
    this.places = true;
    /** Finished blocks on the page, oldest first; each of BLOCK lines. @type {HTMLElement[]} */
    this.blocks = [];
    /** Lines that are not in a finished block yet. @type {Piece[][]} */
    this.lines = [[]];
    this.dropped = 0;
    this.frame = 0;
    this.sticky = true;
    this.dirty = false;
    this.reads = false;
    /** Whether the last line has ended in a carriage return: what comes next begins it anew, as progress bars do. */
    this.returned = false;
    this.spoken = '';
    this.spokenAt = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.speaks = undefined;
    this.scroller.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.scroller;
      this.sticky = scrollTop + clientHeight >= scrollHeight - 24;
    }, { passive: true });
    this.scroller.addEventListener('click', () => {
      if (!this.row.hidden && getSelection()?.isCollapsed) this.field.focus();
    });
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'd' && event.ctrlKey && !this.field.value) {
        event.preventDefault();
        this.onInput(null);
        this.note('end of input');
      }
    });
  }

  clear() {
    this.blocks = [];
    this.lines = [[]];
    this.dropped = 0;
    this.returned = false;
    this.spoken = '';
    this.output.replaceChildren();
    this.sticky = true;
    this.request();
  }

  /** @param {Stream} stream @param {string} text */
  write(stream, text) {
    text = text.replace(ESCAPES, '');
    const parts = text.split('\n');
    const surplus = parts.length - LINES_KEPT - 1;
    if (surplus > 0) {
      parts.splice(0, surplus); // would not be seen
      this.dropped += surplus;
    }
    parts.forEach((part, i) => {
      if (i > 0) {
        this.lines.push([]);
        this.returned = false;
      }
      const kept = part.replace(/\r+$/, ''), back = kept.lastIndexOf('\r');
      if (kept && (back >= 0 || this.returned)) this.lines[this.lines.length - 1] = [];
      this.returned = kept !== part || (this.returned && !kept);
      part = kept.slice(back + 1);
      while (part) {
        const line = this.lines[this.lines.length - 1];
        const room = LINE_LONGEST - line.reduce((sum, piece) => sum + piece.text.length, 0);
        if (room > 0) {
          const last = line[line.length - 1];
          if (last && last.stream === stream) last.text += part.slice(0, room);
          else line.push({ stream, text: part.slice(0, room) });
        }
        part = part.slice(Math.max(0, room));
        if (part) this.lines.push([]);
      }
    });
    const over = this.lines.length - LINES_KEPT - 1;
    if (over > 0) {
      this.lines.splice(0, over);
      this.dropped += over + this.blocks.length * BLOCK;
      this.blocks = [];
    }
    this.spoken += text;
    if (this.spoken.length > 2000) this.spoken = this.spoken.slice(-1000);
    this.request();
  }

  /** A line of the page's own. @param {string} text */
  note(text) {
    if (this.lines[this.lines.length - 1].length) this.write('note', '\n');
    this.write('note', text + '\n');
  }

  /** Whether a program runs, that may read. @param {boolean} on */
  reading(on) {
    this.reads = on;
    if (!on && document.activeElement === this.field) this.scroller.focus({ preventScroll: true });
    this.field.value = '';
    this.request();
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    const text = this.field.value;
    this.field.value = '';
    this.sticky = true;
    this.write('input', text + '\n');
    this.onInput(text + '\n');
  }

  request() {
    this.dirty = true;
    if (!this.frame) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.render();
      });
    }
  }

  render() {
    if (!this.dirty) return;
    this.dirty = false;
    while (this.lines.length > BLOCK) {
      const block = element('div', { class: 'block' });
      this.fill(block, this.lines.splice(0, BLOCK));
      this.blocks.push(block);
    }
    while (this.blocks.length * BLOCK + this.lines.length > LINES_KEPT + BLOCK) {
      this.blocks.shift();
      this.dropped += BLOCK;
    }
    const tail = element('div', { class: 'tail' });
    const open = this.lines[this.lines.length - 1];
    this.fill(tail, this.reads ? this.lines.slice(0, -1) : this.lines, !this.reads);
    this.partial.replaceChildren();
    this.row.hidden = !this.reads;
    if (this.reads) this.fillLine(this.partial, open);
    this.row.classList.toggle('prompting', this.reads && open.length > 0);
    const wanted = [...(this.dropped ? [element('div', { class: 'dropped' }, `${this.dropped.toLocaleString('en')} earlier lines are no longer kept`)] : []), ...this.blocks, tail];
    // Blocks that stay are not moved: only what is old goes and what is new comes.
    const keep = new Set(/** @type {Node[]} */ (wanted));
    for (const child of [...this.output.childNodes]) if (!keep.has(child)) child.remove();
    let at = this.output.firstChild;
    for (const child of wanted) {
      if (child === at) at = at.nextSibling;
      else this.output.insertBefore(child, at);
    }
    if (this.sticky) this.scroller.scrollTop = this.scroller.scrollHeight;
    this.announce();
  }

  /** @param {HTMLElement} block @param {Piece[][]} lines @param {boolean} [open] whether the last line has no end yet */
  fill(block, lines, open = false) {
    /** @type {Piece | null} */
    let run = null;
    const flush = () => {
      if (run) this.fillLine(block, [run]);
      run = null;
    };
    lines.forEach((line, i) => {
      const end = open && i === lines.length - 1 ? '' : '\n';
      if (!line.length) line = [{ stream: run ? /** @type {Piece} */ (run).stream : 'stdout', text: '' }];
      line.forEach((piece, k) => {
        const text = piece.text + (k === line.length - 1 ? end : '');
        if (run && run.stream === piece.stream) run.text += text;
        else {
          flush();
          run = { stream: piece.stream, text };
        }
      });
    });
    flush();
  }

  /** @param {HTMLElement} parent @param {Piece[]} line */
  fillLine(parent, line) {
    for (const { stream, text } of line) {
      if (stream === 'stdout') parent.append(text);
      else {
        const span = element('span', { class: stream });
        if (stream === 'stderr') this.fillError(span, text);
        else span.append(text);
        parent.append(span);
      }
    }
  }

  /** Places in a traceback lead to the editor. @param {HTMLElement} span @param {string} text */
  fillError(span, text) {
    let at = 0;
    for (const found of text.matchAll(PLACE)) {
      const [whole, file, line] = found;
      span.append(text.slice(at, found.index));
      span.append(!this.places || /[\\/]lib[\\/]|^</.test(file) ? whole : element('button', { type: 'button', class: 'place', onclick: () => this.onPlace(file, Number(line)) }, whole));
      at = found.index + whole.length;
    }
    span.append(text.slice(at));
  }

  /** At most once a second, and only the end of what is new. */
  announce() {
    const rest = this.spokenAt + ANNOUNCE_PERIOD - performance.now();
    clearTimeout(this.speaks);
    if (!this.spoken) return;
    if (this.spokenAt && rest > 0) {
      this.speaks = setTimeout(() => this.announce(), rest); // the end of the output is not to be left out
      return;
    }
    this.spokenAt = performance.now();
    this.live.textContent = this.spoken.split('\n').filter(Boolean).slice(-3).join('\n');
    this.spoken = '';
  }

  /** All that is kept, as text. */
  get text() {
    return [...this.blocks.map((block) => block.textContent), this.lines.map((line) => line.map((piece) => piece.text).join('')).join('\n')].join('');
  }
}
