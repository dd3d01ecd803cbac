# Processes: what they share, how they end, what the parent learns of it.
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor


def square(x):
    return x * x


def fail():
    raise ValueError("as planned")


def leave(code):
    sys.exit(code)


def double(tasks, results):
    for x in iter(tasks.get, None):
        results.put((x * 2, os.getpid() != os.getppid()))


def answer(connection):
    connection.send(["got", connection.recv(), connection.recv_bytes()])
    connection.close()


def hand_on(connection):
    other, client = connection.recv()
    other.send(f"through one that came through one, {client.recv(100)}")
    client.sendall(b"answered by the child")
    client.close()
    other.close()
    connection.close()


def write_file(path):
    with open(path, "a") as f:
        f.write(f"{os.environ['COLOUR']} {os.getcwd() == os.path.dirname(path)}\n")
    os.remove(path + ".old")


def count_up(lock, path):
    for _ in range(20):
        with lock:
            with open(path) as f:
                n = int(f.read())
            with open(path, "w") as f:
                f.write(str(n + 1))


def take_turns(mine, other, log):
    for _ in range(3):
        mine.acquire()
        log.put(multiprocessing.current_process().name)
        other.release()


def wait_for(event, condition, results):
    event.wait()
    results.put("event")
    with condition:
        results.put("ready")
        condition.wait(20)
    results.put("condition")


def sleep_long():
    time.sleep(60)


def loop_for_ever():
    while True:
        pass


def shut_ears(ready):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ready.set()
    time.sleep(60)


def parent_of(results):
    child = multiprocessing.Process(target=results.put, args=("grandchild",))
    child.start()
    child.join()
    results.put(child.exitcode)


