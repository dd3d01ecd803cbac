"""Runs CPython's own tests with Baton and compares with what a CPython of 3.13 passes of the same files.

    run.py [options] [FILE ...] BATON

The files are Debian's (libpython3.11-testsuite), or those of another folder (--suite); without names, those listed in
yardstick.txt.  Each file runs in a process of its own (worker.py) under a time limit; a method that crashes or hangs
costs itself and no other, for the rest of the file is run again without what is done.

Printed: a row a file with what Baton made of its methods, and, of those that CPython passes (reference.txt), how many
Baton passes; a skip, a crash or a time-out where CPython passes is a failure.  Methods that are marked as CPython's
own (`cpython_only`) are counted apart; not counted are those that 3.14 fails on purpose (a reason that begins with "3.14:").  Exit status 1 when less than 90 %
pass in total or 80 % in a file, or when a method fails that known.txt does not list with a reason.

    reference.txt   [FILE], then a line a class: the methods that CPython 3.13 passes; behind "apart", its own
    known.txt       FILE METHOD: why it does not pass
    yardstick.txt   the files that count

It runs under any Python of 3.8 or later, Debian's for instance, so as to depend on nothing that it tests.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
METHOD_SECONDS = 60      # a method that writes nothing for so long hangs
FILE_SECONDS = 900
MEMORY = 12 << 30        # bytes of address space
TOTAL_LEAST, FILE_LEAST = 90.0, 80.0


# ---- running one file ------------------------------------------------------------------------------------------------

class Outcome:
    """What became of the methods of one file: verdicts by method, and what else is worth a word."""

    def __init__(self, name):
        self.name = name
        self.verdicts = {}
        self.notes = []
        self.seconds = 0.0

    def count(self, *kinds):
        return sum(verdict in kinds for verdict in self.verdicts.values())

    def passes(self):
        return {method for method, verdict in self.verdicts.items() if verdict == 'pass'}


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def watch(process, record, deadline, patience):
    """Waits for the process while it writes; kills it, with what it started, when it does not.  True: it was killed."""
    size, since = 0, time.monotonic()
    while True:
        try:
            process.wait(0.1)
            return False
        except subprocess.TimeoutExpired:
            pass
        now = time.monotonic()
        grown = os.path.getsize(record)
        if grown != size:
            size, since = grown, now
        if now - since > patience or now > deadline:
            return True


def end_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def read_record(path, outcome):
    """Takes the record in: (the method that was running at its end, whether it ended, methods finished, the reason why it broke)."""
    running, ended, finished, broken = None, False, 0, None
    for line in path.read_text(encoding='utf-8').split('\n'):
        kind, _, rest = line.partition(' ')
        if kind == 'start':
            running = rest
        elif kind in ('pass', 'fail', 'error', 'skip'):
            outcome.verdicts[rest] = kind
            running = None
            finished += 1
        elif kind == 'broken':
            broken = rest
        elif kind == 'end':
            ended = True
    return running, ended, finished, broken


def run_file(python, name, suite_path, log_folder, extra_env, options):
    outcome = Outcome(name)
    began = time.monotonic()
    deadline = began + options.file_seconds
    log_path = log_folder / f'{name}.log'
    env = {key: value for key, value in os.environ.items() if not key.startswith('PYTHON')}
    env.update(PYTHONPATH=str(suite_path), LC_ALL='C.UTF-8', **extra_env)
    with tempfile.TemporaryDirectory(prefix='conformance-') as scratch, open(log_path, 'w') as log:
        scratch = pathlib.Path(scratch)
        record, skip, work = scratch / 'record', scratch / 'skip', scratch / 'work'
        while True:
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            record.write_text('')
            skip.write_text('\n'.join(outcome.verdicts))
            command = [python, str(HERE / 'worker.py'), name, str(record), str(skip)]
            process = subprocess.Popen(command, cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       start_new_session=True, preexec_fn=limit_memory)
            killed = watch(process, record, deadline, options.method_seconds)
            end_group(process)
            running, ended, finished, broken = read_record(record, outcome)
            how = 'time-out' if killed else f'signal {-process.returncode}' if process.returncode < 0 else f'exit {process.returncode}'
            if broken:
                outcome.notes.append(broken)
                break
            if ended:
                if killed or process.returncode:
                    outcome.notes.append(f'{how} at its end')
                break
            if running:
                outcome.verdicts[running] = 'hang' if killed else 'crash'
                print(f'######## {how} in {running}', file=log, flush=True)
            elif not finished:
                outcome.notes.append(f'{how} between methods')
                break
            if time.monotonic() > deadline:
                outcome.notes.append('out of time')
                break
    outcome.seconds = time.monotonic() - began
    return outcome


# ---- kept lists ------------------------------------------------------------------------------------------------------

def read_reference(path):
    """{file: (methods that CPython passes, those of them that are its own)}"""
    files = {}
    for line in path.read_text(encoding='utf-8').splitlines():
        if line.startswith('['):
            passes, apart = files.setdefault(line[1:-1], (set(), set()))
        elif line and not line.startswith('#'):
            place, *names = line.split(' ')
            own = place == 'apart'
            if own:
                place, *names = names
            prefix = '' if place == '-' else place + '.'
            (apart if own else passes).update(prefix + name for name in names)
    return files


def write_reference(path, files):
    lines = ['# Which methods CPython passes of its tests, by file and class; made by run.py --record.']
    for name in sorted(files):
        lines.append(f'[{name}]')
        passes, apart = files[name]
        for mark, methods in (('', passes), ('apart ', apart)):
            classes = {}
            for method in sorted(methods):
                place, dot, last = method.rpartition('.')
                classes.setdefault(place or '-', []).append(last)
            lines += [f'{mark}{place} {" ".join(names)}' for place, names in classes.items()]
    path.write_text('\n'.join(lines) + '\n', encoding='utf-8')


def read_known(path):
    """{(file, method): reason}; a method may be a pattern with '*'."""
    known = {}
    for line in path.read_text(encoding='utf-8').splitlines() if path.exists() else ():
        if line and not line.startswith('#'):
            key, _, reason = line.partition(': ')
            known[tuple(key.split(' '))] = reason.strip()
    return known


def reason(known, name, method):
    for (file, pattern), why in known.items():
        if file == name and re.fullmatch(re.escape(pattern).replace(r'\*', '.*'), method):
            return why
    return None


# ---- the two jobs ----------------------------------------------------------------------------------------------------

def stage(suite, modules):
    """A folder that holds nothing but the package `test` and these modules, to be put on the path of the interpreter under test."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='conformance-suite-'))
    (folder / 'test').symlink_to(pathlib.Path(suite).resolve())
    for module in modules:
        (folder / module.name).symlink_to(module)
    return folder


