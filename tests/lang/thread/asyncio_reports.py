# What asyncio logs of exceptions nobody asked for, and futures that were never initialised.
import asyncio
import sys


class Mine(asyncio.Future):
    pass


def report(loop, context):
    print(context["message"])


async def fails():
    raise KeyError(1)


async def main():
    asyncio.get_running_loop().set_exception_handler(report)
    for cls in (asyncio.Future, Mine):
        future = cls()
        future.set_exception(KeyError(1))
        del future
    task = asyncio.create_task(fails())
    for i in range(3):
        await asyncio.sleep(0)
    del task


asyncio.run(main())

future = asyncio.Future.__new__(asyncio.Future)
for name in ("result", "exception", "cancel", "get_loop", "done", "cancelled", "__repr__", "__iter__"):
    try:
        print(name, getattr(future, name)())
    except Exception as error:
        print(name, type(error).__name__, error)

# What an excepthook is told by mistake.
sys.stderr = sys.stdout
sys.excepthook(1, "1", 1)
