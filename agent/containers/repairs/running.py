"""Repairs of how it starts: folders to write to, variables, ports, addresses, configuration files."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from agent.containers.attempt import Attempt, Failure, Repair
from agent.containers.images import with_health
from agent.containers.reading import database_folder, is_secret
from agent.containers.repairs.changing import changed, joined
from agent.containers.tree import Tree

__all__ = ["configuration", "folder", "loopback", "port", "variable"]


_NOT_ITS_OWN = ("/proc", "/sys", "/dev", "/usr/local/lib", "/opt/venv", "/usr/lib", "/etc", "/bin")


def folder(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    image, said = attempt.image, failure.said
    for found in re.finditer(
        r"(?:Permission denied|Read-only file system|No such file or directory|EACCES|ENOENT|EROFS)[^\n/'\"]{0,60}['\"]?(/[\w./@-]{2,150})"
        r"|['\"(]?(/[\w./@-]{2,150})['\")]?[^\n/]{0,20}(?:Permission denied|Read-only file system|No such file or directory|\(Permission denied\)|failed to open stream)",
        said,
    ):
        path = (found[1] or found[2]).rstrip("/.:")
        if path.startswith(_NOT_ITS_OWN):
            continue
        folder = path.rpartition("/")[0] if re.search(r"\.[A-Za-z]\w{0,8}$", path) else path
        if folder and folder not in image.folders:
            return changed(
                attempt,
                f"it writes to {path}",
                f"{folder} is there and writable",
                folders=joined(image.folders, (folder,)),
            )
    beside = re.search(
        r"(?:EACCES|EROFS|Permission denied|Read-only file system)[^\n'\"]{0,60}['\"](?:\./)?([\w@-][\w./@-]{0,100})['\"]",
        said,
    )
    if beside and ".." not in beside[1]:
        folder = f"{image.workdir}/{beside[1]}".rpartition("/")[0]
        if folder not in image.folders:
            return changed(
                attempt,
                f"it writes to {beside[1]} beside itself",
                f"{folder} is there and writable",
                folders=joined(image.folders, (folder,)),
            )
    if re.search(
        r"unable to open database file|attempt to write a readonly database|SQLITE_CANTOPEN|SQLITE_READONLY", said
    ):
        place = database_folder(tree, image.folder)
        folder = "/".join(filter(None, (image.workdir, place[0] if place else "")))
        if folder not in image.folders:
            return changed(
                attempt,
                "the SQLite database cannot be written",
                f"{folder} is there and writable",
                folders=joined(image.folders, (folder,)),
            )
    return None


def variable(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    known = {variable.name: variable for variable in attempt.app.variables}
    names = re.findall(r"KeyError: '([A-Z][A-Z0-9_]{2,60})'", failure.said)
    names += re.findall(
        r"(?:[Ee]nvironment variable|env var|[Ss]et the|[Mm]issing)\s+[\"'`]?([A-Z][A-Z0-9_]{2,60})\b", failure.said
    )
    names += re.findall(
        r"\b([A-Z][A-Z0-9_]{2,60})[\"'`]? (?:setting must not be empty|environment variable|is not set|is required|must be set|is missing|not found)",
        failure.said,
    )
    for name in names:
        if name in attempt.env or (known and name not in known):
            continue
        value = secrets.token_hex(24) if is_secret(name) or name not in known else known[name].value or "1"
        what = "a throwaway secret" if is_secret(name) else "a value"
        next_try = replace(attempt, env={**attempt.env, name: value})
        return Repair(next_try, f"the variable {name} is not set", f"started with {what} for {name}")
    if (
        re.search(r"DisallowedHost|Invalid HTTP_HOST header", failure.said)
        and "ALLOWED_HOSTS" in known
        and "ALLOWED_HOSTS" not in attempt.env
    ):
        next_try = replace(attempt, env={**attempt.env, "ALLOWED_HOSTS": "127.0.0.1,localhost"})
        return Repair(next_try, "the host 127.0.0.1 is not allowed", "started with ALLOWED_HOSTS=127.0.0.1,localhost")
    return None


def port(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    ports = [port for port in failure.listening if port > 1024 or port in (80, 443)]
    if not ports or attempt.app.port in ports:
        return None
    app = attempt.app.model_copy(update={"port": min(ports)})
    change = f"port {min(ports)} instead of {attempt.app.port}"
    image = with_health(attempt.image.model_copy(update={"changes": (*attempt.image.changes, change)}), app)
    return Repair(replace(attempt, image=image, app=app), f"it listens on {', '.join(map(str, ports))}", change)


_SAMPLE = re.compile(r"(?i)example|sample|template|default|dist|[._-]")


def configuration(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    """A configuration file that everybody makes from the sample beside it."""
    image = attempt.image
    names = [
        found[1] or found[2]
        for found in re.finditer(
            r"(?:ENOENT|No such file)[^\n'\"]{0,80}['\"]([\w./-]{2,100})['\"]|['\"]([\w./-]{2,100})['\"][^\n]{0,40}(?:not found|does not exist)",
            failure.said,
        )
    ]
    names += [
        word
        for word in attempt.app.command[1:]
        if re.search(r"\.\w{2,5}$", word)
        and word in failure.said
        and not tree.has(f"{image.folder}/{word}" if image.folder else word)
    ]
    for name in names:
        path = name.removeprefix(image.workdir).strip("/")
        folder, _, stem = path.rpartition("/")
        inside = f"{image.folder}/{folder}".strip("/")
        for other in tree.paths:
            place, _, last = other.rpartition("/")
            if (
                place == inside
                and last != stem
                and _SAMPLE.sub("", last).lower() == _SAMPLE.sub("", stem).lower()
                and re.search(r"(?i)example|sample|template|default|dist", last)
            ):
                source = f"{folder}/{last}".strip("/")
                line = f"cp {source} {path}"
                if image.source and line not in image.after and re.fullmatch(r"[\w./-]+ [\w./-]+ [\w./-]+", line):
                    return changed(
                        attempt,
                        f"{path} is made from {source} by hand",
                        f"{source} is copied to {path}",
                        after=(*image.after, line),
                    )
    return None


def loopback(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    """A program that was given, where the command should have named another."""
    del tree
    found = re.search(r"exec: \\?\"([\w./-]+)\\?\": (?:executable file not found|stat .*no such file)", failure.said)
    if found and found[1] in ("gunicorn", "uvicorn", "celery") and attempt.image.family == "python":
        pin = {"gunicorn": "gunicorn==23.0.0", "uvicorn": "uvicorn==0.30.6"}.get(found[1], found[1])
        line = f"/opt/venv/bin/pip install --no-cache-dir {pin}"
        if line not in attempt.image.install:
            return changed(
                attempt, f"{found[1]} is not installed", f"{pin} is installed", install=(*attempt.image.install, line)
            )
    return None