def run_all(python, names, suite_path, options, extra_env):
    logs = pathlib.Path(options.logs)
    logs.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(run_file, python, name, suite_path, logs, extra_env, options) for name in names]
        for run in runs:
            yield run.result()


def record(python, names, suite_path, options):
    """Writes reference.txt anew for these files.  Run a second time as if it were no CPython, it skips what is for CPython only."""
    files = read_reference(options.reference) if options.reference.exists() else {}
    own_runs = list(run_all(python, names, suite_path, options, {}))
    for outcome, other in zip(own_runs, run_all(python, names, suite_path, options, {'CONFORMANCE_ANOTHER': '1'})):
        passes = outcome.passes()
        own = {method for method in passes if other.verdicts.get(method) == 'skip'}
        files[outcome.name] = passes - own, own
        print(f'{outcome.name:28} {len(passes - own):6} {len(own):5} apart {outcome.seconds:7.1f} s', *outcome.notes, flush=True)
    write_reference(options.reference, files)


def compare(python, names, suite_path, options):
    files = read_reference(options.reference)
    known = read_known(options.known)
    print(f'{"":28} passed failed errors skipped crashed |  of CPython\'s           apart')
    totals = [0] * 9
    bad, low = [], []
    for outcome in run_all(python, names, suite_path, options, {}):
        expected, apart = files.get(outcome.name, (set(), set()))
        passes = outcome.passes()
        expected = {method for method in expected if not (reason(known, outcome.name, method) or '').startswith('3.14:')}
        lost = sorted(expected - passes)
        counts = [outcome.count('pass'), outcome.count('fail'), outcome.count('error'), outcome.count('skip'), outcome.count('crash', 'hang'),
                  len(expected & passes), len(expected), len(apart & passes), len(apart)]
        totals = [a + b for a, b in zip(totals, counts)]
        print_row(outcome.name, counts, f'{outcome.seconds:6.1f} s  ' + '; '.join(outcome.notes))
        if expected and counts[5] * 100 < FILE_LEAST * counts[6]:
            low.append(outcome.name)
        new = [method for method in lost if not reason(known, outcome.name, method)]
        bad += [f'{outcome.name} {method}: {outcome.verdicts.get(method, "not run")}' for method in new]
        stale = [method for file, method in known if file == outcome.name and method in passes]
        if stale:
            print('    listed in known.txt, and passes:', *stale)
        if options.verbose:
            if len(lost) > len(passes):
                print('    most of', ', '.join(lost[:3]), '...')
                continue
            for method in lost:
                print(f'    {outcome.verdicts.get(method, "not run"):8} {method}')
    print_row('total', totals, '')
    if totals[6] and totals[5] * 100 < TOTAL_LEAST * totals[6]:
        low.append('total')
    if low:
        print(f'Below what is asked for ({FILE_LEAST:g} % in a file, {TOTAL_LEAST:g} % in total):', *low)
    if bad:
        print('Failing and not in the kept list:', *bad, sep='\n    ')
    return 1 if low or bad else 0


