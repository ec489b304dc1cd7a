"""Lock-in and portability: what ties the system to one cloud, one database or one vendor's runtime, and how much code that is.

Before: `SELECT * FROM (SELECT ..., ROWNUM r FROM orders) WHERE r < 20`, in 14 statements. After: `FETCH FIRST 20 ROWS ONLY`, or one
place that knows the dialect. Why: a tie is no fault, but its price should be known before the target is chosen; sizes are counts of
places in the code. When not: a tie that is wanted, because the service is worth it; accept the finding with that reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.reading import Source
from agent.domain.finding import Evidence, Finding, Quantity, Rule
from agent.domain.wording import counted

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="portability.cloud-service", lens="portability", severity="low", title="Code uses one cloud's services",
        matches="Imports of the clouds' own libraries (AWS, Azure, Google Cloud) in code.",
        why="What calls them runs on that cloud only, or pays for traffic to it from elsewhere.",
        remedy="Keep the calls behind one adapter; where there is a portable equivalent (S3 protocol, PostgreSQL, AMQP, OpenTelemetry), use its client.",
        step="Put vendors behind adapters",
        questions=(
            "A second cloud: which policies (budget, tagging, regions, backups) have to hold in both, and who writes them twice?",
            "A second cloud: how do these calls prove who they are there, and does one identity provider stand behind both?",
            "A second cloud: how much data do these services hold, what does it cost to read it from the other side, and which copy is the true one?",
        ),
    ),
    Rule(
        id="portability.sql-dialect", lens="portability", severity="low", title="SQL is written for one database",
        matches="Words of one dialect in SQL: ROWNUM, CONNECT BY, (+), NVL, DECODE, SYSDATE, DUAL, MINUS, TOP, GETDATE, NOLOCK, ISNULL, "
        "CROSS APPLY, ON DUPLICATE KEY, REPLACE INTO, GROUP_CONCAT, IFNULL, STRAIGHT_JOIN.",
        why="Another database, or the managed form of this one that the target offers, may not run it.",
        remedy="Rewrite to the standard where it has the same meaning (COALESCE, CASE, FETCH FIRST, LEFT JOIN, CURRENT_TIMESTAMP); test the rest on the target.",
    ),
    Rule(
        id="portability.vendor-runtime", lens="portability", severity="medium", title="Code needs one vendor's runtime",
        matches="Imports of vendors' own packages: WebSphere, WebLogic, Oracle JDBC, sun.*, JBoss, COM and the Windows registry, System.Web, DB2 and CICS.",
        why="The runtime has to be licensed, imaged and operated on the target, or the calls have to go first.",
        remedy="Replace by the standard's interfaces (jakarta.*, java.sql, ASP.NET Core); put what remains behind one adapter.",
        step="Put vendors behind adapters",
    ),
    Rule(
        id="portability.absolute-path", lens="portability", severity="low", title="Paths of one machine are written in the code",
        matches="Literals with absolute paths of data folders, drive letters and network shares, in code that is not configuration.",
        why="A container has none of these folders, and keeps nothing that is written there.",
        remedy="Read them from the environment; mount what must stay, move files to an object store.",
        step="Make the process stateless",
    ),
    Rule(
        id="portability.stored-logic", lens="portability", severity="medium", title="Business logic lives in the database",
        matches="Procedures, functions, packages and triggers declared in SQL files, with their lines.",
        why="It moves with the database only, is written in its dialect, and no service boundary holds inside of it.",
        remedy="Cover each routine by characterization tests; move rules to the service that owns the table; keep what is set-based until the data moves.",
        step="Bring logic out of the database",
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}

_CLOUDS = (
    ("Amazon Web Services", re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:boto3?|botocore|aiobotocore)\b|\b(?:com|software)\.amazon(?:aws)?\.[a-z]|[\"'](?:aws-sdk|@aws-sdk/[\w-]+|aws-amplify)[\"']|\bAws\\\\|\busing[ \t]+Amazon\.|github\.com/aws/aws-sdk-go", re.MULTILINE)),
    ("Microsoft Azure", re.compile(r"^[ \t]*(?:import|from)[ \t]+azure\b|\bcom\.(?:microsoft\.)?azure\.[a-z]|[\"']@azure/[\w-]+[\"']|\busing[ \t]+(?:Microsoft\.(?:Azure|WindowsAzure)|Azure)\.|github\.com/Azure/azure-sdk", re.MULTILINE)),
    ("Google Cloud", re.compile(r"^[ \t]*(?:import|from)[ \t]+google\.(?:cloud|appengine)\b|\bcom\.google\.(?:cloud|appengine)\.[a-z]|[\"']@google-cloud/[\w-]+[\"']|\busing[ \t]+Google\.Cloud\.|cloud\.google\.com/go", re.MULTILINE)),
)  # fmt: skip
_VENDORS = (
    ("WebSphere", re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?com\.ibm\.(?:websphere|ws|ejs|wsspi)\.(?!samples)", re.MULTILINE)),
    ("WebLogic", re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?weblogic\.", re.MULTILINE)),
    ("Oracle's JDBC driver", re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?oracle\.(?:jdbc|sql|jms)\b", re.MULTILINE)),
    ("the JDK's internals", re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?(?:sun|com\.sun\.(?:org|image|net|crypto|xml\.internal))\.", re.MULTILINE)),
    ("JBoss", re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?org\.jboss\.(?!test|logging)", re.MULTILINE)),
    ("Windows (COM, registry)", re.compile(r"\bCreateObject\s*\(|\bMicrosoft\.Win32\.Registry|^[ \t]*(?:import|from)[ \t]+(?:win32com|_?winreg|pythoncom)\b|\bnew[ \t]+COM\s*\(", re.MULTILINE)),
    ("System.Web (.NET Framework)", re.compile(r"^[ \t]*(?:using|Imports)[ \t]+System\.Web(?!\.Http\b)", re.MULTILINE)),
    ("CICS", re.compile(r"^.{6}[^*/\n].*\bEXEC[ \t]+CICS\b", re.MULTILINE)),
    ("Db2 on z/OS", re.compile(r"^.{6}[^*/\n].*\bEXEC[ \t]+SQL\b", re.MULTILINE)),
    ("IMS", re.compile(r"^.{6}[^*/\n].*\b(?:CALL[ \t]+'CBLTDLI'|EXEC[ \t]+DLI)\b", re.MULTILINE)),
)  # fmt: skip
_DIALECTS = (
    ("Oracle", re.compile(r"\bROWNUM\b|\bCONNECT\s+BY\b|\(\+\)|\bNVL2?\s*\(|\bDECODE\s*\(|\bSYSDATE\b|\bFROM\s+DUAL\b|\bMINUS\s+SELECT\b|\bTO_DATE\s*\(|\.NEXTVAL\b|\bVARCHAR2\b|\bNUMBER\s*\(\d", re.IGNORECASE)),
    ("SQL Server", re.compile(r"\bSELECT\s+(?:DISTINCT\s+)?TOP\s+[(\d]|\bGETDATE\s*\(|\bWITH\s*\(\s*NOLOCK|\bISNULL\s*\(|\b(?:CROSS|OUTER)\s+APPLY\b|@@IDENTITY\b|\bSCOPE_IDENTITY\s*\(|\bNVARCHAR\s*\(|\bIDENTITY\s*\(\d", re.IGNORECASE)),
    ("MySQL", re.compile(r"\bON\s+DUPLICATE\s+KEY\b|(?<!\bOR )\bREPLACE\s+INTO\b|\bGROUP_CONCAT\s*\(|\bIFNULL\s*\(|\bSTRAIGHT_JOIN\b|\bSQL_CALC_FOUND_ROWS\b|\bENGINE\s*=\s*\w|\bAUTO_INCREMENT\b|\bUNIX_TIMESTAMP\s*\(|\bFROM_UNIXTIME\s*\(|\bINSERT\s+IGNORE\b|\bDATE_FORMAT\s*\(", re.IGNORECASE)),
    ("SQLite", re.compile(r"\bINSERT\s+OR\s+(?:REPLACE|IGNORE)\b|\bAUTOINCREMENT\b|\bPRAGMA\s+\w|\bstrftime\s*\(\s*'|\bjulianday\s*\(|\bdatetime\s*\(\s*'now", re.IGNORECASE)),
    ("PostgreSQL", re.compile(r"\bON\s+CONFLICT\b|::(?:text|int|date|jsonb?|uuid|timestamp)\b|\bILIKE\b|\bRETURNING\s+\w|\w\s+(?:BIG)?SERIAL\s*(?=PRIMARY\b|NOT\s+NULL|,|\n)|\bJSONB\b|\bgenerate_series\s*\(|\bDISTINCT\s+ON\s*\(", re.IGNORECASE)),
)  # fmt: skip
_SQL_START = re.compile(
    r"[fFrRbBuU@$]{0,2}[\"'`]{1,3}\s*(?:SELECT\s[\s\S]{1,2000}?\bFROM\s|INSERT\s+(?:OR\s+\w+\s+|IGNORE\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|REPLACE\s+INTO\s|CREATE\s+(?:TABLE|INDEX|UNIQUE|VIEW|TEMP)|ALTER\s+TABLE\s|MERGE\s+INTO\s|PRAGMA\s)",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"^[\"'](?:[A-Za-z]:\\\\?[\w\\. -]{3,}|/(?:srv|data|export|home|mnt|nfs|usr/local|opt|var/(?!log\b|run\b|tmp\b))/?[\w.-]+[\w./-]*|\\\\\\\\\w[\w\\.$-]+)[\"']$"
)
_ROUTINE = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:EDITIONABLE\s+|NONEDITIONABLE\s+)?(PROCEDURE|FUNCTION|TRIGGER|PACKAGE\s+BODY)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:[\w\"`\[\]]+\.)?[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_VARIANT = re.compile(
    r"(?i)(?:^|[/._-])(?:oracle|db2\w*|derby|mysql|mariadb|postgres\w*|pgsql|mssql|sqlserver|h2|hsqldb|sqlite3?)[/._-]"
)
_ENDED = r"(?im)^\s*/\s*$|^\s*(?:END\s*(?:\w+\s*)?(?:;|\$\$|//|GO\b)|\$\$\s*(?:LANGUAGE\s+\w+)?\s*;)\s*$"
_PARSED_SQL = ("sql", "pl/sql")


def look(case: Case) -> Iterator[Finding]:
    """One finding for each cloud, vendor and dialect; one for each routine and file with paths."""
    sources = [s for s in case.sources if s.role == "code"]
    for rule, table in (("portability.cloud-service", _CLOUDS), ("portability.vendor-runtime", _VENDORS)):
        for name, pattern in table:
            cobol = name in ("CICS", "Db2 on z/OS", "IMS")
            places = [
                evidence(s.path, s.line(_first(s, m)), f"{name}: {s.shown(_first(s, m))}")
                for s in sources
                if (s.language == "cobol") == cobol and s.language != "sql"
                for m in pattern.finditer(s.plain)
            ]
            if places:
                yield _tie(case, rule, name, places)
    chosen = _one_of_several(sources)
    for name, pattern in _DIALECTS:
        places = [p for s in sources if s.path not in chosen for p in _dialect(s, name, pattern)]
        if places:
            yield _tie(case, "portability.sql-dialect", name, places)
    for source in sources:
        yield from _paths(case, source)
        yield from _routines(case, source)


def _first(source: Source, found: re.Match[str]) -> int:
    at = found.start()
    while at < found.end() and source.plain[at].isspace():
        at += 1
    return at


def _tie(case: Case, rule: str, name: str, places: list[Evidence]) -> Finding:
    files = len({p.location.path for p in places})
    size = Quantity(
        name="places to change", low=len(places), high=len(places), unit="places",
        formula="number of lines that match", inputs=(f"{len(places)} lines in {files} files",),
    )  # fmt: skip
    verb = {
        "portability.cloud-service": "uses services of",
        "portability.vendor-runtime": "needs",
        "portability.sql-dialect": "has SQL of",
    }[rule]
    detail = f"{counted(len(places), 'place')} in {counted(files, 'file')}. {BY_ID[rule].why}"
    return report(case, BY_ID[rule], name, places, title=f"The system {verb} {name}", detail=detail, quantities=(size,))


def _dialect(source: Source, name: str, pattern: re.Pattern[str]) -> Iterator[Evidence]:
    """Lines in SQL files and in strings that hold SQL."""
    lines: dict[int, str] = {}
    if source.language in _PARSED_SQL:
        for m in pattern.finditer(source.code):
            lines.setdefault(source.line(m.start()), m.group())
    elif source.language == "xml" and "<select" in source.lower:
        for m in pattern.finditer(source.plain):
            lines.setdefault(source.line(m.start()), m.group())
    elif source.language not in ("xml", "html", "jsp", "json", "yaml"):
        before, sql = -1, False
        for a, b in source.strings:
            # A statement goes on in the strings that are joined to it.
            sql = bool(b - a > 12 and _SQL_START.match(source.text, a)) or (sql and _is_joined(source, before, a))
            before = b
            if sql:
                for m in pattern.finditer(source.text, a, b):
                    lines.setdefault(source.line(m.start()), m.group())
    for line, text in sorted(lines.items()):
        yield evidence(source.path, line, f"{name}: {' '.join(text.split())}")


_JOINT = re.compile(r"[\s+.&|\\_]*(?:(?:\w|\.|\$|->|\(\s*\)){1,60}[\s+.&|\\_]*)?[fFrRbBuU@$]{0,2}")


def _is_joined(source: Source, end: int, start: int) -> bool:
    between = source.code[end:start] if 0 <= end <= start and start - end < 200 else ";"
    return bool(_JOINT.fullmatch(between)) and (not between.strip() or any(c in between for c in "+.&|"))


def _one_of_several(sources: list[Source]) -> frozenset[str]:
    """Scripts for different databases of which the target takes one: those of a repository with two databases or more."""
    found = {s.path: m.group().strip("/._-").lower() for s in sources if (m := _VARIANT.search(s.path))}
    return frozenset(found) if len(set(found.values())) > 1 else frozenset()


def _paths(case: Case, source: Source) -> Iterator[Finding]:
    if source.language in ("shell", "sql", "cobol", "jcl", "css"):
        return
    found = [
        evidence(source.path, source.line(a), f"path {source.text[a + 1 : b - 1][:80]}")
        for a, b in source.strings
        if 6 < b - a < 200
        and _PATH.match(source.text[a:b])
        and not re.search(r"(?i)route|url|path\(|href|get\(|post\(|app\.", source.code[max(0, a - 40) : a])
    ]
    if found:
        texts = "\n".join(sorted(e.text for e in found))
        title = f"{BY_ID['portability.absolute-path'].title}: {source.path}"
        yield report(case, BY_ID["portability.absolute-path"], f"{source.path}\n{texts}", found, title=title)


def _routines(case: Case, source: Source) -> Iterator[Finding]:
    if source.language not in _PARSED_SQL:
        return
    starts = list(_ROUTINE.finditer(source.code))
    by_kind: dict[str, list[tuple[re.Match[str], int]]] = defaultdict(list)
    for number, m in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(source.code)
        body = r"(?m)^\s*/\s*$" if m.group(1).upper().startswith("PACKAGE") else _ENDED
        closed = re.compile(body).search(source.code, m.end(), end)
        last = source.line(closed.start() if closed else max(m.start(), end - 1))
        by_kind[m.group(1).split()[0].lower()].append((m, max(1, last - source.line(m.start()) + 1)))
    if not starts:
        return
    places = [
        evidence(source.path, source.line(m.start()), f"{kind} {m.group(2)}, {counted(lines, 'line')}")
        for kind, found in by_kind.items()
        for m, lines in found
    ]
    total = sum(lines for found in by_kind.values() for _, lines in found)
    size = Quantity(
        name="code in the database", low=total, high=total, unit="lines", formula="sum of the lines of each routine",
        inputs=tuple(f"{m.group(2)} {lines}" for found in by_kind.values() for m, lines in found[:20]),
    )  # fmt: skip
    title = f"Business logic lives in the database: {counted(len(places), 'routine')} in {source.path}"
    yield report(
        case,
        BY_ID["portability.stored-logic"],
        source.path + " ".join(sorted(m.group(2).lower() for m in starts)),
        places,
        title=title,
        quantities=(size,),
    )
