// @ts-check
/* view.js: the picture of a model on a canvas: a lane for each thread, time from left to right; and how it is moved about.
 *
 * Each lane is painted into a strip of pixels, column by column: what the thread did during a column's time is stacked from the bottom, each state up to the
 * share of the height that states.js gives it.  So a picture costs its width times its lanes, however many events there are.  It is painted only in
 * animation frames and only when something has changed.  Read next: model.js, panel.js.
 */
import { GAP, NONE, RUNNING, STATES, WAITING, duration } from './states.js';

/** @typedef {import('./model.js').TimelineModel} TimelineModel */
/** @typedef {import('./model.js').Lane} Lane */

const WINDOW_FIRST = 2500; // milliseconds shown while following
const WINDOW_MIN = 0.05;
const AXIS = 24;
const NARROW = 640;
const HANDOVERS_DRAWN = 250;
const GAP_NAMED = 90; // pixels

/** A colour of the style sheet as a little-endian pixel. @param {string} css @param {CanvasRenderingContext2D} context */
function pixel(css, context) {
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** A thread's name, for those of other processes with their number. @param {Lane} lane @param {TimelineModel | null} model */
export function laneName(lane, model) {
  if (lane.process === model?.lanes[0].process) return lane.name;
  return lane.name === 'MainThread' ? `Process ${lane.process}` : `${lane.process}: ${lane.name}`;
}

export class TimelineView {
  /** @param {HTMLElement} scroller holds the canvas and scrolls over the lanes @param {HTMLCanvasElement} canvas @param {HTMLElement} tip */
  constructor(scroller, canvas, tip) {
    this.scroller = scroller;
    this.canvas = canvas;
    this.tip = tip;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false, willReadFrequently: true }));
    /** @type {TimelineModel | null} */
    this.model = null;
    this.from = 0;
    this.span = WINDOW_FIRST;
    this.following = true;
    this.paused = false;
    this.frame = 0;
    this.drawn = -1;
    /** @type {{x: number, y: number} | null} */
    this.pointer = null;
    /** @type {() => void} */
    this.onView = () => {};
    /** Milliseconds that the last frames took to paint. @type {number[]} */
    this.costs = [];
    /** @type {ImageData | null} */
    this.strip = null;
    this.pixels = new Uint32Array(STATES.length);
    this.css = { text: '', soft: '', line: '', ground: '', baton: '' };
    this.font = '';
    this.readColours();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.readColours();
      this.touch();
    });
    /** The scroller's inner size: asking for it while the page changes would lay the page out each time. */
    this.size = { width: scroller.clientWidth, height: scroller.clientHeight };
    new ResizeObserver(() => {
      this.size = { width: scroller.clientWidth, height: scroller.clientHeight };
      this.touch();
    }).observe(scroller);
    scroller.addEventListener('scroll', () => this.touch(), { passive: true });
    this.listen();
  }

  readColours() {
    const style = getComputedStyle(this.canvas);
    const css = (/** @type {string} */ name) => style.getPropertyValue(name).trim() || '#888';
    const scratch = document.createElement('canvas');
    scratch.width = scratch.height = 1;
    const context = /** @type {CanvasRenderingContext2D} */ (scratch.getContext('2d', { willReadFrequently: true }));
    this.pixels = new Uint32Array(STATES.map((state) => pixel(css(state.colour), context)));
    this.css = { text: css('--text'), soft: css('--text-soft'), line: css('--line'), ground: css('--panel'), baton: css('--accent') };
    this.font = style.fontFamily;
  }

  /** @param {TimelineModel} model */
  show(model) {
    this.model = model;
    this.from = 0;
    this.span = WINDOW_FIRST;
    this.following = true;
    this.paused = false;
    this.scroller.scrollTop = 0;
    this.touch();
    this.onView();
  }

  touch() {
    this.drawn = -1;
    this.request();
  }

  request() {
    if (!this.frame) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.paint();
      });
    }
  }

  /* ---- where one looks ---- */

  get narrow() {
    return this.size.width < NARROW;
  }
  get left() {
    return this.narrow ? 0 : 150;
  }
  get laneHeight() {
    return this.narrow ? 40 : 30;
  }
  get width() {
    return Math.max(1, this.size.width - this.left);
  }

  /** @param {number} factor below 1: nearer @param {number} [x] what stays where it is, in pixels of the canvas */
  zoom(factor, x) {
    if (!this.model) return;
    const most = Math.max(WINDOW_FIRST, this.model.end * 1.02);
    const span = Math.min(most, Math.max(WINDOW_MIN, this.span * factor));
    const at = x === undefined ? (this.following ? 1 : 0.5) : Math.min(1, Math.max(0, (x - this.left) / this.width));
    this.from += (this.span - span) * at;
    this.span = span;
    this.settle();
  }

  /** @param {number} ms */
  pan(ms) {
    this.following = false;
    this.from += ms;
    this.settle();
  }

  fit() {
    if (!this.model) return;
    this.following = false;
    this.from = 0;
    this.span = Math.max(1, this.model.end * 1.01);
    this.settle();
  }

  follow() {
    this.following = true;
    this.paused = false;
    if (this.span > 4 * WINDOW_FIRST) this.span = WINDOW_FIRST;
    this.settle();
  }

  /** @param {boolean} on */
  pause(on) {
    this.paused = on;
    if (on) this.following = false;
    this.settle();
  }

  settle() {
    const end = this.model?.end ?? 0;
    this.from = Math.max(-0.02 * this.span, Math.min(this.from, Math.max(0, end - this.span * 0.1)));
    this.onView();
    this.touch();
  }

  /* ---- painting ---- */

  paint() {
    const { model, scroller, canvas, context } = this;
    const { width, height } = this.size;
    if (!width || !height) return;
    const live = model !== null && !model.ended && model.begun;
    if (live && !this.paused) model.advance(performance.timeOrigin + performance.now());
    if (model && this.following) this.from = Math.max(0, model.end - this.span);
    const begun = performance.now();
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      this.strip = null;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.css.ground;
    context.fillRect(0, 0, width, height);
    if (model) {
      const lanes = model.lanes;
      const sizer = /** @type {HTMLElement} */ (scroller.firstElementChild);
      const tall = `${Math.max(0, AXIS + lanes.length * this.laneHeight + 4)}px`;
      if (sizer.style.height !== tall) sizer.style.height = tall;
      if (lanes.length || model.begun) this.paintAxis(width, height);
      const top = AXIS - scroller.scrollTop;
      context.save();
      context.beginPath();
      context.rect(0, AXIS, width, height - AXIS);
      context.clip();
      lanes.forEach((lane, i) => {
        const y = top + i * this.laneHeight;
        if (y + this.laneHeight > AXIS && y < height) this.paintLane(lane, y, ratio, height);
      });
      this.paintHandovers(top);
      context.restore();
      this.paintPointer(width, height, top);
    }
    this.costs.push(performance.now() - begun);
    if (this.costs.length > 600) this.costs.splice(0, 300);
    if (live && !this.paused) this.request();
  }

  /** @param {number} width @param {number} height */
  paintAxis(width, height) {
    const { context, css } = this;
    const rough = this.span / Math.max(2, this.width / 110);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough) || 10 * power;
    context.font = `11px ${this.font}`;
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    for (let t = Math.ceil(Math.max(0, this.from) / step) * step; t <= this.from + this.span; t += step) {
      const x = Math.round(this.left + ((t - this.from) / this.span) * this.width) + 0.5;
      context.strokeStyle = css.line;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, height);
      context.stroke();
      const text = step >= 1000 ? `${Math.round(t / 1000)} s` : step >= 100 ? `${(t / 1000).toFixed(1)} s` : step >= 1 ? `${Math.round(t)} ms` : `${t.toFixed(2)} ms`;
      if (x + 4 + context.measureText(text).width < width) {
        context.fillStyle = css.soft;
        context.fillText(text, x + 4, AXIS / 2);
      }
    }
  }

  /** @param {Lane} lane @param {number} y @param {number} ratio @param {number} bottom */
  paintLane(lane, y, ratio, bottom) {
    const { context, css } = this;
    const label = laneName(lane, this.model);
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    context.font = `12px ${this.font}`;
    context.fillStyle = lane.ended || this.model?.ended ? css.soft : css.text;
    let top = y + 4;
    let height = this.laneHeight - 8;
    if (this.narrow) {
      context.fillText(label, 6, y + 9);
      top = y + 17;
      height = this.laneHeight - 21;
    } else {
      context.fillText(this.shorten(label, this.left - 22), 12, y + this.laneHeight / 2 + 0.5);
    }
    const wide = Math.max(1, Math.round(this.width * ratio));
    const tall = Math.max(1, Math.round(height * ratio));
    if (!this.strip || this.strip.width !== wide || this.strip.height !== tall) this.strip = context.createImageData(wide, tall);
    this.fillStrip(lane, this.strip);
    // putImageData knows no clipping: what lies above or below the lanes' part stays out
    const first = Math.max(0, Math.round((AXIS - top) * ratio));
    const rows = Math.min(tall, Math.round((bottom - top) * ratio)) - first;
    if (rows > 0) context.putImageData(this.strip, Math.round(this.left * ratio), Math.round(top * ratio), 0, first, wide, rows);
    for (let i = lane.gaps.length - 1; i >= 0 && lane.gaps[i].end >= this.from; i--) this.paintGap(lane.gaps[i], top + height / 2);
  }

  /** How many events were lost, where there is room to say so. @param {{begin: number, end: number, count: number}} gap @param {number} y */
  paintGap({ begin, end, count }, y) {
    const { context, css } = this;
    const x = (/** @type {number} */ time) => this.left + ((Math.max(this.from, Math.min(this.from + this.span, time)) - this.from) / this.span) * this.width;
    if (x(end) - x(begin) < GAP_NAMED) return;
    const text = `${count.toLocaleString('en')} events lost`;
    context.font = `11px ${this.font}`;
    const wide = context.measureText(text).width + 10;
    if (x(end) - x(begin) < wide) return;
    const left = (x(begin) + x(end) - wide) / 2;
    context.fillStyle = css.ground;
    context.fillRect(left, y - 8, wide, 16);
    context.fillStyle = css.text;
    context.fillText(text, left + 5, y + 0.5);
  }

  /** @param {string} text @param {number} room */
  shorten(text, room) {
    if (this.context.measureText(text).width <= room) return text;
    while (text && this.context.measureText(text + '…').width > room) text = text.slice(0, -1);
    return text + '…';
  }

  /** @param {Lane} lane @param {ImageData} strip */
  fillStrip(lane, strip) {
    const { width, height } = strip;
    const out = new Uint32Array(strip.data.buffer);
    const { pixels } = this;
    const { times, states, ran, waited, length } = lane;
    const end = this.model?.end ?? 0;
    const step = this.span / width;
    let i = -1;
    let x = 0;
    while (x < width) {
      const from = this.from + x * step;
      const to = from + step;
      i = i < 0 ? lane.find(from) : this.advanceTo(lane, i, from);
      const spanEnd = i + 1 < length ? times[i + 1] : end;
      if (i < 0 || from > end) {
        // nothing yet, or nothing any more
        const next = from > end || !length ? width : Math.min(width, Math.max(x + 1, Math.floor((times[0] - this.from) / step)));
        this.columns(out, width, height, x, next, NONE, pixels);
        x = next;
      } else if (spanEnd >= to || i + 1 >= length) {
        const next = Math.min(width, Math.max(x + 1, Math.floor((spanEnd - this.from) / step)));
        this.columns(out, width, height, x, next, states[i], pixels);
        x = next;
      } else {
        const j = this.advanceTo(lane, i, to);
        const sum = (/** @type {Float64Array} */ sums, /** @type {number} */ state) =>
          sums[j] + (states[j] === state ? to - times[j] : 0) - sums[i] - (states[i] === state ? from - times[i] : 0);
        const running = Math.max(0, sum(ran, RUNNING)) / step;
        const waiting = Math.max(0, sum(waited, WAITING)) / step;
        const rest = Math.max(0, 1 - running - waiting);
        let other = states[i] > WAITING ? states[i] : states[j] > WAITING ? states[j] : NONE;
        for (let k = i + 1; other === NONE && k < j && k < i + 8; k++) if (states[k] > WAITING) other = states[k];
        const a = Math.round(running * STATES[RUNNING].height * height);
        const b = a + Math.round(waiting * STATES[WAITING].height * height);
        const c = b + Math.round(rest * STATES[other].height * height);
        for (let row = 0, p = (height - 1) * width + x; row < height; row++, p -= width) {
          out[p] = row < a ? pixels[RUNNING] : row < b ? pixels[WAITING] : row < c ? pixels[other] : pixels[NONE];
        }
        x++;
      }
    }
  }

  /** The span at `time`, not before span i: near ones are looked at first. @param {Lane} lane @param {number} i @param {number} time */
  advanceTo(lane, i, time) {
    for (let k = 0; k < 8; k++, i++) if (i + 1 >= lane.length || lane.times[i + 1] > time) return i;
    return lane.find(time, i);
  }

  /** @param {Uint32Array} out @param {number} width @param {number} height @param {number} from @param {number} to @param {number} state @param {Uint32Array} pixels */
  columns(out, width, height, from, to, state, pixels) {
    const filled = state === NONE ? 0 : Math.max(1, Math.round(STATES[state].height * height));
    for (let row = 0; row < height; row++) {
      const at = (height - 1 - row) * width;
      const inside = row < filled;
      if (inside && state === GAP) for (let x = from; x < to; x++) out[at + x] = (x + row) % 6 < 2 ? pixels[GAP] : pixels[NONE];
      else out.fill(inside ? pixels[state] : pixels[NONE], at + from, at + to);
    }
  }

  /** Lines from who had the lock to who got it, where they can be told apart. @param {number} top */
  paintHandovers(top) {
    const model = /** @type {TimelineModel} */ (this.model);
    const list = model.handovers;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (list[middle].time < this.from) low = middle + 1;
      else high = middle;
    }
    let last = low;
    while (last < list.length && list[last].time <= this.from + this.span && last - low <= HANDOVERS_DRAWN) last++;
    if (last - low > HANDOVERS_DRAWN || last === low) return;
    const { context } = this;
    const places = new Map(model.lanes.map((lane, i) => [lane, i]));
    const middle = (/** @type {Lane} */ lane) => top + (places.get(lane) || 0) * this.laneHeight + (this.narrow ? 17 + (this.laneHeight - 21) / 2 : this.laneHeight / 2);
    context.strokeStyle = this.css.baton;
    context.fillStyle = this.css.baton;
    context.lineWidth = 1.25;
    context.beginPath();
    for (let i = low; i < last; i++) {
      const x = Math.round(this.left + ((list[i].time - this.from) / this.span) * this.width) + 0.5;
      context.moveTo(x, middle(list[i].from));
      context.lineTo(x, middle(list[i].to));
    }
    context.stroke();
    context.beginPath();
    for (let i = low; i < last; i++) {
      const x = Math.round(this.left + ((list[i].time - this.from) / this.span) * this.width) + 0.5;
      context.moveTo(x, middle(list[i].to));
      context.arc(x, middle(list[i].to), 2.4, 0, 7);
    }
    context.fill();
  }

  /** @param {number} width @param {number} height @param {number} top */
  paintPointer(width, height, top) {
    const { pointer, context, css, tip, model } = this;
    const lane = pointer && model ? model.lanes[Math.floor((pointer.y - top) / this.laneHeight)] : undefined;
    if (!pointer || !model || !lane || pointer.x < this.left || pointer.y < AXIS) {
      tip.hidden = true;
      return;
    }
    const time = this.from + ((pointer.x - this.left) / this.width) * this.span;
    context.strokeStyle = css.soft;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.round(pointer.x) + 0.5, 0);
    context.lineTo(Math.round(pointer.x) + 0.5, height);
    context.stroke();
    const i = lane.find(time);
    if (i < 0 || time > model.end || lane.states[i] === NONE) {
      tip.hidden = true;
      return;
    }
    const begin = lane.times[i];
    const end = i + 1 < lane.length ? lane.times[i + 1] : model.end;
    const state = STATES[lane.states[i]];
    const lost = lane.gaps.find((gap) => gap.begin === begin)?.count;
    tip.textContent =
      `${laneName(lane, model)}: ${lost ? `${lost.toLocaleString('en')} events were lost` : state.label}` +
      `${lane.addresses[i] ? ` (0x${lane.addresses[i].toString(16)})` : ''}, ${duration(end - begin)}, from ${duration(begin)}`;
    tip.hidden = false;
    const right = pointer.x > width / 2;
    tip.style.left = right ? '' : `${pointer.x + 12}px`;
    tip.style.right = right ? `${width - pointer.x + 12}px` : '';
    tip.style.top = `${Math.min(pointer.y + 14, height - 30)}px`;
  }

  /* ---- moving about ---- */

  listen() {
    const { canvas } = this;
    /** @type {Map<number, number>} */
    const fingers = new Map();
    /** @param {MouseEvent} event */
    const at = (event) => event.clientX - canvas.getBoundingClientRect().left;
    canvas.addEventListener('wheel', (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        this.zoom(Math.exp(event.deltaY * 0.004), at(event));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        this.pan(((event.deltaX || event.deltaY) / this.width) * this.span);
      }
    }, { passive: false });
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, at(event));
    });
    canvas.addEventListener('pointermove', (event) => {
      const box = canvas.getBoundingClientRect();
      const x = at(event);
      const before = fingers.get(event.pointerId);
      if (before === undefined) this.pointer = { x, y: event.clientY - box.top };
      else if (fingers.size === 1) this.pan(((before - x) / this.width) * this.span);
      else {
        const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
        this.zoom(Math.abs(before - other) / Math.max(1, Math.abs(x - other)), (x + other) / 2);
      }
      if (before !== undefined) fingers.set(event.pointerId, x);
      this.request();
    });
    for (const name of /** @type {const} */ (['pointerup', 'pointercancel', 'pointerleave'])) {
      canvas.addEventListener(name, (event) => {
        fingers.delete(event.pointerId);
        if (name === 'pointerleave') this.pointer = null;
        this.request();
      });
    }
    canvas.addEventListener('dblclick', (event) => this.zoom(0.4, at(event)));
    canvas.addEventListener('keydown', (event) => {
      const actions = /** @type {Record<string, () => void>} */ ({
        ArrowLeft: () => this.pan(-this.span / 8), ArrowRight: () => this.pan(this.span / 8),
        ArrowUp: () => this.scroller.scrollBy(0, -this.laneHeight), ArrowDown: () => this.scroller.scrollBy(0, this.laneHeight),
        '+': () => this.zoom(0.6), '=': () => this.zoom(0.6), '-': () => this.zoom(1 / 0.6),
        Home: () => this.fit(), End: () => this.follow(), ' ': () => this.pause(!this.paused),
      });
      const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }
}
