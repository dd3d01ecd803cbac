// @ts-check
/* compare.js: the programs of the Compare view: each has work(n) and SIZE. */
import countdown from './work_countdown.py';
import digests from './work_digests.py';
import primes from './work_primes.py';
import waiting from './work_waiting.py';

/** @type {readonly {title: string, code: string}[]} */
export const PROGRAMS = [
  { title: 'Countdown', code: countdown },
  { title: 'Primes in lists', code: primes },
  { title: 'Digests (C without the lock)', code: digests },
  { title: 'Waiting', code: waiting },
];
