/* run.mjs: runs one program by the WebAssembly build under Node:  node run.mjs SITE PROGRAM [ARGUMENT ...]
 *
 * Exit code, standard output and error are the program's; standard input is passed on. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [site, program, ...argv] = process.argv.slice(2);
const { createBaton } = await import(pathToFileURL(resolve(site, 'baton.js')).href);
const baton = await createBaton({ gil: process.env.PYTHON_GIL === '0' ? false : undefined });
baton.onOutput = ({ stream, text }) => (stream === 'stdout' ? process.stdout : process.stderr).write(text);
process.on('SIGINT', () => baton.stop());
const result = await baton.run(readFileSync(program, 'utf8'), { name: basename(program), argv, input: null });
baton.dispose();
process.exitCode = result.exitCode;
