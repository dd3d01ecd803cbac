#!/usr/bin/env python3
"""compare.py BATON PYTHON [FIRST [COUNT]]: programs of generate.py under both; parts whose output differs are shown.  Exit code 1 if any do.

PYTHON is CPython; known.txt beside this file lists lines (as regular expressions) that differ on purpose or between versions: a part whose first differing
line matches is passed over (what follows may follow from it)."""

import os
import re
import subprocess
import sys

import generate

HERE = os.path.dirname(os.path.abspath(__file__))


def run(interpreter, program):
    try:
        p = subprocess.run([*interpreter.split(), '-I', '-X', 'utf8', '-c', program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    except subprocess.TimeoutExpired:
        return ['timeout']
    return p.stdout.decode('utf-8', 'backslashreplace').split('\n') + [f'exit code {p.returncode}']


def parts(lines):
    out = {}
    key = 'start'
    for line in lines:
        if re.fullmatch(r'\d+', line) or line.startswith('exit code '):
            key = line
        out.setdefault(key, []).append(line)
    return out


def main():
    baton, python = sys.argv[1:3]
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 100
    with open(os.path.join(HERE, 'known.txt'), encoding='utf-8') as f:
        known = [re.compile(line.rstrip('\n')) for line in f if line.strip() and not line.startswith('#')]
    different = 0
    for seed in range(first, first + count):
        program = generate.generate(seed)
        ours, theirs = parts(run(baton, program)), parts(run(python, program))
        sources = dict(re.findall(r'^run\((\d+), (.*)\)$', program, re.M))
        for key in sorted({**ours, **theirs}, key=str):
            a, b = ours.get(key, []), theirs.get(key, [])
            lines = [(x, y) for x, y in zip(a + [''] * len(b), b + [''] * len(a)) if x != y]
            if not lines or any(k.search(y) or k.search(x) for x, y in lines[:1] for k in known):
                continue
            different += 1
            print(f'==== seed {seed} part {key}')
            if os.environ.get('SHOW') and key in sources:
                print(eval(sources[key]))
            print(f'  Baton:   {lines[0][0][:400]}\n  CPython: {lines[0][1][:400]}')
    print(f'{count} programs, {different} parts differ')
    return 1 if different else 0


if __name__ == '__main__':
    sys.exit(main())
