"""Hosts, addresses and credentials written where a connection is opened: a file in, settings with their names out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, change
from agent.patches.java_source import JavaSource, java_sources
from agent.patches.javascript_settings import ScriptSetting, literal
from agent.patches.javascript_source import Script, line_of, walk
from agent.patches.python_settings import Setting
from agent.patches.python_tree import PythonSource, dotted
from agent.patches.setting_values import is_environment_like, is_secret, kind_of, variable
from agent.ports import Codebase

__all__ = ["java_constants", "python_connections", "script_connections"]

# What is called -> (the setting's first word, what its arguments are by place).
_PYTHON: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "smtplib.SMTP": ("SMTP", ("host", "port")),
    "smtplib.SMTP_SSL": ("SMTP", ("host", "port")),
    "ftplib.FTP": ("FTP", ("host", "user", "passwd")),
    "ftplib.FTP_TLS": ("FTP", ("host", "user", "passwd")),
    "poplib.POP3": ("POP3", ("host", "port")),
    "imaplib.IMAP4": ("IMAP", ("host", "port")),
    "imaplib.IMAP4_SSL": ("IMAP", ("host", "port")),
    "redis.Redis": ("REDIS", ("host", "port")),
    "redis.StrictRedis": ("REDIS", ("host", "port")),
    "redis.from_url": ("REDIS", ("url",)),
    "redis.Redis.from_url": ("REDIS", ("url",)),
    "pymongo.MongoClient": ("MONGO", ("url", "port")),
    "sqlalchemy.create_engine": ("DATABASE", ("url",)),
    "psycopg2.connect": ("DATABASE", ("dsn",)),
    "pymysql.connect": ("DATABASE", ("host", "user", "password")),
    "MySQLdb.connect": ("DATABASE", ("host", "user", "passwd")),
    "mysql.connector.connect": ("DATABASE", ()),
    "pika.ConnectionParameters": ("RABBITMQ", ("host", "port")),
    "pika.URLParameters": ("RABBITMQ", ("url",)),
    "ldap.initialize": ("LDAP", ("url",)),
    "elasticsearch.Elasticsearch": ("ELASTICSEARCH", ("url",)),
    "celery.Celery": ("CELERY", ("",)),
}
_KINDS = {
    "host": "host", "hostname": "host", "url": "url", "uri": "url", "dsn": "url", "broker": "url", "backend": "url",
    "port": "remote port", "user": "user", "username": "user", "password": "secret", "passwd": "secret", "pass": "secret",
}  # fmt: skip
_SCRIPTS: tuple[tuple[str, str], ...] = (
    (r"(?:^|\.)mongoose\.connect$|(?:^|\.)MongoClient(?:\.connect)?$", "MONGO"),
    (r"^redis\.createClient$|^(?:Redis|IORedis)$", "REDIS"),
    (r"^mysql2?\.create(?:Connection|Pool)$", "DATABASE"),
    (r"^(?:pg\.)?(?:Pool|Client)$|^Sequelize$|^knex$", "DATABASE"),
    (r"^amqp\.connect$", "AMQP"),
    (r"^nodemailer\.createTransport$", "SMTP"),
)
_OPENS = re.compile(
    r"\b(?:smtplib|ftplib|poplib|imaplib|redis|pymongo|create_engine|psycopg2|pymysql|MySQLdb|mysql|pika|ldap|elasticsearch|celery)\b"
)
_ADDRESS = re.compile(r"^(?:jdbc:)?[a-z][a-z0-9+.-]{1,30}:\S+$", re.IGNORECASE)
_HOST = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$")


def python_connections(source: PythonSource) -> Iterator[Setting]:
    """Literals in the calls that open connections, wherever they stand."""
    if not _OPENS.search(source.text):
        return
    bound = _bound(source)
    for node in source.walk():
        if not isinstance(node, ast.Call):
            continue
        first, _, rest = dotted(node.func).partition(".")
        full = ".".join(part for part in (bound.get(first, ""), rest) if part)
        if not first or full not in _PYTHON:
            continue
        prefix, places = _PYTHON[full]
        named = [(places[at], value) for at, value in enumerate(node.args) if at < len(places)]
        named += [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg]
        for word, value in named:
            if isinstance(value, ast.Constant) and (kind := _kind(word, value.value)):
                yield Setting((prefix, _called(word)), value, kind)


def _bound(source: PythonSource) -> dict[str, str]:
    """What names of imports stand for: ``SMTP`` for ``smtplib.SMTP``, ``redis`` for itself."""
    found: dict[str, str] = {}
    for node in source.walk():
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def _called(word: str) -> str:
    return {
        "hostname": "host",
        "passwd": "password",
        "pass": "password",
        "username": "user",
        "dsn": "url",
        "uri": "url",
        "broker": "broker_url",
        "backend": "result_backend",
    }.get(word, word)


def _kind(word: str, value: object) -> str:
    kind = _KINDS.get(word, "")
    if isinstance(value, bool) or not kind:
        return ""
    if isinstance(value, int):
        return kind if kind == "remote port" and 0 < value < 65536 else ""
    if not isinstance(value, str) or not value or len(value) > 300 or "{" in value or "\n" in value:
        return ""
    if kind == "url":
        return kind if _ADDRESS.match(value) and "sqlite" not in value and not value.startswith("mock") else ""
    if kind == "host":
        return (
            ("url" if _ADDRESS.match(value) and "://" in value else kind)
            if _HOST.match(value) or "://" in value
            else ""
        )
    return kind


def script_connections(script: Script) -> Iterator[ScriptSetting]:
    """Literals in the calls that open connections under Node."""
    for node in walk(script.root):
        if node.type not in ("call_expression", "new_expression"):
            continue
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        arguments = node.child_by_field_name("arguments")
        prefix = next(
            (p for pattern, p in _SCRIPTS if callee is not None and re.search(pattern, script.said(callee))), ""
        )
        if not prefix or arguments is None or not arguments.named_children:
            continue
        first = arguments.named_children[0]
        for word, value in _script_values(script, first):
            held = literal(script, value)
            kind = _kind(word, held)
            if kind:
                known = variable((prefix, _called(word)), "")
                plain = f"process.env.{known} || {script.said(value)}"
                after = f"Number({plain})" if isinstance(held, int) else plain
                yield ScriptSetting(known, value.start_byte, value.end_byte, after, kind, line_of(value))


def _script_values(script: Script, first: Any) -> Iterator[tuple[str, Any]]:
    if first.type == "object":
        for pair in first.named_children:
            key = pair.child_by_field_name("key") if pair.type == "pair" else None
            value = pair.child_by_field_name("value") if key is not None else None
            if key is not None and value is not None and value.type == "object" and script.said(key) == "auth":
                yield from _script_values(script, value)
            elif key is not None and value is not None:
                yield script.said(key).strip("'\"").lower(), value
    elif first.type == "string":
        yield "url", first


def java_constants(code: Codebase) -> Iterator[tuple[FileChange, list[str], list[tuple[int, str]]]]:
    """(change, variables, (line, variable) of credentials) for private constants that hold addresses, hosts or folders; never those that
    annotations or cases need at compile time."""
    for source in java_sources(code, "private static final String", "private final static String"):
        edits: list[Edit] = []
        names: list[str] = []
        secret: list[tuple[int, str]] = []
        for node in source.nodes("field_declaration"):
            found = _java_constant(source, node)
            if found is None:
                continue
            name, value, kind = found
            edits.append(
                Edit(value.start_byte, value.end_byte, f'System.getenv().getOrDefault("{name}", {source.said(value)})')
            )
            names.append(name)
            if kind == "secret":
                secret.append((source.lines.number(value.start_byte), name))
        after = source.edited(edits) if edits else None
        if after is not None:
            yield change(source.path, source.text, after), names, secret


def _java_constant(source: JavaSource, node: Any) -> tuple[str, Any, str] | None:
    said = source.said(node)
    declarators = node.children_by_field_name("declarator")
    if not re.match(r"private\s+(?:static\s+final|final\s+static)\s+String\s", said) or len(declarators) != 1:
        return None
    name = source.said(declarators[0].child_by_field_name("name"))
    value = declarators[0].child_by_field_name("value")
    if value is None or value.type != "string_literal" or not is_environment_like(name):
        return None
    held = source.said(value)[1:-1]
    if "\\" in held or re.search(rf"case\s+{name}\b|@\w+\([^)]*\b{name}\b", source.text):
        return None
    kind = kind_of((name,), held, settings=False)
    secret = kind == "secret" or is_secret((name,), held)
    return (
        (variable((name,), "APP"), value, "secret" if secret else kind)
        if kind in ("host", "url", "path", "secret")
        else None
    )
