"""Which requests are a service's own, what a slice's verdict says, and what is written about it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from agent.domain.extraction import Comparison, RecordedRequest
from agent.extracting.packing import pack_slice
from agent.extracting.slice_gates import Gates, TriedMutant
from agent.extracting.slice_report import slice_files, slice_json
from agent.extracting.slices import BuiltSlice, Round
from agent.extracting.writing import write_tree
from agent.extraction.box.program import Program
from agent.extraction.slicing import lines
from tests.extraction.slicing.slices import slice_of
from tests.extraction.slicing.test_flask_slices import APP


def request(number: int, **more: object) -> RecordedRequest:
    values = {
        "test": "t",
        "application": "a",
        "method": "GET",
        "target": "/orders/",
        "clock": 0.0,
        "status": 200,
        **more,
    }
    return RecordedRequest.model_validate({"number": number, **values})


def built(*verdicts: str) -> BuiltSlice:
    made = slice_of(APP, "GET /orders/")
    compared = tuple(Comparison.model_validate({"request": n, "verdict": v}) for n, v in enumerate(verdicts, 1))
    requests = tuple(request(n) for n in range(1, len(verdicts) + 1))
    small = replace(made, lines=60, lines_of=100)
    return BuiltSlice(small, (Round("imported", 60, 0, 0, ()),), requests, (), compared)


@pytest.mark.parametrize(
    ("verdicts", "passed"),
    [
        (["identical"] * 200, True),
        (["identical"] * 199 + ["different"], True),
        (["identical"] * 198 + ["different"] * 2, False),
        (["identical"] * 197 + ["masked"] * 3, False),
        (["vacuous"] * 5, False),
        (["not replayable"] * 5, False),
        ([], False),
    ],
)
def test_when_a_slice_passes(verdicts: list[str], passed: bool) -> None:
    assert built(*verdicts).passed is passed


def test_what_an_empty_service_answers_right_too_is_vacuous_and_no_longer_counts() -> None:
    found = built("identical", "masked", "different", "identical").without_power({1, 2, 3})
    assert [one.verdict for one in found.comparisons] == ["vacuous", "vacuous", "different", "identical"]
    assert [bool(one.cause) for one in found.comparisons] == [True, True, False, False]
    assert found.replayable == 2
    nothing = built("identical", "identical").without_power({1, 2})
    assert not nothing.passed
    assert nothing.verdict.startswith("no recorded request shows anything of the service")


def test_a_slice_that_is_nearly_everything_does_not_pass() -> None:
    good = built("identical")
    assert good.passed
    assert not replace(good, slice=replace(good.slice, lines=71)).passed


def test_the_verdict_says_how_many_of_how_many() -> None:
    assert built("identical", "different", "vacuous").verdict == (
        "1 of 2 answers are the monolith's; the slice has 60 of 100 lines"
    )


def test_what_is_written_lists_every_piece_with_its_reason() -> None:
    gates = Gates(5, 0, 2, 0, 90, (TriedMutant("a.py", 3, "boolean", 4, 1), TriedMutant("a.py", 4, "string", 4, 0)))
    found = slice_json(built("identical", "different"), gates)
    assert found["requests"]["of_the_service"] == 2
    assert [one["request"] for one in found["requests"]["residual"]] == [2]
    assert found["gates"]["killed"] == 1
    assert [one["line"] for one in found["gates"]["survivors"]] == [4]
    assert {piece["what"] for pieces in found["pieces"].values() for piece in pieces} == {"kept", "stub", "removed"}
    assert all(piece["why"] for pieces in found["pieces"].values() for piece in pieces)
    assert "slice/wsgi.py" in slice_files(built("identical"))


def test_gates_that_tell_nothing_apart_are_not_honest() -> None:
    assert Gates(5, 0, 2, 0, 9, ()).honest
    assert not Gates(5, 1, 2, 0, 9, ()).honest, "a harmless change was taken for a defect"
    assert Gates(5, 0, 2, 1, 9, ()).honest, "one request without power does not take it from the others"
    assert not Gates(5, 0, 2, 2, 9, ()).honest, "a service that serves nothing was taken for right"
    assert not Gates(5, 0, 2, 0, 0, ()).honest, "no line was seen to run"
    assert not Gates(0, 0, 0, 0, 0, ()).honest, "nothing was asked"


def test_the_line_counter_sees_which_lines_ran_for_which_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows the request by the argument of the server's `answer`, as the box's program calls it."""
    assert list(inspect.signature(Program.answer).parameters)[:2] == ["self", "request"]
    source = lines.SOURCE.replace("/repo/", f"{tmp_path}/").replace("/out/", f"{tmp_path}/")
    (tmp_path / "figwright_box").mkdir()
    (tmp_path / "figwright_box" / "program.py").write_text("def answer(self, request):\n    return self(request)\n")
    (tmp_path / "shop.py").write_text(
        "def view(request):\n    if request['number'] > 1:\n        return 2\n    return 1\n"
    )
    (tmp_path / "go.py").write_text(
        f"import sys\nsys.path[:0] = [{str(tmp_path)!r}]\n"
        "import figwright_lines, shop\nfrom figwright_box.program import answer\n"
        "sys.settrace(figwright_lines._call)\n"
        "answer(shop.view, {'number': 1})\nanswer(shop.view, {'number': 2})\n"
    )
    (tmp_path / "figwright_lines.py").write_text(source.replace(f'"{tmp_path}/"', f'"{tmp_path}/shop"'))
    subprocess.run([sys.executable, tmp_path / "go.py"], check=True, timeout=30)
    written = "".join(path.read_text() for path in sorted(tmp_path.glob("lines-*.txt")))
    assert {tuple(line.split(" ")[:2]) for line in written.splitlines()} >= {
        ("1", "2"),
        ("1", "4"),
        ("2", "2"),
        ("2", "3"),
    }
    assert ("1", "3") not in {tuple(line.split(" ")[:2]) for line in written.splitlines()}


def test_the_slice_has_containers_of_its_own(tmp_path: Path) -> None:
    made = slice_of({**APP, "requirements.txt": "flask==3.0\n"}, "GET /orders/")
    files, nothing = pack_slice(
        write_tree(tmp_path, replace(made, files={**made.files, "requirements.txt": b"flask==3.0\n"})),
        "mine",
        "/orders/",
    )
    assert not nothing
    assert "services:\n  mine:" in files["compose.yaml"]
    assert "c.request('GET', '/orders/')" in files["mine/Dockerfile"]
