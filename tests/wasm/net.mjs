/* net.mjs: sockets and HTTP of a program under Node:  node net.mjs SITE.  The same programs run in a page by chromium.mjs. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startServers } from './servers.mjs';

const { createBaton } = await import(pathToFileURL(resolve(process.argv[2], 'baton.js')).href);
const programs = join(dirname(fileURLToPath(import.meta.url)), 'programs');
const servers = await startServers();
const baton = await createBaton();
for (const [name, argv] of [['sockets', []], ['event_loop', []], ['fetching', [servers.open, servers.dead]]]) {
  const begun = performance.now();
  const result = await baton.run(readFileSync(join(programs, name + '.py'), 'utf8'), { name: name + '.py', argv, input: null });
  const expected = readFileSync(join(programs, name + '.out'), 'utf8');
  if (result.stdout === expected && result.stderr === '') console.log(`ok   ${name} (${Math.round(performance.now() - begun)} ms)`);
  else {
    console.log(`FAIL ${name}:\n${result.stdout}${result.stderr}`);
    process.exitCode = 1;
  }
}
baton.dispose();
servers.close();
