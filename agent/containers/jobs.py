"""Scheduled jobs: crontabs' entries that run a program of the repository, on the image of the application beside it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from agent.containers.tree import Tree, label
from agent.domain.container import Deployable
from agent.domain.environment import Reason
from agent.domain.inventory import EntryPoint, Inventory

__all__ = ["find_jobs"]

_HOW = re.compile(r"^crontab, (@\w+|(?:\S+\s+){4}\S+)(?:: (.*))?$", re.DOTALL)
_LANGUAGES = {".py": "python", ".js": "javascript", ".php": "php", ".java": "java", ".rb": "ruby", ".sh": "shell"}
_INTERPRETERS = {"python": "python", "javascript": "node", "php": "php", "ruby": "ruby"}


def find_jobs(inventory: Inventory, tree: Tree, applications: Sequence[Deployable]) -> Iterator[Deployable]:
    """A job for each schedule line; what cron only does for the machine (copies, restarts) is no deployable."""
    for entry in inventory.entry_points:
        found = _HOW.match(entry.how)
        if entry.kind != "job" or found is None:
            continue
        schedule, command = found[1], found[2] or entry.name
        program = entry.name
        language = _LANGUAGES.get(program[program.rfind(".") :], "")
        if not tree.has(program) or not language:
            continue
        made = _shell_job(inventory, tree, program, command, applications) if language == "shell" else None
        host = made[1] if made else _host(applications, language, program)
        if host is None:
            continue
        words = made[0] if made else _words(command, program, host, language)
        yield _job(entry, host, words, schedule)


def _job(entry: EntryPoint, host: Deployable, words: tuple[str, ...], schedule: str) -> Deployable:
    stem = entry.name.rpartition("/")[2].rpartition(".")[0]
    options = "-".join(
        word.strip("-")
        for word in words[2:]
        if re.fullmatch(r"-{0,2}[A-Za-z][\w-]{1,20}", word) and not word.startswith("/")
    )
    permanent = schedule == "@reboot"
    return Deployable(
        name=label(f"{stem}-{options}" if options and host.runtime != "java" else stem),
        kind="worker" if permanent else "job",
        why=(Reason(text=entry.how[:200], where=(entry.evidence,)),),
        folder=host.folder, language=host.language, runtime=host.runtime, version=host.version, framework="",
        command=words, schedule="" if permanent else schedule, image=host.image or host.name,
        single="" if not permanent else "it was started once, by cron at boot",
    )  # fmt: skip


def _host(applications: Sequence[Deployable], language: str, program: str) -> Deployable | None:
    """The application of the same language whose folder is nearest above."""
    fitting = [
        app
        for app in applications
        if app.language == language and (not app.folder or program.startswith(app.folder + "/"))
    ]
    return max(fitting, key=lambda app: len(app.folder), default=None)


def _words(command: str, program: str, host: Deployable, language: str) -> tuple[str, ...]:
    """The interpreter, the program as seen from the image's folder, and its arguments; redirections go."""
    inside = program[len(host.folder) + 1 :] if host.folder else program
    last = re.split(r"&&|;", command)[-1]
    last = re.sub(r"\s*\d?>>?\s*\S+|\s*2>&1|\s*\|.*$", "", last)
    try:
        words = shlex.split(last)
    except ValueError:
        words = last.split()
    if "-m" in words[:3]:
        at = words.index("-m")
        return (_INTERPRETERS[language], *words[at:])
    stem = program.rpartition("/")[2]
    arguments = next((words[i + 1 :] for i, word in enumerate(words) if word.endswith(stem)), [])
    return (_INTERPRETERS[language], inside, *arguments)


def _shell_job(
    inventory: Inventory, tree: Tree, program: str, command: str, applications: Sequence[Deployable]
) -> tuple[tuple[str, ...], Deployable] | None:
    """A shell script that starts a Java class: the class on the application's image, with the script's arguments."""
    mains = {
        entry.name for entry in inventory.entry_points if entry.kind == "main" and entry.evidence.path.endswith(".java")
    }
    host = _host(applications, "java", program)
    for found in re.finditer(r"(?m)^[^#\n]*\bjava\b[^\n]*?\s([a-z]\w*(?:\.\w+)+)\b", tree.text(program)):
        if found[1] in mains and host is not None:
            stem = program.rpartition("/")[2]
            tail = command.partition(stem)[2].split()
            arguments = tuple(word for word in tail if re.fullmatch(r"[\w.=-]+", word))
            return ("java", "-cp", _class_path(host), found[1], *arguments), host
    return None


def _class_path(host: Deployable) -> str:
    if host.framework == "Tomcat":
        root = "/usr/local/tomcat/webapps/ROOT/WEB-INF"
        return f"{root}/classes:{root}/lib/*:/usr/local/tomcat/lib/*"
    return "/app/app.jar"
