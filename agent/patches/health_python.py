"""``/healthz`` for Flask and Django: a code base in, endpoints out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, apply_edits, change, left
from agent.patches.health_endpoints import Endpoint
from agent.patches.python_tree import PythonSource, dotted, module_name, parse_python, python_sources, text_of
from agent.ports import Codebase

__all__ = ["django_endpoints", "flask_endpoints"]

_ASKED = "runs before /healthz too: exempt it there if it asks for a log-in, a session or the database"


def flask_endpoints(code: Codebase) -> Iterator[Endpoint]:
    """In the factory before it returns the application, else below the application."""
    for source in python_sources(code, "Flask("):
        if "/examples/" in f"/{source.path}" or "/docs/" in f"/{source.path}":
            continue
        found = _in_factory(source) or _at_module(source)
        if found is None:
            continue
        edit, application, factory = found
        after = apply_edits(source.text, [edit])
        if parse_python(source.path, after) is None:
            continue
        made = change(source.path, source.text, after)
        yield Endpoint(
            "Answer /healthz in the Flask application",
            (made,),
            _hooks(code),
            _flask_test(code, source, application, factory),
        )
        return


def _is_flask(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) in ("Flask", "flask.Flask")


def _bound(body: list[ast.stmt]) -> str:
    """The variable that a Flask application is bound to."""
    for statement in body:
        if (
            isinstance(statement, ast.Assign)
            and _is_flask(statement.value)
            and isinstance(statement.targets[0], ast.Name)
        ):
            return statement.targets[0].id
        if isinstance(statement, ast.AnnAssign) and statement.value is not None and _is_flask(statement.value):
            return dotted(statement.target)
    return ""


def _in_factory(source: PythonSource) -> tuple[Edit, str, str] | None:
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        name = _bound(node.body)
        last = node.body[-1]
        if name and isinstance(last, ast.Return) and isinstance(last.value, ast.Name) and last.value.id == name:
            pad = source.lines.indent(last.lineno)
            at = source.lines.start(last.lineno)
            lines = [*_view(name, pad), ""]
            needed = [a for a in node.args.args[len(node.args.defaults) :] if a.arg != "self"]
            blank = at >= 2 and source.lines.line(last.lineno - 1).strip() != ""
            text = source.newline.join([*([""] if blank else []), *lines]) + source.newline
            return Edit(at, at, text), name, "" if needed else node.name
    return None


def _at_module(source: PythonSource) -> tuple[Edit, str, str] | None:
    name = _bound(source.tree.body)
    if not name:
        return None
    last: ast.stmt | None = None
    for statement in source.tree.body:  # below the last view of this file, above what starts the server
        if isinstance(statement, ast.FunctionDef) and any(
            dotted(d.func if isinstance(d, ast.Call) else d).startswith(name + ".") for d in statement.decorator_list
        ):
            last = statement
    if last is None:
        last = next(
            s
            for s in source.tree.body
            if isinstance(s, (ast.Assign, ast.AnnAssign)) and s.value is not None and _is_flask(s.value)
        )
    at = source.lines.start((last.end_lineno or last.lineno) + 1)
    lead = source.newline if at and source.text[at - 1] not in "\r\n" else ""
    return Edit(at, at, lead + source.newline.join(["", "", *_view(name, "")]) + source.newline), name, ""


def _view(name: str, pad: str) -> list[str]:
    return [
        f'{pad}@{name}.route("/healthz")',
        f"{pad}def healthz():",
        f'{pad}    """The process serves; nothing else is asked."""',
        f'{pad}    return "ok", 200, {{"Content-Type": "text/plain; charset=utf-8"}}',
    ]


def _hooks(code: Codebase) -> list[Left]:
    found: list[Left] = []
    for source in python_sources(code, "before_request"):
        for node in source.walk():
            if isinstance(node, ast.Attribute) and node.attr in ("before_request", "before_app_request"):
                owner = dotted(node.value)
                if node.attr == "before_app_request" or owner.rpartition(".")[2] in ("app", "application", "self"):
                    found.append(left(source.path, node.lineno, f"{owner}.{node.attr} {_ASKED}"))
    return found


def _flask_test(code: Codebase, source: PythonSource, application: str, factory: str) -> FileChange | None:
    """A test with the fixture ``client`` that the tests already have."""
    for path in code.paths("conftest.py"):
        text = code.text(path) or ""
        if re.search(r"^def client\(", text, re.MULTILINE) and not re.search(
            r"^def client\([^)]*(?:login|user|auth)", text, re.MULTILINE
        ):
            folder = path.rpartition("/")[0]
            new = f"{folder}/test_healthz.py" if folder else "test_healthz.py"
            if code.text(new) is None and any(p.startswith(f"{folder}/test_") for p in code.paths(".py")):
                return change(
                    new,
                    None,
                    'def test_the_process_says_that_it_serves(client):\n    assert client.get("/healthz").status_code == 200\n',
                )
    return _client_test(code, source, application, factory)


def _client_test(code: Codebase, source: PythonSource, application: str, factory: str) -> FileChange | None:
    """A test of its own, only where the application lies ready at the top of a module without anything to start."""
    folders = sorted(
        {
            p.rpartition("/")[0]
            for p in code.paths(".py")
            if code.is_test(p) and p.rpartition("/")[2].startswith("test_")
        }
    )
    if factory or not folders or "/" in source.path.replace("/__init__.py", ""):
        return None
    new = f"{folders[0]}/test_healthz.py"
    if code.text(new) is not None:
        return None
    body = f'def test_the_process_says_that_it_serves():\n    assert {application}.test_client().get("/healthz").status_code == 200\n'
    return change(new, None, f"from {module_name(source.path)} import {application}\n\n\n{body}")


def django_endpoints(code: Codebase) -> Iterator[Endpoint]:
    """In the module that ROOT_URLCONF names."""
    roots = {
        text_of(s.value) or ""
        for source in python_sources(code, "ROOT_URLCONF")
        for s in source.tree.body
        if isinstance(s, ast.Assign) and dotted(s.targets[0]) == "ROOT_URLCONF"
    }
    for root in sorted(roots - {""}):
        suffix = root.replace(".", "/") + ".py"
        for path in code.paths(suffix):
            source = parse_python(path, code.text(path))
            if source is None or code.is_test(path) or (f"/{path}" != f"/{suffix}" and not path.endswith("/" + suffix)):
                continue
            made = _urls(source)
            if made is not None:
                yield Endpoint("Answer /healthz in the root URLs", (made,), (), _django_test(code, path))
                return


def _urls(source: PythonSource) -> FileChange | None:
    routed = next(
        (
            n
            for n in ("path", "re_path", "url")
            if re.search(rf"^from django\.(?:urls|conf\.urls)[^\n]*import[^\n]*\b{n}\b", source.text, re.M)
            or re.search(rf"^from django\.(?:urls|conf\.urls) import \([^)]*\b{n}\b", source.text, re.M)
        ),
        "",
    )
    for statement in source.tree.body:
        if not (isinstance(statement, ast.Assign) and dotted(statement.targets[0]) == "urlpatterns" and routed):
            continue
        value = statement.value
        if not isinstance(value, ast.List) or not value.elts or value.elts[0].lineno == value.lineno:
            return None
        first, above = value.elts[0], source.lines.start(statement.lineno)
        pad = source.lines.indent(first.lineno)
        pattern = '"healthz"' if routed == "path" else 'r"^healthz$"'
        view = source.newline.join(
            [
                "def healthz(request):",
                '    """The process serves; nothing else is asked."""',
                '    return HttpResponse("ok", content_type="text/plain")',
                "",
                "",
                "",
            ]
        )
        blank = source.lines.line(statement.lineno - 1).strip() == "" if statement.lineno > 1 else True
        lead = "" if statement.lineno < 3 or source.lines.line(statement.lineno - 2).strip() == "" else source.newline
        edits = [
            Edit(above, above, (lead if blank else source.newline * 2) + view),
            Edit(
                source.lines.start(first.lineno),
                source.lines.start(first.lineno),
                f'{pad}{routed}({pattern}, healthz, name="healthz"),{source.newline}',
            ),
        ]
        if not re.search(r"^from django\.http import[^\n]*\bHttpResponse\b", source.text, re.M):
            edits.append(_http_import(source))
        after = apply_edits(source.text, edits)
        return change(source.path, source.text, after) if parse_python(source.path, after) else None
    return None


def _http_import(source: PythonSource) -> Edit:
    """Among the imports from Django, in the order of their names."""
    line = "from django.http import HttpResponse"
    there = [s for s in source.tree.body if isinstance(s, ast.ImportFrom) and (s.module or "").startswith("django.")]
    for statement in there:
        if (statement.module or "") > "django.http":
            at = source.lines.start(statement.lineno)
            return Edit(at, at, line + source.newline)
    at = source.lines.start((there[-1].end_lineno or 0) + 1)
    return Edit(at, at, line + source.newline)


def _django_test(code: Codebase, urls: str) -> FileChange | None:
    """Beside other tests of Django's own client, named as they are."""
    package = urls.rpartition("/")[0]
    there = [p for p in code.paths(".py") if code.is_test(p) and re.match(r"tests?_", p.rpartition("/")[2])]
    near = sorted((p for p in there if p.startswith(f"{package}/")), key=lambda p: (p.count("/"), p)) or there
    for path in near:
        text = code.text(path) or ""
        if "django.test" not in text or "TestCase" not in text:
            continue
        folder, _, name = path.rpartition("/")
        prefix = "tests_" if name.startswith("tests_") else "test_"
        new = f"{folder}/{prefix}healthz.py"
        if code.text(new) is not None:
            return None
        return change(
            new,
            None,
            "from django.test import SimpleTestCase\n\n\nclass HealthTestCase(SimpleTestCase):\n"
            "    def test_the_process_says_that_it_serves(self):\n"
            '        self.assertEqual(self.client.get("/healthz").status_code, 200)\n',
        )
    return None
