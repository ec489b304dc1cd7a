"""A COBOL estate as one graph: CICS commands and definitions, files and datasets, SQL tables, jobs."""

from __future__ import annotations

import time

import pytest

from agent.domain.code import DependencyGraph
from agent.frameworks.cobol_data import host_free
from tests.systems import edges, graph_of


def fixed(*lines: str) -> str:
    return "".join(f"       {line}\n" for line in lines)


def program(name: str, *body: str, data: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> str:
    control = ("ENVIRONMENT DIVISION.", "INPUT-OUTPUT SECTION.", "FILE-CONTROL.", *files) if files else ()
    storage = ("DATA DIVISION.", *data) if data else ()
    return fixed("IDENTIFICATION DIVISION.", f"PROGRAM-ID. {name}.", *control, *storage, "PROCEDURE DIVISION.", *body)


CSD = """ DEFINE TRANSACTION(OR01) GROUP(APP) PROGRAM(ORDPGM)
 DEFINE PROGRAM(ORDPGM) GROUP(APP)
 DEFINE FILE(ORDERS) GROUP(APP) DSNAME(APP.ORDERS.KSDS)
 DEFINE MAPSET(ORDSET) GROUP(APP)
"""
BMS = "ORDSET  DFHMSD TYPE=MAP\nORDMAP  DFHMDI SIZE=(24,80)\nORDID   DFHMDF POS=(1,1),LENGTH=8\n        DFHMSD TYPE=FINAL\n"
OTHER = program("OTHER", "    GOBACK.")


def found(*commands: str, data: tuple[str, ...] = (), **files: str) -> DependencyGraph:
    text = program("ORDPGM", *(f"    {c}" for c in commands), data=("WORKING-STORAGE SECTION.", *data) if data else ())
    return graph_of({"ORDPGM.cbl": text, "OTHER.cbl": OTHER, "app.csd": CSD, "ORDSET.bms": BMS, **files})


def test_a_transaction_is_handled_by_its_program() -> None:
    graph = found("EXEC CICS RETURN TRANSID('OR01') END-EXEC.")
    assert edges(graph, "handle") == {("route:CICS OR01", "ORDPGM")}
    assert ("ORDPGM", "route:CICS OR01") in edges(graph, "call")
    route = graph.by_id["route:CICS OR01"]
    assert (route.path, route.line) == ("app.csd", 1)


@pytest.mark.parametrize("verb", ["LINK", "XCTL"])
@pytest.mark.parametrize("operand", ["'OTHER'", "WS-NEXT", "WS-NEXT OF WS-AREA", "WS-NEXT(1)"])
def test_programs_are_linked_by_literal_and_by_item(verb: str, operand: str) -> None:
    graph = found(
        f"EXEC CICS {verb}", f"  PROGRAM ({operand})", "  END-EXEC.", data=("01 WS-NEXT PIC X(8) VALUE 'OTHER'.",)
    )
    assert ("ORDPGM", "OTHER") in edges(graph, "call")


@pytest.mark.parametrize(
    ("command", "mode"),
    [
        ("READ", "read"),
        ("STARTBR", "read"),
        ("READNEXT", "read"),
        ("WRITE", "write"),
        ("REWRITE", "write"),
        ("DELETE", "write"),
    ],
)
def test_files_are_the_datasets_that_definitions_give_them(command: str, mode: str) -> None:
    graph = found(f"EXEC CICS {command} FILE('ORDERS') RIDFLD(X) END-EXEC.")
    assert edges(graph, mode) == {("ORDPGM", "table:app.orders.ksds")}
    item = found(f"EXEC CICS {command} DATASET(WS-F) END-EXEC.", data=("01 WS-F PIC X(8) VALUE 'ORDERS  '.",))
    assert edges(item, mode) == {("ORDPGM", "table:app.orders.ksds")}


def test_a_file_without_definition_keeps_its_name_and_queues_are_no_files() -> None:
    graph = found("EXEC CICS READ FILE('MYSTERY') END-EXEC", "EXEC CICS DELETEQ TS QUEUE('Q') END-EXEC.")
    assert edges(graph, "read") == {("ORDPGM", "table:mystery")}


def test_maps_are_sent_and_received() -> None:
    graph = found(
        "EXEC CICS SEND MAP('ORDMAP') MAPSET('ORDSET') ERASE END-EXEC", "EXEC CICS RECEIVE MAP(WS-M) MAPSET('ORDSET') END-EXEC",
        "EXEC CICS SEND TEXT FROM(X) END-EXEC.", data=("01 WS-M PIC X(7) VALUE 'ORDMAP'.",),
    )  # fmt: skip
    assert edges(graph, "render") == {("ORDPGM", "template:ORDSET.ORDMAP")}
    assert ("ORDPGM", "template:ORDSET.ORDMAP") in edges(graph, "use")


def test_a_maps_copybook_belongs_to_its_map_and_may_be_missing() -> None:
    copied = program("ORDPGM", "    GOBACK.", data=("WORKING-STORAGE SECTION.", "COPY ORDSET."))
    book = fixed("01  ORDMAPI.", "    02 FILLER PIC X(12).", "01  ORDMAPO REDEFINES ORDMAPI.")
    graph = graph_of({"ORDPGM.cbl": copied, "cpy/ORDSET.cpy": book, "ORDSET.bms": BMS})
    assert edges(graph, "import") == {("ORDPGM", "COPY:ORDSET")}
    assert ("COPY:ORDSET", "template:ORDSET.ORDMAP") in edges(graph, "use")
    generated = graph_of({"ORDPGM.cbl": copied, "ORDSET.bms": BMS})
    assert edges(generated, "import") == {("ORDPGM", "template:ORDSET")}


def test_operands_may_get_their_value_from_a_copybook() -> None:
    graph = found(
        "EXEC CICS READ FILE(CP-FILE) END-EXEC.",
        data=("COPY NAMES.",),
        **{"NAMES.cpy": fixed("01 CP-FILE PIC X(8) VALUE 'ORDERS'.")},
    )
    assert edges(graph, "read") == {("ORDPGM", "table:app.orders.ksds")}


def test_several_possible_files_give_no_edge() -> None:
    graph = found(
        "MOVE 'A1' TO WS-F", "MOVE 'B1' TO WS-F", "EXEC CICS READ FILE(WS-F) END-EXEC.", data=("01 WS-F PIC X(8).",)
    )
    assert edges(graph, "read") == set()
    (left,) = [each for each in graph.ambiguous if each.path == "ORDPGM.cbl"]
    assert (left.name, left.candidates) == ("WS-F", ("table:a1", "table:b1"))
    assert next(c for c in graph.counts if c.language == "cobol").ambiguous == 1


def test_a_transaction_that_nothing_defines_is_counted() -> None:
    graph = found("EXEC CICS RETURN TRANSID('ZZ99') END-EXEC.")
    count = next(c for c in graph.counts if c.language == "cobol")
    assert (count.unresolved, count.reasons) == (1, (("transid of CICS that nothing here defines", 1),))


def test_handlers_are_called() -> None:
    graph = found("EXEC CICS HANDLE CONDITION NOTFND(NONE-FOUND) END-EXEC.", "NONE-FOUND.", "EXIT.")
    assert ("ORDPGM", "ORDPGM.NONE-FOUND") in edges(graph, "call")


# ---------------------------------------------------------------- files of batch programs

BATCH = program(
    "POST",
    "A.", "    OPEN INPUT ORD-FILE OUTPUT REP-FILE", "    OPEN I-O MASTER.", "B.", "    READ ORD-FILE AT END CONTINUE.",
    "    WRITE REP-REC.", "    REWRITE MASTER-REC.", "    DELETE MASTER.", "C.", "    OPEN EXTEND LOG-FILE.",
    files=("SELECT ORD-FILE ASSIGN TO ORDIN.", "SELECT OPTIONAL REP-FILE ASSIGN TO UT-S-REPORT", "   FILE STATUS IS S.",
           "SELECT MASTER ASSIGN TO MASTDD ORGANIZATION IS INDEXED.", "SELECT LOG-FILE ASSIGN TO 'post.log'."),
    data=("FILE SECTION.", "FD ORD-FILE.", "01 ORD-REC PIC X.", "FD REP-FILE.", "01 REP-REC PIC X.", "FD MASTER.",
          "01 MASTER-REC PIC X."),
)  # fmt: skip
JOB = """//NIGHT JOB
//S1 EXEC PGM=POST
//ORDIN DD DSN=APP.ORDERS.DAILY(0),DISP=SHR
//MASTDD DD DSN=APP.MASTER.KSDS,DISP=SHR
"""


def test_a_file_is_the_dataset_that_the_job_gives_its_dd_name() -> None:
    graph = graph_of({"POST.cbl": BATCH, "n.jcl": JOB})
    assert edges(graph, "read") == {
        ("JOB:NIGHT.S1", "table:app.orders.daily"), ("JOB:NIGHT.S1", "table:app.master.ksds"),
        ("POST.A", "table:app.orders.daily"), ("POST.B", "table:app.orders.daily"), ("POST.A", "table:app.master.ksds"),
    }  # fmt: skip
    assert edges(graph, "write") == {
        ("POST.A", "table:app.master.ksds"), ("POST.B", "table:app.master.ksds"), ("POST.A", "table:report"),
        ("POST.B", "table:report"), ("POST.C", "table:post.log"),
    }  # fmt: skip


def test_a_job_reaches_program_copybook_and_table() -> None:
    graph = graph_of({"POST.cbl": BATCH, "n.jcl": JOB})
    assert {"POST", "POST.A", "table:app.master.ksds"} <= graph.reached_from("JOB:NIGHT.S1")


def test_a_subprograms_files_are_those_of_its_callers_jobs() -> None:
    main = program("MAIN", "    CALL 'POST'.")
    graph = graph_of({"POST.cbl": BATCH, "MAIN.cbl": main, "n.jcl": JOB.replace("PGM=POST", "PGM=MAIN")})
    (edge,) = [e for e in graph.dependencies if e.source == "POST.B" and e.target == "table:app.orders.daily"]
    assert edge.resolution == "inferred"


def test_a_dd_that_overrides_a_procedures_step_belongs_to_its_program() -> None:
    job = "//N JOB\n//S EXEC RUNPOST\n//P1.ORDIN DD DSN=APP.OTHER,DISP=SHR\n"
    graph = graph_of({"POST.cbl": BATCH, "n.jcl": job, "RUNPOST.prc": "//X PROC\n//P1 EXEC PGM=POST\n"})
    assert ("POST.B", "table:app.other") in edges(graph, "read")


# ---------------------------------------------------------------- SQL


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT A INTO :X :XI, :Y FROM ORDERS WHERE ID = :WS-ID", {("read", "table:orders")}),
        ("DECLARE C1 CURSOR WITH HOLD FOR SELECT A FROM APP.ORDERS FOR UPDATE OF A", {("read", "table:orders")}),
        ("UPDATE ORDERS SET A = :X WHERE CURRENT OF C1", {("write", "table:orders")}),
        ("INSERT INTO ORDERS (A) VALUES (:X)", {("write", "table:orders")}),
        ("DELETE FROM ORDERS WHERE ID = :WS-ID WITH UR", {("write", "table:orders")}),
        ("FETCH C1 INTO :X", set()),
        ("OPEN C1", set()),
        ("COMMIT", set()),
    ],
)
def test_sql_reads_and_writes_tables(statement: str, expected: set[tuple[str, str]]) -> None:
    graph = graph_of(
        {"M.cbl": program("M", "A.", "    EXEC SQL", f"    {statement[:60]}", f"    {statement[60:]}", "    END-EXEC.")}
    )
    assert {(e.kind, e.target) for e in graph.dependencies if e.source == "M.A"} == expected


