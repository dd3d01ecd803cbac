// @ts-check
/* index.js: the demos in the order of the page: their programs, their settings, and three sentences of what to see. */
import asyncioThreads from './asyncio_threads.py';
import fetches from './fetches.py';
import lockOff from './lock_off.py';
import manyThreads from './many_threads.py';
import producerConsumer from './producer_consumer.py';
import threeWays from './three_ways.py';

/** @typedef {{id: string, title: string, file: string, code: string, lock: boolean, see: [string, string, string]}} Demo */

/** @type {readonly Demo[]} */
export const DEMOS = [
  {
    id: 'three-ways', title: 'Countdown three ways', file: 'three_ways.py', code: threeWays, lock: true,
    see: [
      'The same twenty million steps are counted by one thread, by two threads, and by two processes.',
      'Two threads take about as long as one: watch the lock go back and forth between them, one waiting whenever the other runs.',
      'Two processes have a lock each, so both run at once and finish sooner.',
    ],
  },
  {
    id: 'fetches', title: 'Overlapping fetches', file: 'fetches.py', code: fetches, lock: true,
    see: [
      'Six requests go to this page’s own host, which answers each after half a second.',
      'A thread that waits for the network gives the lock up, so six threads wait side by side and the whole takes half a second and not three.',
      'The lanes show it: hardly any time is spent running, and nobody waits for the lock.',
    ],
  },
  {
    id: 'many-threads', title: 'Many threads, one lock', file: 'many_threads.py', code: manyThreads, lock: true,
    see: [
      'Eight threads want to count, and there is one lock.',
      'Each runs for one switch interval and then waits while seven others have theirs; zoom in to see the baton go round.',
      'Change the switch interval: longer turns mean fewer hand-overs, but never more than one thread at once.',
    ],
  },
  {
    id: 'producer-consumer', title: 'Producer and consumer', file: 'producer_consumer.py', code: producerConsumer, lock: true,
    see: [
      'A queue with room for three lies between a quick producer and two slow consumers.',
      'When it is full, the producer’s lane shows it blocked on the queue’s lock until a consumer takes something out.',
      'Nobody holds the lock while sleeping or waiting, so the interpreter is idle most of the time.',
    ],
  },
  {
    id: 'asyncio', title: 'asyncio beside threads', file: 'asyncio_threads.py', code: asyncioThreads, lock: true,
    see: [
      'An event loop ticks every 50 ms while heavy work is done: first in the loop itself, then in a thread.',
      'Work in the loop makes the ticks stop until it is done.',
      'With the work in a thread the loop gets the lock back after one switch interval, so ticks are only a little late.',
    ],
  },
  {
    id: 'lock-off', title: 'Lock off', file: 'lock_off.py', code: lockOff, lock: false,
    see: [
      'The same interpreter runs without its lock: reference counts and containers then protect themselves.',
      'Two threads run at the same time, and “Threads at once” goes to 2 where there are two cores free.',
      'Switch the lock on and run again: the second figure falls back to that of one thread.',
    ],
  },
];
