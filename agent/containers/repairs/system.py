"""Repairs of what the system lacks: headers, programs, shared libraries, Debian packages of another name."""

from __future__ import annotations

import re

from agent.containers.attempt import Attempt, Failure, Repair
from agent.containers.repairs.changing import changed, in_builder, joined, table
from agent.containers.tree import Tree

__all__ = ["command", "header", "library", "missing_programs", "no_package"]


def header(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    for found in re.finditer(
        r"(?:fatal error: |Cannot find include file: |)['\"<]?([\w./-]+\.h)['\">]?: No such file or directory",
        failure.said,
    ):
        package = table()["header"].get(found[1]) or table()["header"].get(found[1].rpartition("/")[2])
        if package and (repair := in_builder(attempt, package, f"the header {found[1]} is missing")):
            return repair
    return None


_NOT_FOUND = re.compile(
    r"(?:/bin/sh: \d+: |sh: \d+: |bash: |env: ['‘]?|unable to execute '|command '|Cannot run program \"|exec: \"|"
    r"Error: |error: |executable )?([\w.+-]{2,30})['’\"]?(?:: not found|: command not found|: No such file or directory| failed: No such file"
    r"|: executable file not found| executable not found| not found in PATH)"
)


def missing_programs(said: str) -> set[str]:
    """Debian packages of programs that were called and not found, as a shell or an exec tells."""
    found = re.findall(r"(?m)(?:^|[^\w./-])([\w.+-]{2,30}): (?:not found|command not found)", said)
    found += re.findall(r"spawn ([\w.+-]{2,30}) ENOENT", said)
    found += re.findall(r"No such file or directory: '([\w.+-]{2,30})'", said)
    return {package for name in found for package in table()["command"].get(name, "").split()}


def command(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    for found in _NOT_FOUND.finditer(failure.said):
        package = table()["command"].get(found[1])
        if package and (repair := in_builder(attempt, package, f"the program {found[1]} is missing")):
            return repair
    sought = re.search(r"Cannot find command ['\"]([\w.+-]+)", failure.said)
    package = table()["command"].get(sought[1]) if sought else None
    if package and sought:
        return in_builder(attempt, package, f"the program {sought[1]} is missing")
    if re.search(r"gyp ERR! find Python|Can't find Python executable", failure.said):
        return in_builder(attempt, "python3 make g++", "node-gyp finds no Python to compile with")
    if re.search(r"(?:can't|cannot) find Rust compiler|Rust.{0,40}not (?:installed|found)", failure.said):
        return in_builder(attempt, "cargo", "the Rust compiler is missing")
    return None


def no_package(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    found = re.search(
        r"Unable to locate package ([\w.+-]+)|Package '?([\w.+-]+)'? has no installation candidate", failure.said
    )
    name = (found[1] or found[2]) if found else ""
    image = attempt.image
    if not name or name not in (*image.packages, *image.build_packages):
        return None
    keep = {key: tuple(n for n in getattr(image, key) if n != name) for key in ("packages", "build_packages")}
    return changed(attempt, f"Debian has no package {name}", f"{name} is left out", **keep)


def library(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    for found in re.finditer(
        r"(lib[\w.+-]+?\.so)[\w.]*['\"]?(?:: cannot open shared object| not found)|cannot load library ['\"](lib[\w.+-]+)",
        failure.said,
    ):
        name = found[1] or found[2]
        package = next((package for start, package in table()["library"].items() if name.startswith(start)), "")
        if package and package not in attempt.image.packages:
            return changed(
                attempt,
                f"the library {name} is missing",
                f"{package} installed",
                packages=joined(attempt.image.packages, (package,)),
            )
    return None
