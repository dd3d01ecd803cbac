"""The path hook of the standard library's folder: modules come from the image that the build made of it.

The folder itself holds the sources, for tracebacks and inspect.  A module that is not in the image is looked for in the folder, as
anywhere else."""

import _imp
import sys
from _frozen_importlib import ModuleSpec, _load
from _frozen_importlib_external import FileFinder, SourceFileLoader, SourcelessFileLoader, _path_isdir


class ImageLoader(SourceFileLoader):
    """A loader whose code is in the image and whose source is in the library's folder."""

    def get_code(self, fullname):
        return _imp.image_code(fullname, sys._stdlib_dir)


class ImageFinder:
    """Finds the modules of one folder of the library in the image."""

    def __init__(self, path):
        library = sys._stdlib_dir
        if path == library:
            self._prefix = ""
        elif path.startswith(library + "/"):
            self._prefix = path[len(library) + 1:].replace("/", ".") + "."
        else:
            raise ImportError("not a folder of the library", path=path)
        self.path = path
        self._files = None

    def find_spec(self, fullname, target=None):
        package = _imp.image_find(fullname)
        if package is None or self._prefix + fullname.rpartition(".")[2] != fullname:
            if self._files is None:
                if not _imp.image_beside(self.path, fullname.rpartition(".")[2]):
                    return None
                self._files = FileFinder(self.path, (SourceFileLoader, [".py"]), (SourcelessFileLoader, [".pyc"]))
            return self._files.find_spec(fullname, target)
        tail = fullname.rpartition(".")[2]
        origin = f"{self.path}/{tail}/__init__.py" if package else f"{self.path}/{tail}.py"
        spec = ModuleSpec(fullname, ImageLoader(fullname, origin), origin=origin, is_package=package)
        spec.has_location = True
        if package:
            spec.submodule_search_locations.append(f"{self.path}/{tail}")
        return spec

    def invalidate_caches(self):
        """Forgets what the folder holds; the image never changes."""
        if self._files is not None:
            self._files.invalidate_caches()


def find_in_archive(path):
    """The path hook of zip files: zipimport is imported when there is something that may be one, and from the image, whatever sys.path says."""
    if _path_isdir(path or "."):
        raise ImportError("a folder", path=path)
    zipimport = sys.modules.get("zipimport") or _load(ImageFinder(sys._stdlib_dir).find_spec("zipimport"))
    if not hasattr(zipimport, "zipimporter"):
        raise ImportError("zipimport is being imported", path=path)
    return zipimport.zipimporter(path)


sys.path_hooks[:0] = [ImageFinder, find_in_archive]

__name__ = "importlib._image"  # debuggers that are told to skip the import system know its frames by such a name
