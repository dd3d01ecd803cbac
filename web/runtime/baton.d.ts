/* baton.d.ts: the one public module of the shell.  `import { createBaton } from './baton.js'` in a page or in Node.
 *
 * What programs find: files and pipes in memory; threads; sockets between their own threads (servers and clients on the loopback address).  To other hosts HTTP and HTTPS
 * requests go out by the page's fetch, from urllib.request, http.client or any socket: credentials are omitted, nothing is cached, and a server of another origin must
 * allow the page to read its answers (CORS).  fetch follows redirects by itself: in a page the program is shown one, 302, to where it has ended.  Nesting through C code
 * (repr of nested data, sort keys that sort) ends in RecursionError after some 70 to 230 levels.
 * Processes are interpreters with memories of their own, which nothing can map into another: multiprocessing has Process, Queue, Pipe, Pool, Manager, Lock and the other
 * things to wait on, but Value, Array, Barrier and shared_memory, which need mmap, raise ImportError.  sys.platform is "linux": CPython's own "emscripten" makes its
 * library refuse to start processes; platform.machine() tells where the program is. */

export interface BatonOptions {
  /** Where the package's files are; by default beside this module. */
  baseURL?: string | URL;
  /** Whether the lock is on when a program starts (default true). */
  gil?: boolean;
  /** Seconds between forced switches of the lock (default 0.005, as CPython). */
  switchInterval?: number;
  /** Environment variables of the program. */
  env?: Record<string, string>;
  /** Records who has the lock from the start, for onTimeline. */
  timeline?: boolean;
  limits?: {
    /** Characters of stdout and of stderr kept for a run's result (default 1,000,000; the rest is only passed to onOutput). */
    output?: number;
    /** Bytes of files and pipes of a program (default 128 MiB). */
    files?: number;
    /** Bytes of memory of each of a program's processes (default and at most 1 GiB); beyond it comes MemoryError. */
    memory?: number;
    /** Threads alive at once in a process, at most (default 200); beyond it "can't start new thread". */
    threads?: number;
  };
  onOutput?: (chunk: OutputChunk) => void;
  onTimeline?: (events: TimelineBatch) => void;
  onUnstopped?: (running: string[]) => void;
}

export interface OutputChunk {
  stream: 'stdout' | 'stderr';
  text: string;
}

export interface RunOptions {
  /** Name of the program's file, as tracebacks show it (default "main.py"). */
  name?: string;
  /** sys.argv[1:] */
  argv?: string[];
  /** More files, by path; relative ones lie beside the program. */
  files?: Record<string, string | Uint8Array>;
  /**
   * Runs with the same session share one namespace, one interpreter and its files, until dispose(), a restart by Stop, or the interpreter's end (os._exit).
   * A run ends when the program and its threads have ended (daemon threads go on).  What belongs to the interpreter (gil, switchInterval, env, timeline) is that of the session's first run.
   */
  session?: string;
  /** Code that runs before the program, in its namespace, and in that of the program's processes: what examples need and do not show. Its own tracebacks name ".setup.py". */
  setup?: string;
  /** Input known beforehand; `null` at once ends the input. Without it, input() in the program waits for Baton.input. */
  input?: string | null;
  /** These override the options given to createBaton, for this run. */
  gil?: boolean;
  switchInterval?: number;
  env?: Record<string, string>;
  timeline?: boolean;
}

export interface RunResult {
  /** The program ended with exit code 0. */
  ok: boolean;
  /** 1 after an uncaught exception, 130 after Stop, 137 after a Stop that had to restart the interpreter. */
  exitCode: number;
  stdout: string;
  stderr: string;
  /** From the program's start to its end, without loading. */
  durationMs: number;
}

/** One event of one thread: `order` orders the events of all threads of a process; times are milliseconds since the epoch. */
export interface TimelineEvent {
  order: number;
  time: number;
  /** Its id, as os.getpid() tells it. */
  process: number;
  /** 1 is the main thread; numbers are not used again. */
  thread: number;
  kind: 'wants' | 'got' | 'gave-up' | 'started' | 'ended';
  /** Why the lock was given up: '' for other kinds. */
  reason: string;
  /** Address of what the thread waits on, 0: nothing. */
  address: number;
}
export interface TimelineThread {
  process: number;
  thread: number;
  name: string;
  ended: boolean;
  /** Events that were overwritten before they could be read. */
  lost: number;
}
/** Of one process. */
export interface TimelineBatch {
  threads: TimelineThread[];
  events: TimelineEvent[];
}

export interface Baton {
  /** Runs a program in a fresh interpreter (or in its session's).  A run while another is going on is refused with an Error whose name is "BusyError". */
  run(source: string, options?: RunOptions): Promise<RunResult>;
  /** As Ctrl-C.  If the program still runs when it is called again, the interpreter is ended and made anew. Resolves when the program has ended. */
  stop(): Promise<void>;
  /** What still runs a second after stop(): the names of the first process's threads, and "process N" for each other process. */
  onUnstopped: ((running: string[]) => void) | null;
  /** A piece of standard input; null ends it. */
  input(text: string | null): void;
  onOutput: ((chunk: OutputChunk) => void) | null;
  onTimeline: ((events: TimelineBatch) => void) | null;
  /** Whether a program runs. */
  readonly running: boolean;
  /** Ends everything; no worker survives. */
  dispose(): void;
}

/** Resolves when an interpreter is ready to run. Rejects with an Error that says what is missing, for instance shared memory. */
export function createBaton(options?: BatonOptions): Promise<Baton>;
