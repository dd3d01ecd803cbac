"""What a process of a program with set-up code runs as its main module: the set-up code, then the program (_baton_session)."""

import os

for _path in os.environ["BATON_PROGRAM"].split(os.pathsep):
    with open(_path, "rb") as _file:
        exec(compile(_file.read(), _path, "exec", dont_inherit=True), globals())
