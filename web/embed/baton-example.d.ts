/* baton-example.d.ts: <baton-example>, a runnable example around a plain <pre><code>.  `import 'baton-python/element'` defines it. */
import type { OutputChunk, RunResult } from '../baton.js';

/**
 * Attributes:
 * - `timeline`: shows who has the lock;
 * - `lock="off"`: runs without the lock; `interval="0.02"`: seconds between forced switches;
 * - `editable`: the reader may change the program (the editor is loaded when it is first focused);
 * - `height="300px"`: the code is at most so high and scrolls;
 * - `session="name"`: examples of one session share one namespace;
 * - `own`: an interpreter of its own; without it all examples of a page share one;
 * - `name="main.py"`: the program's name in tracebacks; `args="one two"`: sys.argv[1:];
 * - `base-url`: where the package's files are, if not beside this module;
 * - `isolate-page="/coi-serviceworker.js"`: where the example cannot be isolated, offers to isolate the whole page by this service worker.
 *
 * Children: `<pre><code>` with the program; optionally `<script type="text/python">` with set-up code that is run before it and not shown.
 *
 * Events (they bubble): `baton-run`, `baton-output` (detail: OutputChunk), `baton-end` (detail: RunResult), `baton-trouble` (detail: Trouble).
 */
export declare class BatonExample extends HTMLElement {
  /** The program as it stands now. */
  code: string;
  /** Of the last run. */
  readonly result: RunResult | null;
  readonly running: boolean;
  /** Runs the program, after the runs that others have asked of the same interpreter. Rejects if no program can run here. */
  run(): Promise<RunResult>;
  /** As Ctrl-C; a second call ends the interpreter. */
  stop(): Promise<void>;
  /** A piece of standard input; null ends it. */
  input(text: string | null): void;
  /** The program as the page has it. */
  reset(): void;
}

/** Why no program can run here, and what to do. */
export interface Trouble {
  title: string;
  text: string;
  remedy?: string;
}

/** For all examples made from now on. */
export declare function configure(options: { baseURL?: string | URL }): void;

declare global {
  interface HTMLElementTagNameMap {
    'baton-example': BatonExample;
  }
  interface HTMLElementEventMap {
    'baton-run': CustomEvent<null>;
    'baton-output': CustomEvent<OutputChunk>;
    'baton-end': CustomEvent<RunResult>;
    'baton-trouble': CustomEvent<Trouble>;
  }
}
