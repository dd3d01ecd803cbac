"""modulefinder: which modules a program imports, found in its code."""
import modulefinder
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    for name, text in {"main.py": "import first\nfrom pack import sub as s, absent\nfrom pack.sub import *\nimport nowhere\nx = 1\n",
                       "first.py": "def f():\n    global made\n    made = 1\n    import pack.other as o\n", "pack/__init__.py": "",
                       "pack/sub.py": "from . import sibling\nfrom .sibling import thing\ny = 2\n", "pack/sibling.py": "thing = 1\n",
                       "pack/other.py": "from ..beyond import z\n"}.items():
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    finder = modulefinder.ModuleFinder([folder])
    finder.run_script(os.path.join(folder, "main.py"))
    for name, module in sorted(finder.modules.items()):
        print(name, sorted(module.globalnames), sorted(module.starimports))
    print(sorted(finder.badmodules), finder.any_missing_maybe())
