"""Finds the systems that the code talks to: files and declarations in; databases, queues, mail, APIs and shares out.

Names never hold more of an address than its host: what surrounds a host in a URL may be a password.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from agent.domain.inventory import ExternalSystem, Location
from agent.inventory.imports import prefixes
from agent.inventory.manifests.declared import Declared
from agent.inventory.network_calls import Reached, is_http_client, php_calls, settings_of_hosts, sockets, transfers
from agent.inventory.tables import table

__all__ = ["Sighting", "collect_external_systems", "declared_sightings", "is_known_image", "sightings_in"]

MOST_EVIDENCE = 10


class Sighting(NamedTuple):
    """One place where a system shows. ``generic`` ones say how it is reached, not which one it is."""

    kind: str
    name: str
    path: str
    line: int
    exact: bool
    generic: bool = False


class _Known(NamedTuple):
    kind: str
    name: str
    generic: bool


class _Marks(NamedTuple):
    imports: dict[tuple[str, str], _Known]
    schemes: dict[str, _Known]
    settings: tuple[tuple[bytes, _Known], ...]
    packages: dict[tuple[str, str], _Known]
    images: dict[str, _Known]


_ECOSYSTEMS = ("pypi", "maven", "npm", "nuget", "rubygems", "go", "packagist")


@cache
def _marks() -> _Marks:
    marks = _Marks({}, {}, (), {}, {})
    settings: list[tuple[bytes, _Known]] = []
    for name, entry in table("external_systems").items():
        known = _Known(entry["kind"], name, entry.get("generic", False))
        for family in ("python", "java", "javascript"):
            marks.imports.update({(family, module): known for module in entry.get(family, ())})
        marks.schemes.update(dict.fromkeys(entry.get("schemes", ()), known))
        settings += [(text.encode(), known) for text in entry.get("settings", ())]
        for ecosystem in _ECOSYSTEMS:
            marks.packages.update({(ecosystem, package): known for package in entry.get(ecosystem, ())})
        marks.images.update(dict.fromkeys(entry.get("images", ()), known))
    return marks._replace(settings=tuple(settings))


def sightings_in(
    path: str, language: str, role: str, data: bytes, imports: Iterable[tuple[str, str, int]]
) -> Iterator[Sighting]:
    """What one file shows; ``imports`` as ``imports_of`` gives them."""
    http_client = ""
    client_line = 0
    seen: set[tuple[str, str]] = set()
    for family, name, offset in imports:
        for prefix in prefixes(family, name):
            known = _marks().imports.get((family, prefix))
            if known is not None:
                if (family, known.name) not in seen:
                    seen.add((family, known.name))
                    yield Sighting(known.kind, known.name, path, _line(data, offset), True, known.generic)
                break
            if _is_client(family, prefix, data):
                http_client = http_client or prefix
                client_line = client_line or _line(data, offset)
    yield from _in_settings(path, data)
    yield from _in_addresses(path, data)
    yield from _services(path, language, data)
    yield from _images(path, language, data)
    yield from _shares(path, data)
    yield from _reached(path, language, role, data)
    if language == "php" and not http_client and (client_line := is_http_client(data)):
        http_client = "php"
    named = yield from _http(path, role, data, bool(http_client))
    if http_client and not named:
        yield Sighting("http", _UNNAMED_HTTP, path, client_line, False, True)


_NAMED_IN_SETTINGS = frozenset({"php", "python", "javascript", "typescript", "ruby", "perl"})


def _reached(path: str, language: str, role: str, data: bytes) -> Iterator[Sighting]:
    """Calls of PHP, FTP steps of jobs, and hosts in settings that are named after a protocol; comments left out."""
    found: list[Reached] = []
    if language == "php":
        found += php_calls(data)
    elif language == "jcl":
        found += transfers(data)
    elif language in ("javascript", "typescript") and (b"net." in data or b"tls." in data):
        found += sockets(data, node=True)
    if language in _NAMED_IN_SETTINGS and role in ("code", "config"):
        found += settings_of_hosts(data)
    lines = data.split(b"\n") if found else []
    for kind, name, line, exact in found:
        if not lines[line - 1].lstrip()[:4].startswith(_COMMENT) or language == "jcl":
            yield Sighting(kind, name, path, line, exact)


_UNNAMED_HTTP = "HTTP service whose address is not in the code"


class _Http(NamedTuple):
    clients: frozenset[tuple[str, str]]
    calls: dict[str, re.Pattern[bytes]]
    not_services: re.Pattern[str]


@cache
def _http_rules() -> _Http:
    rules = table("http_services")
    domains = "|".join(re.escape(domain) for domain in rules["not_a_service"]["domains"])
    return _Http(
        frozenset((family, name) for family, names in rules["clients"].items() for name in names),
        {module: re.compile(needed.encode()) for module, needed in rules["calls"].items()},
        re.compile(rf"(?:[\w.-]*\.)?(?:{domains})(?::\d+)?\Z"),
    )


def _is_client(family: str, module: str, data: bytes) -> bool:
    """Whether a library makes HTTP calls and, where most of it does not, whether this file uses the part that does."""
    needed = _http_rules().calls.get(module)
    return (family, module) in _http_rules().clients and (needed is None or needed.search(data) is not None)


def _in_settings(path: str, data: bytes) -> Iterator[Sighting]:
    for text, known in _marks().settings:
        offset = data.find(text)
        while offset >= 0 and _in_comment(data, offset):
            offset = data.find(text, offset + len(text))
        if offset >= 0:
            yield Sighting(known.kind, known.name, path, _line(data, offset), True, known.generic)


_BEFORE = re.compile(rb"[A-Za-z][A-Za-z0-9+.:-]{0,40}$")
_JDBC = re.compile(rb"jdbc:[a-z0-9]{2,20}(?::[a-z0-9-]{2,20})?")
_MOST_ADDRESSES = 2_000
_MOST_HOSTS = 50


def _in_addresses(path: str, data: bytes) -> Iterator[Sighting]:
    """Connection strings: ``scheme://`` and ``jdbc:product:``, outside comments."""
    seen: set[str] = set()
    for offset in _offsets(data, b"://"):
        before = _BEFORE.search(data, max(0, offset - 42), offset)
        if before is None or before.group()[:4].lower() == b"http":
            continue
        known = _scheme(before.group().decode("ascii").lower())
        if known and known.name not in seen and not _in_comment(data, offset):
            seen.add(known.name)
            yield Sighting(known.kind, known.name, path, _line(data, offset), True, known.generic)
    for found in _JDBC.finditer(data):
        known = _scheme(found.group().decode("ascii"))
        if known and known.name not in seen and not _in_comment(data, found.start()):
            seen.add(known.name)
            yield Sighting(known.kind, known.name, path, _line(data, found.start()), True, known.generic)


