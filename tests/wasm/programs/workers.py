# Processes that begin where others have ended: those of one thread leave their workers to the next, which fills what was free in memory, and starts threads.
import multiprocessing
import os
import threading


def plain(results):
    results.put("plain")


def threads(results):
    seen = []
    for size in range(8, 700, 4):
        os.environ[f"FILL{size}"] = "x" * size
    started = [threading.Thread(target=seen.append, args=(i,)) for i in range(4)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    results.put(sorted(seen))


if __name__ == "__main__":
    results = multiprocessing.SimpleQueue()
    for target in ([plain] * 4 + [threads] * 4) * 2:
        process = multiprocessing.Process(target=target, args=(results,))
        process.start()
        process.join()
        print(results.get(), process.exitcode)
