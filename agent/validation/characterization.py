"""Characterization tests for unprotected Python: what the old code does, recorded under its own interpreter, as a change.

A recorded test is kept when it says the same twice, passes on the old code as the suite's own runner runs it, and fails on
at least one defect put into the lines that it is to protect. The rest is counted and thrown away. (Feathers, "Working
Effectively with Legacy Code", chapter 13: they say what the code does, not what it should.)
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from agent.domain.execution import ENV, OUT, Command, Folders
from agent.domain.inventory import Location
from agent.domain.verdict import FileChange, Suite, SuiteResult
from agent.ports import Language
from agent.validation.characterization_targets import Target, choose_targets
from agent.validation.mutation import mutants
from agent.validation.protection import outcome_of
from agent.validation.running import Installed, run_suite
from agent.validation.workplace import PINNED, Workplace, with_toolchains

__all__ = [
    "Call",
    "Characterization",
    "characterize",
    "choose_calls",
    "keep_proven",
    "read_calls",
    "recorder_command",
    "write_tests",
]

MOST_CALLS = 20  # kept of one function
MOST_TRIED = 120  # of one function
MOST_MUTANTS = 6  # of one function
PYTHON = f"{ENV}/venv/bin/python"
CHUNK = 100_000
TEST_CLASS = "Characterization"


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call: literals in, a literal or the name of an exception out. ``changes`` are the arguments as the
    call left them, when it changed them; ``left`` says why it cannot be used."""

    target: str
    arguments: tuple[str, ...] = ()
    returns: str = ""
    raises: str = ""
    changes: tuple[str, ...] = ()
    drained: bool = False
    lines: tuple[int, ...] = ()
    left: str = ""


@dataclass(frozen=True, slots=True)
class Characterization:
    """``changes`` adds one test module for each file that tests could be recorded for. ``kept`` counts cases by function,
    ``left`` says what was not kept, and why."""

    changes: tuple[FileChange, ...]
    kept: Mapping[str, int]
    left: tuple[str, ...]


def characterize(
    place: Workplace,
    installed: Installed,
    uncovered: Sequence[Location],
    texts: Mapping[str, str],
    languages: Mapping[str, Language],
    *,
    python: str = PYTHON,
    seed: int = 0,
) -> Characterization:
    """Record tests for the functions around ``uncovered`` on the pristine copy. ``texts``: see `choose_targets`."""
    paths = [path for path, _ in place.tree.paths()]
    targets, left = choose_targets(uncovered, texts, languages, paths)
    if not targets:
        return Characterization((), {}, left)
    command = recorder_command(targets, installed.suite, python)
    first, second = (_recorded(place, installed, command, seed) for seed in ("0", "1"))
    steady = [call for call in first if call in set(second)]
    counted = [*left, *_not_kept(first, steady)]
    changes: list[FileChange] = []
    kept: dict[str, int] = {}

    def run(files_: Mapping[str, str | None]) -> SuiteResult:
        suite = installed.suite.model_copy(update={"paths": tuple(p for p in files_ if TESTED.search(p))})
        alone = Installed(suite, installed.environment, installed.folder, installed.toolchains)
        return run_suite(place, alone, files=files_, wall_seconds=120.0).result

    for path in sorted({target.path for target in targets}):
        own = [target for target in targets if target.path == path]
        name = _test_path(path, installed.suite, paths)
        good, why = keep_proven(own, steady, name, texts[path], languages, run, seed)
        counted += why
        if good:
            kept.update({target.id: len(calls) for target, calls in good})
            changes.append(FileChange(path=name, before=None, after=write_tests(good)))
    return Characterization(tuple(changes), kept, tuple(counted))


TESTED = re.compile(r"test_characterization_\w+\.py$")


def recorder_command(targets: Sequence[Target], suite: Suite, python: str = PYTHON) -> Command:
    """The recorder with its request in the arguments; it writes ``calls.jsonl`` into the output folder."""
    request = {
        "path": sorted({target.root for target in targets} | {suite.folder, ""}),
        "most": MOST_TRIED,
        "targets": [
            {"id": t.id, "path": t.path, "module": t.module, "name": t.name, "pools": [list(pool) for pool in t.pools]}
            for t in targets
        ],
    }
    packed = base64.b64encode(zlib.compress(json.dumps(request, sort_keys=True).encode(), 9)).decode()
    source = files("agent.validation.recording").joinpath("recorder.py").read_text("utf-8")
    chunks = [packed[at : at + CHUNK] for at in range(0, len(packed), CHUNK)]
    return Command((python, "-c", source, OUT, *chunks))


