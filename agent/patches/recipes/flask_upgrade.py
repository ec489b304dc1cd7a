"""Rewrite what Flask, Werkzeug and Jinja have moved or removed, where the new form is the same.

Before
------
    from flask import Flask, Markup
    from flask.ext.login import LoginManager
    from werkzeug import secure_filename

After
-----
    from flask import Flask
    from flask_login import LoginManager
    from markupsafe import Markup
    from werkzeug.utils import secure_filename

Why
---
Flask 1 brought ``flask_x`` for ``flask.ext.x``, Werkzeug 1 its own modules for each name, Flask 2.3 and Jinja 3.1 sent Markup to
MarkupSafe. Imports work in the older versions as well, so this can be done before the upgrade. What needs a decision
(``before_first_request``, JSON encoders, contexts as stacks) is named as left to do.

When not
--------
When the code has to run with Werkzeug before 0.15. Keywords of ``send_file`` and JSON settings are only rewritten when Flask
2.2 or later is declared.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.declared_version import declared
from agent.patches.edits import Edit, apply_edits, change, left
from agent.patches.python_tree import PythonSource, dotted, parse_python, python_sources, text_of
from agent.ports import Codebase

__all__ = ["RECIPE"]

_MOVED: Mapping[str, Mapping[str, str]] = {
    "flask": {"Markup": "markupsafe", "escape": "markupsafe", "safe_join": "werkzeug.utils"},
    "flask.helpers": {"safe_join": "werkzeug.utils"},
    "jinja2": {"Markup": "markupsafe", "escape": "markupsafe"},
    "jinja2.utils": {"Markup": "markupsafe", "escape": "markupsafe"},
    "werkzeug.contrib.fixers": {"ProxyFix": "werkzeug.middleware.proxy_fix"},
    "werkzeug.contrib.lint": {"LintMiddleware": "werkzeug.middleware.lint"},
    "werkzeug.contrib.profiler": {"ProfilerMiddleware": "werkzeug.middleware.profiler"},
    "werkzeug.wsgi": {
        "DispatcherMiddleware": "werkzeug.middleware.dispatcher",
        "SharedDataMiddleware": "werkzeug.middleware.shared_data",
    },
    "werkzeug": {
        **dict.fromkeys("secure_filename cached_property import_string redirect escape".split(), "werkzeug.utils"),
        **dict.fromkeys("generate_password_hash check_password_hash".split(), "werkzeug.security"),
        **dict.fromkeys(
            "FileStorage MultiDict ImmutableMultiDict ImmutableDict CombinedMultiDict Headers EnvironHeaders".split(),
            "werkzeug.datastructures",
        ),
        "run_simple": "werkzeug.serving",
        "LocalProxy": "werkzeug.local",
        "LocalStack": "werkzeug.local",
        "Client": "werkzeug.test",
    },
}
_KEYWORDS = {"attachment_filename": "download_name", "cache_timeout": "max_age", "add_etags": "etag"}
_JSON = {"JSON_AS_ASCII": "ensure_ascii", "JSON_SORT_KEYS": "sort_keys", "JSONIFY_MIMETYPE": "mimetype"}
_LEFT = (
    (r"\.before_first_request\b", "before_first_request is gone since Flask 2.3: do it in the factory, or when the first worker starts"),
    (r"\bjson_(?:en|de)coder\b|\bflask\.json\.JSON(?:En|De)coder\b|from flask\.json import[^\n]*JSON(?:En|De)coder", "JSON encoders are gone since Flask 2.3: a JSONProvider takes their place"),
    (r"\b_(?:request|app)_ctx_stack\b", "context stacks are gone since Flask 2.3: use g, current_app and has_request_context"),
    (r"\bwerkzeug\.contrib\.(?:cache|sessions|atom|iterio|securecookie)\b", "this part of Werkzeug lives in a package of its own: cachelib, secure-cookie, feedgen"),
    (r"\bsafe_str_cmp\b", "safe_str_cmp is gone since Werkzeug 2.1: hmac.compare_digest, on bytes or ASCII"),
    (r"\bwerkzeug\.urls import\b|\burl_quote\b|\burl_encode\b|\burl_decode\b", "werkzeug.urls is gone since Werkzeug 3: urllib.parse, which treats bytes in another way"),
)  # fmt: skip


class FlaskUpgrade:
    """One patch for the imports, one for what has other names in calls and settings."""

    id = "flask-upgrade"
    title = "Rewrite what Flask and Werkzeug have moved"
    languages = frozenset({"python"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        imports: list[FileChange] = []
        calls: list[FileChange] = []
        todo: list[Left] = []
        recent = (declared(code, "flask") or (0, 0)) >= (2, 2)
        for source in python_sources(code, "flask", "werkzeug", "jinja2"):
            todo += _left(source)
            moved = _changed(source, [e for s in _imports(source) for e in _moved(source, s)])
            if moved is not None:
                imports.append(moved)
            now = parse_python(source.path, moved.after) if moved is not None else source
            renamed = _changed(now, list(_renamed(now))) if recent and now is not None else None
            if renamed is not None:
                calls.append(renamed)
        found = []
        if imports:
            found.append(self._proposal("Import from where Flask and Werkzeug keep it now", tuple(imports), ()))
        if calls:
            found.append(self._proposal("Use the names that Flask 2 gave to options", tuple(calls), ()))
        if todo:
            found.append(self._proposal("What Flask removed and a person has to replace", (), tuple(todo)))
        return found

    def _proposal(self, title: str, changes: tuple[FileChange, ...], todo: tuple[Left, ...]) -> Proposal:
        return Proposal(
            recipe=self.id,
            title=title,
            why="The old names are gone in current releases; the new ones mean the same.",
            changes=changes,
            left=todo,
        )


def _changed(source: PythonSource | None, edits: Sequence[Edit]) -> FileChange | None:
    if source is None or not edits:
        return None
    after = apply_edits(source.text, edits)
    return (
        change(source.path, source.text, after) if after != source.text and parse_python(source.path, after) else None
    )


def _imports(source: PythonSource) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in source.walk():
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node


def _moved(source: PythonSource, statement: ast.Import | ast.ImportFrom) -> Iterator[Edit]:
    if isinstance(statement, ast.Import):
        names = [a for a in statement.names if a.name.startswith("flask.ext.") and a.asname]
        if len(names) == len(statement.names) == 1:
            said = source.source(statement)
            yield source.replace(statement, re.sub(r"\bflask\.ext\.", "flask_", said, count=1))
        return
    module = statement.module or ""
    if statement.level:
        return
    if module.startswith("flask.ext."):
        said = source.source(statement)
        yield source.replace(statement, re.sub(r"\bflask\.ext\.", "flask_", said, count=1))
        return
    if module == "flask.ext":
        yield from _extensions(source, statement)
        return
    targets = _MOVED.get(module, {})
    homes = {a.name: targets[a.name] for a in statement.names if a.name in targets}
    if module == "werkzeug" and "escape" in homes:
        homes["escape"] = "markupsafe"
    if homes:
        yield source.replace(statement, _rewritten(source, statement, homes))


def _extensions(source: PythonSource, statement: ast.ImportFrom) -> Iterator[Edit]:
    pad = source.lines.indent(statement.lineno)
    lines = [f"import flask_{a.name} as {a.asname or a.name}" for a in statement.names]
    yield source.replace(statement, f"{source.newline}{pad}".join(lines))


def _rewritten(source: PythonSource, statement: ast.ImportFrom, homes: Mapping[str, str]) -> str:
    """What stays, then one import a new home."""
    pad = source.lines.indent(statement.lineno)
    kept = [_said(a) for a in statement.names if a.name not in homes]
    lines = [_line(statement.module or "", kept, source, statement)] if kept else []
    for home in sorted(set(homes.values())):
        lines.append(f"from {home} import {', '.join(_said(a) for a in statement.names if homes.get(a.name) == home)}")
    return f"{source.newline}{pad}".join(lines)


def _said(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _line(module: str, kept: Sequence[str], source: PythonSource, statement: ast.ImportFrom) -> str:
    line = f"from {module} import {', '.join(kept)}"
    if statement.lineno == statement.end_lineno or len(line) <= 79:
        return line
    pad, end = source.lines.indent(statement.lineno), source.newline
    return f"from {module} import (" + "".join(f"{end}{pad}    {name}," for name in kept) + f"{end}{pad})"


def _renamed(source: PythonSource) -> Iterator[Edit]:
    for node in source.walk():
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in ("send_file", "send_from_directory"):
            for keyword in node.keywords:
                if keyword.arg in _KEYWORDS:
                    start = source.span(keyword)[0]
                    yield Edit(start, start + len(keyword.arg or ""), _KEYWORDS[keyword.arg or ""])
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            key, owner = text_of(target.slice), dotted(target.value)
            if key in _JSON and owner.endswith(".config"):
                yield source.replace(target, f"{owner.removesuffix('.config')}.json.{_JSON[key or '']}")


def _left(source: PythonSource) -> list[Left]:
    found: list[Left] = []
    for pattern, text in _LEFT:
        place = re.search(pattern, source.text)
        if place is not None:
            line = source.lines.number(place.start())
            if not source.lines.line(line).lstrip().startswith("#"):
                found.append(left(source.path, line, text))
    return found


RECIPE = FlaskUpgrade()
