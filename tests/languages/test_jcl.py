"""JCL by its rules: jobs, steps, procedures, DD statements, control cards; no exception on any bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.languages.jcl import LANGUAGES
from agent.languages.jcl_cards import read_cards
from agent.languages.jcl_lines import statements_of
from agent.languages.jcl_transfer import read_transfer
from tests.systems import edges, graph_of

POST = "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. POST.\n       PROCEDURE DIVISION.\n           GOBACK.\n"


def tables(*lines: str) -> set[tuple[str, str, str]]:
    """(step, mode, table) of one job."""
    graph = graph_of({"j.jcl": "//NIGHTLY JOB (1),'X'\n" + "\n".join(lines) + "\n"})
    found = {(e.source, e.kind, e.target) for e in graph.dependencies if e.target.startswith("table:")}
    return {(source.removeprefix("JOB:NIGHTLY."), kind, target) for source, kind, target in found}


def test_a_job_has_steps_that_run_programs() -> None:
    job = "//NIGHTLY  JOB (ACCT),'POST',CLASS=A,\n//   NOTIFY=&SYSUID\n//* CALL\n//STEP1 EXEC PGM=POST,COND=(0,NE)\n//SORT EXEC PGM=SORT\n"
    graph = graph_of({"j.jcl": job, "POST.cbl": POST})
    assert graph.by_id["JOB:NIGHTLY"].kind == "module"
    assert (graph.by_id["JOB:NIGHTLY.STEP1"].kind, graph.by_id["JOB:NIGHTLY.STEP1"].line) == ("function", 4)
    assert edges(graph, "call") == {("JOB:NIGHTLY.STEP1", "POST")}
    (count,) = [c for c in graph.counts if c.language == "jcl"]
    assert (count.exact, count.external, count.unresolved) == (1, 1, 0)


@pytest.mark.parametrize(
    "run",
    ["//S EXEC PGM=IKJEFT01\n//SYSTSIN DD *\n DSN SYSTEM(DB2)\n  RUN PROGRAM(POST) PLAN(P)\n/*\n",
     "//S EXEC PGM=DFSRRC00,\n//  PARM='BMP,POST,PSB1'\n", "//S EXEC PGM=POST\n", "//S EXEC POSTER\n//X PROC\n"],
)  # fmt: skip
def test_programs_are_also_run_by_other_programs(run: str) -> None:
    graph = graph_of(
        {"j.jcl": "//J JOB\n" + run, "POST.cbl": POST, "proc/POSTER.prc": "//ANY PROC\n//P EXEC PGM=POST\n"}
    )
    reached = graph.reached_from("JOB:J.S")
    assert "POST" in reached or "PROC:POSTER" in reached


@pytest.mark.parametrize(
    ("operands", "expected"),
    [
        ("DSN=A.B,DISP=SHR", {("S", "read", "table:a.b")}),
        ("DISP=(NEW,CATLG,DELETE),DSN=A.B", {("S", "write", "table:a.b")}),
        ("DISP=(OLD,DELETE),DSN='A.B'", {("S", "write", "table:a.b")}),
        ("DSN=A.B(+1),DISP=MOD", {("S", "write", "table:a.b")}),
        ("DISP=SHR,\n//   DSN=A.B", {("S", "read", "table:a.b")}),
        ("DSN=A.B,DISP=SHR\n//  DD DSN=A.C,DISP=SHR", {("S", "read", "table:a.b"), ("S", "read", "table:a.c")}),
        ("DSN=&&TEMP,DISP=(NEW,PASS)", set()),
        ("DUMMY", set()),
        ("SYSOUT=*", set()),
        ("DSN=NULLFILE", set()),
    ],
)
def test_disp_tells_read_from_write(operands: str, expected: set[tuple[str, str, str]]) -> None:
    assert tables("//S EXEC PGM=POST", f"//IN DD {operands}") == expected


def test_load_libraries_are_no_data() -> None:
    assert tables("//S EXEC PGM=POST", "//STEPLIB DD DSN=A.LOAD,DISP=SHR", "//   DD DSN=A.LOAD2,DISP=SHR") == set()


def test_symbols_come_from_set_procedure_and_caller() -> None:
    proc = "//ANY PROC HLQ=TEST,LOW=X\n//P EXEC PGM=POST\n//IN DD DSN=&HLQ..&LOW..DATA,DISP=SHR\n"
    jobs = {
        "a.jcl": "//A JOB\n//S EXEC POSTER,HLQ=PROD\n",
        "b.jcl": "//B JOB\n//  SET TOP=ACC\n//S EXEC PROC=POSTER,HLQ=&TOP\n",
    }
    graph = graph_of({"proc/POSTER.prc": proc, **jobs})
    assert edges(graph, "read") == {("PROC:POSTER.P", "table:prod.x.data"), ("PROC:POSTER.P", "table:acc.x.data")}
    assert edges(graph, "call") == {("JOB:A.S", "PROC:POSTER"), ("JOB:B.S", "PROC:POSTER")}


def test_a_reference_back_means_the_earlier_dataset() -> None:
    found = tables("//A EXEC PGM=X", "//OUT DD DSN=A.B,DISP=NEW", "//B EXEC PGM=X", "//IN DD DSN=*.A.OUT,DISP=SHR")
    assert found == {("A", "write", "table:a.b"), ("B", "read", "table:a.b")}


def test_idcams_cards_define_delete_and_copy() -> None:
    found = tables(
        "//S EXEC PGM=IDCAMS", "//IN DD DSN=A.IN,DISP=SHR", "//OUT DD DSN=A.OUT,DISP=SHR", "//SYSIN DD *",
        "  DELETE A.OLD CLUSTER /* DELETE A.COMMENT */", "  DEFINE CLUSTER (NAME(A.NEW) -", "    KEYS(1 0)) DATA (NAME(A.NEW.DATA))",
        "  DEFINE ALTERNATEINDEX (NAME(A.AIX) RELATE(A.NEW))", "  REPRO INFILE(IN) OUTFILE(OUT)", "/*",
    )  # fmt: skip
    assert found >= {
        ("S", "read", "table:a.in"), ("S", "write", "table:a.out"), ("S", "write", "table:a.old"),
        ("S", "declare", "table:a.new"), ("S", "declare", "table:a.aix"), ("table:a.aix", "reference", "table:a.new"),
    }  # fmt: skip
    assert not [t for _, _, t in found if "comment" in t or t.endswith(".data")]


def test_sql_in_cards_and_control_members() -> None:
    job = "//J JOB\n//S EXEC PGM=IKJEFT01\n//SYSIN DD *\n SELECT * FROM APP.ORDERS;\n UPDATE APP.ITEMS SET A = 1;\n/*\n//T EXEC PGM=X\n//SYSIN DD DSN=LIB.CNTL(LOADIT),DISP=SHR\n"
    graph = graph_of({"j.jcl": job, "ctl/LOADIT.ctl": " INSERT INTO APP.LINES VALUES (1);\n"})
    assert ("JOB:J.S", "table:orders") in edges(graph, "read")
    assert ("JOB:J.S", "table:items") in edges(graph, "write")
    assert ("CARDS:LOADIT", "table:lines") in edges(graph, "write")
    assert ("JOB:J.T", "CARDS:LOADIT") in edges(graph, "import")


def test_a_job_submits_another_through_the_internal_reader() -> None:
    first = "//A JOB\n//S EXEC PGM=IEBGENER\n//SYSUT1 DD DSN=LIB.JCL(SECOND),DISP=SHR\n//SYSUT2 DD SYSOUT=(A,INTRDR)\n"
    graph = graph_of({"a.jcl": first, "SECOND.jcl": "//B JOB\n//S EXEC PGM=IEFBR14\n"})
    assert edges(graph, "call") == {("JOB:A.S", "JOB:B")}


def test_two_jobs_of_one_name_stay_apart() -> None:
    graph = graph_of(
        {"a.jcl": "//J JOB\n//S EXEC PGM=POST\n", "b.jcl": "//J JOB\n//S EXEC PGM=POST\n", "POST.cbl": POST}
    )
    assert edges(graph, "call") == {("JOB:J.S", "POST"), ("JOB:J@b.jcl.S", "POST")}


def test_in_stream_data_is_no_job_control() -> None:
    found = list(statements_of("//A DD DATA,DLM=##\n//B EXEC PGM=X\n##\n//C DD *\n text\n//D DD DUMMY\n"))
    assert [(s.name, s.line, s.data) for s in found] == [
        ("A", 1, ["//B EXEC PGM=X"]),
        ("C", 4, [" text"]),
        ("D", 6, []),
    ]


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_facts(source: bytes) -> None:
    for language in LANGUAGES:
        assert not language.extract("x.jcl", source)[0].failure


@given(st.lists(st.sampled_from(["//A ", "JOB ", "EXEC ", "PGM=", "DD ", "DSN=", "*", "\n", "//", "/*", ",", "'", "(", ")", "PROC", "&X.",
                                 "SYSIN", "DEFINE CLUSTER(NAME(A", "*.A.B", "PEND"]), max_size=50))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_any_order_of_its_words_gives_facts(parts: list[str]) -> None:
    assert not LANGUAGES[0].extract("x.jcl", "".join(parts).encode())[0].failure


@pytest.mark.parametrize(
    "text", ["//A DD " + "(" * 60, "//A EXEC PGM=X,\n", "//A DD *\n DELETE \n", "//A EXEC PGM=X\n", "DEFINE " * 9]
)
def test_work_is_bounded(text: str) -> None:
    started = time.process_time()
    LANGUAGES[0].extract("x.jcl", (text * 20_000)[:1_900_000].encode())
    read_cards([text] * 20_000, "IDCAMS")
    assert time.process_time() - started < 6


def test_a_member_of_a_library_is_the_library() -> None:
    read = POST.replace("       PROCEDURE DIVISION.\n", "")
    program = (
        read
        + "       ENVIRONMENT DIVISION.\n       INPUT-OUTPUT SECTION.\n       FILE-CONTROL.\n           SELECT CARD ASSIGN TO PARMCARD.\n"
        + "       PROCEDURE DIVISION.\n       A.\n           OPEN INPUT CARD.\n"
    )
    job = "//J JOB\n//S EXEC PGM=POST\n//PARMCARD DD DSN=A.PARMLIB(DAILY),DISP=SHR\n"
    graph = graph_of({"j.jcl": job, "POST.cbl": program})
    assert edges(graph, "read") == {("JOB:J.S", "table:a.parmlib"), ("POST.A", "table:a.parmlib")}
    assert graph.by_id["table:a.parmlib"].doc == "Members used: DAILY."


@pytest.mark.parametrize(
    ("dd", "expected"),
    [
        ("SYSOUT=*", set()),
        ("*\n00540", set()),
        ("DUMMY,DCB=LRECL=80", set()),
        ("DSN=&&TEMP,DISP=(OLD,PASS)", set()),
        ("UNIT=SYSDA,SPACE=(CYL,(1,1))", set()),
        ("DDNAME=OTHER", {"table:report"}),
        ("DSN=A.B,DISP=SHR", {"table:a.b"}),
    ],
)
def test_a_file_that_the_job_gives_no_dataset_is_no_table(dd: str, expected: set[str]) -> None:
    program = POST.replace(
        "       PROCEDURE DIVISION.\n",
        "       ENVIRONMENT DIVISION.\n       INPUT-OUTPUT SECTION.\n       FILE-CONTROL.\n           SELECT R ASSIGN TO REPORT.\n"
        "       PROCEDURE DIVISION.\n       A.\n           OPEN OUTPUT R.\n",
    )
    graph = graph_of({"j.jcl": f"//J JOB\n//S EXEC PGM=POST\n//REPORT DD {dd}\n", "POST.cbl": program})
    assert {s.id for s in graph.symbols if s.kind == "table"} == expected


FTP = "//S EXEC PGM=FTP,PARM='10.44.8.20 (EXIT'\n//INPUT DD *\nuser\nword\nget RET.TXT 'A.RET' (REPLACE\nput 'A.OUT' OUT.TXT\nput //DD:SENT x\n"


def test_a_transfer_reads_what_it_sends_and_writes_what_it_fetches() -> None:
    found = tables(*FTP.splitlines(), "/*", "//SENT DD DSN=A.SENT,DISP=OLD")
    assert found == {("S", "write", "table:a.ret"), ("S", "read", "table:a.out"), ("S", "read", "table:a.sent")}


def test_a_transfer_of_a_name_that_depends_on_the_logon_is_counted() -> None:
    job = "//J JOB\n//S EXEC PGM=FTP\n//SYSIN DD *\nhost.example.com\nu\np\nput local.txt x\nlcd 'A.B'\nput C\n/*\n"
    graph = graph_of({"j.jcl": job})
    assert edges(graph, "read") == {("JOB:J.S", "table:a.b.c")}
    (count,) = [c for c in graph.counts if c.language == "jcl"]
    assert count.unresolved == 1


@pytest.mark.parametrize(
    ("parameter", "cards", "host"),
    [("10.1.1.1 (EXIT", ["u", "p"], "10.1.1.1"), ("", ["my.host.example"], "my.host.example"), ("", ["open a.b"], "a.b"), ("-v a.b", [], "a.b"),
     ("(EXIT", [" 172.31.21.124", "u"], "172.31.21.124"), ("", ["a b c d"], "")],
)  # fmt: skip
def test_the_host_of_a_transfer(parameter: str, cards: list[str], host: str) -> None:
    assert read_transfer(parameter, cards).host == host


def test_a_job_that_is_only_scanned_moves_no_data() -> None:
    job = "//J JOB (1),'X',TYPRUN=SCAN\n//S EXEC PGM=POST\n//IN DD DSN=A.B,DISP=SHR\n"
    graph = graph_of({"j.jcl": job})
    assert not edges(graph)
    assert edges(graph_of({"j.jcl": job.replace("SCAN", "HOLD")})) == {("JOB:J.S", "table:a.b")}
