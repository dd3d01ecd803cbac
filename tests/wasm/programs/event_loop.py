# asyncio: streams over sockets, sleeping, queues, threads, time-outs.
import asyncio, threading, time


async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def talk(reader, writer):
    writer.write(b"one\ntwo\n")
    writer.write_eof()
    data = await reader.read()
    writer.close()
    await writer.wait_closed()
    return data


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(talk(*await asyncio.open_connection(*address))) for i in range(5)]
    print([task.result() for task in tasks])
    server.close()
    await server.wait_closed()
    begun = time.monotonic()
    print(await asyncio.gather(*(asyncio.sleep(0.3, i) for i in range(20))))
    print(time.monotonic() - begun < 3)
    queue = asyncio.Queue(2)
    async def produce():
        for i in range(5):
            await queue.put(i)
        await queue.put(None)
    producer = asyncio.create_task(produce())
    items = []
    while (item := await queue.get()) is not None:
        items.append(item)
    print(items)
    try:
        async with asyncio.timeout(0.02):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timeout")
    print(await asyncio.to_thread(lambda: threading.current_thread() is not threading.main_thread()))
    print(await asyncio.get_running_loop().run_in_executor(None, sum, [1, 2, 3]))


asyncio.run(main())
