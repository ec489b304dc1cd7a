"""What a language model may change in a Dockerfile: the text before and after in, complaints out; none means it may be built.

Whoever writes an instruction into a repository, or into what a build prints, may steer the model. So the rules say what is
allowed, not what is forbidden: instructions that stood there already, and new ones of the few forms that a repair needs.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.containers.edit_commands import check_command, strange_word
from agent.containers.instructions import Instruction, read_instructions, stage_names
from agent.containers.reading import is_secret

__all__ = ["Allowed", "check_edit"]

_MOST = 20_000  # characters
_NEW = ("RUN", "COPY", "WORKDIR", "ENV")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STEERS = re.compile(r"(?i)proxy|index|registry|repo|mirror|preload|cert|ssl|tls|verify|trusted|sumdb")
_OPERATOR = re.compile(r"[();<>|&]+")
_TWO_ENDS = re.compile(r"(?m)\\\\[ \t]*$")
_MOST_COMPLAINTS = 6


@dataclass(frozen=True)
class Allowed:
    """``bases`` are the images that code knows, ``packages`` the names (as PEP 503 writes them) that the repository declares."""

    bases: frozenset[str]
    packages: frozenset[str]


def check_edit(before: str, after: str, kept: str, allowed: Allowed) -> tuple[str, ...]:
    """``before`` and ``after`` are the part that may be edited, ``kept`` is what follows it."""
    if len(after) > _MOST or any(not line.replace("\t", " ").isprintable() for line in after.split("\n")):
        return ("the file is too long, or holds characters that cannot be seen",)
    old, new = read_instructions(before), read_instructions(after)
    whole = [one.text for one in (*new, *read_instructions(kept))]
    if [one.text for one in read_instructions(f"{after}\n{kept}")] != whole or _TWO_ENDS.search(after):
        return ("a line goes on into what follows it",)  # builders differ in how they read two backslashes
    known = Counter(one.text for one in old)
    added = []
    for one in new:
        if known[one.text]:
            known[one.text] -= 1
        else:
            added.append(one)
    complaints = [*_stages(old, new, allowed), *_lost(old, new)]
    for one in added:
        complaints += [f"line {one.line}, {one.word}: {why}" for why in _check(one, new, allowed)]
    return tuple(dict.fromkeys(complaints))[:_MOST_COMPLAINTS]


def _stages(old: Sequence[Instruction], new: Sequence[Instruction], allowed: Allowed) -> Iterator[str]:
    was, now = stage_names(tuple(old)), stage_names(tuple(new))
    if not new or new[0].word != "FROM" or [name for _, name in was] != [name for _, name in now]:
        yield "the stages and their names stay as they are, and the file begins with FROM"
    for image, _ in now:
        if image not in allowed.bases:
            yield f"FROM {image[:80] or '(another form)'}: only {', '.join(sorted(allowed.bases))} may be named"
    last = [
        [one.rest for one in part if one.word == "WORKDIR" and one.stage == len(was) - 1][-1:] for part in (old, new)
    ]
    if last[0] != last[1]:
        yield "the last stage's WORKDIR stays as it is"


def _lost(old: Sequence[Instruction], new: Sequence[Instruction]) -> Iterator[str]:
    """What the last stage runs as root makes the user, the folders and what is shut off: it stays. So does the source, and
    where artifacts are put."""
    there = Counter((one.stage, _kept_of(one)) for one in new)
    final = max((one.stage for one in old), default=0)
    for one in old:
        if one.stage == final and one.word in ("RUN", "COPY") and not one.rest.startswith("apt-get "):
            if not there[one.stage, _kept_of(one)]:
                yield f"the line {one.text[:80]!r} of the last stage stays as it is"
            there[one.stage, _kept_of(one)] -= 1


def _kept_of(one: Instruction) -> str:
    """The whole of it; of a copy out of a stage only where to."""
    if one.word == "COPY" and one.rest.startswith("--from="):
        return f"COPY {one.rest.split()[0]} ... {one.rest.split()[-1]}"
    return one.text


def _check(one: Instruction, all_of_them: Sequence[Instruction], allowed: Allowed) -> Iterator[str]:
    if one.word == "FROM":
        return  # its image is checked with the stages
    if one.word not in _NEW:
        yield f"only {', '.join(_NEW)} may be added"
    elif "<<" in one.rest or "`" in one.rest or "[redacted" in one.rest:
        yield "no here-documents, no back quotes, no redacted text"
    elif one.word == "RUN":
        yield from _run(one.rest, allowed)
    elif one.word == "COPY":
        yield from _copy(one.rest, frozenset(name for _, name in stage_names(tuple(all_of_them)) if name))
    elif one.word == "ENV":
        yield from _env(one.rest)
    elif not re.fullmatch(r"[\w./-]+", one.rest) or ".." in one.rest:
        yield "a folder is named without blanks, variables or .."


def _run(rest: str, allowed: Allowed) -> Iterator[str]:
    if rest.startswith(("--", "[")):
        yield "the shell form without flags is used"
        return
    words = _words(rest)
    if words is None:
        yield "its quotes do not match"
        return
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "&&":
            commands.append([])
        elif _OPERATOR.fullmatch(word):
            yield f"commands are joined by && only, not by {word}"
            return
        else:
            commands[-1].append(word)
    if ["apt-get", "install"] in [command[:2] for command in commands] and "rm -rf /var/lib/apt/lists/*" not in rest:
        yield "what installs packages ends with && rm -rf /var/lib/apt/lists/*"
    for command in commands:
        while command and "=" in command[0] and _NAME.fullmatch(command[0].partition("=")[0]):
            yield from _variable(*command[0].split("=", 1))
            command = command[1:]
        yield from check_command(command, allowed.packages)


def _words(rest: str) -> list[str] | None:
    reader = shlex.shlex(rest, posix=True, punctuation_chars=True)
    reader.whitespace_split, reader.commenters = True, ""
    try:
        return list(reader)
    except ValueError:
        return None


def _copy(rest: str, stages: frozenset[str]) -> Iterator[str]:
    words = rest.split()
    inside = False
    while words and words[0].startswith("--"):
        flag, _, value = words.pop(0).partition("=")
        inside = inside or flag == "--from"
        if (flag == "--from" and value in stages) or (flag == "--chown" and re.fullmatch(r"[\w:-]+", value)):
            continue
        yield "only --from of a stage of this file, and --chown, may be given"
    if rest.startswith("["):
        yield "the form without brackets is used"
    if len(words) < 2:
        yield "it names what is copied and where to"
    for word in words[:-1]:
        if strange_word(word) or (not inside and word.startswith("/")) or ".." in word.split("/"):
            yield f"{word[:60]} is no path of the build context"
    if words and (words[-1].startswith(("/etc", "/root")) or ".." in words[-1].split("/")):
        yield f"nothing is copied to {words[-1][:60]}"


def _env(rest: str) -> Iterator[str]:
    for word in _words(rest) or [""]:
        name, equals, value = word.partition("=")
        if not equals or not _NAME.fullmatch(name):
            yield "variables are written NAME=value"
        else:
            yield from _variable(name, value)


def _variable(name: str, value: str) -> Iterator[str]:
    if is_secret(name) and value:
        yield f"{name} looks like a secret, which has no place in an image"
    if _STEERS.search(name) or strange_word(value):
        yield f"{name[:40]} would change where packages come from, or what is trusted"
