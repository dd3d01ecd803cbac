# How often a clock shows less than it has shown another thread, or another process, before.
import multiprocessing
import threading
import time

CLOCKS = time.monotonic, time.perf_counter, time.time


def read():
    return [clock() for clock in CLOCKS]


def compare(behind, before):
    for i, (earlier, now) in enumerate(zip(before, read())):
        behind[i] += now < earlier


def take_turns(mine, other, shown, behind):
    for _ in range(200):
        mine.acquire()
        compare(behind, shown[0])
        shown[0] = read()
        other.release()


def answer(connection):
    behind = [0] * len(CLOCKS)
    while before := connection.recv():
        compare(behind, before)
        connection.send(read())
    connection.send(behind)


if __name__ == "__main__":
    locks, shown, behind = [threading.Semaphore(i == 0) for i in range(4)], [read()], [0] * len(CLOCKS)
    threads = [threading.Thread(target=take_turns, args=(locks[i], locks[i - 3], shown, behind)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print("threads", behind)

    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=answer, args=(there,))
    process.start()
    behind = [0] * len(CLOCKS)
    for _ in range(200):
        here.send(read())
        compare(behind, here.recv())
    here.send(None)
    print("processes", [a + b for a, b in zip(behind, here.recv())])
    process.join()
