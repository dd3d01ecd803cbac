# One thread makes things, two use them, a queue of three places lies between.
import queue
import threading
import time

store = queue.Queue(maxsize=3)
ITEMS = 12
END = object()


def produce():
    for number in range(ITEMS):
        time.sleep(0.04)  # making one takes a while
        store.put(number)  # and waits here while the queue is full
    store.put(END)
    store.put(END)


def consume():
    name = threading.current_thread().name
    while (item := store.get()) is not END:
        time.sleep(0.11)  # using one takes longer
        print(f"{name} used {item:2}   waiting in the queue: {store.qsize()}")


threads = [
    threading.Thread(target=produce, name="producer"),
    threading.Thread(target=consume, name="consumer A"),
    threading.Thread(target=consume, name="consumer B"),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"All {ITEMS} used")
