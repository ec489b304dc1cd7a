"""How PHP code is tested: a snapshot in; PHPUnit suites or test scripts, and recipes with or without Composer, out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from agent.domain.environment import Need, Reason, Recipe, Step
from agent.domain.inventory import Location
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Runner, Snapshot, Toolchains
from agent.validation.ecosystems.tree_reading import Tree, beside, line_of, read_tree
from agent.validation.runners.php_script import PHP_SCRIPT
from agent.validation.runners.phpunit import PHPUNIT, PREPEND

__all__ = ["ECOSYSTEM", "PhpEcosystem"]

_OLDER = Path(__file__).with_name("php_older_phpunit.php").read_text("utf-8")
_INSTALL = "composer install"
_DUMP = "make the autoloader"
_SYSTEM_STEP = "use the libraries that this machine has of its own"
_SYSTEM = (
    "<?php spl_autoload_register(static function ($class) {"
    " $file = '/usr/share/php/' . str_replace('\\\\', '/', $class) . '.php'; if (is_file($file)) require_once $file; });"
)
_OLDER_STEP = "adapt PHPUnit to tests of older versions"
_SCRIPTS = (
    "run.php",
    "run-tests.php",
    "run_tests.php",
    "runtests.php",
    "all.php",
    "all_tests.php",
    "alltests.php",
    "test.php",
    "tests.php",
)
_TEST_FOLDERS = frozenset("test tests Test Tests spec testing".split())
_NOT_OURS = frozenset({"vendor", "node_modules", "third_party"})
_CONFIGURATIONS = ("phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml")
_COMPOSER = ("composer", "--no-interaction", "--no-ansi", "--no-scripts", "--no-plugins")


class PhpEcosystem:
    """PHPUnit, with Composer where it is used and packages can be had, and scripts that are their own runner."""

    name = "php"
    runners: Mapping[str, Runner] = {PHPUNIT.name: PHPUNIT, PHP_SCRIPT.name: PHP_SCRIPT}

    def suites(self, tree: Snapshot) -> Sequence[Suite]:
        known = read_tree(tree)
        ours = [
            path
            for path in known.paths
            if path.endswith((".php", ".inc", ".phpt")) and not _NOT_OURS.intersection(path.split("/"))
        ]
        if not ours:
            return ()
        files = _test_files(known)
        return [*_phpunit_suites(known, ours, files), *_script_suites(known, ours, files)]

    def inputs(self, tree: Snapshot, suite: Suite) -> Sequence[str]:
        known = read_tree(tree)
        names = ("composer.json", "composer.lock", *_CONFIGURATIONS)
        return sorted(path for name in names if known.has(path := beside(suite.folder, name)))

    def recipe(self, tree: Snapshot, suite: Suite, toolchains: Toolchains) -> Recipe:
        known = read_tree(tree)
        machine = toolchains.best("php")
        if machine is None:
            raise EnvironmentUnmakeableError(
                "the tests need PHP, and this machine has none: install it (with its XML and mbstring extensions), "
                "or give your own recipe with --env."
            )
        manifest = beside(suite.folder, "composer.json")
        recipe = Recipe(
            ecosystem=self.name, needs=(Need(name="php"),), reasons=(_php_reason(known, manifest, machine.version),)
        )
        vendored = known.has(beside(suite.folder, "vendor/autoload.php"))
        if vendored or not known.has(manifest) or toolchains.best("composer") is None:
            return recipe
        needs = (*recipe.needs, Need(name="composer"))
        recipe = recipe.model_copy(update={"needs": needs, "kept": (beside(suite.folder, "vendor"),)})
        if not _wants_packages(known.json(manifest)):
            return recipe.model_copy(update={"steps": (_dump(suite),)})
        install = Step(
            name=_INSTALL,
            run=(*_COMPOSER, "install", "--no-progress", "--prefer-dist", "--ignore-platform-reqs"),
            env={"COMPOSER_ALLOW_SUPERUSER": "1"},
            cwd=suite.folder,
            network=True,
            seconds=600,
        )
        return recipe.model_copy(update={"steps": (install,)})

    def amend(self, recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:
        names = {step.name for step in recipe.steps}
        unreachable = re.search(
            r"Could not resolve host|could not be (?:fully )?(?:loaded|downloaded)|curl error|failed to open stream|Could not authenticate"
            r"|Your requirements could not be resolved|Connection refused|HTTP 40\d|Proxy CONNECT aborted",
            said,
        )
        if _INSTALL in names and unreachable is not None:
            write = 'mkdir -p "$1" && printf %s "$2" > "$1/system.php"'
            libraries = Step(name=_SYSTEM_STEP, run=("sh", "-c", write, "figwright", "{env}/phpunit", _SYSTEM))
            others = tuple(step for step in recipe.steps if step.name != _INSTALL)
            variables = {**recipe.variables, PREPEND: "{env}/phpunit/system.php"}
            changed = recipe.model_copy(update={"steps": (_dump(suite), libraries, *others), "variables": variables})
            note = "packages cannot be had from here: Composer only makes the autoloader, and this machine's PHPUnit runs the tests"
            return _told(changed, note)
        older = re.search(
            r"PHPUnit_\w+['\"]? not found|must be compatible with PHPUnit\\|undefined method \S*(?:setExpectedException|getMock|assertInternalType"
            r"|assertNotInternalType|expectExceptionMessageRegExp)\b|assertContains\(\): Argument #2|assertNotContains\(\): Argument #2",
            said,
        )
        if older is not None and _OLDER_STEP not in names and suite.runner == "phpunit":
            step = Step(
                name=_OLDER_STEP,
                run=(
                    "sh",
                    "-c",
                    'mkdir -p "$2" && printf %s "$3" > "$2/make.php" && "$1" "$2/make.php" "$2" "$(command -v phpunit)"',
                    "figwright",
                    "{toolchain:php}",
                    "{env}/phpunit",
                    _OLDER,
                ),
            )
            variables = {**recipe.variables, PREPEND: "{env}/phpunit/older.php"}
            changed = recipe.model_copy(update={"steps": (*recipe.steps, step), "variables": variables})
            return _told(
                changed,
                f"the tests are written for an older PHPUnit ({' '.join(older[0].split())[:80]}): a copy of this machine's is adapted to them",
            )
        return None


def _told(recipe: Recipe, note: str) -> tuple[Recipe, str]:
    return recipe.model_copy(update={"reasons": (*recipe.reasons, Reason(text=note))}), note


def _dump(suite: Suite) -> Step:
    run = (*_COMPOSER, "dump-autoload", "--ignore-platform-reqs")
    return Step(name=_DUMP, run=run, env={"COMPOSER_ALLOW_SUPERUSER": "1"}, cwd=suite.folder, needed=False)


def _wants_packages(manifest: Mapping[str, Any]) -> bool:
    for field in ("require", "require-dev"):
        value = manifest.get(field)
        if isinstance(value, dict) and any("/" in name for name in value):
            return True
    return False


def _php_reason(tree: Tree, manifest: str, version: str) -> Reason:
    require = tree.json(manifest).get("require")
    wanted = require.get("php") if isinstance(require, dict) else None
    if isinstance(wanted, str):
        where = line_of(tree.text(manifest), '"php"', manifest)
        return Reason(text=f"PHP {version}, the machine's own; composer.json asks for {wanted}", where=(where,))
    return Reason(text=f"PHP {version}, the machine's own; the repository does not say which it needs")


def _test_files(tree: Tree) -> tuple[str, ...]:
    found = []
    for path in tree.paths:
        *folders, name = path.split("/")
        if _NOT_OURS.intersection(folders):
            continue
        if (
            _TEST_FOLDERS.intersection(folders)
            or name in _CONFIGURATIONS
            or name.endswith(("Test.php", ".phpt"))
            or path.startswith((".github/", ".travis"))
        ):
            found.append(path)
    return tuple(sorted(found))


def _phpunit_suites(tree: Tree, ours: Sequence[str], files: tuple[str, ...]) -> Sequence[Suite]:
    configured = sorted(
        (
            path
            for path in tree.paths
            if PurePosixPath(path).name in _CONFIGURATIONS
            and path.count("/") <= 2
            and not _NOT_OURS.intersection(path.split("/"))
        ),
        key=lambda path: (path.count("/"), _CONFIGURATIONS.index(PurePosixPath(path).name), path),
    )
    suites: dict[str, Suite] = {}
    for path in configured:
        folder, _, name = path.rpartition("/")
        options: tuple[str, ...] = ("--configuration", name)
        # A configuration among the tests is called from the root, where the code's own folders are.
        if folder.rpartition("/")[2] in _TEST_FOLDERS:
            folder, options = folder.rpartition("/")[0], ("--configuration", "/".join(path.split("/")[-2:]))
        if folder not in suites:
            suites[folder] = Suite(
                runner="phpunit",
                ecosystem="php",
                folder=folder,
                options=options,
                where=(Location(path=path),),
                why=f"{name} configures PHPUnit",
                files=files,
            )
    tests = [path for path in ours if path.endswith("Test.php")]
    if suites or not tests:
        return list(suites.values())
    roots = sorted({path.split("/")[0] for path in tests if "/" in path})
    bootstrap = next(
        (path for path in ("tests/bootstrap.php", "test/bootstrap.php", "vendor/autoload.php") if tree.has(path)), ""
    )
    if not bootstrap and tree.has("composer.json"):
        bootstrap = "vendor/autoload.php"
    return [
        Suite(
            runner="phpunit",
            ecosystem="php",
            paths=tuple(roots[:1]) or (".",),
            options=("--bootstrap", bootstrap) if bootstrap else (),
            where=(Location(path=tests[0]),),
            why="files that end in Test.php, and no configuration",
            files=files,
        )
    ]


def _script_suites(tree: Tree, ours: Sequence[str], files: tuple[str, ...]) -> Sequence[Suite]:
    """Scripts in a test folder that run all tests, or that composer.json calls as ``test``."""
    scripts = tree.json("composer.json").get("scripts")
    called = scripts.get("test") if isinstance(scripts, dict) else None
    match = re.fullmatch(r"@?php\s+([\w./-]+\.php)", called) if isinstance(called, str) else None
    found = [match[1]] if match is not None and tree.has(match[1]) else []
    for path in ours:
        *folders, name = path.split("/")
        if folders and folders[-1] in _TEST_FOLDERS and name.lower() in _SCRIPTS and len(folders) <= 3:
            found.append(path)
    best = sorted(
        dict.fromkeys(found),
        key=lambda path: (
            path.count("/"),
            _SCRIPTS.index(PurePosixPath(path).name.lower()) if PurePosixPath(path).name.lower() in _SCRIPTS else -1,
            path,
        ),
    )
    return [
        Suite(
            runner="php_script",
            ecosystem="php",
            paths=(path,),
            where=(Location(path=path),),
            why="a script that runs the tests itself",
            files=tuple(sorted({*files, path})),
        )
        for path in best[:1]
    ]


ECOSYSTEM = PhpEcosystem()
