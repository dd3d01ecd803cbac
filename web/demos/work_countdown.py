# work(n) is called with SIZE by one thread, then with a share of it by each worker.
SIZE = 20_000_000


def work(n):
    while n > 0:
        n -= 1
