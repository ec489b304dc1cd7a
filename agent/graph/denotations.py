"""What a name may denote: values, the answers given for whole names, and the links that a chain is made of."""

from __future__ import annotations

from msgspec import Struct

__all__ = [
    "BOUND", "COMMON_MEMBERS", "ELEMENT_GETTERS", "NO_TYPE", "RECURSIVE", "SEVERAL", "UNKNOWN", "Chain", "Resolution", "Value",
    "parse_chain",
]  # fmt: skip


class Value(Struct, frozen=True, gc=False):
    """What an expression denotes. ``kind``: symbol | instance | external | super | getter | nothing."""

    kind: str
    target: str = ""
    resolution: str = "exact"
    element: str = ""  # for an instance of a collection: the ID of its elements' type
    reason: str = ""


class Resolution(Struct, frozen=True, gc=False):
    """The answer for a whole name. ``through`` are the symbols of the repository that the chain passed on its way."""

    target: str
    resolution: str
    candidates: tuple[str, ...] = ()
    reason: str = ""
    value: Value | None = None
    through: tuple[tuple[str, str, str], ...] = ()  # (symbol ID, symbol | instance, the rest of the chain after it)


class Chain(Struct, frozen=True, gc=False):
    """A name's links: as written, without their brackets, the brackets alone, and what of the chain comes after each."""

    links: tuple[str, ...]
    bare: tuple[str, ...]
    operations: tuple[str, ...]
    after: tuple[str, ...]


UNKNOWN = Value("nothing", reason="name not found")
NO_TYPE = Value("nothing", reason="receiver's type unknown")
BOUND = frozenset({NO_TYPE.reason, "several types assigned", "result's type unknown"})
SEVERAL = "several definitions"
RECURSIVE = Value("nothing", reason="defined through itself")


def parse_chain(name: str) -> Chain:
    """The links of a name; dots inside brackets do not occur in name notation."""
    links = tuple(name.split("."))
    if "(" in name or "[" in name:
        bare = tuple([_bare(link) for link in links])
        operations = tuple([link[len(start) :] for link, start in zip(links, bare, strict=True)])
    else:
        bare, operations = links, ("",) * len(links)
    position, after = 0, []
    for link in links:
        position += len(link) + 1
        after.append(name[position:])
    return Chain(links, bare, operations, tuple(after))


def _bare(link: str) -> str:
    return link.partition("(")[0].partition("[")[0]


# What collections and optionals hand out their elements by.
ELEMENT_GETTERS = frozenset(
    "get next orElse orElseThrow orElseGet findFirst findAny first last element peek poll remove".split()
)

# Members that every language's collections, strings, files and objects have: a unique definition of one of these in
# the repository says nothing about a receiver of unknown type.
COMMON_MEMBERS = frozenset(
    "add append apply call clear clone close contains copy count create delete equals execute exists extend filter "
    "find first flush format get getName getId hashCode index insert items iterator join keys last length list load "
    "map name next open pop post print push put read remove replace reset run save search send set size sort split "
    "start stop strip title toString update upper lower value values write encode decode commit rollback query all "
    "then catch forEach reduce on emit use render end redirect json text data type id is has of log error info debug "
    "test wait lock release group match sub submit cancel setdefault".split()
)
