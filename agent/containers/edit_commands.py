"""Commands that a language model may add to a Dockerfile: one command's words in, complaints out.

Packages come from the distribution, or by a name that the repository itself declares: a name that a build's output or the
model made up could be anybody's package. Nothing is fetched by address, and no program text is written into the image.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["check_command", "package_name", "strange_word"]

_ADDRESS = re.compile(
    r"(?i)://|\bgit[+@]|^(?:github|gitlab|bitbucket|gist|git|file|data|ftp|ssh):|/dev/(?:tcp|udp)|(?:^|/)\.(?:env|git)(?:$|[./])"
)
_STEERS = re.compile(
    r"(?i)^-.*(?:index|registry|repo|mirror|source|proxy|url|trusted|insecure|cert|ssl|find-links|config)"
)
_SYSTEM = re.compile(r"^(?:/etc|/proc|/sys|/root|/boot|/dev|/run|/var/run)(?:/|$)")
_DEBIAN = re.compile(r"[a-z0-9][a-z0-9.+-]+(?:=[\w.:~+-]+)?")
_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[\w,.-]*\])?(?:[<>=!~]=?=?[\w.*+!,<>=~-]+)?")
_NODE = re.compile(r"((?:@[\w.-]+/)?[\w.-]+)(?:@[\w.^~<>=*-]+)?")
_OPEN_MODE = re.compile(r"[2467]\d{3}|\d*[2367]|.*[oa]?[+=]\w*s\w*|[a-z]*[oa][a-z]*[+=]\w*w\w*|\+\w*w\w*")
_GOAL = re.compile(
    r"(?:dependency:(?:go-offline|resolve)|[a-z][A-Za-z-]*|-B|-ntp|-q|-U|-am|--no-daemon|-P[\w,-]+|-D(?:skipTests|maven\.test\.skip)(?:=true)?)"
)
_PIP_FLAGS = frozenset(
    "--no-cache-dir --no-deps --no-build-isolation --upgrade -U --prefer-binary --use-pep517 --no-use-pep517 "
    "--no-compile --quiet -q".split()
)
_NPM_FLAGS = frozenset(
    "--no-audit --no-fund --ignore-scripts --omit=dev --omit=optional --only=production --production --legacy-peer-deps "
    "--no-optional --no-save --no-progress --force".split()
)


def check_command(words: Sequence[str], packages: frozenset[str]) -> Iterator[str]:
    """``packages``: names that may be installed by pip and npm."""
    if not words:
        yield "a command is missing"
        return
    program = words[0].rpartition("/")[2]
    rest = list(words[1:])
    if re.fullmatch(r"python\d?(?:\.\d+)?", program) and rest[:2] == ["-m", "pip"]:
        program, rest = "pip", rest[2:]
    check = _PROGRAMS.get(re.sub(r"^(pip|python)[\d.]*$", r"\1", program))
    if check is None or (words[0] != program and words[0].startswith(("./", "../")) and program not in _WRAPPERS):
        yield f"{words[0][:40]} is not among the programs that a repair may run"
        return
    for word in words:
        if strange_word(word) or _STEERS.search(word):
            yield f"{word[:60]}: nothing is fetched by address or from another source of packages"
    yield from check(rest, packages)


def strange_word(word: str) -> bool:
    """An address, or a file that holds secrets or history."""
    return bool(_ADDRESS.search(word)) or "$(" in word


def package_name(name: str) -> str:
    """As PEP 503 compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _apt(rest: Sequence[str], _: frozenset[str]) -> Iterator[str]:
    if rest[:1] not in (["update"], ["install"], ["clean"]):
        yield "apt-get is used to update, install and clean"
        return
    flags = [word for word in rest[1:] if word.startswith("-")]
    if set(flags) - {"-y", "--yes", "-q", "-qq", "--no-install-recommends"}:
        yield f"apt-get {' '.join(flags)[:80]}: only --yes and --no-install-recommends"
    if rest[0] == "install":
        if "--no-install-recommends" not in flags or not {"-y", "--yes"} & set(flags):
            yield "apt-get install needs --yes --no-install-recommends"
        names = [word for word in rest[1:] if not word.startswith("-")]
        if not names or any(not _DEBIAN.fullmatch(name) for name in names):
            yield "apt-get installs packages of the distribution by name"


def _pip(rest: Sequence[str], packages: frozenset[str]) -> Iterator[str]:
    if rest[:1] != ["install"] or "--no-cache-dir" not in rest:
        yield "pip is used as: pip install --no-cache-dir"
    words = iter(rest[1:])
    for word in words:
        if word in ("-r", "-c", "--requirement", "--constraint"):
            if not _own_file(next(words, "")):
                yield "requirements are a file of the repository"
        elif word in ("--no-binary", "--only-binary"):
            next(words, "")
        elif word.startswith("-"):
            if word not in _PIP_FLAGS and not (word == "-e" and "." in rest):
                yield f"pip {word[:40]} is not used in a repair"
        elif word != ".":
            yield from _known(_REQUIREMENT.fullmatch(word.replace(" ", "")), word, packages)


