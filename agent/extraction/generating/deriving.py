"""A recording with more requests in it: the recorded one's folder is left as it is, its blobs are shared, new bodies are added."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent.domain.extraction import RecordedRequest
from agent.extraction.generating.values import Pool, read_tables
from agent.extraction.recording import Recording

__all__ = ["derive", "pool_of", "read_blob"]

_MOST_BLOB = 256 << 20
_MOST_SNAPSHOTS = 12


def read_blob(folder: Path, digest: str) -> bytes:
    """The content of a recording's blob; empty when it cannot be read, or is too large."""
    if not digest:
        return b""
    try:
        return zlib.decompressobj().decompress((folder / "blobs" / digest[:2] / digest).read_bytes(), _MOST_BLOB)
    except (OSError, zlib.error):
        return b""


def derive(recording: Recording, more: Sequence[tuple[RecordedRequest, bytes]], into: Path) -> Recording:
    """``more`` are requests with their bodies. Their numbers come after the recorded ones, and stay: chance begins with them."""
    _share(recording.folder / "blobs", into / "blobs")
    for path in sorted(recording.folder.iterdir()):
        if path.is_file() and not path.is_symlink() and path.name != "requests.jsonl":
            shutil.copyfile(path, into / path.name)
    added = [request.model_copy(update={"body": _put(into / "blobs", body)}) for request, body in more]
    requests = (*recording.requests, *added)
    lines = (json.dumps(one.model_dump(mode="json"), sort_keys=True) for one in requests)
    (into / "requests.jsonl").write_text("\n".join(lines) + "\n", "utf-8", errors="surrogatepass")
    _open_up(into)
    return replace(recording, folder=into, requests=requests)


def _share(source: Path, target: Path) -> None:
    for folder in sorted(source.iterdir()):
        place = target / folder.name
        place.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.iterdir()):
            if path.is_symlink() or not path.is_file():
                continue
            try:
                os.link(path, place / path.name)
            except OSError:  # another file system
                shutil.copyfile(path, place / path.name)
    target.mkdir(parents=True, exist_ok=True)


def _put(blobs: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest() if content else ""
    place = blobs / digest[:2] / digest
    if digest and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(zlib.compress(content, 1))
    return digest


def _open_up(folder: Path) -> None:
    # The box's user is another one
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
        elif path.stat().st_nlink == 1:
            path.chmod(0o644)


def pool_of(recording: Recording, own: Sequence[RecordedRequest]) -> Pool:
    """The tables of some of the snapshots that the service met, the largest first."""
    digests = dict.fromkeys(digest for one in own or recording.requests for _, digest in (*one.databases, *one.after))
    sizes = {digest: (recording.folder / "blobs" / digest[:2] / digest) for digest in digests if digest}
    largest = sorted((-path.stat().st_size, digest) for digest, path in sizes.items() if path.is_file())[
        :_MOST_SNAPSHOTS
    ]
    columns: dict[tuple[str, str], dict[object, None]] = {}
    for _, digest in largest:
        for key, values in read_tables(read_blob(recording.folder, digest)).items():
            columns.setdefault(key, {}).update(dict.fromkeys(values))
    return Pool({key: tuple(values) for key, values in sorted(columns.items())})
