"""``/healthz`` for Express: a code base in, endpoints out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, apply_edits, change, newline_of
from agent.patches.health_endpoints import Endpoint
from agent.patches.javascript_source import Script, read_script
from agent.ports import Codebase

__all__ = ["express_endpoints"]

_SERVES = re.compile(r"\.listen\s*\(")


def express_endpoints(code: Codebase) -> Iterator[Endpoint]:
    """Right below ``app = express()``, above every middleware, in programs that listen."""
    files = [p for p in code.paths(".js", ".cjs", ".mjs") if not code.is_test(p)]
    if not any(_SERVES.search(code.text(p) or "") for p in files) or _is_published(code):
        return
    for path in files:
        script = read_script(path, code.text(path)) if "express()" in (code.text(path) or "") else None
        found = _application(script) if script else None
        if script is None or found is None or "/examples/" in f"/{path}":
            continue
        name, statement = found
        text = script.text
        after = apply_edits(
            text, [Edit(statement.end_byte, statement.end_byte, _route(text, name, statement.end_byte))]
        )
        if read_script(path, after) is not None:
            yield Endpoint(
                "Answer /healthz in the Express application",
                (change(path, text, after),),
                (),
                _test(code, path, text, name),
            )
            return


def _is_published(code: Codebase) -> bool:
    """A tool or library: what it serves belongs to those who use it."""
    try:
        package = json.loads(code.text("package.json") or "{}")
    except ValueError:
        return False
    return isinstance(package, dict) and bool(package.get("bin")) and not package.get("private")


def _application(script: Script) -> tuple[str, Any] | None:
    for statement in script.root.named_children:
        if statement.type in ("lexical_declaration", "variable_declaration"):
            for declarator in statement.named_children:
                value = declarator.child_by_field_name("value")
                if value is not None and script.said(value) == "express()":
                    return script.said(declarator.child_by_field_name("name")), statement
    return None


def _route(text: str, name: str, at: int) -> str:
    end = newline_of(text)
    stop = ";" if text.count(";\n") + text.count(";\r\n") > 2 else ""
    quote = '"' if text.count('"') > text.count("'") else "'"
    step = (
        "\t"
        if re.search(r"^\t", text, re.M)
        else ("    " if re.search(r"^ {4}\S", text, re.M) and not re.search(r"^  \S", text, re.M) else "  ")
    )
    head = "(req, res) => {" if "=>" in text else "function (req, res) {"
    lines = [
        "",
        "",
        f"{name}.get({quote}/healthz{quote}, {head}",
        f"{step}res.type({quote}text/plain{quote}).send({quote}ok{quote}){stop}",
        f"}}){stop}",
        *([] if re.match(r"[^\n]*\n\s*\n", text[at : at + 200]) else [""]),
    ]
    return end.join(lines)


def _test(code: Codebase, path: str, text: str, name: str) -> FileChange | None:
    """A test in the manner of those that use supertest with Mocha or Jest."""
    if not re.search(rf"module\.exports\s*=\s*{re.escape(name)}\b", text) or _SERVES.search(text):
        return None
    for there in code.paths(".js"):
        said = code.text(there) or ""
        if not code.is_test(there) or ("supertest" not in said and "describe(" not in said):
            continue
        if "supertest" not in (code.text("package.json") or "") or "describe(" not in said:
            continue
        folder = there.rpartition("/")[0]
        dotted = re.search(r"\.(test|spec)\.js$", there)
        new = f"{folder}/healthz.{dotted[1]}.js" if dotted else f"{folder}/healthz.js"
        if code.text(new) is not None:
            return None
        up = "../" * (folder.count("/") + 1) if folder else "./"
        return change(
            new,
            None,
            f"var request = require('supertest');\nvar app = require('{up}{path.removesuffix('.js')}');\n\n"
            "describe('healthz', function () {\n  it('says that the process serves', function (done) {\n"
            "    request(app).get('/healthz').expect(200, 'ok', done);\n  });\n});\n",
        )
    return None
