"""Finds the test suites of a Python repository and how to run them: files and configuration in, Suites out.

Tests are found by what is in the files, as many suites name them otherwise than a runner's default pattern. pytest is
preferred, for it runs most of what was written for the others and names each test; the others follow as second choices.
"""

from __future__ import annotations

import configparser
import re
import shlex
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from posixpath import basename, dirname, normpath

from agent.domain.inventory import Location
from agent.domain.verdict import Suite
from agent.validation.ecosystems.python_declared import Declared
from agent.validation.ecosystems.python_sources import Sources

__all__ = ["find_python_suites"]

_DEFAULT_PATTERNS = ("test_*.py", "*_test.py")
_MOST_ARGUMENTS = 300
_SCRIPTS = re.compile(
    r"^(?:run_?tests?|all_?tests?|quick_?tests?|test_?runner|run_?all_?tests?|testall|suite)\.py$", re.I
)
_CONFIGURATION = re.compile(
    r"^(?:.*/)?(?:pytest\.ini|\.pytest\.ini|conftest\.py|tox\.ini|noxfile\.py|\.coveragerc|unittest\.cfg|nose\.cfg)$"
)
_COMMAND_FILES = re.compile(
    r"^(?:Makefile|makefile|GNUmakefile|gulpfile\.js|package\.json|tox\.ini|noxfile\.py|fabfile\.py|justfile|Taskfile\.ya?ml|"
    r"\.travis\.yml|\.gitlab-ci\.yml|appveyor\.yml|bitbucket-pipelines\.yml|\.github/workflows/[^/]+\.ya?ml|"
    r"\.circleci/config\.yml|[\w-]+\.sh|(?:bin|scripts?)/[\w.-]+|README[\w.]*|CONTRIBUTING[\w.]*|HACKING[\w.]*|"
    r"docs?/[\w-]*(?:contribut|develop|test)[\w-]*\.\w+|runtests)$",
    re.I,
)
_DJANGO_OPTIONS = (
    "--settings",
    "--exclude-tag",
    "--tag",
    "--pythonpath",
    "--pattern",
    "-p",
    "--top-level-directory",
    "-t",
)
_SETTINGS = re.compile(r"^(?:(?:INSTALLED_APPS|DATABASES|SECRET_KEY)\b|from\s+\S+\s+import\s+\*)", re.M)
_TEST_DATA = re.compile(r"(?:^|/)(?:tests?|testing|testsuite|unittests?)/", re.I)


def find_python_suites(sources: Sources, declared: Declared) -> list[Suite]:
    """The likeliest first; empty when no file holds a test."""
    tests = sources.test_files
    found: list[Suite] = []
    builders = sources.suite_builders
    if not tests and not builders and not _doctests(sources):
        return found
    configured = _pytest_configuration(sources)
    django = _django(sources, tests)
    script = _script(sources)
    if django is not None and not _pytest_does_django(sources, declared, configured):
        found.append(django)
    elif script is not None and _sets_django_up(sources, script):
        found.append(_script_suite(script, "this script sets Django up before it runs the tests"))
    if len(builders) > len(tests):
        if script is not None and not found:
            found.append(_script_suite(script, f"{len(builders)} files build suites that this script puts together"))
        found.append(_unittest(sorted({*tests, *builders})))
    if configured is not None:
        found.append(_pytest(sources, (), configured, "pytest is configured here"))
    elif _needs_nose(sources, tests):
        found.append(_nose(sources, tests))
    if tests or _doctests(sources):
        found.append(_by_content(sources, tests))
    if django is not None and django not in found:
        found.append(django)
    if tests and (not _needs_nose(sources, tests) or configured is not None):
        found.append(_unittest(tests))
    if script is not None and all(suite.runner != "script" for suite in found):
        found.append(_script_suite(script, "this script runs the tests"))
    return [_with_files(suite, sources, tests) for suite in _unique(found)]


def _unique(suites: Sequence[Suite]) -> list[Suite]:
    seen: dict[tuple[object, ...], Suite] = {}
    for suite in suites:
        seen.setdefault((suite.runner, suite.folder, suite.paths, suite.options), suite)
    return list(seen.values())


def _with_files(suite: Suite, sources: Sources, tests: Sequence[str]) -> Suite:
    """Tests, what lies beside them, and the configuration: what a change must not touch."""
    files = set(tests)
    folders = {dirname(path) for path in tests if _TEST_DATA.search(path)}
    for path in sources.sizes:
        if _CONFIGURATION.match(path) or _TEST_DATA.search(path) or dirname(path) in folders:
            files.add(path)
    files.update(path for path in ("setup.cfg", "pyproject.toml") if _mentions_tests(sources.text(path)))
    return suite.model_copy(update={"files": tuple(sorted(files))})


