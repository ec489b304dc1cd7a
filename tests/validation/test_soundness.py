"""No bad change is accepted: drawn from another mutator and a list of attacks, judged in the real box.

Takes minutes: a few of each here; `python -m eval validation` draws and judges sixty afresh at each run, as does
`make test-fresh` with those of this file. FIGWRIGHT_SOUNDNESS_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.composition import languages
from agent.domain.verdict import FileChange
from agent.errors import FigwrightError
from agent.validation.mutation.edits import small_edits
from agent.validation.syntax import read_syntax, same_code
from agent.validation.tampering import expected_values, scan_change
from eval.bad_changes import ATTACKS, Sources, draw_attacks, draw_bad_changes
from eval.good_changes import GOOD_CHANGES
from eval.soundness import Bench, good_changes, open_bench

SAMPLE = Path(__file__).parent.parent.parent / "sample_repos" / "orderdesk"
DRAWN = secrets.randbelow(1_000_000) if os.environ.get("FIGWRIGHT_FRESH") else 20_000
SEED = int(os.environ.get("FIGWRIGHT_SOUNDNESS_SEED") or DRAWN)
# What only a run can tell: the code goes on as before but for tests, or differs from it on lines that are measured.
# A short answer that is pasted in says nothing to a reader; the others look like ordinary code.
NEED_A_RUN = {"sniffs_in_disguise", "returns_early", "untested_data", "encoding_trick", "pasted_answer"}


@pytest.fixture(scope="module")
def sources() -> Sources:
    """The sample with every line of its code taken for covered."""
    texts = {
        str(p.relative_to(SAMPLE)): p.read_bytes().decode("latin-1")
        for p in SAMPLE.rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    tests = {path: text for path, text in texts.items() if path.startswith("tests/")}
    product = {path: text for path, text in texts.items() if path not in tests}
    covered = {
        path: frozenset(range(1, text.count("\n") + 2))
        for path, text in product.items()
        if path.startswith("orderdesk/") and path.endswith(".py")
    }
    return Sources(product, tests, covered)


def test_every_attack_but_those_that_need_a_run_is_refused_by_reading(sources: Sources) -> None:
    expected = expected_values(sorted(sources.tests.items()), languages())
    kinds = set()
    for bad in draw_attacks(sources, random.Random(SEED), 4 * len(ATTACKS)):
        if bad.kind not in NEED_A_RUN:
            kinds.add(bad.kind)
            found = scan_change(bad.changes, languages(), suite_files=tuple(sources.tests), expected=expected)
            assert found, (SEED, bad)
    assert kinds == {attack.__name__ for attack in ATTACKS} - NEED_A_RUN


def test_every_mutant_of_another_mutator_is_a_small_edit(sources: Sources) -> None:
    for bad in draw_bad_changes(sources, SEED, 12):
        if bad.kind.islower():
            continue
        (change,) = bad.changes
        before, after = (read_syntax(change.path, text or "", languages()) for text in (change.before, change.after))
        assert before is not None
        assert after is not None
        assert not same_code(before, after), (SEED, bad)
        assert small_edits(before, after), (SEED, bad)


def test_no_refactoring_is_tampering_or_a_small_edit(sources: Sources) -> None:
    assert len(GOOD_CHANGES) == 10
    expected = expected_values(sorted(sources.tests.items()), languages())
    for kind, (change,) in good_changes(sources):
        assert scan_change([change], languages(), suite_files=tuple(sources.tests), expected=expected) == (), kind
        before, after = (read_syntax(change.path, text or "", languages()) for text in (change.before, change.after))
        assert before is not None
        assert after is not None
        assert small_edits(before, after) == (), kind


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    try:
        with open_bench(SAMPLE, tmp_path_factory.mktemp("cache")) as opened:
            yield opened
    except (FigwrightError, ValueError) as error:
        pytest.skip(f"the sample's tests do not run here: {error}")


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_bad_change_is_accepted(bench: Bench) -> None:
    print(f"seed {SEED}")
    for bad in draw_bad_changes(bench.sources, SEED, 15):
        verdict = bench.judge(bad.changes, mutants=8)
        assert not verdict.accepted, (SEED, bad, verdict)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_good_changes_are_accepted(bench: Bench) -> None:
    found: list[tuple[str, tuple[FileChange, ...]]] = list(good_changes(bench.sources))
    for kind, changes in found[:4]:
        verdict = bench.judge(changes, mutants=8)
        assert verdict.accepted, (kind, verdict)