def test_dclgen_declares_a_table_that_programs_include() -> None:
    member = fixed(
        "EXEC SQL DECLARE APP.ORDERS TABLE",
        "( ID CHAR(2) NOT NULL,",
        "  TOTAL DECIMAL(9,2)",
        ") END-EXEC.",
        "01 DCLORDERS.",
    )
    using = program("M", "    EXIT.", data=("WORKING-STORAGE SECTION.", "EXEC SQL INCLUDE ORDERS END-EXEC."))
    graph = graph_of({"ORDERS.dcl": member, "M.cbl": using})
    assert edges(graph, "import") == {("M", "COPY:ORDERS")}
    table = graph.by_id["table:orders"]
    assert (table.path, table.line) == ("ORDERS.dcl", 1)


def test_statements_lose_only_what_other_readers_do_not_know() -> None:
    assert host_free("SELECT A INTO :X, :Y-Z FROM T WHERE B = :C WITH UR") == "SELECT A FROM T WHERE B = ?"
    assert host_free("PREPARE S FROM :X") == ""


@pytest.mark.parametrize(
    "text",
    ["EXEC CICS " + "A( " * 40_000, "EXEC SQL SELECT A INTO :X " + " ,:X " * 20_000, "EXEC SQL SELECT " + "FOR UPDATE OF " * 9_000,
     "EXEC CICS SEND MAP(X) END-EXEC " * 4_000, "EXEC SQL INSERT INTO T VALUES (:A :B) END-EXEC\n       " * 4_000],
)  # fmt: skip
def test_work_is_bounded(text: str) -> None:
    started = time.process_time()
    rows = [text[i : i + 60] for i in range(0, len(text), 60)]
    graph_of({"M.cbl": program("M", *rows)})
    assert time.process_time() - started < 8


