"""What the system talks to and what keeps it in one place: file shares, mail, local files, several databases.

Before: a nightly file on a mounted share. After: an interface with an owner, a contract and a test. Why: these are what a
cut-over forgets. When not: a partner that will not change keeps its format behind an adapter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, finding, report
from agent.assessment.reading import Source, calls
from agent.domain.finding import Evidence, Finding, Rule
from agent.domain.wording import counted

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="integration.external-system", lens="integration", severity="medium", title="The system depends on another one",
        matches="File shares, mail, queues, directories and services that the code or its settings name.",
        why="These are what a cut-over forgets.",
        remedy="Put it behind one adapter with an owner, a contract and a test.",
    ),
    Rule(
        id="integration.raw-connection", lens="integration", severity="medium", title="Code talks to another machine below any protocol of its own",
        matches="Sockets, Telnet sessions and terminal emulation that the code opens itself.",
        why="Address, port, framing and time-outs are in the code; no gateway, mesh or firewall rule of a platform knows it.",
        remedy="Find out what listens there and who owns it; put it behind one adapter with a time-out and a test double, and open the path on the target's network on purpose.",
    ),
    Rule(
        id="integration.address-in-code", lens="integration", severity="low", title="The address of another system is written in the code",
        matches="Literal addresses of other hosts in calls of HTTP clients.",
        why="Each environment of the target needs another one, and nobody finds it when the partner moves.",
        remedy="Read it from the environment, in the one adapter that owns the partner.",
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}

NEEDS = {
    "file share": (
        "medium",
        "Partners and jobs depend on its path, format and time; put it behind one adapter and test the file.",
    ),
    "ftp": (
        "medium",
        "Credentials, allow-lists and notice periods move with it; put it behind one adapter and test the file.",
    ),
    "mail": (
        "low",
        "Send after the transaction has committed, through one place, so that a retry does not mail twice.",
    ),
    "http": ("low", "Give the call a time-out and one owner; it becomes a dependency of the service that makes it."),
    "ldap": (
        "medium",
        "Identity has to work on both sides of the facade; settle sessions and roles before the first route moves.",
    ),
    "queue": ("low", "Name the owner of each queue; a consumer that moves must not run twice."),
    "soap": (
        "medium",
        "The contract is the partner's; keep its client whole in one service behind an anti-corruption layer.",
    ),
}


def look(case: Case) -> Iterator[Finding]:
    """Rule integration.external-system."""
    for system in case.inventory.external_systems:
        need = NEEDS.get(system.kind)
        if need is None:
            continue
        severity, remedy = need
        found = [
            evidence(place.path, place.line, f"{system.kind}: {system.name}", system.resolution)
            for place in system.evidence
        ]
        by_path = {unit.path: unit.service for unit in case.boundaries.units}
        services = case.named(by_path.get(place.path, "") for place in system.evidence)
        users = f", used by {', '.join(services)}" if services else ""
        yield finding(
            "integration.external-system", f"{system.kind} {system.name}", severity,
            f"The system depends on {system.kind} {system.name}",
            f"{counted(len(found), 'place refers', 'places refer')} to it{users}.",
            remedy, services, found,
        )  # fmt: skip
    yield from _in_code(case)


_RAW = {
    "python": re.compile(
        r"\btelnetlib\.Telnet\s*\(|\bsocket\.create_connection\s*\(|\.connect\s*\(\s*\(|\bpexpect\.spawn\s*\("
    ),
    "java": re.compile(
        r"\bnew\s+(?:java\.net\.)?(?:Socket|DatagramSocket)\s*\((?=\s*[^)\s])|\bnew\s+(?:[\w.]+\.)?TelnetClient\s*\(|\bSocketChannel\.open\s*\("
    ),
    "javascript": re.compile(
        r"\bnet\.(?:connect|createConnection)\s*\(|\bnew\s+net\.Socket\s*\(|\bdgram\.createSocket\s*\("
    ),
    "php": re.compile(r"(?<![\w>:$])(?:p?fsockopen|stream_socket_client|socket_connect)\s*\("),
    "csharp": re.compile(r"\bnew\s+(?:TcpClient|UdpClient)\s*\("),
    "perl": re.compile(r"\bIO::Socket::INET->new\b|\bNet::Telnet->new\b"),
    "go": re.compile(r"\bnet\.Dial(?:Timeout)?\s*\("),
    "ruby": re.compile(r"\bTCPSocket\.(?:new|open)\b|\bNet::Telnet\b"),
}
_CLIENT = {
    "python": re.compile(
        r"\b(?:requests|httpx|session)\.(?:get|post|put|delete|patch|head|request)\s*\(|(?:\burllib2?\.(?:request\.)?|(?<![\w.]))urlopen\s*\(|\burllib2?\.(?:request\.)?Request\s*\("
    ),
    "java": re.compile(
        r"\bnew\s+(?:java\.net\.)?URL\s*\(|\b(?:URI|HttpUrl)\.(?:create|parse)\s*\(|\.(?:getForObject|getForEntity|postForObject|postForEntity|exchange)\s*\("
    ),
    "javascript": re.compile(
        r"(?<![\w.])fetch\s*\(|\baxios(?:\.\w+)?\s*\(|\bhttps?(?:[\"']\s*\))?\.(?:request|get)\s*\(|\brequire\s*\(\s*[\"']\s*[\"']\s*\)\.(?:get|request)\s*\(|(?<![\w.])request(?:\.(?:get|post|put))?\s*\("
    ),
    "php": re.compile(r"(?<![\w>:$])(?:curl_init|file_get_contents|fopen)\s*\(|\bnew\s+SoapClient\s*\("),
    "csharp": re.compile(r"\.(?:GetAsync|PostAsync|GetStringAsync|DownloadString)\s*\("),
}
_RAW["typescript"], _CLIENT["typescript"] = _RAW["javascript"], _CLIENT["javascript"]
_ADDRESS = re.compile(
    r"https?://(?!localhost|127\.|0\.0\.0\.0|\[::1)((?:[\w-]+\.)+[A-Za-z]{2,}|\d{1,3}(?:\.\d{1,3}){3})|\bhost(?:name)?[\"']?\s*:\s*[\"'](?!localhost|127\.)((?:[\w-]+\.)+[A-Za-z]{2,})[\"']"
)
_BROWSER = re.compile(
    r"(?i)(?:^|/)(?:static\w*|public|assets|www|webapp|client|frontend|browser)/|\bdocument\.|\bwindow\."
)


def _in_code(case: Case) -> Iterator[Finding]:
    """Rules integration.raw-connection and integration.address-in-code, one finding a file."""
    for source in case.sources:
        if source.role != "code" or (source.language in ("javascript", "typescript") and _is_page_script(source)):
            continue
        found: dict[str, dict[int, Evidence]] = defaultdict(dict)
        if source.language in _RAW:
            for m in _RAW[source.language].finditer(source.code):
                line = source.line(m.start())
                found["integration.raw-connection"].setdefault(
                    line, evidence(source.path, line, source.shown(m.start()))
                )
        if source.language in _CLIENT:
            for call in calls(source, _CLIENT[source.language]):
                host = _ADDRESS.search(call.inside(source))
                if host:
                    line = source.line(call.start)
                    name = host.group(1) or host.group(2)
                    found["integration.address-in-code"].setdefault(
                        line, evidence(source.path, line, f"{name}: {source.shown(call.start)}")
                    )
        for rule, places in sorted(found.items()):
            shown = [places[line] for line in sorted(places)]
            key = f"{source.path} {' '.join(sorted(e.text for e in shown))}"
            yield report(case, BY_ID[rule], key, shown, title=f"{BY_ID[rule].title}: {source.path}")


def _is_page_script(source: Source) -> bool:
    return bool(_BROWSER.search(source.path) or re.search(r"\bdocument\.|\bwindow\.", source.code))
