/* build.mjs: bundles the interpreter's client, the one script that all workers of a page run, the playground and the embedded element into the site:  node build.mjs SITE
 *
 * The client (runtime/baton.js) is one module at the top of the site, which pages and element share; it knows the library's pieces without asking for their index. */
import { build, transform } from 'esbuild';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const site = resolve(process.argv[2]);

/** The client lies one folder above what imports it. @type {import('esbuild').Plugin} */
const client = {
  name: 'client',
  setup(the) {
    the.onResolve({ filter: /\/runtime\/baton\.js$/ }, () => ({ path: '../baton.js', external: true }));
  },
};

/* ---- runtime/workers.js: a worker fetches nothing after its own script, so it starts sooner, and it may be ended at any time without the browser's complaint about
 * a script that could not be loaded.  A thread's worker is known by its name to the script that releases of Emscripten from 3.1.58 on make: it has begun by then, and
 * listens.  With earlier ones, which have a script of its own to begin a thread, the first message tells it from a worker that coordinates an instance. ---- */

const runtime = (/** @type {string} */ name) => readFile(join(site, 'runtime', name), 'utf8');
const library = await transform(await readFile(join(site, 'library.js'), 'utf8'), { format: 'iife', globalName: 'BatonLibrary', target: 'es2022' }); // Firefox does not always end an import() in a worker
const starter = await runtime('interpreter.worker.js').catch(() => '');
const workers = `${await runtime('interpreter.js')}
if (!self.onmessage) {
  self.onmessage = (event) => {
    if (event.data.cmd) beginThread();
    else beginCoordinator();
    self.onmessage(event);
  };
}
function beginThread() {
  self.importScripts = () => {}; // all is here
  ${starter}
}
function beginCoordinator() {
  ${library.code}
  ${await runtime('processes.js')}
  ${await runtime('worker.js')}
}`;
const { code } = await transform(workers, { minify: true, target: 'es2022', legalComments: 'none' });
await writeFile(join(site, 'runtime/workers.js'), code);

/* ---- the client and the pages ---- */

/** @type {import('esbuild').BuildOptions} */
const all = { bundle: true, format: 'esm', minify: true, target: ['chrome110', 'firefox115', 'safari16.4'], logLevel: 'warning', legalComments: 'eof' };
const index = JSON.parse(await runtime('library.json'));
await build({ ...all, entryPoints: [join(here, 'runtime/baton.js')], outdir: site, define: { LIBRARY_INDEX: JSON.stringify(index) }, external: ['node:*'] });
const common = { ...all, loader: { '.py': /** @type {const} */ ('text') }, plugins: [client] };
await build({ ...common, entryPoints: [join(here, 'playground/main.js')], outdir: join(site, 'playground'), splitting: true, chunkNames: '[name]-[hash]' });
await build({ ...common, entryPoints: [join(here, 'playground/style.css')], outdir: join(site, 'playground') });
await build({
  ...common, entryPoints: [join(here, 'embed/baton-example.js'), join(here, 'embed/frame.js')], outdir: join(site, 'embed'), splitting: true, chunkNames: '[name]-[hash]', loader: { '.css': 'text' },
});
for (const name of ['frame.html', 'sw.js', 'baton-example.d.ts', 'examples.css']) await copyFile(join(here, 'embed', name), join(site, 'embed', name));
await mkdir(join(site, 'playground'), { recursive: true });
await copyFile(join(here, 'playground/index.html'), join(site, 'index.html'));
await copyFile(join(here, 'embed/examples.html'), join(site, 'examples.html'));
await copyFile(join(here, 'playground/icon.svg'), join(site, 'playground/icon.svg'));
await copyFile(join(here, 'playground/sw.js'), join(site, 'sw.js'));
await copyFile(join(here, 'node_modules/coi-serviceworker/coi-serviceworker.js'), join(site, 'coi-serviceworker.js'));