def test_a_program_that_no_job_runs_reads_what_the_name_means_elsewhere() -> None:
    def reader(name: str) -> str:
        return program(name, "A.", "    OPEN INPUT F.", files=("SELECT F ASSIGN TO MASTER.",))

    job = "//J JOB\n//S EXEC PGM=ONE\n//MASTER DD DSN=A.B,DISP=SHR\n//T EXEC PGM=TWO\n//MASTER DD DSN=A.B,DISP=SHR\n"
    files = {"ONE.cbl": reader("ONE"), "TWO.cbl": reader("TWO"), "DEAD.cbl": reader("DEAD")}
    found = {e.target: e.resolution for e in graph_of({"j.jcl": job, **files}).dependencies if e.source == "DEAD.A"}
    assert found == {"table:a.b": "inferred"}
    other = graph_of({"j.jcl": job.replace("A.B,DISP=SHR\n//T", "A.C,DISP=SHR\n//T"), **files})
    assert ("DEAD.A", "table:master") in edges(other, "read")


def test_the_work_file_of_a_sort_is_no_table() -> None:
    text = program(
        "S", "A.", "    SORT WORK ON ASCENDING KEY K USING IN-FILE GIVING OUT-FILE.", "    RETURN WORK AT END CONTINUE.",
        files=("SELECT WORK ASSIGN TO SORTWK01.", "SELECT IN-FILE ASSIGN TO INDD.", "SELECT OUT-FILE ASSIGN TO OUTDD."),
        data=("FILE SECTION.", "SD WORK.", "01 W PIC X.", "FD IN-FILE.", "01 I PIC X.", "FD OUT-FILE.", "01 O PIC X."),
    )  # fmt: skip
    graph = graph_of({"S.cbl": text})
    assert {s.id for s in graph.symbols if s.kind == "table"} == {"table:indd", "table:outdd"}


