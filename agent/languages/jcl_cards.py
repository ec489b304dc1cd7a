"""Control cards: what the data in SYSIN, SYSTSIN and their like tells a utility to do.

Takes the lines of in-stream data or of a control member; gives programs that are run, SQL, and the datasets and DD names
that IDCAMS defines, deletes and copies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Cards", "read_cards"]

MAX_TEXT = 200_000
RUN = re.compile(r"(?i)\bRUN\s{1,9}PROG(?:RAM)?\s{0,9}\(\s{0,9}([A-Z0-9$#@]{1,8})\s{0,9}\)")
SQL = re.compile(
    r"(?i)\s*(?:SELECT|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|MERGE\s+INTO|CREATE|ALTER|DROP|GRANT|WITH\s+\S+\s+AS|"
    r"SET\s+CURRENT|COMMIT|COMMENT\s+ON|LABEL\s+ON|LOCK\s+TABLE|TRUNCATE|EXPLAIN|RENAME\s+TABLE)\b"
)
MASKS = re.compile(r"/\*.{0,300}?\*/", re.DOTALL)
DATASET = r"'?([A-Z$#@][A-Z0-9$#@.&-]{0,60}(?:\([+-]?\d{1,4}\))?)'?"
VERB = re.compile(r"(?i)\b(DEFINE|DEF|DELETE|DEL|REPRO|PRINT|ALTER|EXPORT|IMPORT|VERIFY|BLDINDEX|LISTCAT)\b")
NAMED = re.compile(rf"(?i)\bNAME\s{{0,9}}\(\s{{0,9}}{DATASET}")
DELETED = re.compile(rf"(?i)\bDEL(?:ETE)?\s{{1,30}}\(?\s{{0,9}}{DATASET}")
RELATED = re.compile(rf"(?i)\b(?:RELATE|PATHENTRY)\s{{0,9}}\(\s{{0,9}}{DATASET}")
FROM_DD = re.compile(r"(?i)\b(?:INFILE|IFILE)\s{0,9}\(\s{0,9}([A-Z0-9$#@]{1,8})")
TO_DD = re.compile(r"(?i)\b(?:OUTFILE|OFILE)\s{0,9}\(\s{0,9}([A-Z0-9$#@]{1,8})")
FROM_DATASET = re.compile(rf"(?i)\b(?:INDATASET|IDS)\s{{0,9}}\(\s{{0,9}}{DATASET}")
TO_DATASET = re.compile(rf"(?i)\b(?:OUTDATASET|ODS)\s{{0,9}}\(\s{{0,9}}{DATASET}")
OBJECT = re.compile(r"(?i)\b(CLUSTER|CL|AIX|ALTERNATEINDEX|PATH|GDG|GENERATIONDATAGROUP|NONVSAM|USERCATALOG)\b")
CICS_FILE = re.compile(r"(?i)\bCEMT\s{1,9}S(?:ET)?\s{1,9}FIL(?:E)?\s{0,9}\(\s{0,9}([A-Z0-9$#@]{1,8})")


@dataclass
class Cards:
    """What control cards say. Lines count from 0, the first card."""

    programs: list[tuple[str, int]] = field(default_factory=list)
    statements: list[tuple[str, int]] = field(default_factory=list)
    datasets: list[tuple[str, str, int]] = field(default_factory=list)  # (read | write | declare, dataset, line)
    related: list[tuple[str, str, int]] = field(default_factory=list)  # (index or path, dataset, line)
    dd_modes: dict[str, str] = field(default_factory=dict)
    cics_files: list[tuple[str, int]] = field(default_factory=list)


def read_cards(lines: Iterable[str], utility: str = "") -> Cards:
    """All that is understood of the cards; ``utility`` is the step's program."""
    text = "\n".join(line[:72] for line in lines)[:MAX_TEXT]
    text = MASKS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    cards = Cards()
    for match in RUN.finditer(text):
        cards.programs.append((match.group(1).upper(), text.count("\n", 0, match.start())))
    for match in CICS_FILE.finditer(text):
        cards.cics_files.append((match.group(1).upper(), text.count("\n", 0, match.start())))
    if SQL.match(text) and utility != "IDCAMS":
        _statements(cards, text)
    elif not cards.programs:
        _access_methods(cards, text)
    return cards


def _statements(cards: Cards, text: str) -> None:
    line = 0
    for statement in text.split(";"):
        if statement.strip():
            lead = len(statement) - len(statement.lstrip())
            cards.statements.append((statement.strip(), line + statement.count("\n", 0, lead)))
        line += statement.count("\n")


def _access_methods(cards: Cards, text: str) -> None:
    """IDCAMS: a command runs to the next verb."""
    verbs = list(VERB.finditer(text))
    line, counted = 0, 0
    for verb, following in zip(verbs, [*verbs[1:], None], strict=False):
        line += text.count("\n", counted, verb.start())
        counted = verb.start()
        command = text[verb.start() : following.start() if following else len(text)][:4_000]
        word = verb.group().upper()
        if word in ("DEFINE", "DEF"):
            _define(cards, command, line)
        elif word in ("DELETE", "DEL"):
            cards.datasets.extend(("write", m.group(1).upper(), line) for m in DELETED.finditer(command))
        else:
            for pattern, mode in ((FROM_DD, "read"), (TO_DD, "write")):
                cards.dd_modes.update((m.group(1).upper(), mode) for m in pattern.finditer(command))
            for pattern, mode in ((FROM_DATASET, "read"), (TO_DATASET, "write")):
                cards.datasets.extend((mode, m.group(1).upper(), line) for m in pattern.finditer(command))


def _define(cards: Cards, command: str, line: int) -> None:
    """The first NAME is the dataset's; DATA and INDEX components belong to it."""
    kind, named = OBJECT.search(command), NAMED.search(command)
    if kind is None or named is None:
        return
    name = named.group(1).upper()
    cards.datasets.append(("declare", name, line + command.count("\n", 0, named.start())))
    related = RELATED.search(command)
    if related is not None:
        cards.related.append((name, related.group(1).upper(), line))
