"""Folders that ``extract`` wrote -> evidence and files as values; only what it listed is read, and only as it wrote it."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from agent.adapters.output_folder import read_checksums
from agent.domain.extraction import Evidence
from agent.errors import InputError

__all__ = ["evidence_beside", "read_extraction"]

_LARGEST = 50_000_000  # bytes of any one file
_NAME, _SUMS = "extraction.json", "SHA256SUMS"


def evidence_beside(folder: Path, commit: str) -> list[tuple[str, Evidence]]:
    """(folder's name, evidence) of extractions of that very commit which lie in ``folder``; others are passed over."""
    found = []
    for path in sorted(folder.glob(f"extraction-*/{_NAME}")) if commit else ():
        try:
            evidence = Evidence.model_validate_json(path.read_bytes()) if path.stat().st_size <= _LARGEST else None
        except (OSError, ValidationError):
            continue
        if evidence is not None and evidence.commit == commit and not evidence.dirty_files:
            found.append((path.parent.name, evidence))
    return found


def read_extraction(folder: Path, repo: str) -> tuple[Evidence, dict[str, bytes]]:
    """The evidence, and the files that were judged with it by their paths below ``folder``.

    Raises InputError: nothing there, made by another version, or a file is no longer as it was when it was judged.
    """
    again = f"run `figwright extract {repo} SERVICE --out {folder}`"
    if not (folder / _NAME).is_file():
        raise InputError(f"there is no evidence of an extraction in {folder}: {again} first.")
    if not (folder / _SUMS).is_file():
        raise InputError(
            f"{folder} has no {_SUMS}, so its files cannot be held against what was judged: {again} again."
        )
    sums = read_checksums(_bytes(folder / _SUMS).decode("utf-8", "surrogateescape"))
    files = {name: _judged(folder, name, digest, again) for name, digest in sorted(sums.items())}
    if _NAME not in files:
        raise InputError(f"{folder / _SUMS} does not list {_NAME}: {again} again.")
    try:
        evidence = Evidence.model_validate_json(files.pop(_NAME))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{folder / _NAME} does not fit this version of figwright ({where}: {first['msg']}): {again} again."
        ) from None
    return evidence, files


def _judged(folder: Path, name: str, digest: str, again: str) -> bytes:
    path = folder / name
    if ".." in PurePosixPath(name).parts or not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{folder / _SUMS} names the file {name} outside of its folder: {again} again.")
    try:
        content = _bytes(path)
    except OSError:
        raise InputError(f"the file {path} is missing: {again} again.") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise InputError(f"{path} was changed since it was judged: {again} again.")
    return content


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST:
        raise InputError(f"{path} is larger than {_LARGEST:,} bytes: this is no file that figwright wrote.")
    return path.read_bytes()
