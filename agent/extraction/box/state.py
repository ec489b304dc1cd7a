"""The plain part of a program's state: module-level values, configuration, environment, files that these lead to. Read and put back."""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import sys
import tempfile

from . import plain

MOST_FILES = 200
MOST_BYTES = 2 << 20
SKIPPED_SETTINGS = ("DATABASES", "SETTINGS_MODULE")  # the first is put back by name: connections were made from it
SKIPPED_VARIABLES = ("PYTEST_CURRENT_TEST", "FIGWRIGHT_RECORDING", "PYTHONPATH", "PWD", "OLDPWD", "_", "SHLVL")


class Modules(object):
    """The repository's own modules, tests left out."""

    def __init__(self, repository, tests):
        self.repository = repository.rstrip("/") + os.sep
        self.tests = tests
        self.known = {}

    def own(self):
        for name, module in list(sys.modules.items()):
            if name not in self.known:
                self.known[name] = self.is_own(module)
            if self.known[name] and module is not None:
                yield name, module

    def is_own(self, module):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str):
            return False
        path = os.path.abspath(path)
        if not path.startswith(self.repository):
            return False
        below = path[len(self.repository) :]
        return "site-packages" not in below.split(os.sep) and not is_test(below, self.tests)


def is_test(path, tests):
    parts = path.split(os.sep)
    name = parts[-1]
    return (
        path in tests
        or any(part in ("tests", "test", "testing") for part in parts[:-1])
        or name.startswith(("test_", "tests_"))
        or name.endswith(("_test.py", "_tests.py"))
        or name in ("conftest.py", "tests.py", "test.py")
    )


def module_values(module):
    found = {}
    for name, value in list(vars(module).items()):
        if name.startswith("__"):
            continue
        try:
            found[name] = plain.encode(value)
        except Exception:
            continue
    return found


def flask_config(app):
    found = {}
    for name, value in list(app.config.items()):
        try:
            found[str(name)] = plain.encode(value)
        except Exception:
            continue
    return found


def django_settings():
    from django.conf import settings

    found = {}
    for name in dir(settings):
        if name.isupper() and name not in SKIPPED_SETTINGS:
            try:
                found[name] = plain.encode(getattr(settings, name))
            except Exception:
                continue
    found["DATABASES"] = {
        alias: {"NAME": str(one.get("NAME", "")), "ENGINE": str(one.get("ENGINE", ""))}
        for alias, one in settings.DATABASES.items()
    }
    return found


def texts_in(value, found):
    if isinstance(value, str):
        if value.startswith("/") and len(value) < 400 and "\n" not in value and "\0" not in value:
            found.add(value)
    elif isinstance(value, list):
        for one in value:
            texts_in(one, found)
    elif isinstance(value, dict):
        for one in value.values():
            texts_in(one, found)


def folders_in(state, repository):
    """Folders of temporary files that the state names."""
    found = set()
    texts_in(state, found)
    temporary = os.path.realpath(tempfile.gettempdir())
    kept = []
    for path in sorted(found):
        path = os.path.abspath(path)
        if path == temporary or not path.startswith(temporary + os.sep) or path.startswith(repository + os.sep):
            continue
        if os.path.isdir(path) and not os.path.islink(path):
            kept.append(path)
    return kept


def files_of(folder, databases=()):
    """(relative path, content, time of its last change) of a folder's files, sorted; None when there is too much of it."""
    found, size = [], 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(place, name)
            if path in databases or os.path.islink(path) or not os.path.isfile(path):
                continue
            size += os.path.getsize(path)
            if len(found) >= MOST_FILES or size > MOST_BYTES:
                return None
            with open(path, "rb") as file:
                found.append((os.path.relpath(path, folder), file.read(), os.stat(path).st_mtime))
    return found


def dump(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("utf-8")


def put_back(live, name, wanted):
    """Make ``live[name]`` what was recorded; containers keep their identity, since others refer to them."""
    try:
        current = live[name]
        if plain.encode(current) == wanted:
            return False
    except KeyError:
        current = None
    except Exception:
        return False  # not plain here: something else stands in its place, and stays
    value = plain.decode(wanted)
    if type(current) is dict and type(value) is dict:
        current.clear()
        current.update(value)
    elif type(current) is list and type(value) is list:
        current[:] = value
    elif type(current) is set and type(value) is set:
        current.clear()
        current.update(value)
    else:
        live[name] = value
    return True


def put_modules_back(modules):
    for module, values in sorted(modules.items()):
        live = sys.modules.get(module)
        if live is None:
            continue
        for name, wanted in sorted(values.items()):
            put_back(vars(live), name, wanted)


def put_files_back(folders, blobs):
    for folder, files in sorted(folders.items()):
        wanted = {path: (digest, changed) for path, digest, changed in files}
        os.makedirs(folder, exist_ok=True)
        for path, _, _ in files_of(folder) or ():
            if path not in wanted:
                os.unlink(os.path.join(folder, path))
        for path, (digest, changed) in sorted(wanted.items()):
            target = os.path.join(folder, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(blobs.get(digest))
            os.utime(target, (changed, changed))  # it is seen in headers (Last-Modified, ETag)
