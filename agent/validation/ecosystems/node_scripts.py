"""Reads what ``npm test`` means: the scripts of a package.json in, build steps and runner commands out.

Scripts are shell text. It is split where the shell would (``&&``, ``;``), followed through ``npm run`` chains, stripped of
linters and coverage wrappers, and kept as text otherwise: the box's shell reads it at last, as npm itself would have.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Job", "read_chain", "read_scripts"]

_LONGEST_SCRIPT = 20_000
_DEEPEST = 8
_MOST_JOBS = 60

# command -> the runner that speaks its language
RUNNERS: Mapping[str, str] = {
    "mocha": "mocha",
    "_mocha": "mocha",
    "ts-mocha": "mocha",
    "jest": "jest",
    "jest-cli": "jest",
    "react-scripts": "jest",
    "vitest": "vitest",
    "tap": "tap",
    "tape": "tape",
    "ava": "ava",
    "jasmine": "jasmine",
    "jasmine-node": "npm",
    "nodeunit": "npm",
    "vows": "npm",
    "expresso": "npm",
    "qunit": "npm",
    "uvu": "npm",
    "buster-test": "npm",
    "lab": "npm",
    "karma": "npm",
    "grunt": "npm",
    "gulp": "npm",
}
LINTERS = frozenset(
    "standard eslint jshint jslint jscs xo semistandard tslint prettier prettier-standard prettierx coffeelint dtslint tsd lint-staged"
    " markdownlint remark alex nsp snyk audit-ci npm-audit bundlesize size-limit publint depcheck dependency-check"
    " husky flow check-exports codecov coveralls echo true jsonlint editorconfig-checker commitlint biome oxlint knip attw".split()
)
_COVERAGE = frozenset({"nyc", "c8", "istanbul", "isparta", "blanket", "jscover"})
_LAUNCHERS = frozenset({"npx", "bunx", "time", "exec"})
_CHAINS = frozenset({"npm-run-all", "run-s", "run-p", "run-z", "npm-run-all2"})
_MANAGERS = frozenset({"npm", "yarn", "pnpm", "cnpm", "bun"})
_MANAGER_WORDS = frozenset(
    {
        "install",
        "i",
        "ci",
        "audit",
        "ls",
        "pack",
        "publish",
        "link",
        "outdated",
        "dedupe",
        "prune",
        "version",
        "shrinkwrap",
    }
)
_TOKEN = re.compile(r"""(?P<op>&&|\|\||[;|&\n])|(?P<word>(?:[^\s"'\\;|&]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)""")
_VARIABLE = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_NO_TEST = re.compile(r"no tests? (?:specified|yet|defined)|exit 1\b")


@dataclass(frozen=True)
class Job:
    """One command of a chain. ``runner`` is empty for what only prepares; ``script`` names the script that holds it."""

    text: str
    runner: str
    script: str


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def plain(self) -> str:
        return re.sub(r"[\"'\\]", "", self.text)

    @property
    def command(self) -> str:
        """The last part of a path to an executable (``./node_modules/.bin/mocha``)."""
        return self.plain.rsplit("/", 1)[-1]


def read_scripts(scripts: Mapping[str, str], name: str = "test") -> tuple[Job, ...]:
    """The jobs that running this script carries out, in order; empty when it is a placeholder or missing."""
    text = scripts.get(name, "")
    if not text or (_NO_TEST.search(text) and len(text) < 120 and "echo" in text):
        return ()
    jobs: list[Job] = []
    for job in _script(scripts, name, "", "", 0):
        jobs.append(job)
        if len(jobs) >= _MOST_JOBS:
            break
    return tuple(jobs)


def read_chain(scripts: Mapping[str, str], text: str) -> tuple[Job, ...]:
    """The same for shell text that stands elsewhere, such as a Makefile's rule."""
    return tuple(_chain(scripts, "", text[:_LONGEST_SCRIPT], "", 1))[:_MOST_JOBS]


def _script(scripts: Mapping[str, str], name: str, prefix: str, arguments: str, depth: int) -> Iterator[Job]:
    """The script with the hooks that npm runs around it."""
    if depth > _DEEPEST:
        return
    for hook in (f"pre{name}", name):
        text = scripts.get(hook, "")[:_LONGEST_SCRIPT]
        if text:
            more = arguments if hook == name else ""
            yield from _chain(scripts, hook, f"{text} {more}".strip(), prefix, depth)


def _chain(scripts: Mapping[str, str], name: str, text: str, prefix: str, depth: int) -> Iterator[Job]:
    for part, words in split(text):
        yield from _part(scripts, name, part, words, prefix, depth)


def split(text: str) -> Iterator[tuple[str, Sequence[_Word]]]:
    """Commands that the shell runs one after the other, each with its words; a pipe's later ends are cut off."""
    words: list[_Word] = []
    piped = False
    for match in _TOKEN.finditer(text):
        if match["op"] in ("&&", ";", "\n", "&"):
            if words:
                yield text[words[0].start : words[-1].end], words
            words, piped = [], False
        elif match["op"] == "|":
            piped = True  # what makes the report pretty
        elif match["op"] == "||":
            piped = True  # what happens when it fails
        elif not piped:
            words.append(_Word(match["word"], match.start(), match.end()))
    if words:
        yield text[words[0].start : words[-1].end], words


def _part(
    scripts: Mapping[str, str], name: str, part: str, words: Sequence[_Word], prefix: str, depth: int
) -> Iterator[Job]:
    base = words[0].start
    at = _skip_variables(words, 0)
    before = part[: words[at].start - base] if at < len(words) else part
    wrapped = at < len(words) and words[at].command in _COVERAGE
    words = _unwrapped(words[at:])
    if not words:
        return
    rest = part[words[0].start - base :]
    if wrapped:
        rest = rest.replace(" -- ", " ", 1)  # istanbul's way to say that what follows is not for it
    command = words[0].command
    if (target := _called_script(scripts, words)) is not None:
        names, more = target
        arguments = part[more.start - base :] if more is not None else ""
        for called in names:
            yield from _script(scripts, called, prefix + before, arguments, depth + 1)
        return
    if command in LINTERS or (command in _MANAGERS and _is_housekeeping(words)):
        return
    yield Job(prefix + before + rest, _runner(words), name)


def _skip_variables(words: Sequence[_Word], at: int) -> int:
    """Past ``X=1``, ``env``, ``cross-env X=1``, which stay in front of whatever is run."""
    while at < len(words) and (
        _VARIABLE.fullmatch(words[at].plain) or words[at].command in ("env", "cross-env", "cross-env-shell", "exec")
    ):
        at += 1
    return at


def _unwrapped(words: Sequence[_Word]) -> Sequence[_Word]:
    """Without launchers and coverage wrappers in front; what they wrap is found by its name."""
    while words:
        command = words[0].command
        if command in _LAUNCHERS:
            words = words[1:]
            while words and words[0].plain.startswith("-"):
                words = words[1:]
            continue
        if command in _COVERAGE:
            known = {"node", "babel-node", "ts-node", "electron", "lerna", *RUNNERS, *_MANAGERS}
            inner = next((at for at, word in enumerate(words[1:], 1) if word.command in known), None)
            if inner is None:
                return () if any(word.plain in ("report", "check-coverage") for word in words) else words
            return words[inner:]
        return words
    return words


def _called_script(scripts: Mapping[str, str], words: Sequence[_Word]) -> tuple[Sequence[str], _Word | None] | None:
    """The scripts that a command calls and the first of the words it hands on; None when it calls none."""
    command, rest = words[0].command, list(words[1:])
    if command in _CHAINS:
        wanted = [word.plain for word in rest if not word.plain.startswith("-")]
        names = [name for pattern in wanted for name in _matching(scripts, pattern.split(" ")[0])]
        return names, None
    if command not in _MANAGERS:
        return None
    while rest and rest[0].plain.startswith("-") and rest[0].plain != "--":
        rest = rest[1:]
    called = rest[0].plain if rest else ""
    rest = rest[1:]
    if called in ("run", "run-script", "rum", "urn"):
        while rest and rest[0].plain.startswith("-"):
            rest = rest[1:]
        called, rest = (rest[0].plain, rest[1:]) if rest else ("", [])
    elif called in ("t", "tst"):
        called = "test"
    if called not in scripts:
        return None
    if rest and rest[0].plain == "--":
        rest = rest[1:]
    elif command == "npm":
        rest = [word for word in rest if not word.plain.startswith("-")]
    return [called], rest[0] if rest else None


def _matching(scripts: Mapping[str, str], pattern: str) -> Sequence[str]:
    if pattern in scripts:
        return [pattern]
    found = [name for name in scripts if fnmatch.fnmatchcase(name.replace(":", "/"), pattern.replace(":", "/"))]
    return [name for name in found if pattern.endswith("**") or name.count(":") == pattern.count(":")]


def _is_housekeeping(words: Sequence[_Word]) -> bool:
    rest = [word.plain for word in words[1:] if not word.plain.startswith("-")]
    return bool(rest) and rest[0] in _MANAGER_WORDS


def _runner(words: Sequence[_Word]) -> str:
    """The runner that a command is, ``node`` with a path into one included; empty when it is none that is known."""
    command = words[0].command
    if command in ("react-scripts", "react-app-rewired", "craco"):
        return "jest" if any(word.plain == "test" for word in words[1:3]) else ""
    if command in RUNNERS:
        return RUNNERS[command]
    if command.startswith("node") or command in ("babel-node", "ts-node", "tsx", "coffee"):
        if any(word.plain == "--test" for word in words[1:]):
            return "node"
        for word in words[1:]:
            if "node_modules" in word.plain or word.plain.endswith(("/bin/mocha", "/bin/_mocha")):
                return next(
                    (RUNNERS[part] for part in reversed(re.split(r"[/.]", word.plain)) if part in RUNNERS), "npm"
                )
        return "script"
    return "make" if command in ("make", "gmake") else ""
