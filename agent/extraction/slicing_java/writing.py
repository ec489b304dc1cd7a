"""A choice of members and pages in, the slice's files out: members cut by their places, other services' servlets made one stub."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.extraction.slicing import Piece, Slice
from agent.extraction.slicing_java.closure import Chosen
from agent.extraction.slicing_java.program import JavaProgram
from agent.extraction.slicing_java.sources import Member, Source

__all__ = ["STUB", "write_slice"]

STUB = "figwright.OtherServiceServlet"
_STUB_PATH = "src/main/java/figwright/OtherServiceServlet.java"
_SOURCE = """\
package figwright;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** Stands under the paths of other services, so that this one never answers for them. */
@WebServlet({PATTERNS})
public class OtherServiceServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Map<String, String> OWNERS = new HashMap<String, String>();

    static {
OWNERS
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String owner = OWNERS.get(request.getServletPath());
        response.sendError(501, "served by " + (owner == null ? "another service" : owner));
    }
}
"""
_CLASS = re.compile(r"<servlet-class>\s*([\w.$]{1,300})\s*</servlet-class>")
_PAGE = re.compile(r"<jsp-file>\s*/?([^<>\s]{1,300})\s*</jsp-file>")
_CODE = ("src/main/", "pom.xml", ".mvn/", "mvnw")
_NOTHING = "nothing that the service needs reaches it"


def write_slice(program: JavaProgram, service: str, chosen: Chosen) -> Slice:
    """The service's folder."""
    files: dict[str, bytes] = {}
    pieces: list[Piece] = []
    counted = 0
    for path, source in program.sources.items():
        kept = [one for one in source.types if one.id in chosen.types]
        if source.types and not kept:
            pieces.append(Piece(path, 1, source.types[0].id, "removed", source.lines, _NOTHING))
            continue
        files[path] = _cut(program, source, chosen)
        counted += _lines(files[path])
        pieces += _pieces(source, chosen)
    files[_STUB_PATH] = _stub(program, chosen).encode()
    counted += _lines(files[_STUB_PATH])
    pages = pages_of = 0
    for path, role in program.files.items():
        content = program.read(path)
        reason = chosen.pages.get(path, "") if role == "page" else _needed(path)
        lines = _lines(content) if role == "page" else 0
        pages_of += lines
        pieces.append(
            Piece(path, 0, path, "kept" if reason else "removed", lines, reason or "nothing that is kept names it")
        )
        if reason:
            pages += lines
            files[path] = _descriptor(content, chosen) if path.endswith("WEB-INF/web.xml") else content
    return Slice(
        service,
        "servlet",
        dict(sorted(files.items())),
        tuple(sorted(pieces)),
        counted,
        program.lines_of,
        pages,
        pages_of,
        (),
    )


def _needed(path: str) -> str:
    return (
        "builds or configures the program" if any(part in f"/{path}" for part in (f"/{one}" for one in _CODE)) else ""
    )


def _lines(content: bytes) -> int:
    return content.count(b"\n") + (bool(content) and not content.endswith(b"\n"))


def _cut(program: JavaProgram, source: Source, chosen: Chosen) -> bytes:
    """The file without the members that are not kept, and without imports of what is gone."""
    edits = [_whole(source.text, start, end) for start, end in _gone(source, chosen)]
    rest = _applied(source.text, edits)
    words = set(re.findall(rb"[A-Za-z_$][\w$]*", re.sub(rb"(?m)^\s*import\s[^\n]*$", b"", rest)))
    for start, end, name, star, static in source.imports:
        simple = name.rpartition(".")[2]
        if _is_gone(program, chosen, name, star, static) or (
            not star and not static and name in program.types and simple.encode() not in words
        ):
            edits.append(_whole(source.text, start, end))
    return _applied(source.text, edits)


def _gone(source: Source, chosen: Chosen) -> Iterator[tuple[int, int]]:
    for one in source.types:
        if one.id not in chosen.types:
            yield one.start, one.end
            continue
        for member in one.members:
            if (one.id, member.index) not in chosen.members and not one.whole and member.kind != "other":
                yield member.start, member.end


