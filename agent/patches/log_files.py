"""Where logs go into files: handlers, appenders and transports in; the same with standard output, and what is left, out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, Lines, apply_edits, change, left
from agent.patches.javascript_settings import nodes
from agent.patches.javascript_source import Script, read_script
from agent.patches.python_tree import PythonSource, dotted, parse_python, python_sources, text_of
from agent.ports import Codebase

__all__ = ["configured_logs", "python_logs", "script_logs", "written_by_hand"]

Found = tuple[FileChange | None, Sequence[Left]]
_HANDLERS = frozenset(
    "FileHandler RotatingFileHandler TimedRotatingFileHandler WatchedFileHandler ConcurrentRotatingFileHandler".split()
)
_FILE_KEYS = frozenset("filename maxBytes backupCount when interval utc atTime mode encoding delay errors".split())
_SEVERAL = "one of several log files: as one stream their lines may come twice, so decide which handler stays"
_BOTH = "a handler for the console is here as well: take out the one for the file once the output is collected"


def python_logs(code: Codebase) -> Iterator[Found]:
    """Handlers made in code, ``basicConfig(filename=...)``, and handlers in dictionaries for ``dictConfig``."""
    for source in python_sources(code, "FileHandler", "basicConfig"):
        calls = [n for n in source.walk() if isinstance(n, ast.Call)]
        handlers = [c for c in calls if dotted(c.func).rpartition(".")[2] in _HANDLERS and c.args]
        basic = [
            c for c in calls if dotted(c.func).endswith("basicConfig") and any(k.arg == "filename" for k in c.keywords)
        ]
        entries = [d for d in (n for n in source.walk() if isinstance(n, ast.Dict)) if _is_file_handler(d)]
        if not (handlers or basic or entries):
            continue
        if "StreamHandler" in source.text or "RichHandler" in source.text:
            lines = sorted({n.lineno for n in (*handlers, *basic, *entries)})
            yield None, [left(source.path, line, _BOTH) for line in lines]
            continue
        if len(handlers) > 1 or len(entries) > 1:
            yield None, [left(source.path, n.lineno, _SEVERAL) for n in (*handlers, *entries)]
            continue
        edits = [source.replace(call, "logging.StreamHandler(sys.stdout)") for call in handlers]
        edits += [edit for call in basic for edit in _basic(source, call)]
        edits += [edit for entry in entries for edit in _entry(source, entry)]
        if handlers or basic:
            edits += source.import_modules("sys", *(["logging"] if handlers else []))
        edits += _unused(source, handlers)
        after = apply_edits(source.text, edits)
        if parse_python(source.path, after) and not source.uses("sys") and not source.uses("logging"):
            yield change(source.path, source.text, after), ()


def _is_file_handler(node: ast.Dict) -> bool:
    held = {text_of(k): v for k, v in zip(node.keys, node.values, strict=True)}
    return (text_of(held.get("class")) or "").rpartition(".")[2] in _HANDLERS and "filename" in held


def _entry(source: PythonSource, node: ast.Dict) -> Iterator[Edit]:
    """The class, ``stream`` in the place of ``filename``, and without what only files have."""
    pairs = list(zip(node.keys, node.values, strict=True))
    for at, (key, value) in enumerate(pairs):
        word = text_of(key)
        if key is None or word is None:
            continue
        if word == "class":
            yield source.replace(value, '"logging.StreamHandler"')
        elif word == "filename":
            yield Edit(source.span(key)[0], source.span(value)[1], '"stream": "ext://sys.stdout"')
        elif word in _FILE_KEYS:
            following = pairs[at + 1][0] if at + 1 < len(pairs) else None
            if following is not None:
                yield Edit(source.span(key)[0], source.span(following)[0], "")
            elif at:
                yield Edit(source.span(pairs[at - 1][1])[1], source.span(value)[1], "")


def _basic(source: PythonSource, call: ast.Call) -> Iterator[Edit]:
    keywords = [k for k in call.keywords if k.arg]
    if len(keywords) != len(call.keywords):
        return
    for at, keyword in enumerate(keywords):
        if keyword.arg == "filename":
            yield source.replace(keyword, "stream=sys.stdout")
        elif keyword.arg in ("filemode", "encoding", "errors"):
            if at + 1 < len(keywords):
                yield Edit(source.span(keyword)[0], source.span(keywords[at + 1])[0], "")
            else:
                yield Edit(source.span(keywords[at - 1])[1], source.span(keyword)[1], "")


def _unused(source: PythonSource, handlers: Sequence[ast.Call]) -> Iterator[Edit]:
    """The import of a handler that nothing uses any more, when it stands alone in its statement."""
    if not handlers:
        return
    changed = {id(node) for call in handlers for node in ast.walk(call)}
    used = {n.id for n in source.walk() if isinstance(n, ast.Name) and id(n) not in changed}
    for statement in source.tree.body:
        if not isinstance(statement, ast.ImportFrom) or statement.module not in ("logging.handlers", "logging"):
            continue
        if all((a.asname or a.name) in _HANDLERS and (a.asname or a.name) not in used for a in statement.names):
            start = source.lines.start(statement.lineno)
            yield Edit(start, source.lines.start((statement.end_lineno or statement.lineno) + 1), "")


def script_logs(code: Codebase) -> Iterator[Found]:
    """``new winston.transports.File(...)``."""
    for path in code.paths(".js", ".cjs", ".mjs", ".ts"):
        text = code.text(path)
        if text is None or "transports.File" not in text or code.is_test(path):
            continue
        script = read_script(path, text)
        if script is None:
            continue
        made = [
            node
            for node in nodes(script, "new_expression")
            if script.said(node.child_by_field_name("constructor")).endswith("transports.File")
        ]
        if "transports.Console" in text or len(made) > 1:
            why = _SEVERAL if len(made) > 1 else _BOTH
            yield None, [left(path, node.start_point[0] + 1, why) for node in made]
            continue
        edits: list[Edit] = []
        for node in made:
            constructor, arguments = node.child_by_field_name("constructor"), node.child_by_field_name("arguments")
            edits.append(Edit(constructor.end_byte - len("File"), constructor.end_byte, "Console"))
            edits += _without_file(script, arguments)
        if edits:
            yield change(path, text, apply_edits(text, edits)), ()


def _without_file(script: Script, arguments: Any) -> list[Edit]:
    held = arguments.named_children if arguments is not None else []
    if len(held) != 1 or held[0].type != "object":
        return []
    pairs = held[0].named_children
    gone = {"filename", "dirname", "maxsize", "maxFiles", "tailable", "zippedArchive", "options"}
    kept = [p for p in pairs if script.said(p.child_by_field_name("key") or p) not in gone]
    if not kept:
        return [Edit(held[0].start_byte, held[0].end_byte, "")]
    inner = ", ".join(script.said(p) for p in kept)
    return [Edit(held[0].start_byte, held[0].end_byte, f"{{ {inner} }}")] if len(kept) < len(pairs) else []


_LOG4J = re.compile(
    r"^(log4j\.appender\.(\w+))[ \t]*=[ \t]*(org\.apache\.log4j\.(?:DailyRolling|Rolling)?FileAppender)[ \t]*$", re.M
)
_LOG4J_KEYS = (
    "File|MaxFileSize|MaxBackupIndex|DatePattern|Append|append|file|maxFileSize|maxBackupIndex|BufferedIO|BufferSize"
)
_LOGBACK = re.compile(
    r"(<appender\b[^>]*\bclass=\")(ch\.qos\.logback\.core\.(?:rolling\.Rolling)?FileAppender)(\"[^>]*>)((?:(?!</appender>).){0,8000}?)(</appender>)",
    re.S,
)
_LOGBACK_PARTS = re.compile(
    r"[ \t]*<(file|append|prudent|rollingPolicy|triggeringPolicy|bufferSize|immediateFlush)\b[^>]*>(?:(?!</\1>).){0,4000}?</\1>[ \t]*\r?\n?",
    re.S,
)
_SPRING = re.compile(r"^logging\.(?:file(?:\.(?:name|path|max-size|max-history))?|path)[ \t]*[=:].*(?:\r?\n|\Z)", re.M)
_JUL = re.compile(r"^(handlers[ \t]*=[ \t]*)java\.util\.logging\.FileHandler[ \t]*$", re.M)
_INI = re.compile(
    r"^(class[ \t]*=[ \t]*)(?:logging\.)?(?:handlers\.)?(?:Rotating|TimedRotating|Watched)?FileHandler([ \t]*\r?\n(?:(?!\[).*\r?\n){0,6}?args[ \t]*=[ \t]*)\(.*\)[ \t]*$",
    re.M,
)


def configured_logs(code: Codebase) -> Iterator[Found]:
    """Configuration files: log4j.properties, logback.xml, Spring Boot's application.properties, logging.properties, and
    the INI form of Python's logging."""
    for path in code.paths(".properties", ".xml", ".ini", ".cfg", ".conf"):
        text = code.text(path)
        if text is None or code.is_test(path) or len(text) > 200_000:
            continue
        name = path.rpartition("/")[2]
        if name.startswith("log4j2"):
            line = next((n for n, said in enumerate(text.splitlines(), 1) if re.search("RollingFile|<File ", said)), 0)
            if line:
                yield None, [left(path, line, "a Log4j 2 file appender: a Console appender takes its place")]
            continue
        after = _configured(name, text)
        if after is None:
            line = Lines(text).number(text.find("FileAppender"))
            yield None, [left(path, line, _BOTH)]
        elif after != text:
            yield change(path, text, after), ()


