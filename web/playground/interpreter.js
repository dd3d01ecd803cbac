// @ts-check
/* interpreter.js: the page's one interpreter, made once, for both views. */
import { createBaton } from '../runtime/baton.js';

/** @type {Promise<import('../runtime/baton').Baton> | null} */
let made = null;

/** @returns {Promise<import('../runtime/baton').Baton>} */
export function interpreter() {
  if (!made) {
    made = createBaton({ baseURL: new URL('../', import.meta.url) });
    made.catch(() => (made = null));
  }
  return made;
}

/** The environment of every program: PAGE is where the page comes from, for the demos that fetch. */
export const ENVIRONMENT = { PAGE: new URL('../', import.meta.url).href };
