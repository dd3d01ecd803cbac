# asyncio over sockets, threads, processes and signals.
import asyncio, os, signal, socket, sys, tempfile


async def fails():
    raise ConnectionResetError("lost")  # the first task to fail: its exception outlives the import of CancelledError


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
    try:
        await asyncio.create_task(fails())
    except OSError as e:
        print(repr(e))
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(talk(*await asyncio.open_connection(*address))) for i in range(5)]
    print([task.result() for task in tasks])
    server.close()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "s")
        server = await asyncio.start_unix_server(echo, path)
        print(await talk(*await asyncio.open_unix_connection(path)))
        server.close()
    try:
        async with asyncio.timeout(0.02):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timeout")
    print(await asyncio.to_thread(lambda: 1 + 1))
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, sum, [1, 2, 3]))
    got = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, got.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.wait_for(got.wait(), 5)
    print("signal")
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(input(), end='')", stdin=-1, stdout=-1)
    print((await process.communicate(b"through a process"))[0], process.returncode)
    a, b = socket.socketpair()
    a.setblocking(False)
    b.setblocking(False)
    await loop.sock_sendall(a, b"raw")
    print(await loop.sock_recv(b, 10))
    a.close()
    b.close()


asyncio.run(main())