@pytest.mark.parametrize(
    ("statement", "unresolved"),
    [
        ("MOVE IN-REC TO WS-P", 1),
        ("MOVE 'OTHER' TO WS-P", 0),
        ("ACCEPT X", 0),
    ],
)
def test_what_else_a_call_through_an_item_may_run_is_counted(statement: str, unresolved: int) -> None:
    for call in ("CALL WS-P.", "EXEC CICS XCTL PROGRAM(WS-P) END-EXEC."):
        data = ("WORKING-STORAGE SECTION.", "01 WS-P PIC X(8) VALUE 'OTHER'.", "01 IN-REC PIC X(8).")
        graph = graph_of({"M.cbl": program("M", f"    {statement}", f"    {call}", data=data), "OTHER.cbl": OTHER})
        (count,) = [c for c in graph.counts if c.language == "cobol"]
        assert ("M", "OTHER") in edges(graph, "call")
        assert count.unresolved == unresolved


def test_an_operand_that_nothing_sets_is_counted() -> None:
    data = ("WORKING-STORAGE SECTION.", "01 WS-F PIC X(8).")
    graph = graph_of({"M.cbl": program("M", "    EXEC CICS READ FILE(WS-F) END-EXEC.", data=data)})
    (count,) = [c for c in graph.counts if c.language == "cobol"]
    assert count.unresolved == 1
