"""Coroutines: await chains driven by hand, and asyncio tasks with queues."""
import asyncio

async def leaf(n):
    return n + 1

async def chain(depth, n):
    if depth == 0:
        return await leaf(n)
    return await chain(depth - 1, n) + 1

def drive(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value

async def worker(queue, out):
    while True:
        item = await queue.get()
        if item is None:
            return
        out.append(item * 2)
        await asyncio.sleep(0)

async def main(n):
    queue, out = asyncio.Queue(50), []
    tasks = [asyncio.create_task(worker(queue, out)) for _ in range(4)]
    for i in range(n):
        await queue.put(i)
    for _ in tasks:
        await queue.put(None)
    await asyncio.gather(*tasks)
    return sum(out)

print(sum(drive(chain(10, i)) for i in range(40_000)))
print(asyncio.run(main(10_000)))
