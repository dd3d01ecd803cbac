"""A thread that waits in read() or write() keeps its end of the pipe open, whoever closes the descriptor meanwhile."""
import os
import threading
import time


def closing(which, first, second):
    """Closes two descriptors, one after the other, while a thread waits."""
    results = []

    def wait():
        try:
            results.append(which())
        except OSError as error:
            results.append(error.strerror)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    for fd in first, second:
        time.sleep(0.3)
        os.close(fd)
        others = [os.pipe() for _ in range(3)] # have the numbers, and the memory of what was freed
        for r, w in others:
            os.write(w, b"of others")
        print("waits" if thread.is_alive() and fd == first else "closed")
        kept.extend(others)
    thread.join(20)
    return results


kept = []
reading, writing = os.pipe()
print(closing(lambda r=reading: os.read(r, 100), reading, writing))
reading, writing = os.pipe()
print(closing(lambda w=writing: os.write(w, b"x" * 200_000), writing, reading))
print({os.read(r, 100) for r, w in kept})
