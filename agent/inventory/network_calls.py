"""Finds the calls by which PHP scripts and jobs reach other systems: one file in, (kind, name, offset or line, sure) out.

A host that is written out becomes part of the name, since two FTP partners are two systems; one that is computed does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from agent.inventory.tables import table
from agent.languages.jcl_lines import Statement, statements_of, unquoted
from agent.languages.jcl_transfer import PROGRAMS, read_transfer

__all__ = ["Reached", "is_http_client", "php_calls", "settings_of_hosts", "sockets", "transfers"]

MOST = 50
FTP = ("file share", "FTP server")
MAIL = ("mail", "Mail server (SMTP)")
MAILBOX = ("mail", "Mailbox (IMAP or POP3)")


class Reached(NamedTuple):
    """A system that a call names; ``line`` counts from 1."""

    kind: str
    name: str
    line: int
    exact: bool


_HOST = rb"(?:\d{1,3}(?:\.\d{1,3}){3}|[A-Za-z0-9][\w-]{0,60}(?:\.[\w-]{1,60}){1,6})"
_FIRST = re.compile(rb"[ \t\r\n]{0,80}([\"'])(?:[a-z]{2,5}://)?(" + _HOST + rb")\1")
_SOCKET = re.compile(rb"(?<![\w>:$\\])(?:p?fsockopen|stream_socket_client)[ \t]{0,4}\(([^;\n]{0,200})")
_NODE_SOCKET = re.compile(rb"\b(?:net|tls)\.(?:connect|createConnection)[ \t]{0,4}\(([^;\n]{0,200})")
_ADDRESS = re.compile(rb"[\"'](?:(\w{2,6})://)?(" + _HOST + rb")(?:[\"'][ \t]{0,4},[ \t]{0,4}|:)(\d{1,5})")
_PORT = re.compile(rb",[ \t]{0,4}(\d{1,5})\b")
_SPOKEN = re.compile(rb"[\"'](?:HELO|EHLO|MAIL FROM|RCPT TO)\b")
_MAIL = re.compile(rb"(?<![\w>:$\\])(?<!function )@?mail[ \t]{0,4}\([ \t\r\n]{0,40}[$\"'\w]")
_OWN_MAIL = re.compile(rb"(?i)\bfunction[ \t]+&?mail[ \t]*\(")
_MAILBOX = re.compile(
    rb"(?i)[\"'](?:[\w./-]{0,80}/)?maildir(?:/[\w./-]{0,80})?[\"']|[\"']/var/(?:spool/)?mail/[\w./-]{0,80}"
)
_HTTP_CLIENT = re.compile(
    rb"(?<![\w>:$\\])(?:curl_init|curl_exec|http_get|http_post_data)[ \t]*\(|\bCURLOPT_URL\b|"
    rb"(?<![\w>:$\\])(?:file_get_contents|fopen|copy|simplexml_load_file|readfile)[ \t]*\([ \t]*[\"']https?://|"
    rb"\bnew[ \t]+(?:\\?GuzzleHttp\\)?(?:Client|HTTP_Request2?|Zend_Http_Client|SoapClient)[ \t]*\("
)
_PDO = re.compile(rb"[\"'](mysql|pgsql|sqlite|sqlsrv|oci|ibm|informix|firebird|odbc|dblib):(?=[/\w(:{$])")
_PORTS = {
    21: FTP, 25: MAIL, 465: MAIL, 587: MAIL, 110: MAILBOX, 143: MAILBOX, 993: MAILBOX, 995: MAILBOX,
    389: ("directory", "LDAP directory"), 22: ("file share", "SFTP or SSH server"), 6379: ("cache", "Redis"), 11211: ("cache", "Memcached"),
}  # fmt: skip
_SETTING = re.compile(
    rb"(?i)(?<![A-Za-z0-9])[\"']?(?:\w{0,30}_)?(ftp|sftp|smtp|imap|pop3|ldap)[_.-]?(?:host|server|hostname)[\"']?"
    rb"[ \t]{0,20}(?:=>|=|:|,)[ \t]{0,20}[\"'](" + _HOST + rb")[\"']"
)
_PROTOCOLS = {
    b"ftp": FTP, b"sftp": ("file share", "SFTP or SSH server"), b"smtp": MAIL, b"imap": MAILBOX, b"pop3": MAILBOX,
    b"ldap": ("directory", "LDAP directory"),
}  # fmt: skip


@cache
def _functions() -> tuple[re.Pattern[bytes], dict[bytes, tuple[str, str]]]:
    """PHP's own functions and classes that talk to a system, from the table of systems."""
    known = {
        mark.encode(): (entry["kind"], name)
        for name, entry in table("external_systems").items()
        for mark in entry.get("php", ())
        if not mark.endswith(":")
    }
    longest = sorted(known, key=lambda mark: (-len(mark), mark))
    names = b"|".join(re.escape(mark).replace(rb"\ ", rb"[ \t]{1,4}\\?") for mark in longest)
    return re.compile(rb"(?<![\w>:$\\])(" + names + rb")[ \t]{0,4}\("), known


