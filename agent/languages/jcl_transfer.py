"""FTP steps: which host a step of a job talks to, and which datasets its subcommands send or fetch.

Takes the step's PARM and the cards of its INPUT; gives the host and the datasets that are read and written here. Names
without apostrophes are relative to a directory that only the user's own logon knows, so they are counted, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["PROGRAMS", "Transfer", "read_transfer"]

PROGRAMS = frozenset({"FTP", "FTPS", "EZAFTPLC"})
HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){0,8}\Z")
SENT = frozenset({"put", "append", "mput", "send"})
FETCHED = frozenset({"get", "mget", "recv"})
DATASET = re.compile(r"'([A-Z$#@][A-Z0-9$#@.&-]{0,60}(?:\([A-Z0-9$#@+-]{1,8}\))?)'?\Z", re.IGNORECASE)
DD = re.compile(r"//DD:([A-Z$#@][A-Z0-9$#@]{0,7})\Z", re.IGNORECASE)
MAX_CARDS = 2_000


@dataclass
class Transfer:
    """What a step transfers. Lines count from 0, the first card."""

    host: str = ""
    datasets: list[tuple[str, str, int]] = field(default_factory=list)  # (read | write, dataset, line)
    dd_modes: dict[str, str] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)  # lines of transfers whose dataset is not written out


def read_transfer(parameter: str, cards: Sequence[str]) -> Transfer:
    """``PARM='10.1.1.1 (EXIT'`` or the first card names the host; ``put`` reads a dataset, ``get`` writes one."""
    found = Transfer(_host(parameter.partition("(")[0].split()))
    folder = ""
    for line, card in enumerate(cards[:MAX_CARDS]):
        words = card[:72].split()
        verb = words[0].lower() if words else ""
        if not words or verb.startswith((";", "*")):
            continue
        if verb == "open" or (not found.host and line == 0):
            found.host = _host(words[1:] if verb == "open" else words) or found.host
        elif verb == "lcd" and len(words) > 1:
            folder = words[1].strip("'").rstrip(".").upper() if words[1].startswith("'") else ""
        elif verb in SENT or verb in FETCHED:
            _note(found, verb in SENT, words[1:], folder, line)
    return found


def _note(found: Transfer, sent: bool, words: list[str], folder: str, line: int) -> None:
    """The local side: the first operand of what is sent, the second (else the first) of what is fetched."""
    plain = [word for word in words if not word.startswith("(")]
    local = plain[0] if sent and plain else plain[1] if len(plain) > 1 else plain[0] if plain else ""
    mode = "read" if sent else "write"
    if dd := DD.match(local):
        found.dd_modes[dd.group(1).upper()] = mode
    elif dataset := DATASET.match(local):
        found.datasets.append((mode, dataset.group(1).upper(), line))
    elif folder and re.match(r"[A-Za-z$#@][\w$#@.]{0,40}\Z", local):
        found.datasets.append((mode, f"{folder}.{local.upper()}", line))
    else:
        found.unknown.append(line)


def _host(words: Sequence[str]) -> str:
    """The first word that may be a host: the options before it start with a hyphen."""
    plain = [word for word in words if not word.startswith("-")]
    return plain[0].lower() if plain and HOST.match(plain[0]) and ("." in plain[0] or len(plain) <= 2) else ""