def _configured(name: str, text: str) -> str | None:
    """The changed text; None when a console appender stands beside the file's."""
    if name.startswith("log4j") and name.endswith(".properties") and _LOG4J.search(text):
        if "ConsoleAppender" in text:
            return None
        for found in _LOG4J.finditer(text):
            text = re.sub(
                rf"^log4j\.appender\.{found[2]}\.(?:{_LOG4J_KEYS})[ \t]*=.*(?:\r?\n|\Z)", "", text, flags=re.M
            )
        return _LOG4J.sub(r"\1=org.apache.log4j.ConsoleAppender", text)
    if name.startswith("logback") and name.endswith(".xml") and _LOGBACK.search(text):
        return None if "ConsoleAppender" in text else _LOGBACK.sub(_console, text)
    if name.startswith("application") and name.endswith(".properties"):
        return _SPRING.sub("", text)
    if name == "logging.properties":
        return _JUL.sub(r"\1java.util.logging.ConsoleHandler", text)
    if name.endswith((".ini", ".cfg", ".conf")) and "[handlers]" in text and "StreamHandler" not in text:
        return _INI.sub(r"\1StreamHandler\2(sys.stdout,)", text)
    return text


def _console(found: re.Match[str]) -> str:
    return found[1] + "ch.qos.logback.core.ConsoleAppender" + found[3] + _LOGBACK_PARTS.sub("", found[4]) + found[5]


_APPENDS = re.compile(
    r"\bopen\([^\n]{0,160}log[^\n]{0,160},\s*(?:mode\s*=\s*)?['\"]a[bt+]?['\"]|appendFile(?:Sync)?\([^\n]{0,80}log|"
    r"createWriteStream\([^\n]{0,120}log[^\n]{0,80}flags:\s*['\"]a|new\s+FileWriter\([^\n]{0,100},\s*true\s*\)",
    re.IGNORECASE,
)


def written_by_hand(code: Codebase) -> Iterator[Left]:
    """Code that appends to a log file without a logging library."""
    for path in code.paths(".py", ".js", ".cjs", ".mjs", ".ts", ".java"):
        text = code.text(path)
        if text is None or code.is_test(path) or len(text) > 1_000_000:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if (
                len(line) < 400
                and _APPENDS.search(line)
                and ("log" in line.lower() or "log" in path.rpartition("/")[2].lower())
            ):
                yield left(
                    path, number, "a log file written by hand: print the line instead, or give it to a logging library"
                )