def _is_gone(program: JavaProgram, chosen: Chosen, name: str, star: bool, static: bool) -> bool:
    """Whether an import would not compile: of a type that is not kept, or of a package that is left empty."""
    if static:
        owner = name if star else name.rpartition(".")[0]
        return owner in program.types and (
            owner not in chosen.types or (not star and not _has(program, chosen, owner, name))
        )
    if not star:
        return name in program.types and name not in chosen.types
    inside = [one for one in program.types if one.rpartition(".")[0] == name]
    return bool(inside) and not any(one in chosen.types for one in inside)


def _has(program: JavaProgram, chosen: Chosen, owner: str, name: str) -> bool:
    simple = name.rpartition(".")[2]
    return any(
        simple in member.names and (owner, member.index) in chosen.members for member in program.types[owner].members
    )


def _whole(text: bytes, start: int, end: int) -> tuple[int, int]:
    """From the start of the first line to the end of the last, where nothing else stands on them."""
    line = text.rfind(b"\n", 0, start) + 1
    stop = text.find(b"\n", end)
    stop = len(text) if stop < 0 else stop + 1
    rest = text[end:stop].strip()
    if text[line:start].strip() or (rest and not rest.startswith(b"//")):
        return start, end
    if text[stop : stop + 1] == b"\n" and text[max(0, line - 2) : line] in (b"\n\n", b"{\n"):
        stop += 1
    return line, stop


def _applied(text: bytes, edits: list[tuple[int, int]]) -> bytes:
    found, at = [], 0
    for start, end in sorted(edits):
        if start >= at:
            found.append(text[at:start])
            at = end
    return b"".join([*found, text[at:]])


def _pieces(source: Source, chosen: Chosen) -> Iterator[Piece]:
    for one in source.types:
        why = chosen.types.get(one.id, "")
        yield Piece(source.path, one.lines[0], one.id, "kept" if why else "removed", 0, why or _NOTHING)
        for member in one.members if why else ():
            yield _piece(source.path, one.id, member, chosen)


def _piece(path: str, type_id: str, member: Member, chosen: Chosen) -> Piece:
    name = f"{type_id}.{member.names[0]}" if member.names else f"{type_id} ({member.kind})"
    why = chosen.members.get((type_id, member.index), "")
    lines = member.lines[1] - member.lines[0] + 1
    return Piece(path, member.lines[0], name, "kept" if why else "removed", lines, why or _NOTHING)


def _descriptor(content: bytes, chosen: Chosen) -> bytes:
    """Servlets that others own stand for the stub; their names and mappings stay."""
    stub = f"<servlet-class>{STUB}</servlet-class>"
    text = content.decode("utf-8", "surrogateescape")
    text = _CLASS.sub(lambda found: found[0] if _serves(found[1], chosen) else stub, text)
    kept = {path.rpartition("webapp/")[2] for path in chosen.pages}
    text = _PAGE.sub(lambda found: found[0] if found[1] in kept else stub, text)
    return text.encode("utf-8", "surrogateescape")


def _serves(name: str, chosen: Chosen) -> bool:
    return chosen.types.get(name, "").startswith("serves ")


def _stub(program: JavaProgram, chosen: Chosen) -> str:
    """The patterns of its annotation are those of servlets that were known by theirs alone."""
    described = "".join(
        program.read(path).decode("utf-8", "replace") for path in program.files if path.endswith("WEB-INF/web.xml")
    )
    owners: dict[str, str] = {}
    annotated: list[str] = []
    for name, patterns in sorted(program.servlets.items()):
        if _serves(name, chosen):
            continue
        for pattern, owner in patterns:
            owners[pattern] = owner or "nobody"
            if name not in described and name not in chosen.types and pattern not in annotated:
                annotated.append(pattern)
    lines = "\n".join(f'        OWNERS.put("{_safe(one)}", "{_safe(owner)}");' for one, owner in sorted(owners.items()))
    patterns_text = ", ".join(f'"{_safe(one)}"' for one in sorted(annotated))
    source = _SOURCE.replace("        OWNERS\n", "OWNERS\n").replace("OWNERS\n    }", f"{lines}\n    }}", 1)
    annotation = f"@WebServlet({{{patterns_text}}})\n" if annotated else ""
    source = source.replace("@WebServlet({PATTERNS})\n", annotation)
    return source if annotated else source.replace("import javax.servlet.annotation.WebServlet;\n", "")


def _safe(text: str) -> str:
    return re.sub(r'["\\\n\r]', "", text)
