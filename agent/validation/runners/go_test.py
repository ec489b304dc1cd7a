"""Runs ``go test -json`` and reads its events. IDs are the package, a dot, the test: ``acme.org/cart.TestAdd/empty``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.domain.environment import Recipe
from agent.domain.execution import OUT, Command, Outcome
from agent.domain.verdict import CaseResult, Status, Suite, SuiteResult
from agent.validation.runners.javascript import number
from agent.validation.runners.result_files import json_lines, read_bytes, shorten, summed_up

__all__ = ["GO_TEST", "GoTest"]

_LONGEST_PATTERN = 60_000
_STATUS: Mapping[str, Status] = {"pass": "passed", "fail": "failed", "skip": "skipped"}
# Words: results folder, environment folder, command ... A package from before modules gets the go.mod that preparation made;
# the build cache is a copy, as Go writes to it.
_SCRIPT = """
results=$1; environment=$2; shift 2
if [ ! -f go.mod ] && [ -d "$environment/module" ]; then cp "$environment"/module/go.* .; fi
[ -f go.mod ] && cp go.mod "$results/go.mod"
[ -d "$environment/gocache" ] && cp -r "$environment/gocache" "$results/gocache"
"$@" > "$results/events.json"
code=$?
rm -rf "$results/gocache"
exit $code
"""
_BLOCK = re.compile(r"(\S{1,400}):(\d{1,7})\.\d+,(\d{1,7})\.\d+ \d+ (\d+)")
_LONGEST_BLOCK = 5_000


class GoTest:
    """The Go toolchain's own test command."""

    name = "go"
    ecosystem = "go"
    shuffles = True
    selects = True
    measures = True

    def command(
        self,
        suite: Suite,
        recipe: Recipe,  # noqa: ARG002 - variables of the recipe are set by who runs this
        *,
        only: Sequence[str] = (),
        order: int = 0,
        coverage: bool = False,
        test_seconds: float = 0.0,  # noqa: ARG002 - Go stops a package after ten minutes
    ) -> Command:
        words = ["{toolchain:go}", "test", "-json", "-count=1", "-vet=off"]
        names = sorted({_split(name)[1].partition("/")[0] for name in only})
        pattern = "^(?:" + "|".join(map(re.escape, names)) + ")$"
        if only and len(pattern) <= _LONGEST_PATTERN:
            words += ["-run", pattern]
        if order:
            words.append(f"-shuffle={order}")
        if coverage:
            words += ["-coverpkg=./...", f"-coverprofile={OUT}/cover.out"]
        argv = ("sh", "-c", _SCRIPT, "figwright", OUT, "{env}", *words, *suite.options, *(suite.paths or ("./...",)))
        env = {"GOCACHE": f"{OUT}/gocache", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
        return Command(argv=argv, env=env, cwd=suite.folder)

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:  # noqa: ARG002 - the port's signature
        cases: dict[tuple[str, str], CaseResult] = {}
        output: dict[tuple[str, str], list[str]] = {}
        errors: set[str] = set()
        for event in json_lines(read_bytes(out, "events.json")):
            action, package, test = (_text(event, name) for name in ("Action", "Package", "Test"))
            key = (package, test)
            if action in ("output", "build-output"):
                output.setdefault(key if action == "output" else (_text(event, "ImportPath"), ""), []).append(
                    _text(event, "Output")
                )
            elif test and action in _STATUS:
                message = shorten("".join(output.get(key, [])[-200:])) if action == "fail" else ""
                cases[key] = CaseResult(
                    id=f"{package}.{test}", status=_STATUS[action], seconds=number(event, "Elapsed"), message=message
                )
            elif action == "fail" and not any(
                known[0] == package and case.status == "failed" for known, case in cases.items()
            ):
                errors.add(package)  # it did not build, or ended in the middle
        trouble = ""
        if errors and not cases and not outcome.stopped_by:
            said = "".join(line for lines in output.values() for line in lines)
            trouble = f"go ended with exit code {outcome.exit_code} and ran no test: {_first_line(said)}"
        return summed_up(
            "go", [cases[key] for key in sorted(cases)], outcome, collection_errors=errors, trouble=trouble
        )

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:
        module = re.search(
            r"^module[ \t]+\"?([^\s\"]{1,300})", read_bytes(out, "go.mod").decode("utf-8", "replace"), re.MULTILINE
        )
        found: dict[str, dict[int, bool]] = {}
        for line in read_bytes(out, "cover.out").decode("utf-8", "replace").splitlines():
            match = _BLOCK.fullmatch(line)
            if match is None or module is None or not match[1].startswith(f"{module[1]}/"):
                continue
            path = match[1][len(module[1]) + 1 :]
            known = found.setdefault(f"{suite.folder}/{path}" if suite.folder else path, {})
            first, last = int(match[2]), min(int(match[3]), int(match[2]) + _LONGEST_BLOCK)
            for at in range(first, last + 1):
                known[at] = known.get(at, False) or int(match[4]) > 0
        return dict(sorted(found.items()))


def _split(name: str) -> tuple[str, str]:
    """An ID as package and test: the test starts after the last dot before the first slash that follows it."""
    match = re.search(r"\.((?:Test|Example|Fuzz)[^.]*(?:/.*)?)$", name)
    return (name[: match.start()], match[1]) if match else ("", name)


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""


def _first_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith(("#", "FAIL"))]
    return lines[0][:300] if lines else ""


GO_TEST = GoTest()
