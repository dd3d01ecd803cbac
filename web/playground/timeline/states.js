// @ts-check
/* states.js: what a thread can be doing, as the timeline shows it.
 *
 * `height` is the share of a lane that the state fills, so that the states differ in shape as well as in colour; `colour` names a custom property of the
 * page's style sheet.
 */

/** @typedef {{key: string, label: string, height: number, colour: string}} State */

/** @type {readonly State[]} */
export const STATES = [
  { key: 'none', label: 'not there', height: 0, colour: '--track' },
  { key: 'running', label: 'running', height: 1, colour: '--running' },
  { key: 'waiting', label: 'waiting for the lock', height: 0.62, colour: '--waiting' },
  { key: 'io', label: 'blocked on I/O', height: 0.26, colour: '--blocked-io' },
  { key: 'lock', label: 'blocked on a lock of the program', height: 0.26, colour: '--blocked-lock' },
  { key: 'sleep', label: 'sleeping', height: 0.14, colour: '--blocked-sleep' },
  { key: 'join', label: 'waiting for another thread or process', height: 0.14, colour: '--blocked-join' },
  { key: 'compute', label: 'at work in C without the lock', height: 0.8, colour: '--compute' },
  { key: 'gap', label: 'events were lost', height: 0.4, colour: '--gap' },
];
export const NONE = 0;
export const RUNNING = 1;
export const WAITING = 2;
export const GAP = 8;

const BY_REASON = new Map([['interval', WAITING], ['io', 3], ['lock', 4], ['sleep', 5], ['join', 6], ['compute', 7], ['end', NONE]]);
/** The state of a thread that gave the lock up. @param {string} reason */
export const stateOf = (reason) => BY_REASON.get(reason) ?? 3;

/** @param {number} ms */
export function duration(ms) {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`;
}
