"""Opens pages in the user's web browser.

A browser is a controller: an object with open(), open_new() and open_new_tab().  register() makes one known under a name, get() finds one, and open()
tries those that are known, in order, until one of them takes the page.  Known from the start are those that $BROWSER names and the usual ones that are installed.
"""

import os
import shlex
import subprocess
import sys
import threading
from shutil import which

__all__ = ["Error", "open", "open_new", "open_new_tab", "get", "register"]

_REMOTE_SECONDS = 5  # a running browser has taken the page by then, or a new one has been started and stays


class Error(Exception):
    """There is no browser, or it cannot do that."""


# ---- the registry ----

_lock = threading.RLock()
_browsers = {}     # name in lower case: [class or None, controller or None]
_tryorder = None   # names, in the order in which they are tried; None until somebody asks


def register(name, klass, instance=None, *, preferred=False):
    """Makes a browser known: `klass`, called without arguments, makes its controller, unless `instance` is one.  A preferred one is tried first."""
    with _lock:
        if _tryorder is None:
            register_standard_browsers()
        _browsers[name.lower()] = [klass, instance]
        _tryorder.insert(0 if preferred else len(_tryorder), name)


def get(using=None):
    """The controller of the browser of that name (or path, or command line with %s in the place of the address), else of the first that is known."""
    with _lock:
        if _tryorder is None:
            register_standard_browsers()
        names = _tryorder if using is None else [using]
    for name in names:
        if "%s" in name:
            return _of_command_line(name)
        klass, instance = _browsers.get(name.lower()) or _of_path(name)
        if instance is not None:
            return instance
        if klass is not None:
            return klass()
    raise Error("could not locate runnable browser")


def _of_command_line(text):
    command = shlex.split(text)
    return BackgroundBrowser(command[:-1]) if command[-1] == "&" else GenericBrowser(command)


def _of_path(path):
    """A known browser that lies elsewhere is controlled as the known one is."""
    found = which(path.split()[0]) if path.strip() else None
    if found is None:
        return [None, None]
    klass, instance = _browsers.get(os.path.basename(found).lower(), (None, None))
    if instance is None or not hasattr(instance, "with_name"):
        return [None, None]
    return [None, instance.with_name(path)]


# ---- what users call ----

def open(url, new=0, autoraise=True):
    """Shows the page: new=0 in the same window if possible, 1 in a new window, 2 in a new tab.  True if a browser has taken it."""
    with _lock:
        if _tryorder is None:
            register_standard_browsers()
        names = list(_tryorder)
    _check(url)
    return any(get(name).open(url, new, autoraise) for name in names)


def open_new(url):
    """Shows the page in a new window."""
    return open(url, 1)


def open_new_tab(url):
    """Shows the page in a new tab."""
    return open(url, 2)


def _check(url):
    if url.lstrip().startswith("-"):  # the browser would take it for an option
        raise ValueError(f"Invalid URL: {url}")


# ---- controllers ----

