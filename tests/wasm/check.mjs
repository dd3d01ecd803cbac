/* check.mjs: runs named checks one after another, each with a time limit:  await check(checks, after).  The process's second argument chooses those whose name it is a part of. */
const LIMIT = 240_000;

/** @param {Record<string, () => Promise<void>>} checks  @param {() => void} [after] what to put back after each */
export async function check(checks, after = () => {}) {
  for (const [name, one] of Object.entries(checks)) {
    if (process.argv[3] && !name.includes(process.argv[3])) continue;
    const begun = performance.now();
    const limit = setTimeout(() => {
      console.log(`FAIL ${name}: hangs`);
      process.exit(1);
    }, LIMIT);
    try {
      await one();
      console.log(`ok   ${name} (${Math.round(performance.now() - begun)} ms)`);
    } catch (error) {
      console.log(`FAIL ${name}: ${error.stack}`);
      process.exitCode = 1;
    }
    after();
    clearTimeout(limit);
  }
}
