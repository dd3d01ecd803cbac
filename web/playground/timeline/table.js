// @ts-check
/* table.js: what the timeline shows, in figures. */
import { GAP, RUNNING, STATES, WAITING, duration } from './states.js';
import { element } from '../dom.js';
import { laneName } from './view.js';

/** @param {HTMLElement} parent @param {import('./model.js').TimelineModel} model */
export function fillTable(parent, model) {
  const blocked = STATES.map((_, i) => i).filter((i) => i > WAITING && i < GAP);
  const heads = ['Thread', 'Now', 'Running', 'Waiting for the lock', ...blocked.map((i) => STATES[i].label.replace(/^./, (c) => c.toUpperCase())), 'Took the lock', 'Forced to give it up', 'Events lost'];
  const rows = model.lanes.map((lane) => {
    const sums = model.totals(lane);
    const share = (/** @type {number} */ i) => (sums[i] > 0 ? duration(sums[i]) : '–');
    const now = model.ended || lane.ended ? 'ended' : STATES[lane.state].label;
    const cells = [now, share(RUNNING), share(WAITING), ...blocked.map(share), lane.takes.toLocaleString('en'), lane.forced.toLocaleString('en'), lane.lost.toLocaleString('en')];
    return element('tr', {}, element('th', { scope: 'row' }, laneName(lane, model)), ...cells.map((text) => element('td', {}, text)));
  });
  const table = element('table', {},
    element('caption', {}, model.lanes.length ? `What ${model.lanes.length === 1 ? 'the thread' : `the ${model.lanes.length} threads`} did in ${duration(model.end)}` : 'No program has run yet'),
    element('thead', {}, element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, ...rows));
  const { scrollLeft, scrollTop } = parent;
  parent.replaceChildren(table);
  parent.scrollTo(scrollLeft, scrollTop);
}
