"""Groups test files into suites with the command that runs them: marked files and declarations in, TestSuites out.

The name of this module is the project's word for what it finds; it holds no tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from agent.domain.inventory import Location, TestSuite
from agent.inventory.manifests.declared import Declared

__all__ = ["MarkedTest", "collect_test_suites", "mark_test", "prints_tap"]


class MarkedTest(NamedTuple):
    """A file that holds tests: in which style they are written, and where the first one is."""

    path: str
    language: str
    style: str
    line: int
    script: str = ""  # the program that runs it and prints the verdicts


_STYLES: dict[str, tuple[tuple[str, re.Pattern[bytes]], ...]] = {
    "python": (
        (
            "Django",
            re.compile(
                rb"(?m)^[ \t]*from[ \t]+(?:django\.test|rest_framework\.test)\b|^[ \t]*import[ \t]+django\.test\b"
            ),
        ),
        ("pytest", re.compile(rb"(?m)^[ \t]*(?:import|from)[ \t]+pytest\b|^(?:async[ \t]+)?def[ \t]+test_")),
        # a test class may take its base from the project's own module
        (
            "unittest",
            re.compile(rb"\bTestCase\b|\bunittest\b|(?m:^class[ \t]+\w{1,80}[ \t]*\([ \t]*[\w.]{1,80}[^)\n]{0,80}\):)"),
        ),
    ),
    "java": (
        ("JUnit 5", re.compile(rb"org\.junit\.jupiter")),
        ("TestNG", re.compile(rb"org\.testng")),
        ("JUnit 4", re.compile(rb"\borg\.junit\.(?:Test|\*|Assert|Before|runner)")),
        ("JUnit 3", re.compile(rb"\bextends[ \t]+TestCase\b|junit\.framework")),
    ),
    "javascript": (
        ("QUnit", re.compile(rb"\bQUnit\.(?:test|module)\(")),
        ("script", re.compile(rb"(?m)^[ \t]*(?:describe|it|test)(?:\.\w{1,20})?\([ \t]*[\"'`]")),
    ),
    "csharp": (
        ("xUnit.net", re.compile(rb"\[(?:Fact|Theory)\b")),
        ("NUnit", re.compile(rb"\[(?:TestFixture|Test|TestCase)\b")),
        ("MSTest", re.compile(rb"\[TestMethod\b")),
    ),
    "php": (
        ("PHPUnit", re.compile(rb"\bextends[ \t]+[\w\\]*TestCase\b")),
        ("functions", re.compile(rb"(?im)^[ \t]*function[ \t]+test_?\w+[ \t]*\(")),
    ),
    "perl": (("Test::More", re.compile(rb"(?m)^[ \t]*use[ \t]+Test2?::\w+")),),
    "ruby": (
        ("RSpec", re.compile(rb"(?m)^[ \t]*(?:RSpec\.)?describe\b")),
        ("minitest", re.compile(rb"\bTest(?:Case|::Unit)\b")),
    ),
    "go": (("go test", re.compile(rb"(?m)^func Test\w*\(")),),
}
# What a file must hold to be a test rather than support for tests.
_NEEDED = {
    "python": re.compile(rb"(?m)^[ \t]*(?:async[ \t]+)?def[ \t]+test|^[ \t]+runTest\b"),
    "java": re.compile(
        rb"@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|RunWith|Theory)\b|\bvoid[ \t]+test\w*[ \t]*\("
    ),
}
# The Test Anything Protocol: a plan or a version, and verdicts of both kinds. Programs of these languages may print it.
_TAP_PLAN = re.compile(rb"\bTAP version 1\d\b|\b1\.\.(?:\$|\d|[\"'])")
_TAP_VERDICT = re.compile(rb"\bnot ok\b")
_TAP_STARTERS = {
    "shell": "sh",
    "php": "php",
    "perl": "perl",
    "python": "python",
    "ruby": "ruby",
    "javascript": "node",
    "awk": "awk -f",
}
_FAMILY = {"typescript": "javascript", "kotlin": "java", "groovy": "java", "scala": "java"}


def prints_tap(language: str, data: bytes) -> int:
    """The line on which a program prints a verdict of the Test Anything Protocol; 0 when it is no such program."""
    if language not in _TAP_STARTERS or b"not ok" not in data:
        return 0
    verdict = _TAP_VERDICT.search(data)
    return data.count(b"\n", 0, verdict.start()) + 1 if verdict and _TAP_PLAN.search(data) else 0


def mark_test(path: str, language: str, data: bytes) -> MarkedTest | None:
    """The file as a test, or None when it only supports tests."""
    family = _FAMILY.get(language, language)
    if language in ("shell", "php", "perl", "awk") and (line := prints_tap(language, data)):
        return MarkedTest(path, language, "TAP", line, path)
    needed = _NEEDED.get(family)
    first = needed.search(data) if needed else None
    if needed and first is None:
        return None
    for style, pattern in _STYLES.get(family, ()):
        found = pattern.search(data)
        if found:
            line = data.count(b"\n", 0, (first or found).start()) + 1
            return MarkedTest(path, language, style, line)
    return None


def collect_test_suites(
    tests: Iterable[MarkedTest], declared: Sequence[Declared], paths: frozenset[str]
) -> tuple[TestSuite, ...]:
    """One suite a runner and module; a module is the innermost folder with a build file above the tests."""
    modules = _modules(declared, paths)
    runners = {(runner, d.path.rpartition("/")[0]): line for d in declared for runner, line in d.test_runners}
    wants_pytest = any(d.name.lower() == "pytest" for found in declared for d in found.dependencies)
    wants_pytest = wants_pytest or any(runner == "pytest" for runner, _ in runners) or "pytest.ini" in paths
    grouped: dict[tuple[str, str], list[MarkedTest]] = {}
    found_tests = _with_their_script(list(tests))
    django = {_module_of(test, modules) for test in found_tests if test.style == "Django"}
    for test in found_tests:
        if test.style == "unittest" and _module_of(test, modules) in django:
            test = test._replace(style="Django")  # its runner takes them along
        runner = _runner(test, wants_pytest, runners, declared)
        grouped.setdefault((test.script or _module_of(test, modules), runner), []).append(test)
    suites = []
    for (module, runner), found in sorted(grouped.items()):
        first = min(found, key=lambda test: (test.path != test.script, test.path))
        suites.append(
            TestSuite(
                name=f"{runner} tests" + (f" of {module}" if module else ""),
                runner=runner,
                files=len(found),
                command=_command(runner, module, first.language, paths),
                evidence=Location(path=first.path, line=first.line),
            )
        )
    scripts = {
        module
        for (module, _), found in grouped.items()
        if _FAMILY.get(found[0].language, found[0].language) == "javascript"
    }
    return (*suites, *_scripted(declared, scripts))


def _with_their_script(tests: list[MarkedTest]) -> list[MarkedTest]:
    """Test functions that no framework runs belong to the script above them that prints the verdicts, if one does."""
    scripts = sorted((test for test in tests if test.style == "TAP"), key=lambda test: test.path)
    found = []
    for test in tests:
        if test.style == "functions":
            above = [s for s in scripts if s.language == test.language and _lies_below(test.path, s.path)]
            if above:
                test = test._replace(style="TAP", script=above[-1].path)
        found.append(test)
    return found


def _lies_below(path: str, script: str) -> bool:
    folder = script.rpartition("/")[0]
    return not folder or path.startswith(f"{folder}/")


def _scripted(declared: Sequence[Declared], modules: set[str]) -> list[TestSuite]:
    """What ``npm test`` runs where no test file looks like one: a script that somebody wrote down as the tests."""
    found = []
    for manifest in declared:
        folder, _, name = manifest.path.rpartition("/")
        for _, line in manifest.test_scripts if name == "package.json" and folder not in modules else ():
            found.append(
                TestSuite(
                    name="npm tests" + (f" of {folder}" if folder else ""),
                    runner="npm script",
                    files=1,
                    command="npm test" + (f" --prefix {folder}" if folder else ""),
                    evidence=Location(path=manifest.path, line=line),
                )
            )
    return found


_BUILD_FILES = {
    "python": ("pyproject.toml", "setup.py", "setup.cfg", "tox.ini"),
    "java": ("pom.xml", "build.gradle", "build.gradle.kts", "build.xml"),
    "javascript": ("package.json",),
    "csharp": (),
}


def _modules(declared: Sequence[Declared], paths: frozenset[str]) -> dict[str, frozenset[str]]:
    """By family of languages, the folders that hold a build file."""
    found: dict[str, set[str]] = {family: set() for family in _BUILD_FILES}
    for path in (*paths, *(d.path for d in declared)):
        folder, _, name = path.rpartition("/")
        for family, names in _BUILD_FILES.items():
            if name in names or (family == "csharp" and name.endswith("proj")):
                found[family].add(folder)
    return {family: frozenset(folders) for family, folders in found.items()}


def _module_of(test: MarkedTest, modules: dict[str, frozenset[str]]) -> str:
    folders = modules.get(_FAMILY.get(test.language, test.language), frozenset())
    folder = test.path.rpartition("/")[0]
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return folder


def _runner(
    test: MarkedTest, wants_pytest: bool, runners: dict[tuple[str, str], int], declared: Sequence[Declared]
) -> str:
    """pytest runs the other two styles of Python tests, so where it is asked for, it is the runner."""
    if test.style in ("unittest", "pytest"):
        return "pytest" if wants_pytest or test.style == "pytest" else "unittest"
    if test.style == "Django":
        return (
            "pytest"
            if wants_pytest and any(d.name == "pytest-django" for f in declared for d in f.dependencies)
            else "Django"
        )
    if test.style == "functions":
        return "PHP functions"
    if test.style == "script":
        named = sorted(runner for runner, _ in runners if runner not in ("pytest", "JUnit 5"))
        return named[0] if named else "JavaScript"
    return test.style


def _command(runner: str, module: str, language: str, paths: frozenset[str]) -> str:
    family = _FAMILY.get(language, language)
    if runner == "TAP":
        return f"{_TAP_STARTERS[language]} {module}"
    if family == "java":
        return _java_command(module, paths)
    if family == "python":
        manage = f"{module}/manage.py" if module else "manage.py"
        if runner == "pytest":
            return f"python -m pytest {module}".strip()
        if runner == "unittest":
            return "python -m unittest discover" + (f" -s {module}" if module else "")
        return f"python {manage} test" if manage in paths else _django_command(paths)
    fixed = {
        "csharp": "dotnet test",
        "php": "vendor/bin/phpunit",
        "go": "go test ./...",
        "ruby": "bundle exec rake test",
    }
    if family == "javascript":
        return "npm test" + (f" --prefix {module}" if module else "")
    if runner in _COMMANDS:
        return _COMMANDS[runner]
    return fixed.get(family, "")


_COMMANDS = {"RSpec": "bundle exec rspec", "PHP functions": "", "Test::More": "prove -r"}


def _django_command(paths: frozenset[str]) -> str:
    """Projects keep manage.py somewhere, reusable apps a runtests.py; without either the command is not known."""
    names = sorted(path for path in paths if path.rpartition("/")[2] in ("manage.py", "runtests.py"))
    if not names:
        return ""
    shortest = min(names, key=lambda path: (path.count("/"), path))
    return f"python {shortest}" + ("" if shortest.endswith("runtests.py") else " test")


def _java_command(module: str, paths: frozenset[str]) -> str:
    prefix = f"{module}/" if module else ""
    if f"{prefix}pom.xml" in paths:
        maven = "./mvnw" if "mvnw" in paths else "mvn"
        return f"{maven} test" + (
            f" -pl {module}" if module and "pom.xml" in paths else f" -f {module}" if module else ""
        )
    if f"{prefix}build.gradle" in paths or f"{prefix}build.gradle.kts" in paths:
        gradle = "./gradlew" if "gradlew" in paths else "gradle"
        return f"{gradle} :{module.replace('/', ':')}:test" if module else f"{gradle} test"
    return f"ant -f {prefix}build.xml test" if f"{prefix}build.xml" in paths else ""
