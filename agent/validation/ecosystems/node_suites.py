"""Finds the test suites of JavaScript packages: package.json files in, one suite a runner out, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from agent.domain.verdict import Suite
from agent.validation.ecosystems.makefile import commands_of
from agent.validation.ecosystems.node_scripts import Job, read_chain, read_scripts
from agent.validation.ecosystems.tree_reading import Tree, beside, line_of
from agent.validation.runners.javascript import BEFORE, RUN

__all__ = ["find_suites"]

_MOST_PACKAGES = 40
_DEEPEST = 4
_NOT_A_PACKAGE = frozenset(
    "node_modules bower_components test tests __tests__ fixtures fixture __fixtures__ example examples demo demos docs doc website vendor dist".split()
)
_TEST_FOLDERS = frozenset(
    "test tests __tests__ spec specs __mocks__ __fixtures__ __snapshots__ fixtures e2e cypress features".split()
)
_TEST_FILE = re.compile(
    r"(?:.*[.\-_](?:test|tests|spec|specs)|test|tests|spec|run_?tests?|.*_test)\.[cm]?[jt]sx?|.*\.snap"
)
_CONFIGURATION = re.compile(
    r"\.mocharc.*|mocha\.opts|jest\.(?:config|setup).*|jest-.*\.[cm]?js(?:on)?|vitest\.(?:config|workspace).*|karma\.conf.*|\.taprc|\.tap.*"
    r"|ava\.config.*|jasmine\.json|\.nycrc.*|\.c8rc.*|\.istanbul\.yml|nyc\.config.*|\.travis\.yml|appveyor\.yml|\.coveralls\.yml|codecov\.yml"
)
# In the order of how sure they are; a package without a usable test script is guessed from what it depends on.
_GUESSES = ("jest", "vitest", "mocha", "ava", "tap", "tape", "jasmine")


def find_suites(tree: Tree) -> Sequence[Suite]:
    """The root's suites first, then those of packages below it."""
    manifests = sorted(
        (path for path in tree.paths if PurePosixPath(path).name == "package.json" and _is_package(path)),
        key=lambda path: (path.count("/"), path),
    )
    files = _test_files(tree)
    suites: list[Suite] = []
    for manifest in manifests[:_MOST_PACKAGES]:
        suites += _suites_of(tree, manifest, files)
    return suites


def _is_package(path: str) -> bool:
    folders = path.split("/")[:-1]
    return len(folders) <= _DEEPEST and not _NOT_A_PACKAGE.intersection(folders)


def _test_files(tree: Tree) -> Sequence[str]:
    """Tests, what they read, and what configures them: always taken from the pristine copy."""
    found = []
    for path in tree.paths:
        *folders, name = path.split("/")
        if (
            _TEST_FOLDERS.intersection(folders)
            or _TEST_FILE.fullmatch(name)
            or _CONFIGURATION.fullmatch(name)
            or path.startswith(".github/")
        ):
            found.append(path)
    return sorted(found)


def _suites_of(tree: Tree, manifest: str, files: Sequence[str]) -> Iterator[Suite]:
    folder = manifest.rpartition("/")[0]
    package = tree.json(manifest)
    scripts = _texts(package.get("scripts"))
    own = tuple(path for path in files if not folder or path.startswith(f"{folder}/"))
    jobs = _settled(package, _all_jobs(tree, folder, scripts))
    mains = [job for job in jobs if job.runner]
    if not mains:
        yield from _guessed(tree, folder, package, manifest, own, jobs)
        return
    for runner in dict.fromkeys(job.runner for job in mains):
        last = max(at for at, job in enumerate(jobs) if job.runner == runner)
        chosen = [job for job in mains if job.runner == runner]
        before = [job for job in jobs[:last] if not job.runner]
        named = {beside(folder, word.removeprefix("./")) for job in chosen for word in job.text.split()}
        yield Suite(
            runner=runner,
            ecosystem="node",
            folder=folder,
            options=(*(BEFORE + job.text for job in before), *(RUN + job.text for job in chosen)),
            where=(line_of(tree.text(manifest), '"test"', manifest),),
            why=f"npm test runs: {scripts.get('test', '')[:200]}",
            files=tuple(sorted({*own, *(path for path in named if tree.has(path))})),
        )


def _all_jobs(tree: Tree, folder: str, scripts: Mapping[str, str]) -> Sequence[Job]:
    """The jobs of ``npm test``, with ``make`` targets looked up."""
    jobs: list[Job] = []
    for job in read_scripts(scripts):
        match = (
            re.fullmatch(r"(.*?)\bg?make\b((?:\s+-\w+)*)\s*([\w.-]*)\s*", job.text) if job.runner == "make" else None
        )
        if match is None:
            jobs.append(Job(job.text, "npm", job.script) if job.runner == "make" else job)
            continue
        path = tree.first(folder, ("Makefile", "makefile", "GNUmakefile"))
        text = commands_of(tree.text(path), match[3] or "all") if path else ""
        found = read_chain(scripts, match[1] + text) if text else ()
        jobs += [one for one in found if one.runner != "make"] or [Job(job.text, "npm", job.script)]
    return jobs


def _settled(package: Mapping[str, object], jobs: Sequence[Job]) -> Sequence[Job]:
    """``node something.js`` is a test when nothing else is one and it comes last, else a build step."""
    settled: list[Job] = []
    known = any(job.runner not in ("", "script") for job in jobs)
    dependencies = _dependencies(package)
    for at, job in enumerate(jobs):
        runner = job.runner
        if runner == "script":
            tests = re.search(r"test|spec", job.text, re.IGNORECASE) is not None
            last = not known and at == len(jobs) - 1
            runner = (
                ("tape" if {"tape", "tap"} & dependencies.keys() else "npm") if last or (tests and not known) else ""
            )
        elif not runner and not known and at == len(jobs) - 1:
            runner = "npm"
        settled.append(Job(job.text, runner, job.script))
    return settled


def _guessed(
    tree: Tree, folder: str, package: Mapping[str, object], manifest: str, own: Sequence[str], jobs: Sequence[Job]
) -> Iterator[Suite]:
    dependencies = _dependencies(package)
    runner = next((name for name in _GUESSES if name in dependencies), "")
    tests = [path for path in own if _TEST_FILE.fullmatch(path.rpartition("/")[2])]
    words = ""
    if not runner and tests:
        texts = [tree.text(path)[:20_000] for path in tests[:20]]
        if any(re.search(r"""['"]node:test['"]""", text) for text in texts):
            runner = "node"
        elif any(re.search(r"^\s*describe\(", text, re.MULTILINE) for text in texts):
            runner, words = "mocha", "mocha test"
    if not runner or not any(_TEST_FOLDERS.intersection(path.split("/")) or path in tests for path in own):
        return
    yield Suite(
        runner=runner,
        ecosystem="node",
        folder=folder,
        options=(*(BEFORE + job.text for job in jobs), *((RUN + words,) if words else ())),
        where=(line_of(tree.text(manifest), f'"{runner}"', manifest),),
        why=f"no test script that can be used; {runner} is what the tests are written for",
        files=tuple(own),
    )


def _dependencies(package: Mapping[str, object]) -> Mapping[str, str]:
    return {
        name: version
        for field in ("dependencies", "devDependencies", "peerDependencies")
        for name, version in _texts(package.get(field)).items()
    }


def _texts(value: object) -> dict[str, str]:
    return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}
