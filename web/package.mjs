/* package.mjs: packs the interpreter and the element for npm:  node package.mjs SITE FOLDER  (prints the package's file name) */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/* What of the site is not for others. */
const PLAYGROUND = new Set(['playground', 'index.html', 'examples.html', 'sw.js', 'coi-serviceworker.js', 'package.json']);

const here = dirname(fileURLToPath(import.meta.url));
const site = resolve(process.argv[2]);
const folder = resolve(process.argv[3]);
const stage = join(folder, 'stage');
await rm(stage, { recursive: true, force: true });
await mkdir(stage, { recursive: true });
for (const name of await readdir(site)) if (!PLAYGROUND.has(name)) await cp(join(site, name), join(stage, name), { recursive: true });
await rm(join(stage, 'embed/examples.css'));
await cp(join(here, 'embed/README.md'), join(stage, 'README.md'));
await cp(join(here, '../LICENSE'), join(stage, 'LICENSE'));
const declared = { types: './baton.d.ts', default: './baton.js' };
await writeFile(join(stage, 'package.json'), JSON.stringify({
  name: 'baton-python', version: '0.1.0', description: 'Python 3.14 with real threads in the page and in Node, and runnable examples for documentation',
  type: 'module', license: 'MIT', types: './baton.d.ts', main: './baton.js', sideEffects: ['./embed/baton-example.js'],
  exports: { '.': declared, './element': { types: './embed/baton-example.d.ts', default: './embed/baton-example.js' }, './package.json': './package.json', './*': './*' },
}, null, 2) + '\n');
const manifest = JSON.parse(await readFile(join(stage, 'package.json'), 'utf8'));
execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: stage, stdio: ['ignore', 'ignore', 'inherit'] });
await rm(stage, { recursive: true });
console.log(join(folder, `${manifest.name}-${manifest.version}.tgz`));
