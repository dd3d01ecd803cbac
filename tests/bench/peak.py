"""Runs a program (a file, or source text) and then prints the process's peak memory in KiB, as the last line."""
import os
import sys

program = sys.argv[1]
if program.endswith(".py"):
    with open(program) as f:
        source = f.read()
else:
    source = program
exec(compile(source, "program", "exec"), {"__name__": "__main__"})
with open("/proc/self/status") as f:
    print(next(line.split()[1] for line in f if line.startswith("VmHWM:")))
