"""Compares Baton with CPython: speed and peak memory of the programs in programs/, start-up, and the size of small objects.

    python3 tests/bench/run.py BATON [--runs N] [--cold] [--gil-off] [NAME ...]

Each program is run by the two in turn, with the same source and size, and must print the same.  A time is the processor time of the whole
process, start-up included, as the system accounts for it; a row shows the medians and CPython's time divided by Baton's.  The peak is the process's
own (VmHWM), read in a run of its own.  --cold also measures start-up with the file caches dropped (needs root, and slows down whatever else runs).
"""
import math
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CPYTHON = "/usr/bin/python3"
IMPORTS = "import threading, concurrent.futures, urllib.request"
PEAK = os.path.join(HERE, "peak.py")

# Bytes of each of the objects made by a statement: what the peak grows by.
SIZES = [
    ("small int in a list", 1_000_000, "x = list(range(1_000_000))"),
    ("float in a list", 1_000_000, "x = [0.5] * 1_000_000\nfor i in range(1_000_000): x[i] = i * 0.5"),
    ("instance, three attributes", 200_000,
     "class P:\n def __init__(s, i): s.a = i; s.b = i; s.c = i\nx = [None] * 200_000\nfor i in range(200_000): x[i] = P(7)"),
    ("tuple of two in a list", 200_000, "x = [None] * 200_000\nfor i in range(200_000): x[i] = (i, 7)"),
    ("dict entry", 500_000, "x = {}\nfor i in range(500_000): x[i] = 7"),
    ("str of ten", 200_000, "x = [None] * 200_000\nfor i in range(200_000): x[i] = 'abcdef%04d' % (i % 10000)"),
]


def run(command, output=None):
    """Runs a command; returns (processor seconds, wall seconds, exit code, output)."""
    import time
    read_end, write_end = os.pipe()
    begin = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_DUP2, write_end, 1), (os.POSIX_SPAWN_CLOSE, read_end), (os.POSIX_SPAWN_CLOSE, write_end)])
    os.close(write_end)
    parts = []
    while part := os.read(read_end, 65536):
        parts.append(part)
    os.close(read_end)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    return usage.ru_utime + usage.ru_stime, wall, os.waitstatus_to_exitcode(status), b"".join(parts)


def median(values):
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def peak(interpreter, program):
    """The peak of a program's memory in KiB, as it sees it itself at its end."""
    out = run([interpreter, PEAK, program])[3].splitlines()
    return int(out[-1]) if out and out[-1].isdigit() else 0


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else 0.0


def compare(baton, commands, runs):
    """Runs the command lines in turn with both: two medians of processor seconds, and whether both succeeded and printed the same."""
    times, outputs, fine = ([], []), [None, None], True
    for i in range(runs):
        for which, interpreter in enumerate((CPYTHON, baton)):
            seconds, _, code, out = run([interpreter, *commands])
            times[which].append(seconds)
            outputs[which] = out
            fine = fine and code == 0
    return median(times[0]), median(times[1]), fine and outputs[0] == outputs[1]


def programs(baton, runs, names):
    folder = os.path.join(HERE, "programs")
    ratios, peaks, slow, wrong, short = [], [], [], [], []
    print(f"{'program':20} {'CPython ms':>10} {'Baton ms':>10} {'ratio':>7} {'peak':>6}")
    for file in sorted(os.listdir(folder)):
        name = file.removesuffix(".py")
        if not file.endswith(".py") or names and name not in names:
            continue
        path = os.path.join(folder, file)
        theirs, ours, same = compare(baton, [path], runs)
        memory = peak(CPYTHON, path), peak(baton, path)
        ratio, memory_ratio = theirs / ours, memory[1] / memory[0] if memory[0] else 0.0
        ratios.append(ratio)
        peaks.append(memory_ratio)
        if ratio < 1:
            slow.append(name)
        if theirs < 0.05:
            short.append(name)
        if not same:
            wrong.append(name)
        print(f"{name:20} {theirs * 1e3:10.1f} {ours * 1e3:10.1f} {ratio:7.2f} {memory_ratio:6.2f}{'' if same else '  DIFFERENT OUTPUT'}", flush=True)
    peaks_shown = [p for p in peaks if p]
    print(f"{len(ratios)} programs, geometric mean {geometric_mean(ratios):.2f} times as fast, peak memory {geometric_mean(peaks_shown):.2f} of CPython's")
    for title, found in (("slower than CPython", slow), ("shorter than 50 ms", short), ("different output", wrong)):
        if found:
            print(f"{title}: {' '.join(found)}")
    return not wrong


def drop_caches():
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as f:
        f.write("3")


def start_up(baton, runs, cold):
    print(f"\n{'start-up':20} {'CPython ms':>10} {'Baton ms':>10} {'ratio':>7}   wall time")
    for title, code in (("-c pass", "pass"), ("imports", IMPORTS)):
        for caches in ("warm", "cold") if cold else ("warm",):
            times = ([], [])
            for _ in range(runs if cold and caches == "cold" else runs * 4):
                for which, interpreter in enumerate((CPYTHON, baton)):
                    if caches == "cold":
                        drop_caches()
                        run(["/bin/true"])
                    times[which].append(run([interpreter, "-c", code])[1])
            theirs, ours = median(times[0]), median(times[1])
            print(f"{title + ', ' + caches:20} {theirs * 1e3:10.1f} {ours * 1e3:10.1f} {theirs / ours:7.2f}", flush=True)


def sizes(baton):
    print(f"\n{'bytes each':28} {'CPython':>10} {'Baton':>10}")
    nothing = peak(CPYTHON, "pass"), peak(baton, "pass")
    for title, count, code in SIZES:
        grown = [(peak(interpreter, code) - before) * 1024 / count for interpreter, before in zip((CPYTHON, baton), nothing)]
        print(f"{title:28} {grown[0]:10.1f} {grown[1]:10.1f}", flush=True)


def two_processes(runs):
    """Two processes of CPython that do one half of the work each, against one that does all: what the machine's processors give at this time."""
    import time

    def timed(processes, steps):
        begin = time.perf_counter()
        code = f"n = {steps}\nwhile n: n -= 1"
        for pid in [os.posix_spawn(CPYTHON, [CPYTHON, "-c", code], os.environ) for _ in range(processes)]:
            os.waitpid(pid, 0)
        return time.perf_counter() - begin

    return median([timed(2, 3_000_000) / timed(1, 6_000_000) for _ in range(runs)])


def gil_off(baton, runs):
    """With the lock off, two threads that do one half of the work each, against one thread that does all."""
    print(f"\n{'lock off, two threads':28} {'time of the single':>20}")
    print(f"{'(two processes of CPython)':28} {two_processes(runs):20.2f}", flush=True)
    program = os.path.join(HERE, "gil_off.py")
    for line in run([baton, "-X", "gil=0", program, str(runs)])[3].decode().splitlines():
        print(line, flush=True)


def main(arguments):
    baton, runs, cold, off, names = arguments[0], 5, False, False, []
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "--runs":
            runs = int(next(rest))
        elif argument == "--cold":
            cold = True
        elif argument == "--gil-off":
            off = True
        else:
            names.append(argument)
    if off:
        gil_off(baton, runs)
        return 0
    fine = programs(baton, runs, names)
    if not names:
        start_up(baton, runs, cold)
        sizes(baton)
        gil_off(baton, runs)
    return 0 if fine else 1


sys.exit(main(sys.argv[1:]))
