/* package.mjs: the packed npm package as others use it: in Node, from plain HTML, with Vite's server and Vite's build:  node package.mjs SITE [CHECK] */
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

suite.check('plain HTML', async () => {
  writeFileSync(join(user, 'plain.html'), PAGE('<script type="module" src="node_modules/baton-python/embed/baton-example.js"></script>'));
  const server = await serve(user, 0, () => ({}));
  try {
    await checkPage(`http://localhost:${server.address().port}/plain.html`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

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
  const server = await createServer({ root, configFile: false, logLevel: 'error', server: { port: 0, host: 'localhost', hmr: false, watch: null } });
  await server.listen();
  try {
    await checkPage(server.resolvedUrls.local[0]);
  } finally {
    await server.close();
  }
});

suite.check('a Vite build', async () => {
  await build({ root, configFile: false, logLevel: 'error' });
  const server = await serve(join(root, 'dist'), 0, () => ({}));
  try {
    await checkPage(`http://localhost:${server.address().port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

try {
  await suite.run(process.argv[3]);
} finally {
  rmSync(folder, { recursive: true });
}