def read_calls(text: str) -> tuple[Call, ...]:
    """What the recorder wrote; a damaged line is left out, since what wrote it runs among code that nobody trusts."""
    found: list[Call] = []
    for line in text.split("\n"):
        try:
            record = json.loads(line)
            if isinstance(record, dict) and "target" in record:
                found.append(_call(record))
        except (ValueError, TypeError, RecursionError):
            continue
    return tuple(found)


def _call(record: Mapping[str, Any]) -> Call:
    raises = str(record.get("raises", ""))
    literals = [
        str(record.get("returns", "")),
        *map(str, record.get("arguments", ())),
        *map(str, record.get("changes", ())),
    ]
    left = str(record.get("left", ""))
    if not all(_is_plain(text) for text in literals if text) or (raises and not re.fullmatch(r"[A-Za-z_]\w*", raises)):
        left = left or "result: not a literal"
    return Call(
        target=str(record["target"]),
        arguments=tuple(map(str, record.get("arguments", ()))),
        returns=str(record.get("returns", "")),
        raises=raises,
        changes=tuple(map(str, record.get("changes", ()))),
        drained=bool(record.get("drained", False)),
        lines=tuple(sorted(int(n) for n in record.get("lines", ()))),
        left=left,
    )


PLAIN = re.compile(r"""(?x)(?: [bu]?'(?:[^'\\\n]|\\.)*' | [bu]?"(?:[^"\\\n]|\\.)*" | True | False | None | (?:frozen)?set(?=\()
    | -?\d[\d.]*(?:e[-+]?\d+)? | [\[\](){},:\s] )*""")


def _is_plain(text: str) -> bool:
    # It goes into a file that is run: nothing but literals may come out of the box
    return len(text) <= 50_000 and PLAIN.fullmatch(text) is not None


def choose_calls(calls: Iterable[Call], most: int = MOST_CALLS) -> tuple[Call, ...]:
    """Few calls that together run the most lines and show the most different results, in the order of their arguments."""
    left = sorted((c for c in calls if not c.left), key=lambda c: (len(str(c.arguments)), c.arguments))
    chosen: list[Call] = []
    lines: set[int] = set()
    results: set[tuple[str, str, tuple[str, ...]]] = set()
    while left and len(chosen) < most:
        best = max(left, key=lambda c: (len(set(c.lines) - lines), (c.returns, c.raises, c.changes) not in results))
        if (
            not set(best.lines) - lines
            and (best.returns, best.raises, best.changes) in results
            and len(chosen) >= most // 2
        ):
            break
        left.remove(best)
        chosen.append(best)
        lines.update(best.lines)
        results.add((best.returns, best.raises, best.changes))
    return tuple(sorted(chosen, key=lambda c: (c.arguments, c.returns, c.raises)))


def write_tests(recorded: Sequence[tuple[Target, Sequence[Call]]]) -> str:
    """A unittest module that runs under Python 2.7 and 3."""
    lines = [
        "# -*- coding: utf-8 -*-",
        '"""Characterization tests: what the code did when they were recorded, right or wrong."""',
        "import importlib",
        "import os",
        "import sys",
        "import unittest",
        "",
    ]
    roots = sorted({target.root for target, _ in recorded})
    lines += [
        f"sys.path[:0] = [os.path.abspath(place) for place in {roots!r} if os.path.abspath(place) not in sys.path]",
        "",
        "",
    ]
    lines += [SAME, "", f"class {TEST_CLASS}(unittest.TestCase):"]
    for number, (target, calls) in enumerate(recorded):
        lines += list(_method(number, target, calls))
    lines += ["", 'if __name__ == "__main__":', "    unittest.main()", ""]
    return "\n".join(lines)


SAME = '''def same(got, expected):
    """Equal and of one type; text is text and whole numbers are whole numbers in Python 2 and 3 alike."""
    text, whole = (type(u""), str), (int, type(2 ** 70))
    for kinds in (text, whole):
        if type(expected) in kinds:
            return type(got) in kinds and got == expected
    if type(got) is not type(expected):
        return False
    if type(got) in (list, tuple):
        return len(got) == len(expected) and all(same(a, b) for a, b in zip(got, expected))
    if type(got) is dict:
        return set(got) == set(expected) and all(same(got[key], expected[key]) for key in got)
    return got == expected


ALIASES = {"IOError": "OSError", "EnvironmentError": "OSError", "error": "OSError", "WindowsError": "OSError"}


def outcome(function, *arguments):
    try:
        return "returns", function(*arguments)
    except Exception as error:
        name = type(error).__name__
        return "raises", ALIASES.get(name, name)

'''


