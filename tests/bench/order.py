"""Makes vm/order: the functions and tables that programs really use, for the linker to put them side by side.

    python3 tests/bench/order.py BATON vm/order

Runs start-up, imports and some of the programs under valgrind (a few minutes), and notes which functions each of them runs and which tables start-up reads.
What every start uses comes first, then what most programs use.  The list may be old: what it does not name, or names in vain, is linked as it would be
without it.  BATON is a Release build.
"""
import bisect
import collections
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
USERS_MIN = 2  # runs that use a function of the list, if start-up does not
START = ["-c", "pass"]
PROGRAMS = "bigints bytes_data classes coroutines dicts exceptions json_text regexes sets sorting strings"
RUNS = [["-c", "import threading, concurrent.futures, urllib.request"],
        *([os.path.join(HERE, "peak.py"), os.path.join(HERE, "programs", name + ".py")] for name in PROGRAMS.split())]


class Symbols:
    """The functions and constants of an executable, by address; a local one's object is that of the file symbol before it."""

    def __init__(self, baton):
        self.rows, file = [], None
        for line in subprocess.run(["readelf", "-sW", baton], capture_output=True, text=True, check=True).stdout.splitlines():
            fields = line.split()
            if len(fields) < 8 or not fields[0][:-1].isdigit():
                continue
            value, size, kind, binding, name = int(fields[1], 16), int(fields[2], 0), fields[3], fields[4], fields[7]
            if kind == "FILE":
                file = name
            elif kind in ("FUNC", "OBJECT") and size:
                self.rows.append((value, size, kind, (file if binding == "LOCAL" and file else "", name)))
        self.rows.sort()
        self.starts = [row[0] for row in self.rows]

    def at(self, address, size, kind):
        """The symbol that has some of the bytes at an address, or None."""
        i = bisect.bisect_right(self.starts, address + size - 1) - 1
        if i >= 0 and address < self.rows[i][0] + self.rows[i][1] and self.rows[i][2] == kind:
            return self.rows[i][3]
        return None


def functions_of(baton, symbols, arguments):
    """The functions that a run executes.  (The program lies at a fixed address, libraries elsewhere.)"""
    out = os.path.join(tempfile.gettempdir(), "baton-order.%d" % os.getpid())
    subprocess.run(["valgrind", "--tool=callgrind", "--dump-instr=yes", "--callgrind-out-file=" + out, baton, *arguments],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    found, address = set(), 0
    with open(out) as f:
        for line in f:
            if line[0] in "0+-*":
                at = line.split()[0]
                if at != "*":
                    address = int(at, 16) if at[0] == "0" else address + int(at, 0)
                found.add(symbols.at(address, 1, "FUNC"))
    os.unlink(out)
    return found - {None}


def tables_of(baton, symbols, arguments):
    """The constants that a run reads."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(["valgrind", "--tool=lackey", "--trace-mem=yes", "--log-fd=%d" % write_end, baton, *arguments], pass_fds=[write_end])
    os.close(write_end)
    seen = set()
    with open(read_end) as trace:
        for line in trace:
            if line.startswith((" L ", " M ")):
                address, size = line[3:].split(",")
                seen.add((int(address, 16), int(size)))
    process.wait()
    return {symbols.at(address, size, "OBJECT") for address, size in seen} - {None}


def sections_of(build):
    """Names of the input sections of the build's objects: pairs of source and section."""
    found = set()
    objects = [os.path.join(build, "libvm.a"), *glob.glob(os.path.join(build, "CMakeFiles", "baton.dir", "**", "*.o"), recursive=True)]
    for line in subprocess.run(["readelf", "-SW", *objects], capture_output=True, text=True, check=True).stdout.splitlines():
        if line.startswith("File: "):
            source = os.path.basename(line.split("(")[-1].rstrip(")\n")).removesuffix(".o")
        elif match := re.match(r" *\[ *\d+\] (\.(?:text|rodata)\.\S+)", line):
            found.add((source, match.group(1)))
    return found


def statements(symbols, prefix, sections):
    """Input statements for the sections of symbols, one for each object, in the order in which objects come first."""
    of_object = {}
    sources = collections.defaultdict(list)
    for source, section in sections:
        sources[section].append(source)
    for source, name in symbols:
        for at in [source] if source else sources.get(prefix + name, []):
            if (at, prefix + name) in sections:
                of_object.setdefault(at, []).append(prefix + name)
    return [f"    *{source}.o({' '.join(dict.fromkeys(names))})" for source, names in of_object.items()]


def write(folder, sections, start, functions, tables):
    """Functions of start-up, other functions, tables.  The eval loop comes first: behind others, some programs took a tenth longer, by the luck of branch prediction."""
    start = sorted(start, key=lambda s: (s[0] != "eval.c", s))
    text = [*statements(start, ".text.", sections), *statements(functions, ".text.", sections)]
    rodata = [*statements(tables, ".rodata.", sections), *statements(start + functions, ".rodata.", sections), "    *.c.o(.rodata.str1.1 .rodata.*.str1.1 .rodata.str1.8)"]
    for name, lines in (("text", text), ("rodata", rodata)):
        with open(os.path.join(folder, name + ".ld"), "w") as f:
            print("/* Made by tests/bench/order.py: what programs really use.  Files come into memory in windows of 64 KB, and fewer of them when it lies side by side. */",
                  *lines, sep="\n", file=f)


def main(baton, folder):
    symbols = Symbols(baton)
    start, counts = functions_of(baton, symbols, START), collections.Counter()
    for run in RUNS:
        counts.update(functions_of(baton, symbols, run))
        print(run[-1][-60:], len(counts), flush=True)
    others = [s for s in sorted(counts, key=lambda s: (-counts[s], s)) if s not in start and counts[s] >= USERS_MIN]
    write(folder, sections_of(os.path.dirname(baton)), start, others, sorted(tables_of(baton, symbols, START)))


if __name__ == "__main__":
    main(*sys.argv[1:])