def _mentions_tests(text: str) -> bool:
    return bool(re.search(r"^\[(?:tool[:.])?(?:pytest|nosetests|coverage)", text, re.M))


# --- pytest ---


def _pytest_configuration(sources: Sources) -> Location | None:
    for path, pattern in (
        ("pytest.ini", r"^\[pytest\]"),
        ("pyproject.toml", r"^\[tool\.pytest"),
        ("tox.ini", r"^\[(?:tool:)?pytest\]"),
        ("setup.cfg", r"^\[(?:tool:)?pytest\]"),
    ):
        match = re.search(pattern, sources.text(path), re.M)
        if match:
            return Location(path=path, line=sources.text(path).count("\n", 0, match.start()) + 1)
    return None


def _pytest(sources: Sources, paths: tuple[str, ...], where: Location, why: str) -> Suite:
    text = sources.text(where.path)
    if not paths and not re.search(r"^\s*testpaths\s*=", text, re.M):
        # Without testpaths pytest walks everything, vendored code and examples included.
        patterns = tuple(_setting(text, "python_files")) or _DEFAULT_PATTERNS
        named = [path for path in sources.test_files if any(fnmatch(basename(path), pattern) for pattern in patterns)]
        paths = _roots(named)
    return Suite(runner="pytest", ecosystem="python", paths=paths, where=(where,), why=why)


def _setting(text: str, name: str) -> list[str]:
    match = re.search(rf"^\s*{name}\s*=\s*(.*(?:\n[ \t]+\S.*)*)", text, re.M)
    return re.findall(r"[\w.*?\[\]-]+\.py", match.group(1)) if match else []


def _by_content(sources: Sources, tests: Sequence[str]) -> Suite:
    options = _doctest_options(sources)
    paths = list(tests)
    if all(any(fnmatch(basename(path), pattern) for pattern in _DEFAULT_PATTERNS) for path in tests):
        paths = list(_roots(tests))
    elif len(tests) > _MOST_ARGUMENTS:
        names = sorted({basename(path) for path in tests})
        options = (*options, "-o", f"python_files={' '.join(names)}")
        paths = list(_roots(tests))
    if options and "--doctest-modules" in options:
        paths.extend(root for root in _packages(sources) if root not in paths)
    where = tuple(Location(path=path) for path in tests[:3])
    return Suite(
        runner="pytest",
        ecosystem="python",
        paths=tuple(paths),
        options=options,
        where=where,
        why=f"{len(tests)} files hold tests that pytest can run",
    )


def _roots(tests: Sequence[str]) -> tuple[str, ...]:
    """The outermost folders that hold the tests; files of the root by themselves."""
    folders = sorted({dirname(path) for path in tests if dirname(path)}, key=lambda path: (path.count("/"), path))
    chosen: list[str] = []
    for folder in folders:
        if not any(folder == one or folder.startswith(f"{one}/") for one in chosen):
            chosen.append(folder)
    return tuple(sorted({*chosen, *(path for path in tests if not dirname(path))}))


def _packages(sources: Sources) -> list[str]:
    found = {path.split("/")[0] for path in sources.sizes if path.count("/") == 1 and path.endswith("/__init__.py")}
    return sorted(found)


def _doctests(sources: Sources) -> bool:
    return bool(_doctest_options(sources))


def _doctest_options(sources: Sources) -> tuple[str, ...]:
    """nose's doctest settings in pytest's words."""
    section = _section(sources.text("setup.cfg"), "nosetests")
    if section.get("with-doctest", "").strip().lower() not in ("1", "true", "yes"):
        return ()
    options = ["--doctest-modules"]
    extension = section.get("doctest-extension", "").strip().strip(".")
    if extension:
        options.append(f"--doctest-glob=*.{extension}")
    flags = [flag.strip().lstrip("+") for flag in section.get("doctest-options", "").split(",") if flag.strip()]
    if flags:
        options.extend(("-o", f"doctest_optionflags={' '.join(flags)}"))
    return tuple(options)