def _scheme(text: str) -> _Known | None:
    """``jdbc:mysql:replication`` is known as ``jdbc:mysql``; ``url:postgres`` as ``postgres``."""
    schemes = _marks().schemes
    if text.startswith("jdbc:"):
        keys = (key.replace(".", ":") for key in prefixes("", text.replace(":", ".")))
        return next((schemes[key] for key in keys if key in schemes), None)
    return schemes.get(text) or schemes.get(text.rpartition(":")[2]) or schemes.get(text.rpartition("=")[2])


_AWS_CLIENT = re.compile(
    rb"\.(?:client|resource)\([ \t]{0,4}(?:service_name[ \t]{0,2}=[ \t]{0,2})?[\"']([a-z0-9-]{2,30})[\"']"
)
_AWS = {
    "s3": ("object store", "Amazon S3"),
    "sqs": ("queue", "Amazon SQS"),
    "sns": ("queue", "Amazon SNS"),
    "kinesis": ("queue", "Amazon Kinesis"),
    "ses": ("mail", "Amazon SES"),
    "dynamodb": ("database", "Amazon DynamoDB"),
    "secretsmanager": ("http", "AWS Secrets Manager"),
}


_EMBEDDED = re.compile(rb"<jdbc:embedded-database\b([^>]{0,500})>")
_EMBEDDED_TYPES = {"HSQL": "HSQLDB", "H2": "H2", "DERBY": "Apache Derby"}  # Spring's, the first by default