class BaseBrowser:
    """What controllers share."""

    def __init__(self, name=""):
        self.name = name
        self.basename = name

    def with_name(self, name):
        """The same controller for a program that has another name."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.name = name
        other.basename = os.path.basename(name)
        return other

    def open(self, url, new=0, autoraise=True):
        raise NotImplementedError

    def open_new(self, url):
        return self.open(url, 1)

    def open_new_tab(self, url):
        return self.open(url, 2)

    def _announce(self, url):
        sys.audit("webbrowser.open", url)
        _check(url)


class GenericBrowser(BaseBrowser):
    """A program that gets the address as an argument and is waited for, as those are that run in the terminal."""

    def __init__(self, name):
        if isinstance(name, str):
            name = [name, "%s"]
        self.name, *self.args = name
        self.basename = os.path.basename(self.name)

    def _command(self, url):
        return [self.name] + [argument.replace("%s", url) for argument in self.args]

    def open(self, url, new=0, autoraise=True):
        self._announce(url)
        try:
            return subprocess.Popen(self._command(url)).wait() == 0
        except OSError:
            return False


class BackgroundBrowser(GenericBrowser):
    """The same, but not waited for."""

    def open(self, url, new=0, autoraise=True):
        self._announce(url)
        try:
            process = subprocess.Popen(self._command(url), start_new_session=True)
        except OSError:
            return False
        return process.poll() in (None, 0)


class UnixBrowser(BaseBrowser):
    """A program that tells the browser which is running already, or starts it: options say where the page is to be shown."""

    terminal = False                     # it runs in the terminal, and needs it
    options = {0: (), 1: (), 2: ()}      # by `new`
    lowered = ()                         # further options for a window that is to stay where it is

    def arguments(self, url, new, autoraise):
        return [*(() if autoraise else self.lowered), *self.options[new], url]

    def open(self, url, new=0, autoraise=True):
        self._announce(url)
        if new not in self.options:
            raise Error(f"Bad 'new' parameter to open(); expected 0, 1, or 2, got {new}")
        return self._run(self.arguments(url, new, autoraise), True) or self._run([url], False)

    def _run(self, arguments, remote):
        quiet = subprocess.DEVNULL if remote or not self.terminal else None
        try:
            process = subprocess.Popen([self.name, *arguments], stdin=quiet, stdout=quiet, stderr=quiet,
                                       start_new_session=not self.terminal)
        except OSError:
            return False
        if self.terminal:
            return process.wait() == 0
        try:
            return process.wait(_REMOTE_SECONDS) == 0
        except subprocess.TimeoutExpired:
            return True


class Mozilla(UnixBrowser):
    options = {0: (), 1: ("-new-window",), 2: ("-new-tab",)}


class Chrome(UnixBrowser):
    options = {0: (), 1: ("--new-window",), 2: ()}


Chromium = Chrome


class Edge(Chrome):
    pass


class Opera(UnixBrowser):
    options = {0: (), 1: ("--new-window",), 2: ()}


class Epiphany(UnixBrowser):
    options = {0: ("-n",), 1: ("-w",), 2: ("-w",)}
    lowered = ("-noraise",)


class Konqueror(UnixBrowser):
    """Through kfmclient, which finds the one that is running."""

    options = {0: ("openURL",), 1: ("openURL",), 2: ("newTab",)}


class Elinks(UnixBrowser):
    terminal = True

    def arguments(self, url, new, autoraise):
        return ["-remote", f"openURL({url}{('', ',new-window', ',new-tab')[new]})"]


# ---- those that are usual ----

_GRAPHICAL = {
    BackgroundBrowser: ("xdg-open", "gio-open", "x-www-browser"),
    Mozilla: ("firefox", "firefox-esr", "iceweasel", "icecat", "seamonkey", "mozilla"),
    Konqueror: ("kfmclient",),
    Epiphany: ("epiphany",),
    Chrome: ("google-chrome", "google-chrome-stable", "chrome", "chromium", "chromium-browser"),
    Opera: ("opera",),
    Edge: ("microsoft-edge", "microsoft-edge-stable"),
}
_TERMINAL = {
    GenericBrowser: ("www-browser", "lynx", "w3m"),
    Elinks: ("links", "elinks"),
}


def register_standard_browsers():
    """Fills the registry with what is installed, and with what $BROWSER names in front of it."""
    global _tryorder
    with _lock:
        _tryorder = []
        if sys.platform == "darwin":
            register("macosx", None, BackgroundBrowser(["open", "%s"]))
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            _register_installed(_GRAPHICAL)
        if os.environ.get("TERM"):
            _register_installed(_TERMINAL)
        for text in reversed(os.environ.get("BROWSER", "").split(os.pathsep)):
            if text:
                _prefer(text)


def _register_installed(table):
    for klass, programs in table.items():
        for program in programs:
            if which(program):
                register(program, None, klass(program))


def _prefer(text):
    """One of $BROWSER: a name, a path or a command line."""
    known = "%s" in text or text.lower() in _browsers
    instance = None if known else _of_path(text)[1]
    if known:
        _tryorder.insert(0, text)
    else:
        register(text, None, instance or GenericBrowser(text), preferred=True)


# ---- python -m webbrowser ----

def parse_args(arguments):
    import argparse

    parser = argparse.ArgumentParser(description="Open URL in a web browser.")
    parser.add_argument("url", help="the page to open")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("-n", "--new-window", dest="new_win", action="store_const", const=1, default=0, help="open it in a new window")
    where.add_argument("-t", "--new-tab", dest="new_win", action="store_const", const=2, default=0, help="open it in a new tab")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_args(arguments)
    open(options.url, options.new_win)
    print("\a")


if __name__ == "__main__":
    main()
