"""What kind of setting a name and its literal are: (name, value) in, host, URL, path, port, secret ... out.

A name and a value have to agree before anything is called a setting, so that ordinary constants stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = [
    "CONFIGURED",
    "LOCAL_STATE",
    "is_environment_like",
    "is_for_development",
    "is_secret",
    "is_settings_file",
    "kind_of",
    "variable",
]

CONFIGURED = frozenset({"host", "url", "path", "remote port", "user", "secret"})
LOCAL_STATE = frozenset({"state"})

_PATH = re.compile(
    r"^(?:/(?:srv|var|mnt|home|opt|data|media|nfs|shared?|app|apps|exports?|u\d\d|volumes?\d*|usr/local)/[^\s*?<>|]+"
    r"|[A-Za-z]:[\\/][^*?<>|\"]+|\\\\[\w.-]+\\[^*?<>|\"]+)$"
)
_URL = re.compile(r"^(?:jdbc:)?[a-z][a-z0-9+.-]{1,30}:(?://|thin:|oci:|[a-z]+:)[^\s]+$", re.IGNORECASE)
_SQLITE = re.compile(r"^(?:jdbc:)?sqlite(?:\+\w+)?:(?:///?/?)?(?P<file>[^:?\s]+)", re.IGNORECASE)
_HOST = re.compile(
    r"^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d{1,5})?$"
)
_ANYWHERE = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1", ""})  # noqa: S104 (compared with, not bound to)
_CREDENTIALS = re.compile(r"://[^/@\s:]*:[^/@\s]+@")
_IDENTIFIERS = re.compile(
    r"//(?:[\w.-]+\.)?(?:w3\.org|xmlsoap\.org|schema\.org|json-schema\.org|purl\.org|sun\.com|jcp\.org|oracle\.com|"
    r"springframework\.org|apache\.org|opengis\.net|adobe\.com|microsoft\.com/schemas)\b"
)
_NEAR = re.compile(
    r"//(?:[^/@\s]*@)?(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|[\w-]+(?::\d+)?(?:[/?]|$)|"
    r"[\w.-]+\.(?:internal|local|lan|corp|intra|intranet|example|test|home|private))",
    re.IGNORECASE,
)
_URL_WORDS = frozenset(
    "url uri endpoint base api gateway service server host address webhook proxy broker backend dsn location".split()
)
_NOT_URL_WORDS = frozenset(
    "doc docs documentation help legal license licence schema namespace ns xmlns link links homepage website support "
    "terms privacy avatar image logo icon about readme issue issues donate social static".split()
)
_STATE_WORDS = frozenset(
    "upload uploads media cache storage store archive session sessions db database sqlite picture pictures image images "
    "attachment attachments document documents spool queue index data".split()
)
_SECRET_WORDS = frozenset("password passwd pwd passphrase secret token apikey credential credentials salt".split())
_NOT_SECRET_WORDS = frozenset(
    "file path dir name id url uri field header column param length min max age expiry expires timeout hours days minutes "
    "seconds reset enabled required validators hashers hasher pattern regex prefix type format policy cookie form label "
    "template key_file algorithm class backend size limit ttl lifetime endpoint method location usage".split()
)
_LISTENING = frozenset(
    "server http web app application listen bind api flask service management django express".split()
)
_GENERIC = frozenset(
    "host hostname url uri path dir directory file folder root home user port server address name base log out in key data "
    "temp tmp tmpdir editor shell lang term display mail pwd group domain mode debug env secret password token".split()
)
_SETTINGS_FILE = re.compile(
    r"(?:^|/)(?:(?:[\w.-]*[_.-])?(?:settings?|config|conf|configuration|defaults?|constants?|env(?:ironment)?|globals)"
    r"(?:[_.-][\w.-]*)?\.\w+|(?:settings?|config|conf)/[^/]+)$",
    re.IGNORECASE,
)
_DEVELOPMENT = re.compile(
    r"(?:^|[/_.-])(?:tests?|testing|ci|dev|develop|development|local|debug|examples?|sample|docs?|demo|dist|template)"
    r"(?:[_.-][\w.-]*)?\.\w+$|(?:^|/)(?:examples?|docs?|samples?|demos?)/",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def is_for_development(path: str) -> bool:
    """Whether the file holds settings for tests, continuous integration or one developer's machine, by its name."""
    return _DEVELOPMENT.search(path) is not None


