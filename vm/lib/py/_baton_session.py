"""Programs one after another in one namespace: the interpreter's side of a session of the shell (web/runtime/baton.d.ts).

serve() reads commands, each a line of JSON, from one descriptor, runs what they name as __main__, and writes how each ended to another.  The last one's end is the
interpreter's, as any program's."""

import json
import os
import sys
import threading

import __main__


def _end(error):
    """Prints an exception that has ended a program, as the interpreter does; the exit code."""
    if isinstance(error, SystemExit):
        if error.code is None or isinstance(error.code, int):
            return (error.code or 0) & 255
        print(error.code, file=sys.stderr)
        return 1
    shown = error.__traceback__
    while shown and shown.tb_frame.f_code.co_filename == __file__:
        shown = shown.tb_next
    sys.excepthook(type(error), error.with_traceback(shown), shown)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _prepare_processes(name, setup):
    """Processes begin with the file of the program; where there is set-up code, with a module that runs both."""
    if setup:
        __main__.__spec__ = type(__spec__)("_baton_program", None)
        os.environ["BATON_PROGRAM"] = os.pathsep.join(map(os.path.abspath, (setup, name)))
    elif os.environ.pop("BATON_PROGRAM", None):
        __main__.__spec__ = None


def _run(name, argv, setup):
    sys.argv = [name, *argv]
    __main__.__file__ = name
    sys.modules["__main__"] = __main__
    status = 0
    try:
        _prepare_processes(name, setup)
        for part in (setup, name) if setup else (name,):
            with open(part, "rb") as file:
                code = compile(file.read(), part, "exec", dont_inherit=True)
            exec(code, __main__.__dict__)
    except BaseException as e:
        status = _end(e)
    try:
        for thread in threading.enumerate():
            if thread is not threading.main_thread() and not thread.daemon:
                thread.join()
    except BaseException as e:
        status = _end(e)
    for stream in sys.stdout, sys.stderr:
        try:
            stream.flush()
        except Exception:
            pass
    return status


def _whole(call, *args):
    """The result of a call; a Stop that came too late for the program does not end it."""
    while True:
        try:
            return call(*args)
        except KeyboardInterrupt:
            pass


def serve(commands, results):
    sys.path[0:1] = [""]
    with open(commands, "rb") as lines:
        while line := _whole(lines.readline):
            command = json.loads(line)
            status = _run(command["name"], command["argv"], command["setup"])
            if command["last"]:
                sys.exit(status)
            _whole(os.write, results, b"%d\n" % status)