def _services(path: str, language: str, data: bytes) -> Iterator[Sighting]:
    if language == "xml" and b"embedded-database" in data:
        for found in _EMBEDDED.finditer(data):
            kind = re.search(rb"\btype[ \t]*=[ \t]*[\"'](\w{1,20})", found.group(1))
            name = _EMBEDDED_TYPES.get(kind.group(1).decode("ascii", "replace").upper() if kind else "HSQL")
            if name and not _in_comment(data, found.start()):
                yield Sighting("database", name, path, _line(data, found.start()), True)
    if language == "python" and b"boto3" in data:
        for found in islice(_AWS_CLIENT.finditer(data), _MOST_HOSTS):
            service = found.group(1).decode("ascii")
            if service in _AWS:
                yield Sighting(*_AWS[service], path, _line(data, found.start()), True)


_MOUNT = re.compile(rb"[\"'=: ](/(?:mnt|nfs|net|srv/s?ftp|var/s?ftp)/[\w.-]{1,60})")
_UNC = re.compile(rb"(?:[\"']\\\\\\\\|\b[rR@][\"']\\\\|[\"=]file:////)([A-Za-z][\w.-]{1,60})[\\/]{1,2}([\w$-]{1,60})")


def _shares(path: str, data: bytes) -> Iterator[Sighting]:
    """Paths of mounted shares and Windows shares in string literals."""
    if b"/mnt/" in data or b"/nfs/" in data or b"/net/" in data or b"ftp/" in data:
        for found in islice(_MOUNT.finditer(data), _MOST_HOSTS):
            if not _in_comment(data, found.start()):
                yield Sighting(
                    "file share", found.group(1).decode("ascii", "replace"), path, _line(data, found.start()), False
                )
    if b"\\\\" in data:
        for found in islice(_UNC.finditer(data), _MOST_HOSTS):
            name = rf"\\{found.group(1).decode('ascii', 'replace')}\{found.group(2).decode('ascii', 'replace')}"
            yield Sighting("file share", name, path, _line(data, found.start()), True)


_URL_LITERAL = re.compile(rb"[\"'`]https?://(?:[^\s\"'`/@]{0,200}@)?([A-Za-z0-9][\w.-]{0,120}(?::\d{1,5})?)")
_URL_SETTING = re.compile(
    rb"(?im)^[ \t]*(?:-[ \t]+|export[ \t]+|ENV[ \t]+)?[\"']?[\w.-]{0,80}"
    rb"(?:url|uri|endpoint|wsdl|base|host|server|service|api)[\w.-]{0,40}[\"']?[ \t]*[:=][ \t]*"
    rb"[^\s#<]{0,60}?https?://(?:[^\s\"'/@]{0,200}@)?([A-Za-z0-9][\w.-]{0,120}(?::\d{1,5})?)"
)
_SETTINGS_FILE = re.compile(
    r"(?:.*/)?(?:[^/]*\.(?:properties|ini|cfg|conf|env|config)|\.env[^/]*|Dockerfile[^/]*"
    r"|(?:application|bootstrap|settings|config|docker-compose|compose)[^/]*\.(?:ya?ml|py|json|js|ts))\Z"
)


def _http(path: str, role: str, data: bytes, has_client: bool) -> Generator[Sighting, None, bool]:
    """HTTP services by host: literals in files that use a client, addresses in settings. Returns whether any."""
    if b"://" not in data:
        return False
    in_code = has_client and role == "code"
    if not in_code and (not _SETTINGS_FILE.match(path) or path.endswith("gradle.properties")):
        return False
    hosts: set[str] = set()
    for found in (_URL_LITERAL if in_code else _URL_SETTING).finditer(data):
        host = found.group(1).decode("ascii", "replace").lower().rstrip(".")
        if host in hosts or len(hosts) >= _MOST_HOSTS or (in_code and "." not in host):
            continue
        if _is_service(host) and not _in_comment(data, found.start(1)):
            hosts.add(host)
            yield Sighting("http", host, path, _line(data, found.start(1)), in_code)
    return in_code and bool(hosts)


def _is_service(host: str) -> bool:
    name = host.partition(":")[0]
    here = name in ("0.0.0.0", "www") or name.startswith("127.")  # noqa: S104 - compared, not bound
    return not here and not _http_rules().not_services.match(host)


