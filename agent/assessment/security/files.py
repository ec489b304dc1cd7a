"""Files whose name came from the request by way of a variable: a source in, (rule, offset, text) out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.reading import Source, calls
from agent.assessment.security.origins import REQUEST, Origins

__all__ = ["named_by_requests"]

Found = tuple[str, int, str]

_OPENS = {
    "python": re.compile(r"(?<![\w.])(?:open|send_file|io\.open|codecs\.open|os\.(?:remove|unlink|rename)|shutil\.(?:copy\w*|move))\s*\("),
    "java": re.compile(r"\bnew\s+(?:java\.io\.)?(?:File|FileInputStream|FileReader|FileOutputStream|RandomAccessFile)\s*\(|\b(?:Paths\.get|Path\.of|Files\.(?:readAllBytes|newInputStream|delete|lines))\s*\("),
    "javascript": re.compile(r"\b(?:readFile|readFileSync|createReadStream|createWriteStream|writeFile|writeFileSync|sendFile|unlink|unlinkSync|download)\s*\("),
    "php": re.compile(r"(?<![\w>:$])(?:fopen|readfile|file_get_contents|file_put_contents|unlink|file)\s*\("),
}  # fmt: skip
_OPENS["typescript"] = _OPENS["javascript"]
_BY_THE_USER = re.compile(r"\bargv\b|\breadline\b|\binput\s*\(")  # whoever starts a program may name its files
_CLEANED = re.compile(
    r"(?i)basename|secure_filename|realpath|normpath|normalize|resolve|getName\s*\(|in_array|preg_match|allowed|isdigit|isalnum|int\(|intval|parseInt|match\(|\.\.(?:[\"'/])|startsWith|startswith|extname|safe_join|root\s*:"
)


def named_by_requests(source: Source) -> Iterator[Found]:
    """Rule security.path-traversal, for values that take one step or two in their function."""
    pattern = _OPENS.get(source.language)
    if pattern is None or source.role != "code" or not REQUEST.search(source.plain):
        return
    origins = Origins(source)
    for call in calls(source, pattern):
        if re.search(r"\b(?:def|function)\s+$", source.code[max(0, call.start - 12) : call.start]):
            continue
        inside = call.inside(source)
        if REQUEST.search(inside):
            continue  # told by the pattern for values that are taken straight from the request
        way = origins.request_way(inside, call.start)
        if (
            way is not None
            and not _BY_THE_USER.search(way)
            and not _CLEANED.search(way + inside)
            and "tmp_name" not in way
        ):
            yield "security.path-traversal", call.start, "file named by the request, by way of a variable"
