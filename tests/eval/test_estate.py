"""The estate task: what counts as linked, and what the sample's shares are."""

from __future__ import annotations

from pathlib import Path

from eval.task import Request
from eval.tasks.estate import ESTATE, kind_of, linked_paths, measure
from tests.systems import graph_of

PROGRAM = (
    "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. {}.\n       PROCEDURE DIVISION.\n       A.\n           {}.\n"
)
FILES = {
    "a.cbl": PROGRAM.format("MAIN", "CALL 'SUB'"),
    "b.cbl": PROGRAM.format("SUB", "GOBACK"),
    "ALONE.cbl": PROGRAM.format("ALONE", "PERFORM A"),
    "j.jcl": "//J JOB\n//S EXEC PGM=X\n//IN DD DSN=A.B,DISP=SHR\n",
    "USED.bms": "USED DFHMSD TYPE=MAP\n",
    "x.ddl": "CREATE TABLE T (A INT);\n-- see USED\n",
}


def test_an_edge_inside_a_file_links_nothing() -> None:
    assert linked_paths(graph_of(FILES)) == {"a.cbl", "b.cbl", "j.jcl", "x.ddl"}


def test_kinds_go_by_suffix() -> None:
    assert [kind_of(p) for p in ("a/B.CBL", "x.JCL", "p.prc", "m.bms", "c.csd", "t.ddl", "r.md")] == [
        "COBOL", "JCL", "procedures", "BMS", "CSD", "DDL", "",
    ]  # fmt: skip


def test_shares_and_the_baseline(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / "estate" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "estate" / name).write_text(text)
    rows = {row["kind"]: row for row in measure("case", tmp_path / "estate", tmp_path / "cache")}
    assert list(rows) == ["COBOL", "JCL", "BMS", "DDL"]
    assert (rows["COBOL"]["files"], rows["COBOL"]["linked"], rows["COBOL"]["left"]) == (3, 2, "ALONE.cbl")
    assert (rows["BMS"]["linked"], rows["BMS"]["named"]) == (0, 1)


def test_the_sample_is_linked_but_for_the_job_that_never_runs(tmp_path: Path) -> None:
    outcome = ESTATE.run(Request(tmp_path / "work", None, tmp_path, quick=False))
    assert [(s.case, "git clone" in s.reason) for s in outcome.skipped] == [("carddemo", True)]
    assert {row["left"] for row in outcome.rows if row["kind"] != "JCL"} == {""}
    assert [row["left"] for row in outcome.rows if row["kind"] == "JCL"] == ["GLPINE.jcl"]
    assert not ESTATE.run(Request(tmp_path / "again", quick=True)).skipped