def _npm(rest: Sequence[str], packages: frozenset[str]) -> Iterator[str]:
    if not rest or rest[0] not in ("ci", "install", "rebuild", "run", "prune"):
        yield "npm is used to ci, install, rebuild, run and prune"
        return
    for word in rest[1:]:
        if word.startswith("-"):
            if word not in _NPM_FLAGS:
                yield f"npm {word[:40]} is not used in a repair"
        elif rest[0] == "install":
            yield from _known(_NODE.fullmatch(word), word, packages)


def _known(match: re.Match[str] | None, word: str, packages: frozenset[str]) -> Iterator[str]:
    if match is None or package_name(match[1]) not in packages:
        yield f"{word[:60]} is no package that the repository declares"


def _python(rest: Sequence[str], _: frozenset[str]) -> Iterator[str]:
    module = rest[:1] == ["-m"] and rest[1:2] in (["venv"], ["compileall"])
    if not module and not (rest and _own_file(rest[0]) and rest[0].endswith(".py")):
        yield "python runs a file of the repository, -m pip, -m venv or -m compileall"


def _goals(rest: Sequence[str], _: frozenset[str]) -> Iterator[str]:
    for word in rest:
        if not _GOAL.fullmatch(word):
            yield f"{word[:40]} is not run in a repair"


def _only(*commands: str) -> Callable[[Sequence[str], frozenset[str]], Iterator[str]]:
    def check(rest: Sequence[str], _: frozenset[str]) -> Iterator[str]:
        if not rest or rest[0] not in commands:
            yield f"only {', '.join(commands)} may be given"
        yield from _plain(rest, frozenset())

    return check


def _plain(rest: Sequence[str], _: frozenset[str]) -> Iterator[str]:
    """Targets and flags, without values that are programs or settings of their own."""
    for word in rest:
        if not re.fullmatch(r"--?[A-Za-z][\w-]*|[A-Za-z][\w./-]*", word):
            yield f"{word[:40]} is not given in a repair"


def _remove(rest: Sequence[str], _: frozenset[str]) -> Iterator[str]:
    for word in rest:
        if word not in ("-r", "-f", "-rf", "/var/lib/apt/lists/*") and not word.startswith("/tmp/"):  # noqa: S108
            yield f"{word[:60]} is not removed"


def _files(rest: Sequence[str], _: frozenset[str]) -> Iterator[str]:
    for word in rest:
        if _SYSTEM.match(word) or ".." in word.split("/"):
            yield f"{word[:60]} is left alone"


def _modes(rest: Sequence[str], _: frozenset[str]) -> Iterator[str]:
    yield from _files(rest, _)
    words = [word for word in rest if not re.fullmatch(r"-[Rcfv]+|--recursive", word)]
    if not words or _OPEN_MODE.fullmatch(words[0]):
        yield "no mode may let everybody write, or change who runs a file"


def _install(rest: Sequence[str], _: frozenset[str]) -> Iterator[str]:
    yield from _files(rest, _)
    for number, word in enumerate(rest):
        mode = (
            word.partition("=")[2]
            if word.startswith("--mode")
            else rest[number + 1]
            if word == "-m" and number + 1 < len(rest)
            else ""
        )
        if mode and _OPEN_MODE.fullmatch(mode):
            yield "no mode may let everybody write, or change who runs a file"


def _own_file(path: str) -> bool:
    return bool(re.fullmatch(r"[\w@+./-]+", path)) and not path.startswith(("/", "-")) and ".." not in path.split("/")


_WRAPPERS = frozenset({"mvnw", "gradlew"})
_PROGRAMS: Mapping[str, Callable[[Sequence[str], frozenset[str]], Iterator[str]]] = {
    "apt-get": _apt, "pip": _pip, "python": _python, "npm": _npm, "rm": _remove, "chmod": _modes, "install": _install, "mkdir": _install,
    "bundle": _only("install"), "composer": _only("install", "dump-autoload"),
    "dotnet": _only("restore", "build", "publish"), "mvn": _goals, "mvnw": _goals, "gradle": _goals, "gradlew": _goals,
    "docker-php-ext-install": _files, "docker-php-ext-enable": _files, "docker-php-ext-configure": _files,
    **dict.fromkeys(("touch", "ln", "cp", "chown", "cd", "ldconfig", "a2enmod"), _files), "make": _plain,
}  # fmt: skip
