"""How Python repositories build and test: a snapshot in; suites, recipes, and what to try when one fails, out."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname

from packaging.utils import canonicalize_name

from agent.domain.environment import Need, Reason, Recipe
from agent.domain.execution import REPO
from agent.domain.inventory import Location
from agent.domain.verdict import Suite
from agent.ports import Runner, Snapshot, Toolchains
from agent.validation.ecosystems.example_variables import example_files, read_examples
from agent.validation.ecosystems.python_amend import amend_recipe
from agent.validation.ecosystems.python_declared import Declared, read_declared
from agent.validation.ecosystems.python_recipe import Plan, distributions, make_recipe, with_runner
from agent.validation.ecosystems.python_retarget import lowest_python, resolved_as_of, without_pins
from agent.validation.ecosystems.python_sources import Sources
from agent.validation.ecosystems.python_suites import find_python_suites
from agent.validation.ecosystems.python_versions import choose_python
from agent.validation.runners.python_runners import PYTHON_RUNNERS

__all__ = ["ECOSYSTEM", "PythonEcosystem"]

_MOST_GUESSES = 16
# Modules of the standard library of one Python or another.
_STANDARD = sys.stdlib_module_names | frozenset(
    "ConfigParser Queue StringIO cStringIO cPickle urllib2 urlparse httplib Cookie cookielib HTMLParser SocketServer "
    "BaseHTTPServer SimpleHTTPServer CGIHTTPServer __builtin__ commands htmlentitydefs md5 sha sets UserDict UserList "
    "UserString copy_reg thread dummy_thread dummy_threading exceptions robotparser xmlrpclib SimpleXMLRPCServer "
    "DocXMLRPCServer Tkinter tkMessageBox tkFileDialog tkSimpleDialog ttk anydbm dbhash whichdb dumbdbm gdbm dbm bsddb popen2 "
    "new mimetools rfc822 MimeWriter multifile compiler user sre statvfs itertools future_builtins imputil hotshot "
    "distutils imp asyncore asynchat smtpd cgi cgitb crypt pipes telnetlib nntplib imghdr sndhdr audioop uu xdrlib "
    "test tests formatter parser symbol macpath binhex strop posixfile ihooks Bastion rexec htmllib sgmllib fpformat stringold "
    "lib2to3 tomllib zoneinfo graphlib dataclasses contextvars unittest mailcap mimify os2emxpath UserString toaiff "
    "dircache mutex repr mhlib xmllib sunaudio audiodev dl cl fl fm gl flp sv imageop rgbimg linuxaudiodev ossaudiodev al cd "
    "bsddb185 fpectl whatsound ic MacOS macostools findertools buildtools EasyDialogs aetools aepack plistlib copy_reg "
    "_winreg winreg msvcrt nt _socket _ssl _hashlib __main__ __future__ google appengine".split()
)
# The newest pytest that each Python runs, for a repository that says neither which it wants nor when it was written.
_PYTEST: Mapping[str, str] = {
    "2.7": "pytest==4.6.11",
    "3.6": "pytest==7.0.1",
    "3.7": "pytest==7.4.4",
    "3.8": "pytest==8.3.5",
}
_NEWER_PYTEST = "pytest==8.4.2"
_RUNNERS = frozenset({"pytest", "pynose", "mock"})


_NOT_RUN = frozenset({"setup.py", "ez_setup.py", "distribute_setup.py", "bootstrap.py", "fabfile.py", "noxfile.py"})
_ASIDE = re.compile(r"(?:docs?|examples?|demos?|samples?|benchmarks?|bench|scripts?|tools?|contrib|build|misc|etc)/")


class PythonEcosystem:
    """The family of Python. It holds no state but what it read of the last snapshot."""

    name = "python"
    runners: Mapping[str, Runner] = PYTHON_RUNNERS

    def __init__(self) -> None:
        self._last: tuple[Snapshot, Sources] | None = None

    def suites(self, tree: Snapshot) -> Sequence[Suite]:
        sources = self._sources(tree)
        if not sources.files:
            return ()
        return find_python_suites(sources, read_declared(sources))

    def recipe(self, tree: Snapshot, suite: Suite, toolchains: Toolchains) -> Recipe:
        sources = self._sources(tree)
        declared = read_declared(sources, suite.folder)
        as_of = tree.committed_on()
        python = choose_python(sources, declared, as_of, toolchains)
        paths, packaged = _import_paths(sources, suite)
        guesses = _guesses(sources, declared)
        examples, example = _examples(sources)
        reasons = [python.reason, *_reasons(declared, as_of), *(guess.reason for guess in guesses), *example]
        plan = Plan(
            minor=python.minor,
            wanted=tuple(wanted.text for wanted in declared.wanted),
            runner=_runner_tools(suite, declared, python.minor, as_of),
            guessed=tuple(guess.name for guess in guesses),
            imports={guess.name: guess.top for guess in guesses},
            constraints=tuple(f"{name}=={version}" for name, version in declared.locked.items()),
            itself=_itself(declared, packaged) if declared.installable else "",
            own_name=declared.own_name,
            paths=paths,
            as_of=as_of if python.minor not in ("2.7", "3.6", "3.7") else "",
            examples=examples,
            reasons=tuple(reasons),
        )
        return make_recipe(plan)

    def recipe_on(self, tree: Snapshot, suite: Suite, toolchains: Toolchains, runs_on: Sequence[Need]) -> Recipe:
        sources = self._sources(tree)
        declared = read_declared(sources, suite.folder)
        minor = lowest_python(toolchains, runs_on)
        wanted, why = without_pins([one.text for one in declared.wanted])
        as_of = resolved_as_of(minor)
        paths, packaged = _import_paths(sources, suite)
        guesses = _guesses(sources, declared)
        first = Reason(text=f"Python {minor} is the lowest here that the patches lead to")
        runner = [*_runner_tools(suite, declared, minor, ""), *(one for one in wanted if one in _RUNNERS)]
        plan = Plan(
            minor=minor,
            guessed=(*(one for one in wanted if one not in _RUNNERS), *(guess.name for guess in guesses)),
            imports={guess.name: guess.top for guess in guesses},
            itself=_itself(declared, packaged) if declared.installable else "",
            own_name=declared.own_name,
            paths=paths,
            as_of=as_of,
            reasons=(first, *why, *(guess.reason for guess in guesses)),
        )
        # The runner is of today: the one for nose came years after this Python, and what it needs bounds nobody else.
        recipe = make_recipe(plan)
        return with_runner(recipe, minor, runner)

    def inputs(self, tree: Snapshot, suite: Suite) -> Sequence[str]:
        sources = self._sources(tree)
        declared = read_declared(sources, suite.folder)
        building = [
            path
            for path in ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "tox.ini")
            if path in sources.sizes
        ]
        return sorted({*building, *(path for path in declared.files if path in sources.sizes)})

    def amend(self, recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:  # noqa: ARG002 - the port's
        return amend_recipe(recipe, said)

    def _sources(self, tree: Snapshot) -> Sources:
        if self._last is None or self._last[0] is not tree:
            self._last = (tree, Sources(tree))
        return self._last[1]


def _examples(sources: Sources) -> tuple[Mapping[str, str], list[Reason]]:
    """Example values of variables, from the first file that has any, and the reason that names it."""
    for path in example_files(sources.sizes):
        found = read_examples(sources.text(path))
        if found:
            return found, [Reason(text="variables that are missing are set as here", where=(Location(path=path),))]
    return {}, []


def _reasons(declared: Declared, as_of: str) -> list[Reason]:
    reasons: list[Reason] = []
    by_file: dict[str, int] = Counter(wanted.where.path for wanted in declared.wanted)
    for path, count in sorted(by_file.items()):
        reasons.append(Reason(text=f"{count} requirements come from here", where=(Location(path=path),)))
    if declared.lock and declared.locked:
        reasons.append(Reason(text="versions are held to this lock", where=(Location(path=declared.lock),)))
    reasons.extend(Reason(text=f"left out: {text}", where=(where,)) for text, where in declared.left_out)
    if as_of:
        reasons.append(Reason(text=f"what has no version was resolved as of the newest commit, {as_of}"))
    return reasons


def _runner_tools(suite: Suite, declared: Declared, minor: str, as_of: str) -> tuple[str, ...]:
    if suite.runner == "pytest" and "pytest" not in declared.names:
        dated = bool(as_of) and minor not in _PYTEST
        return ("pytest" if dated else _PYTEST.get(minor, _NEWER_PYTEST),)
    if suite.runner == "nose":
        return ("nose==1.3.7",) if minor in ("2.7", "3.6", "3.7", "3.8", "3.9") else ("pynose",)
    return ()


def _itself(declared: Declared, packaged: str) -> str:
    extras = f"[{','.join(declared.extras)}]" if declared.extras else ""
    return f"{REPO}{'/' + packaged if packaged else ''}{extras}"


def _import_paths(sources: Sources, suite: Suite) -> tuple[tuple[str, ...], str]:
    """(folders that imports start from, the folder that holds the packaging files)."""
    packaged = (
        suite.folder
        if any(f"{suite.folder}/{name}" in sources.sizes for name in ("setup.py", "pyproject.toml"))
        else ""
    )
    base = f"{packaged}/" if packaged else ""
    folders = [suite.folder, packaged, ""]
    text = "\n".join(sources.text(base + name) for name in ("setup.py", "setup.cfg", "pyproject.toml"))
    named = re.findall(r"package_dir\b[^\n]*\n?\s*(?:\{)?\s*['\"]?['\"]?\s*[:=]\s*['\"]?([\w./]+)", text)
    named += re.findall(r"['\"]{2}\s*:\s*['\"]([\w./]+)['\"]", text)
    named += re.findall(r"^\s*where\s*=\s*\[?['\"]?([\w./]+)", text, re.M)
    for name in (*named, "src", "lib", "python"):
        folder = f"{base}{name.strip('./')}"
        holds = any(
            path.startswith(f"{folder}/") and path.count("/") <= folder.count("/") + 2 for path in sources.files
        )
        if holds and f"{folder}/__init__.py" not in sources.sizes:
            folders.append(folder)
    paths = (f"{REPO}/{folder}" if folder else REPO for folder in folders)
    return tuple(dict.fromkeys(paths)), packaged


@dataclass(frozen=True)
class _Guess:
    """A distribution by its name on the index, the import that asks for it, and where."""

    name: str
    top: str
    reason: Reason


def _guesses(sources: Sources, declared: Declared) -> list[_Guess]:
    """Distributions that imports ask for and nothing declares, the most wanted first."""
    table = distributions()
    taken = {*declared.names, declared.own_name}
    counts: Counter[str] = Counter()
    first: dict[str, tuple[str, Location]] = {}
    tests = frozenset(sources.test_files)
    beside = frozenset(dirname(path) for path in tests)
    for path in sources.files:
        if path in _NOT_RUN or _ASIDE.match(path):
            continue
        testing = path in tests or dirname(path) in beside
        for imported in sources.imports(path):
            top = imported.top
            known = top in table
            if (
                top in _STANDARD
                or top.startswith("_")
                or sources.is_local(top)
                or (imported.optional and not (testing and known))
            ):
                continue
            name = table.get(top, top)
            if not name or canonicalize_name(name) in taken or _provides(taken, top):
                continue
            counts[name] += 2 if testing else 1
            first.setdefault(name, (top, Location(path=path, line=imported.line)))
    chosen = sorted(counts, key=lambda name: (first[name][0] not in table, -counts[name], name))[:_MOST_GUESSES]
    return [
        _Guess(
            name,
            first[name][0],
            Reason(text=f"{first[name][0]} is imported, and nothing says where it comes from", where=(first[name][1],)),
        )
        for name in chosen
    ]


def _provides(names: set[str], top: str) -> bool:
    """Whether something declared is likely what the import means: ``django-axes`` for ``axes``. Guessing its own name then
    would fetch somebody else's package."""
    wanted = canonicalize_name(top)
    return any(
        wanted in (name, *(name.split("-", at)[-1] for at in (1, 2))) or name.startswith(f"{wanted}-") for name in names
    )


ECOSYSTEM = PythonEcosystem()
