"""Applications of a recording that differ in the names of temporary files alone made one: each test has its own, all are the same program.

A suite that gives every test a database of its own would else have a server started for every test. In: requests and applications as they
were written in the box. Out: the same, the requests of a group told in the words of its first application.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["join_applications"]

_TEMPORARY = re.compile(r"/(?:var/)?tmp/[\w./@+-]{1,300}")
_LARGEST = 16 << 20
_Plain = dict[str, Any]


def join_applications(
    requests: Sequence[_Plain], applications: Mapping[str, _Plain], blobs: Path
) -> tuple[list[_Plain], dict[str, _Plain]]:
    """``requests`` in the order in which they were made; ``blobs`` gets the states that are told anew."""
    leaders: dict[str, str] = {}
    joined: dict[str, _Plain] = {}
    translations: dict[str, tuple[str, Mapping[str, str]]] = {}
    for name in _in_order(requests, applications):
        shape, places = _shape(applications[name])
        leader = leaders.setdefault(shape, name)
        translations[name] = leader, dict(zip(places, _shape(applications[leader])[1], strict=True))
        late = {*joined.get(leader, {}).get("late", ()), *applications[name].get("late", ())}
        joined[leader] = {**applications[leader], **({"late": sorted(late)} if late else {})}
    told = [_told(one, *translations.get(str(one.get("application")), ("", {})), blobs) for one in requests]
    return told, dict(sorted(joined.items()))


def _in_order(requests: Sequence[_Plain], applications: Mapping[str, _Plain]) -> list[str]:
    asked = dict.fromkeys(str(one.get("application")) for one in requests)
    return [
        name for name in (*asked, *(one for one in sorted(applications) if one not in asked)) if name in applications
    ]


def _shape(application: _Plain) -> tuple[str, list[str]]:
    """What was called to make it, temporary paths numbered, and these paths."""
    plain = json.dumps({key: value for key, value in application.items() if key != "late"}, sort_keys=True)
    places = list(dict.fromkeys(_TEMPORARY.findall(plain)))
    return _renamed(plain, {place: f"<temporary {number}>" for number, place in enumerate(places)}), places


def _renamed(text: str, names: Mapping[str, str]) -> str:
    names = {old: new for old, new in names.items() if old != new}
    if not names:
        return text
    longest_first = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?:{longest_first})(?![\w@+-]|\.\w)", lambda found: names[found[0]], text)


def _told(request: _Plain, leader: str, places: Mapping[str, str], blobs: Path) -> _Plain:
    """What the box wrote is not trusted: a request that lacks something stays as it is."""
    if not leader or request["application"] == leader:
        return request
    told: _Plain = {}
    for key in ("databases", "after", "variables"):
        if isinstance(request.get(key), list):
            told[key] = _translated(request[key], places)
    return {**request, **told, "application": leader, "state": _state(str(request.get("state", "")), places, blobs)}


def _translated(pairs: list[Any], places: Mapping[str, str]) -> list[Any]:
    """(name, value) with both in other words. What the first test has left open may be there by the same name: it goes."""
    if not all(isinstance(pair, list) and pair for pair in pairs):
        return pairs
    told = [json.loads(_renamed(json.dumps(pair), places)) for pair in pairs]
    mine = {new[0] for old, new in zip(pairs, told, strict=True) if old != new}
    return [new for old, new in zip(pairs, told, strict=True) if old != new or new[0] not in mine]


def _state(digest: str, places: Mapping[str, str], blobs: Path) -> str:
    """The digest of the state in other words; of the state as it is when there is none, or too much of it."""
    path = blobs / digest[:2] / digest
    if not re.fullmatch(r"[0-9a-f]{64}", digest) or not path.is_file() or path.is_symlink():
        return digest
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(path.read_bytes(), _LARGEST)
    except zlib.error:
        return digest
    if unpacking.unconsumed_tail:
        return digest
    content = _renamed(content.decode("utf-8", "surrogateescape"), places).encode("utf-8", "surrogateescape")
    told = hashlib.sha256(content).hexdigest()
    target = blobs / told[:2] / told
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(zlib.compress(content, 1))
    return told