def with_threads(results):
    found = []
    threads = [threading.Thread(target=found.append, args=(i,)) for i in range(5)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    results.put(sorted(found))


def clock(results):
    results.put(time.monotonic())


def run(target, *args, **options):
    process = multiprocessing.Process(target=target, args=args, **options)
    process.start()
    process.join()
    return process.exitcode


def ends():
    print("ends", run(square, 3), run(leave, 3), run(leave, None), run(os._exit, 4), run(os.abort))
    sys.stderr.flush()
    p = multiprocessing.Process(target=sleep_long)
    print(p.exitcode, p.is_alive(), p.pid)
    p.start()
    p.join(0.2)
    print(p.exitcode, p.is_alive(), isinstance(p.pid, int))
    p.terminate()
    p.join()
    print(p.exitcode, p.is_alive())
    p.close()
    p = multiprocessing.Process(target=loop_for_ever)
    p.start()
    p.kill()
    p.join()
    print(p.exitcode)
    ready = multiprocessing.Event()
    p = multiprocessing.Process(target=shut_ears, args=(ready,))
    p.start()
    ready.wait()
    p.terminate()
    p.join(0.3)
    print(p.is_alive())
    p.kill()
    p.join()
    print(p.exitcode)
    p = multiprocessing.Process(target=fail)
    p.start()
    p.join()
    print(p.exitcode)
    try:
        os.waitpid(999_999, 0)
    except ChildProcessError as e:
        print(e)
    try:
        os.kill(999_999, signal.SIGTERM)
    except ProcessLookupError as e:
        print(e)


def shares():
    tasks, results = multiprocessing.Queue(), multiprocessing.SimpleQueue()
    workers = [multiprocessing.Process(target=double, args=(tasks, results)) for _ in range(4)]
    for w in workers:
        w.start()
    for i in range(20):
        tasks.put(i)
    for w in workers:
        tasks.put(None)
    print(sorted(results.get() for _ in range(20)))
    for w in workers:
        w.join()
    tasks.close()
    here, there = multiprocessing.Pipe()
    p = multiprocessing.Process(target=answer, args=(there,))
    p.start()
    there.close()
    here.send({"a": [1, 2, None]})
    here.send_bytes(b"x" * 200_000)
    name, value, data = here.recv()
    print(name, value, len(data), here.poll(10))
    try:
        here.recv()
    except EOFError:
        print("EOFError")
    p.join()
    here, there = multiprocessing.Pipe()
    mine, other = multiprocessing.Pipe()
    p = multiprocessing.Process(target=hand_on, args=(there,))
    p.start()
    there.close()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"asked")
        accepted, _ = server.accept()
        here.send([other, accepted])
        print(mine.recv())
        other.close()
        accepted.close()
        print(client.recv(100), client.recv(100))
        try:
            mine.recv()
        except EOFError:
            print("EOFError")
    p.join()
    path = os.path.join(os.getcwd(), "shared.txt")
    for name in path, path + ".old":
        open(name, "w").close()
    os.environ["COLOUR"] = "blue"
    run(write_file, path)
    with open(path) as f:
        print(f.read(), os.path.exists(path + ".old"))
    with open(path, "w") as f:
        f.write("0")
    lock = multiprocessing.Lock()
    workers = [multiprocessing.Process(target=count_up, args=(lock, path)) for _ in range(3)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    with open(path) as f:
        print(f.read())
    results = multiprocessing.Queue()
    print(run(parent_of, results), sorted([str(results.get()), str(results.get())]))
    print(run(with_threads, results), results.get())
    before = time.monotonic()
    run(clock, results)
    print(before < results.get() < time.monotonic())


def turns():
    a, b, log = multiprocessing.Semaphore(1), multiprocessing.Semaphore(0), multiprocessing.SimpleQueue()
    workers = [multiprocessing.Process(target=take_turns, args=pair + (log,), name=name) for pair, name in (((a, b), "ping"), ((b, a), "pong"))]
    for w in workers:
        w.start()
    print([log.get() for _ in range(6)])
    for w in workers:
        w.join()
    event, condition, results = multiprocessing.Event(), multiprocessing.Condition(), multiprocessing.Queue()
    p = multiprocessing.Process(target=wait_for, args=(event, condition, results))
    p.start()
    event.set()
    print(results.get())
    print(results.get())
    with condition:
        condition.notify_all()
    print(results.get())
    p.join()
    lock = multiprocessing.RLock()
    with lock, lock:
        print(lock)
    s = multiprocessing.BoundedSemaphore(2)
    s.acquire()
    print(s.acquire(timeout=0.1), s.acquire(timeout=0.1), s.acquire(False))
    s.release()
    s.release()
    try:
        s.release()
    except ValueError as e:
        print(e)


def pools():
    with multiprocessing.Pool(3) as pool:
        print(pool.map(square, range(10)))
        print(pool.apply(square, (7,)), pool.starmap(max, [(1, 2), (4, 3)]), list(pool.imap_unordered(abs, [-1])))
        try:
            pool.apply(fail)
        except ValueError as e:
            print(repr(e))
    with ProcessPoolExecutor(max_workers=2) as executor:
        print(list(executor.map(square, range(6))), executor.submit(pow, 2, 100).result())
        print(repr(executor.submit(fail).exception()))
    with ProcessPoolExecutor(max_workers=1) as executor:
        try:
            executor.submit(os._exit, 1).result()
        except Exception as e:
            print(type(e).__name__)


def managers():
    with multiprocessing.Manager() as manager:
        d, items = manager.dict(), manager.list([1, 2])
        run(d.update, {"from": "child"})
        run(items.append, 3)
        print(dict(d), list(items))


def commands():
    result = subprocess.run([sys.executable, "-c", "import sys; print(sys.argv[1:], sys.stdin.read()); sys.exit(5)", "x"], input="typed", capture_output=True, text=True)
    print(result.returncode, result.stdout, result.stderr)
    print(subprocess.check_output([sys.executable, "-m", "base64", "-e", "-"], input=b"abc"))
    try:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.5)
    except subprocess.TimeoutExpired:
        print("TimeoutExpired")


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    parts = {f.__name__: f for f in (ends, shares, turns, pools, managers, commands)}
    for part in sys.argv[1:] or parts:
        parts[part]()
