"""Takes the installed copy of a project out of its environment, but for what the repository itself does not hold.

Arguments: the repository, and a folder for what stays. Compiled extensions and generated modules go there, and a finder
offers them to imports that nothing else answers; all the rest is left to the repository's own files.
"""
# ruff: noqa
# mypy: ignore-errors

from __future__ import print_function

import os
import shutil
import sys

FINDER = """
import os, sys
ROOT = %r
if sys.version_info[0] >= 3:
    from importlib.machinery import EXTENSION_SUFFIXES
    SUFFIXES = list(EXTENSION_SUFFIXES) + [".py"]
else:
    import imp
    SUFFIXES = [s for s, _, kind in imp.get_suffixes() if kind in (imp.C_EXTENSION, imp.PY_SOURCE)]
def _where(name):
    base = os.path.join(ROOT, *name.split("."))
    for suffix in SUFFIXES:
        if os.path.isfile(base + suffix):
            return base + suffix
    return None
class Finder(object):
    if sys.version_info[0] >= 3:
        @classmethod
        def find_spec(cls, name, path=None, target=None):
            found = _where(name)
            if found:
                from importlib.util import spec_from_file_location
                return spec_from_file_location(name, found)
    else:
        @classmethod
        def find_module(cls, name, path=None):
            found = _where(name)
            if not found:
                return None
            try:
                opened = imp.find_module(name.rpartition(".")[2], path)[0]
                if opened:
                    opened.close()
                return None
            except ImportError:
                return cls
        @classmethod
        def load_module(cls, name):
            if name in sys.modules:
                return sys.modules[name]
            found = _where(name)
            if found.endswith(".py"):
                return imp.load_source(name, found)
            return imp.load_dynamic(name, found)
if sys.version_info[0] >= 3:
    sys.meta_path.append(Finder)
else:
    sys.meta_path.insert(0, Finder)
"""


def folders():
    import sysconfig

    return sorted(set(sysconfig.get_path(name) for name in ("purelib", "platlib")))


def own_files(folder, repo):
    """(metadata folder, files) of what was installed out of the repository, by pip's record of where it came from."""
    for entry in sorted(os.listdir(folder)):
        info = os.path.join(folder, entry)
        if entry.endswith(".dist-info") and came_from(info, repo):
            record = os.path.join(info, "RECORD")
            lines = open(record).read().splitlines() if os.path.exists(record) else []
            yield [line.rsplit(",", 2)[0].strip('"') for line in lines]
        elif entry.endswith(".egg-info") and os.path.isdir(info):
            record = os.path.join(info, "installed-files.txt")
            if os.path.exists(record) and came_from(info, repo):
                yield [os.path.normpath(os.path.join(entry, line)) for line in open(record).read().splitlines()]


def came_from(info, repo):
    direct = os.path.join(info, "direct_url.json")
    if os.path.exists(direct):
        return repo in open(direct).read()
    return NAME is not None and os.path.basename(info).lower().replace("_", "-").startswith(NAME)


def project_name(repo):
    """The name that setup.py gives, for a pip too old to record where a package came from."""
    import subprocess

    if not os.path.exists(os.path.join(repo, "setup.py")) or sys.version_info[0] >= 3:
        return None
    asked = subprocess.Popen(
        [sys.executable, "setup.py", "-q", "--name"], cwd=repo, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said = asked.communicate()[0].decode("utf-8", "replace").strip().splitlines()
    return said[-1].strip().lower().replace("_", "-") + "-" if asked.returncode == 0 and said else None


def in_repository(repo, name):
    return any(os.path.exists(os.path.join(repo, base, name)) for base in ("", "src", "lib", "python"))


def share_namespace(repo, folder, path):
    """A namespace package is tied to site-packages by a file that runs at start: there its own part is gone now.

    Alone in the namespace, the repository's own ``__init__.py`` does; beside others, the tie leads to the repository.
    """
    text = open(path).read()
    names = [part.split("'")[0] for part in text.split("('")[1:]]
    others = [one for one in os.listdir(folder) if one.endswith("-nspkg.pth") and one != os.path.basename(path)]
    shared = any("'%s'" % name in open(os.path.join(folder, one)).read() for one in others for name in names if name)
    place = "sys._getframe(1).f_locals['sitedir']"
    if not shared or place not in text:
        os.remove(path)
        return
    bases = [base for base in (os.path.join(repo, part) for part in ("src", "lib", "")) if os.path.isdir(base)]
    top = names[0].split(".")[0]
    base = next((base for base in bases if os.path.isdir(os.path.join(base, top))), repo)
    with open(path, "w") as file:
        file.write(text.replace(place, repr(base)))


def main(repo, built):
    global NAME
    NAME = project_name(repo)
    kept = removed = 0
    for folder in folders():
        for names in list(own_files(folder, repo)):
            for name in names:
                path = os.path.join(folder, name)
                outside = os.path.isabs(name) or name.split(os.sep)[0] == ".."
                if outside or ".dist-info" in name or ".egg-info" in name or not os.path.isfile(path):
                    continue
                if name.endswith("-nspkg.pth"):
                    share_namespace(repo, folder, path)
                elif in_repository(repo, name) or name.endswith((".pyc", ".pyo")):
                    os.remove(path)
                    removed += 1
                elif name.endswith((".py", ".so")):
                    target = os.path.join(built, name)
                    if not os.path.isdir(os.path.dirname(target)):
                        os.makedirs(os.path.dirname(target))
                    shutil.move(path, target)
                    kept += 1
            for name in names:  # folders that are empty now would be namespace packages
                parent = os.path.dirname(os.path.join(folder, name))
                while parent.startswith(folder + os.sep) and os.path.isdir(parent) and not os.listdir(parent):
                    os.rmdir(parent)
                    parent = os.path.dirname(parent)
    if kept:
        target = folders()[0]
        with open(os.path.join(target, "figwright_built.py"), "w") as file:
            file.write(FINDER % built)
        with open(os.path.join(target, "figwright_built.pth"), "w") as file:
            file.write("import figwright_built\n")
    print("left to the repository: %d files; kept as built: %d" % (removed, kept))


NAME = None
if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
