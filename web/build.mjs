/* build.mjs: bundles the playground and the embedded element into the site:  node build.mjs SITE
 *
 * The client of the interpreter (runtime/baton.js) is not bundled: pages and element share the one module at the top of the site. */
import { build } from 'esbuild';
import { copyFile, mkdir, rm } from 'node:fs/promises';
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

for (const name of ['playground', 'embed']) await rm(join(site, name), { recursive: true, force: true }); // chunks of earlier builds

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true, format: 'esm', minify: true, target: ['chrome110', 'firefox115', 'safari16.4'], loader: { '.py': 'text' }, plugins: [client], logLevel: 'warning', legalComments: 'eof',
};
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
