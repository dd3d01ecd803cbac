"""Runs the methods of one of CPython's test files and writes what becomes of each, line by line, as it happens.

    worker.py MODULE RECORD [SKIP]

Run by the interpreter under test (see run.py), which can crash or hang in any method: so every line is written at
once, and what a method did before the end of the process is known.  Lines of RECORD, separated by one space:

    load NUMBER                the file is imported; so many methods will be tried
    start METHOD               and then one of
    pass|fail|error|skip METHOD
    broken REASON              the file cannot be imported, or skips itself
    end

SKIP is a file of methods, one a line, that are not to be tried (an earlier process got past them).
"""

import os
import sys
import unittest


def pretend_to_be_another():
    """Lets test.support take this CPython for another implementation, which skips what is for CPython only."""
    from test import support

    def check_impl_detail(**guards):
        guards, default = support._parse_guards(guards)
        return default

    support.check_impl_detail = check_impl_detail


class Record(unittest.TestResult):
    """A result that keeps nothing but the lines it writes."""

    def __init__(self, file, names):
        super().__init__()
        self.file = file
        self.names = names
        self.verdict = None
        self.details = sys.stderr

    def write(self, kind, text):
        os.write(self.file, f'{kind} {text}\n'.encode('utf-8', 'backslashreplace'))

    def startTest(self, test):
        super().startTest(test)
        self.verdict = 'pass'
        self.write('start', self.names[id(test)])

    def stopTest(self, test):
        super().stopTest(test)
        self.write(self.verdict, self.names[id(test)])
        self.verdict = None

    def spoil(self, verdict, test, err):
        if self.verdict != 'error':
            self.verdict = verdict
        try:
            print('=' * 70, f'{verdict}: {test}', self._exc_info_to_string(err, test), sep='\n', file=self.details, flush=True)
        except Exception as problem:
            print('(no traceback:', repr(problem) + ')', repr(err[1]), file=self.details, flush=True)

    def addError(self, test, err):
        self.spoil('error', test, err)

    def addFailure(self, test, err):
        self.spoil('fail', test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.spoil('fail' if issubclass(err[0], test.failureException) else 'error', subtest, err)

    def addSkip(self, test, reason):
        if self.verdict == 'pass':
            self.verdict = 'skip'
        print(f'skipped: {test}: {reason}', file=self.details, flush=True)

    def addExpectedFailure(self, test, err):
        pass

    def addUnexpectedSuccess(self, test):
        self.verdict = 'fail'
        print(f'unexpected success: {test}', file=self.details, flush=True)


def methods(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from methods(item)
        else:
            yield item


def without(suite, names, skip):
    """The same suite, its methods that are named in skip left out."""
    kept = []
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            kept.append(without(item, names, skip))
        elif names[id(item)] not in skip:
            kept.append(item)
    return type(suite)(kept)


def main(module, record, skip=None):
    file = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    done = set()
    if skip:
        with open(skip, encoding='utf-8') as lines:
            done = set(lines.read().split('\n'))
    keep_cache, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        from test import support
        support.verbose = 0
        support.use_resources = []
        if 'CONFORMANCE_ANOTHER' in os.environ:
            pretend_to_be_another()
        loader = unittest.TestLoader()
        suite = loader.loadTestsFromName('test.' + module)
        for problem in loader.errors:
            print(problem, file=sys.stderr)
    except BaseException as problem:
        import traceback
        os.write(file, f'broken {type(problem).__name__}: {problem}\n'.replace('\n', ' ').encode() + b'\n')
        traceback.print_exc()
        return
    sys.dont_write_bytecode = keep_cache

    names = {}
    seen = {}
    for test in methods(suite):
        name = test.id().removeprefix('test.').removeprefix(module + '.').replace(' ', '_') or module
        seen[name] = seen.get(name, 0) + 1
        names[id(test)] = name if seen[name] == 1 else f'{name}#{seen[name]}'
    result = Record(file, names)
    result.write('load', len(names))
    without(suite, names, done)(result)
    result.write('end', '')


if __name__ == '__main__':
    main(*sys.argv[1:])
