# A debugger that is told to skip the import system does not stop in it.
import bdb

seen = set()


class Watcher(bdb.Bdb):
    def user_call(self, frame, arguments):
        seen.add(frame.f_globals["__name__"])

    def user_line(self, frame):
        seen.add(frame.f_globals["__name__"])
        self.set_step()


watcher = Watcher(skip=["importlib*", "zipimport", "encodings*", "bdb"])
watcher.run("import colorsys\ntry:\n    import missing_module\nexcept ImportError:\n    pass", {"__name__": "program"})
print(sorted(seen))
