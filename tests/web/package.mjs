/* package.mjs: the packed npm package as others use it: in Node, in TypeScript, from plain HTML, from another origin, with Vite's server and Vite's build, each
 * with the Content-Security-Policy that it needs:  node package.mjs SITE [CHECK] */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, createServer } from 'vite';
import { serve } from '../../web/serve.mjs';
import { Suite, quiet } from './harness.mjs';

const web = fileURLToPath(new URL('../../web/', import.meta.url));
const suite = new Suite('package');
const folder = mkdtempSync(join(tmpdir(), 'baton-package-'));
const archive = execFileSync(process.execPath, [join(web, 'package.mjs'), process.argv[2], join(folder, 'packed')], { encoding: 'utf8' }).trim();
const user = join(folder, 'user');
mkdirSync(join(user, 'node_modules/baton-python'), { recursive: true });
execFileSync('tar', ['xzf', archive, '--strip-components=1', '-C', join(user, 'node_modules/baton-python')]);
writeFileSync(join(user, 'package.json'), '{"type": "module", "private": true}');
const EXAMPLE = '<baton-example id="one" timeline editable><pre><code>import threading\nt = threading.Thread(target=print, args=("packed",))\nt.start()\nt.join()</code></pre></baton-example>';
const PAGE = (script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>test</title><link rel="icon" href="data:,">${script}${EXAMPLE}`;

/* What the package's README says that each case needs. */
const OWN = { 'Content-Security-Policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; frame-src 'self'; img-src data:" };
const ELSEWHERE = (host) => ({ 'Content-Security-Policy': `default-src 'none'; script-src ${host} 'wasm-unsafe-eval'; connect-src ${host}; worker-src blob:; img-src data:` });
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'credentialless' };
const SHARED = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' };

/** Serves a folder with these headers meanwhile. */
async function withHost(folder, headers, act) {
  const server = await serve(folder, 0, () => headers);
  try {
    await act(`http://localhost:${server.address().port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function checkPage(address) {
  const page = await suite.open(address);
  const result = await page.evaluate(async () => {
    await customElements.whenDefined('baton-example');
    return document.querySelector('#one').run();
  });
  assert.equal(result.stdout, 'packed\n', result.stderr);
  await page.locator('#one .code').click();
  await page.locator('#one .cm-content').waitFor();
  assert.equal(await page.locator('#one canvas').count(), 1);
  quiet(page);
}

suite.check('Node', () => {
  writeFileSync(join(user, 'main.js'), `import { createBaton } from 'baton-python';
const baton = await createBaton();
const { ok, stdout } = await baton.run('import threading\\nt = threading.Thread(target=print, args=("packed",))\\nt.start()\\nt.join()');
baton.dispose();
console.log(ok, JSON.stringify(stdout));`);
  assert.equal(execFileSync(process.execPath, ['main.js'], { cwd: user, encoding: 'utf8', timeout: 120_000 }), 'true "packed\\n"\n');
});

suite.check('types', () => {
  writeFileSync(join(user, 'main.ts'), `import { createBaton, type RunResult } from 'baton-python';
import { configure, type BatonExample } from 'baton-python/element';
configure({ baseURL: '/baton/' });
const baton = await createBaton({ gil: false, limits: { threads: 10 }, onOutput: ({ stream, text }) => console.log(stream, text.length) });
const result: RunResult = await baton.run('print(1)', { session: 'a', setup: 'b = 1', argv: ['x'], files: { 'c.txt': new Uint8Array(3) } });
const made: BatonExample = document.createElement('baton-example');
made.addEventListener('baton-end', (event) => console.log(event.detail.exitCode === result.exitCode));
// @ts-expect-error a number is no program
await baton.run(3);
`);
  execFileSync(process.execPath, [join(web, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom', 'main.ts'], { cwd: user, encoding: 'utf8', stdio: ['ignore', 'inherit', 'inherit'] });
});

suite.check('plain HTML', async () => {
  writeFileSync(join(user, 'plain.html'), PAGE('<script type="module" src="node_modules/baton-python/embed/baton-example.js"></script>'));
  await withHost(user, OWN, (address) => checkPage(address + 'plain.html'));
});

suite.check('another origin, as a CDN', () => withHost(join(user, 'node_modules'), SHARED, (cdn) => {
  writeFileSync(join(user, 'elsewhere.html'), PAGE(`<script type="module" src="${cdn}baton-python/embed/baton-example.js"></script>`));
  return withHost(user, { ...ISOLATED, ...ELSEWHERE(new URL(cdn).origin) }, (address) => checkPage(address + 'elsewhere.html'));
}));

/* As the package's README says: its folder is copied to where static files come from. */
function viteProject() {
  const root = join(folder, 'vite');
  mkdirSync(join(root, 'public'), { recursive: true });
  cpSync(join(user, 'node_modules/baton-python'), join(root, 'public/baton'), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(join(user, 'node_modules/baton-python'), join(root, 'node_modules/baton-python'));
  writeFileSync(join(root, 'package.json'), '{"type": "module", "private": true, "dependencies": {"baton-python": "*"}}');
  writeFileSync(join(root, 'index.html'), PAGE('<script type="module" src="/main.js"></script>'));
  writeFileSync(join(root, 'main.js'), "import { configure } from 'baton-python/element';\nconfigure({ baseURL: '/baton/' });\n");
  return root;
}
const root = viteProject();

suite.check('a Vite development server', async () => {
  const server = await createServer({ root, configFile: false, logLevel: 'error', server: { port: 0, host: 'localhost', hmr: false, watch: null, headers: OWN } });
  await server.listen();
  try {
    await checkPage(server.resolvedUrls.local[0]);
  } finally {
    await server.close();
  }
});

suite.check('a Vite build', async () => {
  await build({ root, configFile: false, logLevel: 'error' });
  await withHost(join(root, 'dist'), OWN, checkPage);
});

try {
  await suite.run(process.argv[3]);
} finally {
  rmSync(folder, { recursive: true });
}