def php_calls(data: bytes) -> Iterator[Reached]:
    """Systems by the functions that only talk to them, sockets by their port, databases by PDO's notation."""
    pattern, known = _functions()
    for found in islice(pattern.finditer(data), MOST):
        kind, name = known[b" ".join(found.group(1).replace(b"\\", b"").split())]
        host = _FIRST.match(data, found.end())
        named = f"{name} ({host.group(2).decode('ascii', 'replace').lower()})" if host and (kind, name) == FTP else name
        yield Reached(kind, named, _line(data, found.start()), True)
    for found in islice(_PDO.finditer(data), MOST):
        by_scheme = _schemes().get(found.group(1).decode("ascii"))
        if by_scheme:
            yield Reached(*by_scheme, _line(data, found.start()), True)
    yield from sockets(data)
    if not _OWN_MAIL.search(data):
        for found in islice(_MAIL.finditer(data), MOST):
            yield Reached(*MAIL, _line(data, found.start()), False)
    for found in islice(_MAILBOX.finditer(data), MOST):
        yield Reached("mail", "Mailbox (files on disk)", _line(data, found.start()), False)


def sockets(data: bytes, node: bool = False) -> Iterator[Reached]:
    """Sockets that PHP or Node opens, by their port or by the protocol that is spoken in the same file."""
    for found in islice((_NODE_SOCKET if node else _SOCKET).finditer(data), MOST):
        line = _line(data, found.start())
        address, port = _ADDRESS.search(found.group(1)), _PORT.search(found.group(1))
        number = int(address.group(3)) if address else int(port.group(1)) if port else 0
        if number in _PORTS:
            yield Reached(*_PORTS[number], line, True)
        elif _SPOKEN.search(data) or b"smtp" in found.group(1).lower():
            yield Reached(*MAIL, line, False)
        elif address and number in (80, 443):
            yield Reached("http", address.group(2).decode("ascii", "replace").lower(), line, True)
        elif address:
            yield Reached("network", f"{address.group(2).decode('ascii', 'replace').lower()}:{number}", line, True)
        else:
            yield Reached("network", "socket whose address is not in the code", line, False)


@cache
def _schemes() -> dict[str, tuple[str, str]]:
    """PDO's name of a database -> the system."""
    return {
        mark[:-1]: (entry["kind"], name)
        for name, entry in table("external_systems").items()
        for mark in entry.get("php", ())
        if mark.endswith(":")
    }


def is_http_client(data: bytes) -> int:
    """The line of the first call of PHP by which a script asks another server; 0 without any."""
    found = _HTTP_CLIENT.search(data)
    return _line(data, found.start()) if found else 0


def settings_of_hosts(data: bytes) -> Iterator[Reached]:
    """``'ftp_host' => 'ftp.example.com'``: a setting that is named after a protocol and holds a host."""
    for found in islice(_SETTING.finditer(data), MOST):
        kind, name = _PROTOCOLS[found.group(1).lower()]
        host = found.group(2).decode("ascii", "replace").lower()
        yield Reached(kind, f"{name} ({host})" if (kind, name) == FTP else name, _line(data, found.start()), True)


def transfers(data: bytes) -> Iterator[Reached]:
    """FTP steps of a job, by the host in PARM or in the first card."""
    if b"FTP" not in data:
        return
    step: Statement | None = None
    for statement in statements_of(data.decode("utf-8", "replace").replace("\0", " ")):
        if statement.operation == "EXEC":
            if step is not None:
                yield _transfer(step, ())
            program = unquoted(statement.keywords.get("PGM", "")).upper()
            step = statement if program in PROGRAMS else None
        elif step is not None and statement.operation == "DD" and statement.name in ("INPUT", "SYSIN"):
            yield _transfer(step, tuple(statement.data))
            step = None
    if step is not None:
        yield _transfer(step, ())


def _transfer(step: Statement, cards: tuple[str, ...]) -> Reached:
    host = read_transfer(unquoted(step.keywords.get("PARM", "")), cards).host
    return Reached(FTP[0], f"{FTP[1]} ({host})" if host else FTP[1], step.line, True)


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
