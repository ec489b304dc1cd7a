"""What a process remembers besides its databases: caches in memory, read and put back, and which names a request changed.

Such memory splits when a program does: each part then has its own.
"""

# ruff: noqa
# mypy: ignore-errors
import base64
import collections
import functools
import importlib
import sys
import types
from collections import abc

from . import plain

SCALARS = frozenset((bool, int, float, str, bytes, tuple, type(None)))
DATA = SCALARS | frozenset((list, dict, set, frozenset, collections.OrderedDict))
CONTAINERS = (dict, collections.deque, abc.MutableMapping, abc.MutableSequence, abc.MutableSet)
CODE = frozenset((types.FunctionType, types.BuiltinFunctionType, types.ModuleType))
MOST_BYTES = 4 << 20
MOST_MEMBERS = 200
LRU_CACHE = type(functools.lru_cache()(int))
LOCMEM = "django.core.cache.backends.locmem"


# -- caches: key -> entries, an entry is (key, content, when it expires)


def caches(app=None, names=()):
    """key -> each cache in memory that a library keeps for the program; ``names`` are of Django's that it may not have opened."""
    found = {}
    if names:
        importlib.import_module(LOCMEM)
    locmem = sys.modules.get(LOCMEM)
    for name in sorted(set(getattr(locmem, "_caches", None) or ()) | set(names)):
        found["LocMemCache%s" % (name and " " + name)] = DjangoCache(locmem, name)
    store = getattr(app, "session_interface", None)
    for backend in (getattr(store, "cache", None), getattr(store, "client", None)):
        if isinstance(getattr(backend, "_cache", None), dict):
            found["%s of sessions" % type(backend).__name__] = FlaskCache(backend)
    kept = getattr(app, "extensions", {}).get("cache") if app is not None else None
    for number, backend in enumerate(kept.values() if isinstance(kept, dict) else ()):
        if isinstance(getattr(backend, "_cache", None), dict):
            found["%s%s" % (type(backend).__name__, number or "")] = FlaskCache(backend)
    return found


class DjangoCache(object):
    def __init__(self, module, name):
        self.content = module._caches.setdefault(name, collections.OrderedDict())
        self.times = module._expire_info.setdefault(name, {})

    def read(self):
        return [[key, content, self.times.get(key)] for key, content in self.content.items()]

    def write(self, entries):
        self.content.clear()
        self.times.clear()
        for key, content, at in entries:
            self.content[key] = content
            self.times[key] = at


class FlaskCache(object):
    def __init__(self, backend):
        self.content = backend._cache

    def read(self):
        return [[key, content, at] for key, (at, content) in self.content.items()]

    def write(self, entries):
        self.content.clear()
        for key, content, at in entries:
            self.content[key] = (at, content)


def read_caches(app=None):
    """Plain values; a cache that is too large, or holds more than bytes, is left out."""
    found = {}
    for name, cache in caches(app).items():
        entries = cache.read()
        if not all(isinstance(key, str) and isinstance(content, bytes) for key, content, _ in entries):
            continue
        if sum(len(content) for _, content, _ in entries) <= MOST_BYTES:
            found[name] = [[key, base64.b64encode(content).decode("ascii"), at] for key, content, at in entries]
    return found


def put_caches_back(wanted, app=None):
    names = [name.partition(" ")[2] for name in wanted if name.partition(" ")[0] == "LocMemCache" and wanted[name]]
    for name, cache in caches(app, names).items():
        cache.write([[key, base64.b64decode(content), at] for key, content, at in wanted.get(name, ())])


# -- which names a request changed


def remembered(modules, app=None):
    """name -> what it holds, comparable: module-level values, plain attributes of the program's own objects and classes, caches."""
    found, seen = {}, set()
    modules = list(modules)
    own = {name for name, _ in modules}
    for name, module in modules:
        for key, value in list(vars(module).items()):
            if not key.startswith("__") and type(value) not in CODE and id(value) not in seen:
                if type(value) not in SCALARS:
                    seen.add(id(value))  # what another module imports is told once
                note(found, "%s.%s" % (name, key), value, name, own)
    for name, cache in caches(app).items():
        found["the cache in memory (%s)" % name] = cache.read()
    return found


def note(found, name, value, module, own):
    # By its own type: to ask a proxy for an attribute is to ask for what it stands for
    if type(value) is LRU_CACHE:
        if value.__module__ == module:
            found["%s (lru_cache)" % name] = value.cache_info().currsize
        return
    if type(value) in DATA:
        found[name] = content_of(value)
        return
    if type(value).__name__ == "LocalProxy":
        return
    if isinstance(value, CONTAINERS):
        found[name] = content_of(dict(value) if isinstance(value, dict) else list(value))
        return
    kept = getattr(value, "_cache", None) if type(value).__module__.startswith(("cachelib", "flask_caching")) else None
    if isinstance(kept, dict):
        found[name] = content_of(kept)
        return
    kind = value if issubclass(type(value), type) else type(value)
    if getattr(kind, "__module__", "") not in own or (value is kind and kind.__module__ != module):
        return
    try:
        members = list(vars(value).items())[:MOST_MEMBERS]
    except TypeError:  # it has slots
        return
    for key, inner in members:
        if type(inner) in DATA and not key.startswith("__"):
            found["%s.%s" % (name, key)] = content_of(inner)


def content_of(value):
    """What it holds; of objects, how many."""
    try:
        return plain.encode(value)
    except Exception:
        return {"$many": len(value)}


def changed(before, after):
    """Names, sorted; what a module has that the request was the first to import is its beginning, no change."""
    there = [name for name in after if name in before or name.startswith("the cache in memory")]
    return sorted(name for name in there if before.get(name) != after[name])
