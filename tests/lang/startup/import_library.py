"""Modules of the library look the same however they are imported, and what changes the import system is asked."""
import os
import sys
import tempfile

import colorsys
print(colorsys.__name__, colorsys.__spec__.name, colorsys.__spec__.parent == "", colorsys.__package__ == "", colorsys.__loader__ is colorsys.__spec__.loader)
print(os.path.basename(colorsys.__file__), colorsys.__spec__.origin == colorsys.__file__, colorsys.__spec__.has_location, colorsys.__spec__._initializing)
print(colorsys.__cached__ == colorsys.__spec__.cached, os.path.basename(os.path.dirname(colorsys.__cached__)))
print(colorsys.__spec__.submodule_search_locations, hasattr(colorsys, "__path__"))
print("def rgb_to_yiq" in colorsys.__loader__.get_source("colorsys"))

import wsgiref.headers
print(wsgiref.headers.__package__, wsgiref.__path__ == wsgiref.__spec__.submodule_search_locations, wsgiref.__package__, wsgiref.headers is sys.modules["wsgiref.headers"])
print(wsgiref.__spec__.parent, wsgiref.headers.__spec__.parent, wsgiref.__spec__._uninitialized_submodules)
import xml.dom.minidom as minidom
print(minidom.__name__, list(sys.modules).index("xml") < list(sys.modules).index("xml.dom") < list(sys.modules).index("xml.dom.minidom"))

import array
print(array.__spec__.name, array.__package__ == "", array.__spec__.loader is array.__loader__)

from wsgiref import util, validate
print(util.__name__, validate.__name__)
try:
    from wsgiref import nothing
except ImportError as e:
    print(e.msg.split(" (")[0])
try:
    import wsgiref.nothing
except ModuleNotFoundError as e:
    print(e, e.name)
try:
    import colorsys.inner
except ModuleNotFoundError as e:
    print(e)

# again after it was forgotten
first = sys.modules.pop("colorsys")
import colorsys
print(colorsys is first, sys.modules["colorsys"] is colorsys)
sys.modules["nturl2path"] = None
try:
    import nturl2path
except ModuleNotFoundError as e:
    print(e)

# finders that come first
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in ("sched", "wsgiref.simple_server"):
            print("asked for", name, path is None)

finder = Finder()
sys.meta_path.insert(0, finder)
import sched
import wsgiref.simple_server
sys.meta_path.remove(finder)

# a file before the library in sys.path
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "chunk_of_mine.py"), "w") as f:
        f.write("x = 1\n")
    with open(os.path.join(folder, "this.py"), "w") as f:
        f.write("print('not the Zen')\n")
    with open(os.path.join(folder, "fails.py"), "w") as f:
        f.write("import quopri\n1/0\n")
    sys.path.insert(0, folder)
    import this
    import chunk_of_mine
    print(this.__file__ == os.path.join(folder, "this.py"), chunk_of_mine.x)
    try:
        import fails
    except ZeroDivisionError:
        print("fails" in sys.modules, "quopri" in sys.modules)
    sys.path.remove(folder)

# __import__ of somebody else
import builtins
real = builtins.__import__
def importing(name, *rest):
    if name == "pyclbr":
        print("import", name)
    return real(name, *rest)
builtins.__import__ = importing
import pyclbr as p
builtins.__import__ = real
print(p.__name__)
