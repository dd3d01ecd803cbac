/* model.mjs: what the timeline makes of the lock's events:  node --test model.mjs */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTimes } from '../../web/playground/bars.js';
import { TimelineModel } from '../../web/playground/timeline/model.js';
import { GAP, NONE, RUNNING, WAITING } from '../../web/playground/timeline/states.js';

const thread = (number, lost = 0, ended = false) => ({ process: 1, thread: number, name: `T${number}`, ended, lost });
let order = 0;
const event = (time, number, kind, reason = '', address = 0) => ({ order: order++, time: 1000 + time, process: 1, thread: number, kind, reason, address });
function model() {
  const made = new TimelineModel();
  made.begin(1000);
  return made;
}

test('a thread runs until it gives the lock up, then waits or is blocked', () => {
  const m = model();
  m.add({ threads: [thread(1)], events: [event(10, 1, 'gave-up', 'io'), event(30, 1, 'wants'), event(35, 1, 'got'), event(50, 1, 'gave-up', 'interval'), event(50, 1, 'wants'), event(60, 1, 'got')] });
  const [lane] = m.lanes;
  assert.deepEqual([...lane.states.subarray(0, lane.length)], [RUNNING, 3, WAITING, RUNNING, WAITING, RUNNING]);
  m.end = 80;
  m.finish();
  assert.deepEqual([...m.totals(lane)].slice(0, 4), [0, 10 + 15 + 20, 5 + 10, 20]);
  assert.equal(lane.forced, 1);
  assert.equal(lane.takes, 2);
  assert.equal(lane.state, NONE);
});

test('lost events are a gap with their number, and the sums go on', () => {
  const m = model();
  m.add({ threads: [thread(1)], events: [event(0, 1, 'got'), event(10, 1, 'gave-up', 'io')] });
  m.add({ threads: [thread(1, 500)], events: [event(40, 1, 'got'), event(60, 1, 'gave-up', 'sleep')] });
  const [lane] = m.lanes;
  assert.deepEqual([...lane.states.subarray(0, lane.length)], [RUNNING, GAP, RUNNING, 5]);
  assert.deepEqual(lane.gaps, [{ begin: 10, end: 40, count: 500 }]);
  m.end = 60;
  const sums = m.totals(lane);
  assert.equal(sums[RUNNING], 30);
  assert.equal(sums[GAP], 30);
});

test('hand-overs are between who waited and who had the lock', () => {
  const m = model();
  m.add({
    threads: [thread(1), thread(2)],
    events: [event(0, 1, 'got'), event(1, 2, 'wants'), event(5, 1, 'gave-up', 'interval'), event(5, 1, 'wants'), event(5.1, 2, 'got'), event(10, 2, 'gave-up', 'end'), event(10, 2, 'ended'), event(10.2, 1, 'got')],
  });
  assert.deepEqual(m.handovers.map(({ from, to }) => [from.thread, to.thread]), [[1, 2], [2, 1]]);
  assert.equal(m.lanes[1].state, NONE);
  m.end = 20.2;
  assert.ok(Math.abs(m.parallelism() - (5 + 4.9 + 10) / 20.2) < 1e-9);
});

test('times are found in what a program prints', () => {
  assert.deepEqual(findTimes('Single-threaded: 1.50s\nnoise\n  Two threads:   0.8 s, 2 times\nat 5: three\nx: 3 steps\n'), [
    { label: 'Single-threaded', seconds: 1.5 }, { label: 'Two threads', seconds: 0.8 },
  ]);
});

test('a place is found among many spans, and old ones are forgotten', () => {
  const m = model();
  const events = [];
  for (let i = 0; i < 50_000; i++) events.push(event(i, 1, i % 2 ? 'gave-up' : 'got', i % 2 ? 'io' : ''));
  m.add({ threads: [thread(1)], events });
  const [lane] = m.lanes;
  assert.equal(lane.find(-1), -1);
  for (const time of [0, 0.5, 1, 12_345.25, 49_999, 60_000]) assert.equal(lane.find(time), Math.min(49_999, Math.floor(time)));
  lane.halve();
  assert.equal(lane.times[0], 25_000);
  assert.equal(lane.find(25_000.5), 0);
});
