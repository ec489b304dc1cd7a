"""Settings of given kinds as defaults of environment variables, file by file: a code base in, changed files out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.patches.connections import python_connections, script_connections
from agent.patches.edits import Edit, apply_edits, change, left
from agent.patches.javascript_settings import script_settings
from agent.patches.javascript_source import read_script
from agent.patches.python_settings import Setting, environment_edit, project_name, python_settings
from agent.patches.python_tree import PythonSource, parse_python, python_sources
from agent.patches.setting_values import variable
from agent.ports import Codebase

_READS = re.compile(r"(?:\benviron(?:\.get\(|\[)|\bgetenv\()\s*['\"](\w+)['\"]")
_TAKEN = object()
# one of them stands in every file that has a setting of one of the kinds
_WORDS = (
    ".config",
    "://",
    "HOST",
    "URL",
    "DIR",
    "PATH",
    "ROOT",
    "PORT",
    "SERVER",
    "USER",
    "PASS",
    "SECRET",
    "KEY",
    "TOKEN",
    "FOLDER",
    "FILE",
    "DATABASE",
    "BROKER",
    "Config",
    "Settings",
    "smtplib",
    "ftplib",
    "poplib",
    "imaplib",
    "redis",
    "pymongo",
    "psycopg2",
    "pymysql",
    "MySQLdb",
    "mysql",
    "pika",
    "ldap",
    "elasticsearch",
    "celery",
    "DSN",
    "ADDRESS",
    '= "/',
    "= '/",
    "CRED",
    "SALT",
)
_CONNECTS = re.compile(
    r"\b(?:connect|createClient|createConnection|createPool|createTransport|Pool|Client|Sequelize|MongoClient|Redis|knex)\s*\("
)

__all__ = ["Changed", "credential", "from_environment", "with_os"]

Changed = tuple[FileChange, Sequence[str], Sequence[Left]]
"""A changed file, the names of the variables that it now reads, and what is left to people."""


def from_environment(code: Codebase, kinds: Collection[str]) -> list[Changed]:
    """Every file with settings of these kinds, changed so that the environment can replace their values."""
    return [*_python(code, kinds), *_scripts(code, kinds)]


def credential(path: str, line: int, name: str) -> Left:
    return left(
        path,
        line,
        f"the default of {name} is a credential in the code: change it, take the new one from a secret store, "
        "then remove the default",
    )


def with_os(source: PythonSource, edits: Sequence[Edit]) -> FileChange | None:
    """The file with these edits and ``import os``; None when ``os`` means something else there or it does not parse."""
    if source.uses("os"):
        return None
    after = apply_edits(source.text, [*source.import_modules("os"), *edits])
    return change(source.path, source.text, after) if parse_python(source.path, after) else None


def _python(code: Codebase, kinds: Collection[str]) -> Iterator[Changed]:
    project = project_name(code)
    seen: dict[str, object] = dict.fromkeys(_read_already(code), _TAKEN)
    for source in python_sources(code, *_WORDS):
        found = [s for s in python_settings(source) if s.kind in kinds and not _is_compared(code, s)]
        found += [s for s in _one_value_each(python_connections(source), seen) if s.kind in kinds]
        if not found:
            continue
        made = with_os(source, [environment_edit(source, setting, project) for setting in found])
        if made is not None:
            names = [variable(s.known_as, project) for s in found]
            secrets = [
                credential(source.path, s.value.lineno, name)
                for s, name in zip(found, names, strict=True)
                if s.kind == "secret"
            ]
            yield made, names, secrets


def _is_compared(code: Codebase, setting: Setting) -> bool:
    """Whether code asks if a setting still has its default: that must not follow the environment."""
    if setting.kind != "secret":
        return False
    pattern = re.compile(rf"==\s*[\w.]+\.{re.escape(setting.name[0])}\b|\b[\w.]+\.{re.escape(setting.name[0])}\s*==")
    return any(pattern.search(code.text(path) or "") for path in code.paths(".py") if not code.is_test(path))


def _read_already(code: Codebase) -> Iterator[str]:
    """Variables that Python code of the repository reads: another value is not put behind the same name."""
    for path in code.paths(".py"):
        for found in _READS.finditer(code.text(path) or ""):
            yield found[1]


def _one_value_each(settings: Iterable[Setting], seen: dict[str, object]) -> Iterator[Setting]:
    """Settings of connections whose variable has not stood for another value yet."""
    for setting in settings:
        name = variable(setting.known_as, "")
        if seen.setdefault(name, setting.value.value) == setting.value.value:
            yield setting


def _scripts(code: Codebase, kinds: Collection[str]) -> Iterator[Changed]:
    project = project_name(code)
    for path in code.paths(".js", ".cjs", ".mjs"):
        if code.is_test(path):
            continue
        text = code.text(path)
        found = [s for s in script_settings(path, text, project) if s.kind in kinds]
        script = read_script(path, text) if text is not None and _CONNECTS.search(text) else None
        if script is not None:
            places = {s.start for s in found}
            found += [s for s in script_connections(script) if s.kind in kinds and s.start not in places]
        if text is not None and found:
            after = apply_edits(text, [Edit(s.start, s.end, s.after) for s in found])
            secrets = [credential(path, s.line, s.variable) for s in found if s.kind == "secret"]
            yield change(path, text, after), [s.variable for s in found], secrets
