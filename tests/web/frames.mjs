/* frames.mjs: measures the page while the timeline follows a program for ten seconds: the frames, the page's long tasks, and the page's own processor time for a
 * frame, which a busy machine changes less.  Not part of the whole test:  node frames.mjs SITE
 * To reach on a quiet machine: with the lock on, 95 of 100 frames within 20 ms; with it off, no task above 50 ms. */
import { serve } from '../../web/serve.mjs';
import { Suite, until } from './harness.mjs';

const SECONDS = 10;
const counting = (n) => `import threading, time
end = time.monotonic() + ${SECONDS + 4}
def work():
    while time.monotonic() < end:
        n = 100000
        while n > 0: n -= 1
threads = [threading.Thread(target=work) for _ in range(${n})]
for t in threads: t.start()
for t in threads: t.join()
`;
const handing = `import queue, threading, time
end = time.monotonic() + ${SECONDS + 4}
q = queue.Queue(3)
def put():
    while time.monotonic() < end: q.put(1)
    q.put(None)
def take():
    while q.get(): pass
threads = [threading.Thread(target=put), threading.Thread(target=take)]
for t in threads: t.start()
for t in threads: t.join()
`;

const server = await serve(process.argv[2]);
const suite = new Suite('frames');
for (const [name, program, lock] of [['two threads', counting(2), 'on'], ['eight threads', counting(8), 'on'], ['a queue', handing, 'on'], ['two threads, lock off', counting(2), 'off']]) {
  suite.check(name, async () => {
    const page = await suite.open(`http://localhost:${server.address().port}/#demo=three-ways&lock=${lock}`);
    await until(page, () => document.querySelector('#status').textContent === 'Ready' && document.querySelector('.editor .cm-editor'));
    await page.click('#program .cm-content');
    await page.keyboard.press('Control+A');
    await page.evaluate((source) => document.execCommand('insertText', false, source), program);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const time = async () => (await cdp.send('Performance.getMetrics')).metrics.find((metric) => metric.name === 'TaskDuration').value * 1000;
    await page.click('#run');
    await page.waitForTimeout(2000);
    const begun = await time();
    const { frames, tasks } = await page.evaluate(async (seconds) => {
      const long = [];
      const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => Math.round(entry.duration))));
      observer.observe({ type: 'longtask' });
      const times = [];
      const from = performance.now();
      let last = from;
      while (last - from < seconds * 1000) {
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        times.push(now - last);
        last = now;
      }
      observer.disconnect();
      return { frames: times.sort((a, b) => a - b), tasks: long };
    }, SECONDS);
    const own = ((await time()) - begun) / frames.length;
    const at = (share) => frames[Math.floor(frames.length * share)].toFixed(1);
    console.log(`${name}: ${frames.length} frames, median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms; ${own.toFixed(1)} ms of processor time each; tasks above 50 ms: ${tasks.join(' ') || 'none'}`);
    await page.click('#stop');
  });
}
await suite.run(process.argv[3]);
server.close();
server.closeAllConnections();
