// @ts-check
/* interpreter.js: the page's one interpreter, made once, for both views. */
import { createBaton } from '../runtime/baton.js';

/** @typedef {import('../runtime/baton').Baton} Baton */

/* Browsers optimise code that has run for a while, beside its running: a loop while the reader is still reading makes the first program as fast as the later ones. */
const WARM_UP = `import time
end = time.perf_counter() + 0.15
while time.perf_counter() < end:
    n = 10_000
    while n > 0:
        n -= 1
`;

/** @type {Promise<Baton> | null} */
let made = null;
/** @type {Promise<unknown>} */
let warm = Promise.resolve();

/** @returns {Promise<Baton>} */
export async function interpreter() {
  if (!made) {
    made = createBaton({ baseURL: new URL('../', import.meta.url) });
    made.catch(() => (made = null));
  }
  const baton = await made;
  await warm;
  return baton;
}

/** When nothing has run yet. @param {Baton} baton */
export function warmUp(baton) {
  if (!baton.running) warm = baton.run(WARM_UP, { input: null }).catch(() => {});
}

/** The environment of every program: PAGE is where the page comes from, for the demos that fetch. */
export const ENVIRONMENT = { PAGE: new URL('../', import.meta.url).href };
