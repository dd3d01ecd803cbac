# athrow() into an asynchronous generator that is over throws nothing: awaiting it gives None, as with aclose().
import asyncio


async def numbers():
    yield 1


async def fails():
    raise ValueError('own')
    yield


async def main():
    for make in numbers, fails:
        for first in 'aclose', '__anext__', 'athrow':
            g = make()
            try:
                while True:
                    print(make.__name__, first, await getattr(g, first)(*[KeyError(1)] * (first == 'athrow')))
                    if first == 'aclose':
                        break
            except (ValueError, KeyError, StopAsyncIteration) as e:
                print(make.__name__, first, type(e).__name__)
            print(await g.athrow(ValueError('thrown')), await g.aclose(), await anext(g, 'default'))
            again = g.athrow(KeyError)
            for _ in range(2):
                try:
                    again.send(None)
                except (StopIteration, RuntimeError) as e:
                    print(type(e).__name__, e)


asyncio.run(main())
