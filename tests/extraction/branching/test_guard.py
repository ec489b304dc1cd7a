"""Where nothing within the process asks the service, the flag stands on its routes: local as ever, remote refuses them with their owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from agent.extracting.branch_deleting import delete
from agent.extracting.branch_drills import drill_service
from agent.extracting.branch_runs import branch
from agent.extracting.branch_trees import patch_of
from tests.extraction.branching import test_django_branch, test_flask_branch
from tests.extraction.branching.branches import applied, branch_bench


@pytest.mark.parametrize(
    ("files", "service", "words", "entry", "guard"),
    [
        (test_flask_branch.FILES, ("shop.reports",), ("tests/test_shop.py",), "shop.app:create_app", "shop/seams/mine_routes.py"),
        (test_django_branch.FILES, ("clock_views",), ("manage.py", "test"), "site_settings", "seams/mine_routes.py"),
    ],
    ids=["flask", "django"],
)  # fmt: skip
def test_the_facade_alone(
    tmp_path: Path, files: Mapping[str, str], service: Sequence[str], words: Sequence[str], entry: str, guard: str
) -> None:
    with branch_bench(tmp_path, files, service, words, (entry,)) as bench:
        written = branch(bench)
        assert not written.failure
        assert not written.operations
        assert guard in written.seam
        for compared in (written.local, written.remote):
            assert [one.verdict for one in compared] == ["identical"] * len(bench.recording.requests)
        assert written.strays == written.refused == len(bench.own) == 1
        drills, seen = drill_service(bench, written)
        assert [(one.name, one.passed) for one in drills] == [("service killed", True)]
        assert {one.whose for one in seen} == {"other", "service"}
        gone, compared, seam = delete(bench, written)
        assert [one.verdict for one in compared] == ["identical"] * len(bench.recording.requests)
        assert len(gone.symbols) == 1  # the helper of the one view
        assert len(gone.stubs) == 1
        pristine = {path: files[path].encode() if path in files else None for path in {*written.seam, *gone.files}}
        first = patch_of({path: pristine[path] for path in written.seam}, written.seam, "first")
        last = patch_of({**pristine, **written.seam}, {**pristine, **written.seam, **seam, **gone.files}, "HELD BACK")
        tree = applied(bench, tmp_path / "tree", first, last)
        assert not (tree / guard).exists()