def declared_sightings(declared: Declared) -> Iterator[Sighting]:
    """What a manifest's packages and a compose file's images say."""
    for dependency in declared.dependencies:
        if dependency.development:
            continue
        known = package_known(_marks().packages, dependency.ecosystem, dependency.name)
        if known is not None:
            yield Sighting(known.kind, known.name, dependency.path, dependency.line, False, known.generic)
    for image, line in declared.images:
        found = _image(image)
        if found is not None:
            yield Sighting(found.kind, found.name, declared.path, line, True, found.generic)


def _image(image: str) -> _Known | None:
    """What a container image holds; tags, digests and registries do not matter."""
    name = image.split("@")[0]
    path, _, last = name.rpartition("/")
    last = last.partition(":")[0]
    images = _marks().images
    return images.get(last) or images.get(f"{path.rpartition('/')[2]}/{last}")


def is_known_image(image: str) -> bool:
    """Whether a container image holds a system that others talk to, such as a database."""
    return _image(image) is not None


_IMAGE_LINE = re.compile(rb"(?m)^[ \t]*(?:-[ \t]+)?image:[ \t]*[\"']?([\w./:@-]{1,200})")


def _images(path: str, language: str, data: bytes) -> Iterator[Sighting]:
    """Images that cluster manifests run."""
    if language == "yaml" and b"image:" in data:
        for found in islice(_IMAGE_LINE.finditer(data), _MOST_HOSTS):
            known = _image(found.group(1).decode("ascii", "replace"))
            if known is not None:
                yield Sighting(known.kind, known.name, path, _line(data, found.start(1)), True, known.generic)


def package_known(packages: dict[tuple[str, str], _Known], ecosystem: str, name: str) -> _Known | None:
    """A package by its name, or by the longest known beginning that ends in ``*``."""
    name = re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "pypi" else name
    known = packages.get((ecosystem, name))
    if known is None:
        stars = [
            key for key in packages if key[0] == ecosystem and key[1].endswith("*") and name.startswith(key[1][:-1])
        ]
        known = packages[max(stars, key=lambda key: len(key[1]))] if stars else None
    return known


def collect_external_systems(sightings: Iterable[Sighting]) -> tuple[ExternalSystem, ...]:
    """One entry a system. A generic one is dropped where a named system of its kind explains it."""
    grouped: dict[tuple[str, str], list[Sighting]] = {}
    for sighting in sightings:
        grouped.setdefault((sighting.kind, sighting.name), []).append(sighting)
    _join_the_only_host(grouped)
    named = {kind for (kind, _), found in grouped.items() if not found[0].generic and any(s.exact for s in found)}
    systems = []
    for (kind, name), found in sorted(grouped.items()):
        if found[0].generic and kind in named and kind != "http":
            continue
        places = sorted({(not sighting.exact, sighting.path, sighting.line) for sighting in found})
        evidence = tuple(Location(path=path, line=line) for _, path, line in places[:MOST_EVIDENCE])
        exact = any(sighting.exact for sighting in found)
        systems.append(
            ExternalSystem(kind=kind, name=name, evidence=evidence, resolution="exact" if exact else "inferred")
        )
    return tuple(systems)


def _join_the_only_host(grouped: dict[tuple[str, str], list[Sighting]]) -> None:
    """A call to ``FTP server`` whose host is elsewhere goes to ``FTP server (host)`` when there is just one of those."""
    for kind, name in list(grouped):
        hosts = [key for key in grouped if key[0] == kind and key[1].startswith(f"{name} (")]
        if len(hosts) == 1:
            grouped[hosts[0]] += grouped.pop((kind, name))


_COMMENT = (b"#", b"//", b"*", b"/*", b"<!--", b"--", b"REM", b"rem ", b">>>", b"..")


def _in_comment(data: bytes, offset: int) -> bool:
    """Whether the line is a comment as a whole; ends of lines that are comments are taken for code."""
    start = max(data.rfind(b"\n", 0, offset) + 1, offset - 500)
    return data[start:offset].lstrip()[:4].startswith(_COMMENT)


def _offsets(data: bytes, needle: bytes) -> Iterator[int]:
    offset = data.find(needle)
    for _ in range(_MOST_ADDRESSES):
        if offset < 0:
            return
        yield offset
        offset = data.find(needle, offset + len(needle))


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
