"""The exception that is being handled is the same one again after a nested try, whichever way that ends."""
import sys


def handled():
    return sys.exc_info()[0].__name__ if sys.exc_info()[0] else None


class Manager:
    def __init__(self, suppress):
        self.suppress = suppress

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return self.suppress


def not_matched():
    try:
        raise ValueError
    except TypeError:
        pass


def named_not_matched():
    try:
        raise ValueError
    except TypeError as e:
        pass
    except KeyError as e:
        pass


def raised_in_handler():
    try:
        raise ValueError
    except ValueError as e:
        raise TypeError


def in_finally():
    try:
        raise ValueError
    finally:
        pass


def raised_in_finally():
    try:
        raise ValueError
    finally:
        raise TypeError


def in_with():
    with Manager(False):
        raise ValueError


def in_group():
    try:
        raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
    except* KeyError as e:
        pass


def naked():
    try:
        raise ValueError
    except* KeyError:
        pass


def left_by_break():
    for _ in 1, 2:
        try:
            raise ValueError
        except ValueError as e:
            with Manager(True):
                break
    int("x")


def left_into_failing_exit():
    class Failing(Manager):
        def __exit__(self, *exc):
            int("x")

    for _ in 1, 2:
        with Failing(False):
            try:
                raise KeyError
            except KeyError:
                break


def same_frame():
    try:
        raise LookupError
    except LookupError:
        try:
            try:
                raise ValueError
            except TypeError:
                pass
        except ValueError:
            pass
        print("same frame", handled())
        try:
            try:
                raise ValueError
            finally:
                pass
        except ValueError:
            pass
        print("same frame", handled())


for function in (not_matched, named_not_matched, raised_in_handler, in_finally, raised_in_finally, in_with, in_group, naked, left_by_break,
                 left_into_failing_exit):
    try:
        raise LookupError
    except LookupError as first:
        try:
            function()
        except BaseException as e:
            print(function.__name__, type(e).__name__, type(e.__context__).__name__, end=" ")
        print(handled())
    print(handled())
same_frame()