def is_settings_file(path: str) -> bool:
    """Whether the file's name says that it is made of settings."""
    return _SETTINGS_FILE.search(path) is not None


def kind_of(name: Sequence[str], value: str | int, *, settings: bool) -> str:
    """host, url, path, state, port, remote port, user, secret; empty for anything else.

    ``name`` are the parts from the outside in (``smtp``, ``host``). ``settings`` says that it stands among settings,
    where a value is believed more readily.
    """
    words = _words(name)
    if not words:
        return ""
    if isinstance(value, int) or value.isdigit():
        return _port(words, int(value))
    if is_secret(name, value):
        return "secret"
    if len(value) > 400 or "\n" in value or "{" in value or "%(" in value or "%s" in value:
        return ""
    if words[-1] in ("user", "username") and len(words) > 1 and settings and re.fullmatch(r"[\w.@-]{2,64}", value):
        return "user"
    found = _SQLITE.match(value)
    if found:
        return "" if "memory" in value or not found["file"].strip("/") else "state"
    if _URL.match(value):
        return "url" if _is_address(words, value, settings) else ""
    if _PATH.match(value):
        return _path(words, value)
    return "host" if _is_host(words, value, settings) else ""


def is_secret(name: Sequence[str], value: str) -> bool:
    """Whether the value is a password, key or token by its name, or an address with a password in it."""
    if _CREDENTIALS.search(value):
        return True
    words = _words(name[-1:])
    if not value.strip() or not words or set(words) & _NOT_SECRET_WORDS or value.startswith(("$", "{", "%", "<")):
        return False
    if re.search(r"\s", value):
        return False  # a sentence about it
    if _SECRET_WORDS & set(words[-1:]) or (
        words[-1] in ("key", "value", "default") and _SECRET_WORDS & set(words[-2:])
    ):
        return True
    keyed = words[-1] == "key" and (
        len(words) == 1 or words[-2] in ("api", "private", "access", "secret", "signing", "master")
    )
    return keyed and len(value) >= 8 and " " not in value


def is_environment_like(name: str) -> bool:
    """Whether a name is written as constants and environment variables are."""
    return re.fullmatch(r"_{0,2}[A-Z][A-Z0-9_]*", name) is not None


def variable(name: Sequence[str], project: str) -> str:
    """The environment variable of a setting; one word that other programs may use too gets the project before it."""
    words = [word.upper() for word in _words(name)]
    if len(words) == 1 and words[0].lower() in _GENERIC:
        words = [*(word.upper() for word in _words([project])), *words]
    joined = "_".join(words)
    return joined if joined and not joined[0].isdigit() else f"APP_{joined}"


def _words(name: Sequence[str]) -> list[str]:
    return [word.lower() for part in name for word in _WORD.findall(part)]


def _port(words: Sequence[str], value: int) -> str:
    if words[-1] != "port" or not 0 < value < 65536:
        return ""
    return "port" if len(words) == 1 or (len(words) == 2 and words[0] in _LISTENING) else "remote port"


def _is_address(words: Sequence[str], value: str, settings: bool) -> bool:
    if _IDENTIFIERS.search(value) or set(words) & _NOT_URL_WORDS:
        return False
    if value.lower().startswith(("http:", "https:")) and not settings and not _NEAR.search(value):
        return False
    return bool(set(words) & _URL_WORDS) or not value.lower().startswith(
        ("http:", "https:", "file:", "data:", "mailto:")
    )


def _path(words: Sequence[str], value: str) -> str:
    if set(words) & _STATE_WORDS and "log" not in words:
        return "state"
    return "state" if re.search(r"\.(?:db|sqlite3?)$", value, re.IGNORECASE) else "path"


def _is_host(words: Sequence[str], value: str, settings: bool) -> bool:
    if value in _ANYWHERE or not _HOST.match(value) or value.isdigit():
        return False
    bare = value.partition(":")[0]
    last = words[-1]
    if last in ("host", "hostname"):
        return bare == "localhost" or "." in bare or (settings and len(words) > 1)
    return (
        last in ("server", "broker", "address", "location") and len(words) > 1 and (bare == "localhost" or "." in bare)
    )