def _section(text: str, name: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return {}
    return dict(parser.items(name)) if parser.has_section(name) else {}


# --- nose and unittest ---


def _needs_nose(sources: Sources, tests: Sequence[str]) -> bool:
    """Whether there are generator tests, which no pytest after 3 runs."""
    return any(sources.tests(path).generators for path in tests)


def _nose(sources: Sources, tests: Sequence[str]) -> Suite:
    where = next(path for path in tests if sources.tests(path).generators)
    section = _section(sources.text("setup.cfg"), "nosetests")
    paths = tuple(section.get("where", "").split()) or _roots(tests)
    named = [path for path in tests if not re.search(r"(?:^|[\b_./-])[Tt]est", path)]
    return Suite(
        runner="nose",
        ecosystem="python",
        paths=(*paths, *named),
        where=(Location(path=where),),
        why="its tests yield further tests, as only nose runs them",
    )


def _unittest(tests: Sequence[str]) -> Suite:
    return Suite(
        runner="unittest",
        ecosystem="python",
        paths=tuple(tests),
        where=tuple(Location(path=path) for path in tests[:3]),
        why=f"{len(tests)} files hold test cases",
    )


# --- scripts ---


def _script(sources: Sources) -> str | None:
    """A script at the root or among the tests whose name says that it runs them all."""
    found = [path for path in sources.files if path.count("/") <= 2 and _SCRIPTS.match(basename(path))]
    found = [path for path in found if "__main__" in sources.text(path) or "unittest" in sources.text(path)]
    return min(found, key=lambda path: (path.count("/"), path)) if found else None


def _sets_django_up(sources: Sources, script: str) -> bool:
    text = sources.text(script)
    return bool(re.search(r"settings\.configure|DJANGO_SETTINGS_MODULE|get_runner|django\.setup", text))


def _script_suite(script: str, why: str) -> Suite:
    return Suite(runner="script", ecosystem="python", paths=(script,), where=(Location(path=script),), why=why)


# --- Django ---


def _pytest_does_django(sources: Sources, declared: Declared, configured: Location | None) -> bool:
    if "pytest-django" in declared.names:
        return True
    return configured is not None and "DJANGO_SETTINGS_MODULE" in sources.text(configured.path)


def _django(sources: Sources, tests: Sequence[str]) -> Suite | None:
    managers = [path for path in sources.files if basename(path) == "manage.py" and "django" in sources.text(path)]
    managers = [path for path in managers if path.count("/") <= 2]
    if not managers:
        return None
    manager = min(managers, key=lambda path: (path.count("/"), path))
    folder = dirname(manager)
    if folder and not any(path.startswith(f"{folder}/") for path in tests):
        return None
    options, where = _django_options(sources)
    if not any(option.startswith("--settings") for option in options):
        settings = _test_settings(sources, folder)
        options = ((f"--settings={settings}",) if settings else ()) + options
    return Suite(
        runner="django",
        ecosystem="python",
        folder=folder,
        paths=("manage.py",),
        options=options,
        where=(Location(path=manager), *where),
        why="a Django project, tested by manage.py test",
    )


def _django_options(sources: Sources) -> tuple[tuple[str, ...], tuple[Location, ...]]:
    """The options of the fullest ``manage.py test`` that a build file or a document shows."""
    best: tuple[str, ...] = ()
    where: tuple[Location, ...] = ()
    for path in sources.sizes:
        if not _COMMAND_FILES.match(path):
            continue
        text = _joined(sources.short_lines(path))
        for match in re.finditer(r"manage\.py[\"',\s]+test\b([^\n;&|]*)", text):
            options = tuple(_kept_options(match.group(1)))
            beyond = re.search(r"--exclude-tag[\s\"',=]+([\w-]+)", text)
            if beyond and not any(option.startswith("--exclude-tag") for option in options):
                options = (*options, f"--exclude-tag={beyond.group(1)}")
            if len(options) > len(best):
                best = options
                where = (Location(path=path),)
    return best, where


def _joined(text: str) -> str:
    """Source in which strings that are put together over lines are one line."""
    text = re.sub(r"[\"']\s*\+\s*(?:\n\s*)?[\"']", "", text)
    return re.sub(r"\\\n\s*", " ", text)


def _kept_options(text: str) -> Iterator[str]:
    try:
        words = shlex.split(text.split("#")[0].strip().strip("\"'`,)+ "))
    except ValueError:
        return
    words = [word.strip("\"',") for word in words]
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in _DJANGO_OPTIONS:
            if not equals and at + 1 < len(words):
                value = words[at + 1]
            if re.fullmatch(r"[\w./*-]+", value):
                yield f"{name}={value}" if name.startswith("--") else f"{name}{value}"


def _test_settings(sources: Sources, folder: str) -> str:
    """A settings module that is named for tests, as a dotted name below ``manage.py``; no test of a page of settings."""
    prefix = f"{folder}/" if folder else ""
    for path in sources.files:
        if (
            path.startswith(prefix)
            and re.search(
                r"(?:^|/)(?:settings/(?:tests?|testing)|(?:tests?|testing)_settings|settings_(?:tests?|testing)|tests?/settings)\.py$",
                path,
            )
            and _SETTINGS.search(sources.text(path))
        ):
            return normpath(path.removeprefix(prefix)).removesuffix(".py").replace("/", ".")
    return ""
