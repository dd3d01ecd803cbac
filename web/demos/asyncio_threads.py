# An event loop ticks every 50 ms. First it does the heavy work itself, then a thread does.
import asyncio
import time

COUNT = 4_000_000


def countdown(n):
    while n > 0:
        n -= 1


async def ticker(late):
    while True:
        due = time.perf_counter() + 0.05
        await asyncio.sleep(0.05)
        late.append(time.perf_counter() - due)


async def measure(name, work):
    late = []
    ticks = asyncio.create_task(ticker(late))
    await asyncio.sleep(0.2)
    await work()
    await asyncio.sleep(0.2)
    ticks.cancel()
    print(f"{name}: {len(late):2} ticks, the latest {max(late) * 1000:4.0f} ms late")
    return max(late)


async def in_the_loop():
    countdown(COUNT)


async def in_a_thread():
    await asyncio.to_thread(countdown, COUNT)


async def main():
    await measure("Work in the loop ", in_the_loop)
    await measure("Work in a thread ", in_a_thread)


asyncio.run(main())
