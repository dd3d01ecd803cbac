"""One profiler for threads that call functions all the time, while another looks at what it has collected or forgets it."""

import cProfile

from harness import check, done, race

profile = cProfile.Profile()
profile.enable()


def leaf(n):
    return len(str(n))


def work(number):
    made = {}
    exec(f'def f{number}(n):\n    return leaf(n) + sum(leaf(i) for i in range(3))', globals(), made)
    for i in range(50):
        made[f'f{number}'](i)


def look(number):
    profile.getstats()


calls = race(work, look, share=0.6)
leaf_calls = sum(entry.callcount for entry in profile.getstats() if entry.code is leaf.__code__)
check(0 < leaf_calls <= 200 * (calls[0] + calls[1]))  # of calls that several threads have under way, some end unseen
race(work, lambda number: profile.clear(), share=0.4)
profile.disable()
done()
