"""Which file of the repository a command line runs: the line of a cron table and all paths in, one path or nothing out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["Programs"]

# Programs that only start another one, with how many of their own arguments stand before it.
_STARTERS = {"sudo": 0, "nice": 0, "ionice": 0, "nohup": 0, "env": 0, "exec": 0, "time": 0, "chronic": 0, "cronic": 0, "setsid": 0,
             "flock": 1, "timeout": 1, "lockfile": 1, "su": 1, "setlock": 1, "lockrun": 0, "cronlock": 0}  # fmt: skip
_INTERPRETERS = re.compile(
    r"(?:python|php|node|nodejs|ruby|perl|sh|bash|ksh|zsh|dash|java|Rscript|groovy|coffee|ts-node|jython|pypy|tclsh|cscript|bundle|wget)[\d.]*\Z"
)
_WITH_VALUE = frozenset({"-c", "-cp", "-classpath", "-jar", "-d", "-f", "-W", "-X", "-I", "-r", "-m"})
_STARTER_VALUES = {
    "nice": ("-n",),
    "ionice": ("-c", "-n", "-p"),
    "sudo": ("-u", "-g"),
    "flock": ("-w", "-E"),
    "timeout": ("-s", "-k"),
    "env": ("-u",),
}
_PART = re.compile(r"\"[^\"]{0,1000}\"|'[^']{0,1000}'|(&&|\|\||[;|&])")
_WORD = re.compile(r"\"([^\"]{0,300})\"|'([^']{0,300})'|(\S{1,300})")
_ASSIGNMENT = re.compile(r"\w{1,60}=")
_CLASS = re.compile(r"(?:\w{1,60}\.){1,12}[A-Z]\w{0,80}\Z")
_MODULE = re.compile(r"\w{1,60}(?:\.\w{1,60}){0,10}\Z")
_REDIRECTED = re.compile(r"[\d&]{0,2}(?:>>?|<)&?")


class Programs:
    """The repository's files, as commands name them on the machine where they are installed."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._by_name: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    def run_by(self, command: str, depth: int = 0) -> str:
        """The first file of the repository that the command line starts; empty when it starts none."""
        folder = ""
        for part in _parts(_without_redirection(command)):
            words = [a or b or c for a, b, c in _WORD.findall(part)]
            if words[:1] == ["cd"]:
                folder = words[1] if len(words) > 1 else ""
                continue
            found = self._started(words, folder, depth)
            if found:
                return found
        return ""

    def _started(self, words: list[str], folder: str, depth: int) -> str:
        place = 0
        while place < len(words):
            name = words[place].rpartition("/")[2]
            if _ASSIGNMENT.match(words[place]) or words[place] in ("(", "{", "if", "then", "!", "."):
                place += 1
            elif name in _STARTERS:
                if name == "su" and "-c" in words[place:-1] and depth < 2:
                    return self.run_by(words[words.index("-c", place) + 1], depth + 1)
                place = _past_options(words, place + 1, _STARTER_VALUES.get(name, ())) + _STARTERS[name]
            else:
                break
        if place >= len(words):
            return ""
        program = words[place]
        if not _INTERPRETERS.match(program.rpartition("/")[2]):
            return self._file(program, folder)
        for option, value in _pairs(words[place + 1 :]):
            if option == "-m":
                return self._module(value)
            if option == "-c" and depth < 2:  # sh -c "cd /srv/app && ./run.sh"
                return self.run_by(value, depth + 1)
            if option in ("", "-f"):
                found = self._file(value, folder) or (self._class(value) if _CLASS.match(value) else "")
                return self._command(found, words) or found
        return ""

    def _command(self, script: str, words: list[str]) -> str:
        """``manage.py bill`` runs ``bill.py`` among the management commands."""
        if script.rpartition("/")[2] != "manage.py":
            return ""
        name = next((w for w in words[[w.endswith("manage.py") for w in words].index(True) + 1 :] if w[0] != "-"), "")
        found = [p for p in self._by_name.get(name + ".py", ()) if p.endswith(f"management/commands/{name}.py")]
        return found[0] if len(found) == 1 else ""

    def _file(self, word: str, folder: str) -> str:
        """The repository may be installed anywhere, so the longest end of the path that it has decides."""
        full = word if word.startswith(("/", "~", "$")) or not folder else f"{folder}/{word}"
        parts = [part for part in full.split("/") if part not in ("", ".")]
        for start in range(len(parts)):
            candidate = "/".join(parts[start:])
            if candidate in self._paths and (start + 1 < len(parts) or "/" in full or "." in candidate):
                return candidate
        written = "/".join(part for part in word.split("/") if part not in ("", "."))
        named = self._by_name.get(parts[-1], []) if parts and "." in parts[-1] else []
        below = [path for path in named if path.endswith("/" + written)] or (named if word.startswith("/") else [])
        return below[0] if len(below) == 1 else ""

    def _module(self, module: str) -> str:
        if not _MODULE.match(module):
            return ""
        path = module.replace(".", "/")
        for candidate in (f"{path}.py", f"{path}/__main__.py"):
            if candidate in self._paths:
                return candidate
            below = [p for p in self._by_name.get(candidate.rpartition("/")[2], ()) if p.endswith("/" + candidate)]
            if len(below) == 1:
                return below[0]
        return ""

    def _class(self, name: str) -> str:
        """``com.acme.batch.Nightly``: the file of a Java class."""
        path = name.replace(".", "/")
        found = [p for p in self._by_name.get(path.rpartition("/")[2] + ".java", ()) if p.endswith(f"{path}.java")]
        return found[0] if len(found) == 1 else ""


def _parts(command: str) -> Iterator[str]:
    """The commands of a line; a separator inside quotes is text."""
    start = 0
    for match in _PART.finditer(command):
        if match.group(1):
            yield command[start : match.start()]
            start = match.end()
    yield command[start:]


def _past_options(words: list[str], place: int, with_value: tuple[str, ...]) -> int:
    while place < len(words) and (words[place].startswith("-") or _ASSIGNMENT.match(words[place])):
        place += 2 if words[place] in with_value else 1
    return place


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    """(option, its value) of what follows an interpreter; the first plain word has no option."""
    place = 0
    while place < len(words):
        word = words[place]
        if word in _WITH_VALUE and place + 1 < len(words):
            yield word, words[place + 1]
            place += 2
        elif word.startswith("-"):
            place += 1
        else:
            yield "", word
            return


def _without_redirection(command: str) -> str:
    """The command without ``>> file 2>&1``, whose names are no programs."""
    words = command[:2_000].split(" ")
    kept, skip = [], False
    for word in words:
        match = _REDIRECTED.match(word)
        if match:
            skip = match.end() == len(word)
        elif skip and word:
            skip = False
        else:
            kept.append(word)
    return " ".join(kept)
