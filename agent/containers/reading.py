"""What code says of its surroundings: variables it reads, folders it writes, the port it listens on, why it must be alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agent.containers.tree import Tree, line_of
from agent.domain.container import Variable
from agent.domain.inventory import Location

__all__ = [
    "database_folder",
    "is_secret",
    "is_signing_key",
    "listening_port",
    "single_reason",
    "variables",
    "written_folders",
]

_SECRET = re.compile(r"(?i)secret|passw|passwd|pwd$|token|api_?key|private_?key|credential|_key$|_salt$|(?:^|_)dsn$")
_NOT_OURS = frozenset(
    ["HOME", "PATH", "USER", "PWD", "TZ", "LANG", "SHELL", "TERM", "TMPDIR", "TEMP", "TMP", "HOSTNAME", "CI", "DISPLAY",
     "EDITOR", "PAGER", "COLUMNS", "LINES", "USERNAME", "LOGNAME", "JAVA_HOME", "PYTHONPATH", "NODE_PATH", "GOPATH"]
)  # fmt: skip
# Of a build, or of a CGI or WSGI request, whose dictionary is called environ too.
_NEVER = ("npm_", "GITHUB_", "DJANGO_SETTINGS_MODULE", "HTTP_", "REMOTE_", "SERVER_", "REQUEST_", "CONTENT_", "PATH_INFO",
          "QUERY_STRING", "SCRIPT_NAME")  # fmt: skip
_NAME = r"['\"]([A-Z][A-Z0-9_]{1,60})['\"]"
_QUOTED = r"(?:\s*(?:,|or|\?\?|\|\|)\s*(?:['\"]([^'\"\n]{0,120})['\"]|(\d{1,9}|True|False|true|false)))?"
_READS: dict[str, tuple[re.Pattern[str], ...]] = {
    "python": (
        re.compile(rf"\b(?:os\.)?(?:environ\.get|getenv)\(\s*{_NAME}{_QUOTED}"),
        re.compile(rf"\bos\.environ\[\s*{_NAME}\s*\]()()(?!\s*=[^=])"),
        re.compile(rf"\benv(?:\.(?:str|bool|int|list|url|db|path))?\(\s*{_NAME}(?:\s*,\s*default\s*=)?{_QUOTED}"),
    ),
    "javascript": (re.compile(r"\bprocess\.env\.([A-Z][A-Z0-9_]{1,60})\b\)?" + _QUOTED),),
    "java": (re.compile(rf"\bSystem\.getenv\(\s*{_NAME}\s*\)()()"),),
    "php": (re.compile(rf"\b(?:getenv|env)\(\s*{_NAME}{_QUOTED}"), re.compile(rf"\$_ENV\[\s*{_NAME}\s*\]()()")),
    "ruby": (re.compile(rf"\bENV(?:\.fetch\(|\[)\s*{_NAME}{_QUOTED}"),),
    "go": (re.compile(rf"\bos\.(?:Getenv|LookupEnv)\(\s*{_NAME}\s*\)()()"),),
    "csharp": (re.compile(rf"\bGetEnvironmentVariable\(\s*{_NAME}\s*\)()()"),),
}
_READS["typescript"] = _READS["javascript"]
_MOST_PLACES = 5


_SIGNS = re.compile(r"(?:[A-Z0-9]+_)*?(?:SECRET_KEY(?:_BASE)?|SESSION_SECRET|JWT_SECRET)")
_ISSUED = re.compile(r"^(?:AWS|S3|GCP|AZURE|STRIPE|PAYPAL|TWILIO|GITHUB|GOOGLE|FACEBOOK|TWITTER|RECAPTCHA|OAUTH)")


def is_signing_key(name: str) -> bool:
    """A secret that anybody may make up, since it only signs: not one that somebody else issued."""
    return bool(_SIGNS.fullmatch(name)) and not _ISSUED.search(name)


def is_secret(name: str) -> bool:
    return bool(_SECRET.search(name))


def variables(tree: Tree, folder: str, languages: Iterable[str]) -> tuple[Variable, ...]:
    """Environment variables that the code reads; secrets never carry a value."""
    places: dict[str, list[Location]] = {}
    values: dict[str, str] = {}
    for language in languages:
        for path in tree.code(language, folder=folder):
            text = tree.text(path)
            for pattern in _READS.get(language, ()):
                for found in pattern.finditer(text):
                    name = found[1]
                    if name in _NOT_OURS or name.startswith(_NEVER):
                        continue
                    places.setdefault(name, []).append(Location(path=path, line=line_of(text, found.start())))
                    values.setdefault(name, found[2] or found[3] or "")
    return tuple(
        Variable(
            name=name,
            value="" if is_secret(name) else values[name],
            secret=is_secret(name),
            where=tuple(sorted(set(places[name]), key=lambda place: (place.path, place.line))[:_MOST_PLACES]),
        )
        for name in sorted(places)
    )


# The third slash or the first: sqlite:////srv/x.db and file:/srv/x both end in an absolute path.
_PATH = re.compile(
    r"(?:[\w+]{2,12}:/{0,3}(?=/))?(/(?:srv|mnt|data|database|opt|home|var/(?:lib|log|spool|data|mail|opt|cache|tmp|run|www)|var/[a-z]\w+)"
    r"(?:/[\w.@%{}-]{1,60}){0,8})/?"
)
_STRING = re.compile(r"'([^'\n]{0,200})'|\"([^\"\n]{0,200})\"")
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}$")
_PROGRAM = re.compile(r"/\.ssh/|\.(?:py|js|php|sh|jar|rb|pl|war|so|class)$")
_MOST_FOLDERS = 40


def written_folders(tree: Tree, folder: str, languages: Iterable[str]) -> tuple[tuple[str, Location], ...]:
    """Absolute folders outside of the program that code and settings name: what must be there and be writable."""
    found: dict[str, Location] = {}
    for path in [*tree.code(*languages, folder=folder), *tree.settings(folder)]:
        text = tree.text(path)
        for offset, string in _strings(path, text):
            match = _PATH.fullmatch(string.strip())
            if match is None or _PROGRAM.search(match[1]) or ".." in match[1]:
                continue
            place = match[1].partition("%")[0].partition("{")[0].rstrip("/")
            place = place.rpartition("/")[0] if _FILE.search(place) or place != match[1].rstrip("/") else place
            if place.count("/") > 1 or place in ("/data", "/database"):
                found.setdefault(place, Location(path=path, line=line_of(text, offset)))
    return tuple(sorted(found.items()))[:_MOST_FOLDERS]


def _strings(path: str, text: str) -> Iterator[tuple[int, str]]:
    if path.endswith((".cfg", ".ini", ".properties", ".conf")):
        offset = 0
        for line in text.splitlines(keepends=True):
            if line.lstrip()[:1] not in ("#", ";", "!"):
                yield offset, line.partition("=")[2].strip()
            offset += len(line)
        return
    for found in _STRING.finditer(text):
        yield found.start(), found[1] or found[2] or ""


_PORTS: tuple[tuple[str, str], ...] = (
    ("python", r"\.run\([^)\n]{0,120}\bport\s*=\s*(?:int\()?[^\d\n)]{0,60}?(\d{2,5})\b"),
    ("python", r"(?:HTTPServer|make_server|XMLRPCServer)\(\(?\s*['\"][^'\"\n]{0,40}['\"]\s*,\s*(\d{2,5})\b"),
    ("javascript", r"\.listen\(\s*(?:process\.env\.PORT\s*\|\|\s*)?(\d{2,5})\b"),
    ("javascript", r"(?i)\bport\b['\"]?\s*[:=]\s*(?:process\.env\.\w+\s*\|\|\s*)?['\"]?(\d{2,5})\b"),
    ("javascript", r"process\.env\.PORT\s*\|\|\s*['\"]?(\d{2,5})\b"),
    ("ruby", r"\bset\s+:port,\s*(\d{2,5})\b"),
    ("go", r"ListenAndServe\w*\(\s*\"[^\"\n:]{0,40}:(\d{2,5})\""),
)


def listening_port(tree: Tree, paths: Iterable[str], language: str) -> tuple[int, Location] | None:
    """The first port that the code names where it begins to listen, or in a setting called port."""
    language = {"typescript": "javascript"}.get(language, language)
    for kind, pattern in _PORTS:
        if kind != language:
            continue
        for path in paths:
            text = tree.text(path)
            found = re.search(pattern, text)
            if found and 0 < int(found[1]) < 65536:
                return int(found[1]), Location(path=path, line=line_of(text, found.start()))
    return None


_BELOW_BASE = re.compile(r"join\(\s*BASE_DIR\s*,\s*['\"]([\w./-]{1,60})['\"]|BASE_DIR\s*/\s*['\"]([\w./-]{1,60})['\"]")


def database_folder(tree: Tree, folder: str) -> tuple[str, Location] | None:
    """The folder, seen from ``folder``, of a SQLite file that code places below BASE_DIR, and where it says so."""
    for path in tree.code("python", "javascript", "php", "ruby", folder=folder):
        text = tree.text(path)
        for found in re.finditer(_BELOW_BASE, text) if "sqlite" in text else ():
            name = found[1] or found[2]
            if ".." not in name and re.search(r"(?i)sqlite|\.db$|^data", name):
                inner = name.rpartition("/")[0] if re.search(r"\.\w{2,8}$", name) else name
                place = "/".join(filter(None, (_base_folder(text, path, folder), inner.strip("/"))))
                if re.fullmatch(r"[\w./-]*", place):  # it becomes part of a command
                    return place, Location(path=path, line=line_of(text, found.start()))
    return None


def _base_folder(text: str, path: str, folder: str) -> str:
    """What BASE_DIR is: so many folders above the file that sets it."""
    line = re.search(r"(?m)^BASE_DIR\s*=\s*([^\n]{1,300})", text)
    up = len(re.findall(r"dirname\(|\.parent\b", line[1])) if line else 0
    parts = (path[len(folder) + 1 :] if folder else path).split("/")
    return "/".join(parts[: max(0, len(parts) - up)]) if up else ""


_ALONE: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("python", re.compile(r"(?mi)^_?\w*(?:session|cart|basket|login)s?\w*\s*=\s*(?:\{\}|dict\(\)|\[\])"),
     "sessions or carts are kept in the memory of the process"),
    ("javascript", re.compile(r"(?mi)^(?:var|let|const)\s+_?\w*(?:session|cart|basket|store)s?\w*\s*=\s*(?:\{\}|new Map\(\)|\[\])"),
     "sessions or carts are kept in the memory of the process"),
    ("javascript", re.compile(r"(?m)^[ \t]*setInterval\("), "a timer runs in the process"),
    ("python", re.compile(r"\b(?:threading\.Timer\(|BackgroundScheduler\(|BlockingScheduler\()"), "a timer runs in the process"),
    ("java", re.compile(r"(?m)^[ \t]*@(?:Scheduled|Schedule|Singleton)\b"), "a timer or a singleton runs in the process"),
    ("java", re.compile(r"\.getSession\((?:true)?\)[^;\n]{0,80}|session\.setAttribute\("), "HTTP sessions are kept in the memory of the server"),
    ("php", re.compile(r"\bsession_start\("), "PHP keeps sessions in files on local disk"),
)  # fmt: skip
_SQLITE = re.compile(r"sqlite:/{3,4}[\w./-]|['\"][\w./-]{1,100}\.(?:sqlite3?|db)['\"]|sqlite3\.connect\(")


def single_reason(tree: Tree, folder: str, languages: Iterable[str]) -> tuple[str, Location] | None:
    """Why there may only be one replica, and where the code shows it; None when nothing was seen."""
    wanted = tuple(languages)
    for language, pattern, why in _ALONE:
        if language not in wanted:
            continue
        for path in tree.code(language, folder=folder):
            found = pattern.search(tree.text(path))
            if found:
                return why, Location(path=path, line=line_of(tree.text(path), found.start()))
    for path in tree.code(*wanted, folder=folder):
        found = _SQLITE.search(tree.text(path))
        if found:
            where = Location(path=path, line=line_of(tree.text(path), found.start()))
            return "the database is a file on local disk", where
    return None
