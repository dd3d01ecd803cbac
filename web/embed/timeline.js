// @ts-check
/* timeline.js: the part of an example that shows the lock, loaded when one has it. */
export { TimelinePanel } from '../playground/timeline/panel.js';