def print_row(name, counts, rest):
    passed, failed, errors, skipped, crashed, both, expected, own, apart = counts
    percent = f'{both * 100 / expected:5.1f} %' if expected else '      -'
    print(f'{name:28} {passed:6} {failed:6} {errors:6} {skipped:7} {crashed:7} | {both:5}/{expected:5} {percent} {own:4}/{apart:<4} {rest}', flush=True)


def main():
    parser = argparse.ArgumentParser(description="CPython's own tests, run with Baton.")
    parser.add_argument('files', nargs='*', metavar='FILE')
    parser.add_argument('python', help='the interpreter to test')
    parser.add_argument('--suite', default='/usr/lib/python3.11/test', help="the folder of CPython's tests")
    parser.add_argument('--reference', type=pathlib.Path, default=HERE / 'reference.txt')
    parser.add_argument('--known', type=pathlib.Path, default=HERE / 'known.txt')
    parser.add_argument('--record', action='store_true', help='the interpreter is a CPython: keep what it passes in the reference')
    parser.add_argument('--logs', default='build/conformance', help='folder for the output of each file')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    parser.add_argument('--method-seconds', type=float, default=METHOD_SECONDS)
    parser.add_argument('--file-seconds', type=float, default=FILE_SECONDS)
    parser.add_argument('-v', '--verbose', action='store_true', help='name the methods that CPython passes and this does not')
    options = parser.parse_args()
    names = options.files or (HERE / 'yardstick.txt').read_text().split()
    suite_path = stage(options.suite, () if options.record else sorted((HERE / "modules").glob("*.py")))
    try:
        if options.record:
            record(options.python, names, suite_path, options)
            return 0
        return compare(os.path.abspath(options.python), names, suite_path, options)
    finally:
        shutil.rmtree(suite_path)


if __name__ == '__main__':
    sys.exit(main())