def _method(number: int, target: Target, calls: Sequence[Call]) -> Iterator[str]:
    name = re.sub(r"\W", "_", target.name)
    owner, _, last = target.name.rpartition(".")
    yield f"    def test_{name}_{number}(self):"
    yield f"        module = importlib.import_module({target.module!r})"
    yield "        for arguments, how, expected, changed in ["
    for call in calls:
        arguments = f"({', '.join(call.arguments)}{',' if len(call.arguments) == 1 else ''})"
        changed = f"[{', '.join(call.changes)}]" if call.changes else "None"
        how, value = ("raises", repr(call.raises)) if call.raises else ("returns", call.returns)
        yield f"            ({arguments}, {how!r}, {value}, {changed}),"
    yield "        ]:"
    # a method of a class that needs no arguments to be made: a fresh one for each call
    yield f"            owner = {f'module.{owner}' if owner else 'module'}"
    yield f"            function = getattr(owner() if {bool(owner)!r} and not is_bound(owner, {last!r}) else owner, {last!r})"
    yield (
        "            got = outcome("
        + ("lambda *a: list(function(*a))" if any(c.drained for c in calls) else "function")
        + ", *arguments)"
    )
    yield "            self.assertEqual(got[0], how, (arguments, got))"
    yield "            self.assertTrue(same(got[1], expected), (arguments, got[1], expected))"
    yield "            if changed is not None:"
    yield "                self.assertTrue(same(list(arguments), changed), (arguments, changed))"
    yield ""


SAME += """

def is_bound(owner, name):
    return isinstance(vars(owner).get(name), (staticmethod, classmethod))

"""


def _recorded(place: Workplace, installed: Installed, command: Command, hash_seed: str) -> tuple[Call, ...]:
    repo = place.folders.copy(place.pristine, "repo")
    out = place.folders.fresh("out")
    recipe = installed.environment.recipe
    try:
        env = {**PINNED, **recipe.variables, **command.env, "PYTHONHASHSEED": hash_seed}
        full = Command(command.argv, env, command.cwd)
        boxed = Folders(repo=repo, env=installed.folder / "env", out=out, kept=recipe.kept)
        place.sandbox.run(with_toolchains(full, installed.toolchains), boxed, installed.toolchains, place.limits)
        written = out / "calls.jsonl"
        if written.is_symlink() or not written.is_file() or written.stat().st_size > 100_000_000:
            return ()
        return read_calls(written.read_text("utf-8", "replace"))
    finally:
        place.folders.drop(repo)
        place.folders.drop(out)


def _not_kept(first: Sequence[Call], steady: Sequence[Call]) -> Iterator[str]:
    same = set(steady)
    why: dict[tuple[str, str], int] = defaultdict(int)
    for call in first:
        if call.left:
            why[call.target, call.left] += 1
        elif call not in same:
            why[call.target, "another result at the second time"] += 1
    for (target, reason), count in sorted(why.items()):
        yield f"{target}: {count} calls: {reason}"


Try = Callable[[Mapping[str, str | None]], SuiteResult]


def keep_proven(
    targets: Sequence[Target], calls: Sequence[Call], name: str, text: str, languages: Mapping[str, Language], run: Try,
    seed: int,
) -> tuple[list[tuple[Target, tuple[Call, ...]]], list[str]]:  # fmt: skip
    """The targets whose tests pass on the old code and notice a defect in it."""
    by_target: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_target[call.target].append(call)
    good: list[tuple[Target, tuple[Call, ...]]] = []
    why: list[str] = []
    for target in targets:
        chosen = choose_calls(by_target[target.id])
        reached = [n for n in target.lines if any(n in call.lines for call in chosen)]
        if not chosen or not reached:
            why.append(f"{target.id}: no call reaches the lines in question")
            continue
        module = write_tests([(target, chosen)])
        old = run({name: module})
        if not old.passed or old.count("failed", "error") or old.collection_errors or old.trouble:
            why.append(f"{target.id}: recorded tests do not pass on the old code ({old.trouble or 'they fail'})")
            continue
        made = mutants(target.path, text, reached, languages, limit=MOST_MUTANTS, seed=seed)
        if not any(
            outcome_of(run({name: module, target.path: m.apply(text)}), old.passed)[0] == "killed" for m in made
        ):
            why.append(f"{target.id}: recorded tests notice none of {len(made)} defects")
            continue
        good.append((target, chosen))
    return good, why


def _test_path(path: str, suite: Suite, paths: Sequence[str]) -> str:
    """Where the suite's runner looks: next to its other tests, else in a folder of tests in the suite's own."""
    stem = re.sub(r"\W", "_", path.removesuffix(".py"))
    folders = [
        posixpath.dirname(one) for one in sorted(suite.files) if re.search(r"(^|/)(test_[^/]*|[^/]*_test)\.py$", one)
    ]
    folder = folders[0] if folders else posixpath.join(suite.folder, "tests")
    name = posixpath.join(folder, f"test_characterization_{stem}.py")
    number = 2
    while name in paths:
        name = posixpath.join(folder, f"test_characterization_{stem}_{number}.py")
        number += 1
    return name
