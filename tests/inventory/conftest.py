"""Small repositories written down as a mapping of paths to content, read through the real folder adapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from agent.adapters.folder import Folder
from agent.domain.inventory import Inventory
from agent.inventory import take_inventory

Take = Callable[..., Inventory]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """take({path: content}, as_of=None) -> Inventory."""

    def inventory_of(files: Mapping[str, str | bytes], as_of: date | None = None) -> Inventory:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return take_inventory(Folder(tmp_path, "sample"), as_of=as_of)

    return inventory_of
