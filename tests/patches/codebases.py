"""The real `Codebase` over a folder of small files: what recipes are tried on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from agent.adapters.bare_sandbox import BareSandbox
from agent.adapters.folder import Folder
from agent.adapters.memo_store import MemoStore
from agent.composition import Workbench, codebase, frameworks, languages, open_sandbox, place_for
from agent.domain.assumptions import Assumptions
from agent.domain.patch import Rewritten
from agent.patches.codebase import OverlaidCode
from agent.pipeline import Run, Stages


@contextmanager
def code_of(folder: Path, files: Mapping[str, str], *, sandbox: str = "") -> Iterator[OverlaidCode]:
    """These files (Latin-1 text) as a repository without git; programs that rewrite run in the sandbox of that name."""
    repository = folder / "repository"
    for name, text in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("latin-1"))
    memo = MemoStore(folder / "memo.sqlite")
    bench = Workbench(Folder(repository, "shop"), languages(), frameworks(), memo, folder)
    stages = Stages(bench, Run(), Assumptions())
    box = open_sandbox(sandbox) if sandbox else BareSandbox()
    try:
        with place_for(bench.snapshot, folder / "cache", box) as place:
            code = codebase(place, stages.inventory, stages.graph, stages.boundaries)
            if not sandbox:
                code.known.rewrite = lambda *_: Rewritten(failed="this case has no sandbox")
            yield code
    finally:
        memo.close()
