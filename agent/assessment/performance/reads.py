"""Searches that no index serves and uploads held in memory: a source in, (rule, source, offset, text) out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.case import Case
from agent.assessment.reading import Pattern, Source, match_patterns

__all__ = ["slow_searches", "uploads_in_memory"]

Found = tuple[str, Source, int, str]

# LIKE '%..., LIKE '%' || ?, CONCAT('%', ..., and the same put together from parts: LIKE '" + "%" + x.
_LIKE = re.compile(
    r"(?i)\bI?LIKE\s+(?:LOWER\s*\(\s*|UPPER\s*\(\s*|CONCAT\s*\(\s*|BINARY\s+|N)?(?:\\?['\"])%(?![sdr](?![A-Za-z])|\()"
)
_METHOD = re.compile(r"(?i)\.(?:i?like|contains|icontains)\s*\(\s*[fru]?[\"']%")
_PERCENT = re.compile(r"[\"']'?%[\"']\s*(?:\+|\.(?!\d)|\|\||&)\s*\$?[A-Za-z_]")
_AFTER = 500  # characters between a value made with a wildcard and the LIKE that takes it, either way


def slow_searches(case: Case) -> Iterator[Found]:
    """Rule performance.leading-wildcard."""
    for source in case.sources:
        if source.role != "code" or "like" not in source.lower or "%" not in source.text:
            continue
        seen: set[int] = set()
        for pattern in (_LIKE, _METHOD):
            for m in pattern.finditer(source.plain):
                seen.add(m.start())
        for m in _PERCENT.finditer(source.plain):
            near = source.plain[max(0, m.start() - _AFTER) : m.end() + _AFTER]
            if re.search(r"(?i)\bI?LIKE\b", near):
                seen.add(m.start())
        for at in sorted(seen):
            yield "performance.leading-wildcard", source, at, "the search begins with a wildcard"


def _p(languages: str, needles: str, regex: str, unless: str = "") -> Pattern:
    return Pattern(
        "performance.upload-in-memory", frozenset(languages.split()), tuple(needles.split()), re.compile(regex), "a whole upload in memory",
        re.compile(unless) if unless else None,
    )  # fmt: skip


_UPLOADS = (
    _p("php", "$_files", r"(?<![\w>:$])(?:file_get_contents|file|fread|stream_get_contents)\s*\([^;\n]*\$_FILES\b"),
    _p("python", "request. files upload", r"\brequest\.(?:files|FILES)\s*(?:\[[^\]\n]*\]|\.get\([^)\n]*\))\s*\.(?:read|getvalue)\s*\(\s*\)|\b(?:uploaded?|upload_file|uploadfile)\.read\s*\(\s*\)"),
    _p("java kotlin", "getpart multipart fileitem", r"(?i)\b\w*(?:part|file|upload|item)\w*(?:\.getInputStream\s*\(\s*\))?\.(?:getBytes|readAllBytes)\s*\(\s*\)|\b(?:IOUtils\.toByteArray|ByteStreams\.toByteArray|FileCopyUtils\.copyToByteArray)\s*\("),
    _p("javascript typescript", "memorystorage req.files req.file", r"\bmulter\.memoryStorage\s*\(|\breq\.files?(?:\.\w+|\[[^\]\n]*\])?\.(?:data|buffer)\b"),
    _p("csharp", "iformfile openreadstream inputstream", r"\.(?:CopyTo(?:Async)?)\s*\(\s*(?:ms|memory\w*)\b|\bReadFully\s*\("),
)  # fmt: skip
_JAVA_UPLOAD = re.compile(r"(?i)\bgetPart\s*\(|MultipartFile|@MultipartConfig|FileItem\b")


def uploads_in_memory(case: Case) -> Iterator[Found]:
    """Rule performance.upload-in-memory."""
    sources = [
        s
        for s in case.sources
        if s.role == "code" and (s.language not in ("java", "kotlin") or _JAVA_UPLOAD.search(s.code))
    ]
    for pattern, source, offset in match_patterns(_UPLOADS, sources):
        yield pattern.rule, source, offset, pattern.say
