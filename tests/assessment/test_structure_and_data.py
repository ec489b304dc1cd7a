"""What counts as a statement over several owners, as a writer, as a test of a service, and what floats past a lock."""

from __future__ import annotations

from pathlib import Path

from agent.assessment import lens_named
from agent.assessment.components import look as look_at_components
from agent.assessment.data_ownership import _defines, _is_statement
from agent.assessment.protection import _named_by_scripts
from agent.assessment.reading import read_source
from agent.composition import workbench
from agent.domain.assumptions import Assumptions
from agent.domain.code import Dependency
from agent.domain.finding import Finding
from agent.domain.inventory import Component, Location
from agent.domain.inventory import TestSuite as Suite
from agent.pipeline import Run, make_case
from agent.settings import Settings
from tests.assessment.test_rules import case_of
from tests.systems import graph_of


def edge(path: str, line: int, resolution: str = "exact") -> Dependency:
    return Dependency(source="a", target="table:t", kind="read", path=path, line=line, resolution=resolution)


def test_an_open_of_several_files_is_no_statement_and_exec_sql_is_one() -> None:
    text = "000100     OPEN INPUT A-FILE B-FILE.\n000200     EXEC SQL SELECT A FROM T, U\n"
    source = read_source("A.cbl", "cobol", "code", text.encode())
    assert not _is_statement(source, [edge("A.cbl", 1)])
    assert _is_statement(source, [edge("A.cbl", 2)])


def test_a_table_that_is_filled_in_is_one_table_at_a_time() -> None:
    text = "<?php\ndb_exec(\"UPDATE $table SET a = 1\");\ndb_exec('UPDATE t SET a = (SELECT b FROM u)');\n"
    source = read_source("a.php", "php", "code", text.encode())
    assert [_is_statement(source, [edge("a.php", n)]) for n in (2, 3)] == [False, True]


def test_a_walk_over_mapped_objects_is_no_statement() -> None:
    source = read_source(
        "a.py", "python", "code", b"order.customer.balance = order.total\nq = Order.query.join(Customer)\n"
    )
    assert [_is_statement(source, [edge("a.py", n, "inferred")]) for n in (1, 2)] == [False, True]


def test_defining_a_cluster_does_not_write_it() -> None:
    source = read_source("a.jcl", "jcl", "code", b"  DELETE A.B CLUSTER\n//OUT DD DSN=A.B,DISP=OLD\n")
    assert [_defines(source, edge("a.jcl", n)) for n in (1, 2)] == [True, False]


def unpinned(line: str, **more: str) -> list[Finding]:
    files = {"package.json": f'{{"dependencies": {{\n{line}\n}}}}\n', "package-lock.json": '{"other": 1}', **more}
    component = Component(
        ecosystem="npm", name="shop-print", version="", evidence=Location(path="package.json", line=2)
    )
    return [f for f in look_at_components(case_of(files, components=(component,))) if f.rule == "dependencies.unpinned"]


def test_a_branch_that_no_lock_names_floats() -> None:
    address = '"shop-print": "git://forge.example/shop/print.git'
    assert unpinned(f'{address}#main"')
    assert not unpinned(f'{address}#4f0c2a7d9b1e"')
    assert not unpinned(f'{address}#v1.2.3"')
    assert not unpinned(f'{address}#main"', **{"package-lock.json": '{"shop-print": {}}'})


def named(script: str) -> frozenset[str]:
    files = {
        "MAINPROG.cbl": "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. MAINPROG.\n       PROCEDURE DIVISION.\n       A.\n           STOP RUN.\n",
        "check.sh": script,
    }
    suite = Suite(
        name="check", runner="shell", files=1, command="./check.sh", evidence=Location(path="check.sh", line=1)
    )
    return _named_by_scripts(case_of(files, graph_of(files), test_suites=(suite,)))


def test_a_program_that_a_script_of_tests_runs_is_touched() -> None:
    assert named('run "first night" 0 MAINPROG PARM=a\n') == {"MAINPROG"}
    assert named("# MAINPROG is not tested\nrun OTHERPROG\n") == frozenset()


def test_both_directions_of_a_cycle_are_shown(tmp_path: Path) -> None:
    lens = lens_named("structure")
    assert lens is not None
    sample = Path(__file__).resolve().parents[2] / "sample_repos" / "claims"
    with workbench(str(sample), Settings(cache_dir=tmp_path), None, None) as bench:
        case = make_case(bench, Run(), Assumptions())
        found = [f for f in lens.look(case) if f.rule == "structure.service-cycle"]
        assert found
        for finding in found:
            ways = {case.services_of_paths[e.location.path] for e in finding.evidence}
            assert ways == set(finding.services)
