"""Calls back when a module has been imported, without importing it: for what has to be patched wherever it comes from."""

# ruff: noqa
# mypy: ignore-errors
import importlib.abc
import importlib.util
import sys


class Hooks(importlib.abc.MetaPathFinder):
    """``wanted``: module name -> function that gets the module once it is loaded."""

    def __init__(self, wanted):
        self.wanted = dict(wanted)
        self.busy = set()

    def install(self):
        for name in list(self.wanted):
            if name in sys.modules:
                self.wanted.pop(name)(sys.modules[name])
        sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        if name not in self.wanted or name in self.busy:
            return None
        self.busy.add(name)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.busy.discard(name)
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return None
        spec.loader = Loader(spec.loader, self.wanted[name])
        return spec


class Loader(importlib.abc.Loader):
    def __init__(self, inner, after):
        self.inner, self.after = inner, after

    def create_module(self, spec):
        return self.inner.create_module(spec)

    def exec_module(self, module):
        self.inner.exec_module(module)
        module.__loader__ = self.inner
        module.__spec__.loader = self.inner
        try:
            self.after(module)
        except Exception as error:
            sys.stderr.write("figwright: %s could not be watched: %r\n" % (module.__name__, error))

    def __getattr__(self, name):
        return getattr(self.inner, name)
