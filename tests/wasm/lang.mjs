/* lang.mjs: runs the language tests by the WebAssembly build under Node:  node lang.mjs SITE LANG_FOLDER [PART-OF-NAME]
 *
 * Output (stdout and stderr as they come) is compared with NAME.out.  tests/wasm/lang.skip names those that cannot run here, with the reason. */
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [site, folder, part = ''] = process.argv.slice(2);
const { createBaton } = await import(pathToFileURL(resolve(site, 'baton.js')).href);
const skipped = new Set(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'lang.skip'), 'utf8').split('\n').map((line) => line.split('#')[0].trim()).filter(Boolean),
);
const LIMIT = 180_000, WORKERS = 2;

const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.py') && existsSync(join(folder, name.slice(0, -3) + '.out')))
  .map((name) => name.slice(0, -3))
  .filter((name) => name.includes(part) && !skipped.has(name))
  .sort();
let failures = 0;

/** Runs one test; prints how it went. */
async function check(baton, name) {
  let output = '';
  baton.onOutput = ({ text }) => (output += text);
  const timer = setTimeout(() => {
    output += '[stopped: too slow]';
    baton.stop();
    baton.stop();
  }, LIMIT);
  const here = dirname(join(folder, name));
  const files = Object.fromEntries(
    readdirSync(here).filter((file) => file.endsWith('.py')).map((file) => [file, readFileSync(join(here, file))]),
  );
  const begun = performance.now();
  await baton.run(readFileSync(join(folder, name + '.py'), 'utf8'), { name: relative(here, join(folder, name + '.py')), files, input: null });
  clearTimeout(timer);
  const expected = readFileSync(join(folder, name + '.out'), 'utf8');
  const ms = Math.round(performance.now() - begun);
  if (output === expected) {
    console.log(`ok   ${name} (${ms} ms)`);
    return;
  }
  failures++;
  const a = output.split('\n'), b = expected.split('\n');
  let line = 0;
  while (a[line] === b[line] && line < a.length) line++;
  console.log(`FAIL ${name} (${ms} ms), line ${line + 1}:\n  expected ${b.slice(line, line + 3).join('\n           ')}\n  got      ${a.slice(line, line + 6).join('\n           ')}`);
}

const queue = [...tests];
await Promise.all(
  Array.from({ length: WORKERS }, async () => {
    const baton = await createBaton({ env: { TZ: 'Europe/Berlin' } });
    for (let name = queue.shift(); name; name = queue.shift()) await check(baton, name);
    baton.dispose();
  }),
);
console.log(failures ? `${failures} of ${tests.length} failed` : `${tests.length} passed`);
process.exitCode = failures ? 1 : 0;
