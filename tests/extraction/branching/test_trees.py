"""Patches as they are written: what stands in a file in any encoding comes back byte for byte."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from agent.adapters.output_folder import write_files
from agent.extracting.branch_trees import patch_of
from tests.program import commit_all, write_repository


@pytest.mark.parametrize("word", ["café", "Straße – €"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_written_patch_applies_whatever_the_encoding(tmp_path: Path, word: str, encoding: str) -> None:
    before = f"# {word}\nrate = 1\nname = '{word}'\n".encode(encoding)
    after = before.replace(b"rate = 1", f"rate = 2  # {word}".encode(encoding))
    root = write_repository(tmp_path / "shop", {"README": "shop\n"})
    (root / "tax.py").write_bytes(before)
    commit_all(root)
    write_files(
        tmp_path / "out",
        {"patches/01-seam.patch": patch_of({"tax.py": before}, {"tax.py": after}, f"A seam\n\n{word}")},
    )
    subprocess.run(["git", "apply", tmp_path / "out/patches/01-seam.patch"], cwd=root, check=True, timeout=30)
    assert (root / "tax.py").read_bytes() == after


def test_nothing_that_changes_is_no_patch() -> None:
    assert patch_of({"a.py": b"x\n"}, {"a.py": b"x\n"}, "nothing") == ""
