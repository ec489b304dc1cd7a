"""Source files to facts: each file is parsed once, its frameworks read the same tree, and the result is cached by content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from agent.domain.facts import FileFacts, TableUse
from agent.domain.inventory import SourceFile
from agent.fingerprint import own_code
from agent.graph.fan_out import can_fork, cores, in_children
from agent.graph.outline import outline_of
from agent.languages import sql
from agent.ports import Framework, Language, Memo

__all__ = ["facts_key", "read_facts"]

ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(FileFacts)
BATCH = 500
WORTH_A_CHILD = 200_000  # bytes of source for which a second process is worth its start


def read_facts(
    files: Sequence[SourceFile],
    read: Callable[[str], bytes],
    languages: Mapping[str, Language],
    frameworks: Sequence[Framework],
    cache: Memo | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, FileFacts]:
    """Facts of every file whose language has a parser, by path. A file that cannot be read has ``failure`` set."""
    wanted = [file for file in files if file.language in languages]
    keys = {file.path: facts_key(file) for file in wanted}
    known = cache.get_many(sorted(keys.values())) if cache else {}
    facts = {file.path: DECODER.decode(known[key]) for file in wanted if (key := keys[file.path]) in known}
    todo = [file for file in wanted if file.path not in facts]
    fresh: dict[str, bytes] = {}

    def work(number: int) -> bytes:
        file = todo[number]
        found = read_file(file.path, read, languages[file.language], frameworks)
        return ENCODER.encode(msgspec.structs.replace(found, outline=outline_of(found)))

    def take(number: int, encoded: bytes | None, why: str) -> None:
        file = todo[number]
        if encoded is None:
            facts[file.path] = FileFacts(file.language, failure=f"the reader {why}")
            return
        facts[file.path] = DECODER.decode(encoded)
        fresh[keys[file.path]] = encoded
        if progress and len(facts) % 50 == 0:
            progress(len(facts))
        if cache and len(fresh) >= BATCH:
            cache.put_many(fresh)
            fresh.clear()

    if todo and can_fork():
        in_children(work, _shares(todo), take)
    else:
        for number in range(len(todo)):
            take(number, work(number), "")
    if cache and fresh:
        cache.put_many(fresh)
    return {file.path: facts[file.path] for file in wanted}


def _shares(files: Sequence[SourceFile]) -> list[list[int]]:
    """Numbers of files for each child, about the same number of bytes for each; one child for little work."""
    count = cores() if sum(file.bytes for file in files) > WORTH_A_CHILD else 1
    shares: list[list[int]] = [[] for _ in range(count)]
    for place, number in enumerate(sorted(range(len(files)), key=lambda n: (-files[n].bytes, n))):
        shares[place % count].append(number)
    return shares


def facts_key(file: SourceFile) -> str:
    """Facts depend on path, bytes and the code that reads them."""
    text = f"{own_code()}\0{file.path}\0{file.digest}\0{file.language}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def read_file(
    path: str, read: Callable[[str], bytes], language: Language, frameworks: Iterable[Framework]
) -> FileFacts:
    """One file's facts, its frameworks' additions and the tables of its SQL."""
    try:
        source = read(path)
    except OSError as error:
        return FileFacts(language.name, failure=f"cannot be read: {error.strerror or error}")
    try:
        facts, root = language.extract(path, source)
    except Exception as error:  # noqa: BLE001 - one file that trips a reader is a line in the report, not the end
        return FileFacts(language.name, failure=f"the reader failed on it ({type(error).__name__}: {error})")
    if facts.failure:
        return facts
    for framework in frameworks:
        if language.name in framework.languages and _concerns(framework, source):
            try:
                facts = framework.read(path, root, source, facts)
            except Exception as error:  # noqa: BLE001 - as above: what was read before it stays
                why = f"its {framework.name} wiring could not be read ({type(error).__name__}: {error})"
                facts = msgspec.structs.replace(facts, failure=why)
    return _with_tables(facts)


def _concerns(framework: Framework, source: bytes) -> bool:
    return not framework.markers or any(marker in source for marker in framework.markers)


def _with_tables(facts: FileFacts) -> FileFacts:
    """SQL fragments become table uses; the fragments' texts are not kept, since only their tables matter later."""
    uses = list(facts.table_uses)
    for fragment in facts.fragments:
        if fragment.language != "sql":
            continue
        accesses = sql.read_statement(fragment.text)
        tables = tuple(sorted({access.table for access in accesses}))
        for access in accesses:
            joined = tuple(table for table in tables if table != access.table)
            uses.append(TableUse(fragment.scope, access.table, access.mode, fragment.line, access.resolution, joined))
    unique = tuple(dict.fromkeys(uses))
    return msgspec.structs.replace(facts, table_uses=unique, fragments=())
