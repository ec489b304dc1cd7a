"""COBOL by its rules: formats, continuation, PERFORM, CALL and COPY, and no exception on any bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.languages.cobol import LANGUAGE
from agent.languages.cobol_lines import read_rows, tokens_of
from agent.languages.cobol_walk import scan_cobol
from tests.systems import edges, graph_of


def fixed(*lines: str) -> str:
    """Lines as they stand from column 8; one that starts with ``*``, ``-`` or ``D|`` has its indicator in column 7."""
    return "".join(
        f"      {line[0]}{line[1:]}\n" if line[:1] in "*-/" and line else f"       {line}\n" for line in lines
    )


def program(name: str, *body: str, data: tuple[str, ...] = ()) -> str:
    storage = ("DATA DIVISION.", "WORKING-STORAGE SECTION.", *data) if data else ()
    return fixed("IDENTIFICATION DIVISION.", f"PROGRAM-ID. {name}.", *storage, "PROCEDURE DIVISION.", *body)


def calls(*body: str, data: tuple[str, ...] = (), **others: str) -> set[tuple[str, str]]:
    files = {"src/MAIN.cbl": program("MAIN", *body, data=data)}
    files.update({f"src/{name}.cbl": text for name, text in others.items()})
    return edges(graph_of(files), "call")


def test_a_program_is_called_by_its_program_id_and_paragraphs_lie_in_it() -> None:
    graph = graph_of(
        {"src/x.cbl": program("orders", "1000-main.", "    perform 2000-Work.", "2000-WORK.", "    EXIT.")}
    )
    assert graph.by_id["ORDERS"].kind == "module"
    assert graph.by_id["ORDERS.1000-MAIN"].container == "ORDERS"
    assert edges(graph, "call") == {("ORDERS", "ORDERS.1000-MAIN"), ("ORDERS.1000-MAIN", "ORDERS.2000-WORK")}
    (found,) = [e for e in graph.dependencies if e.target == "ORDERS.2000-WORK"]
    assert (found.path, found.line, found.resolution) == ("src/x.cbl", 5, "exact")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("PERFORM B.", {"MAIN.B"}),
        ("PERFORM B THRU D.", {"MAIN.B", "MAIN.C", "MAIN.D"}),
        ("PERFORM B VARYING I FROM 1 BY 1 UNTIL I > 3", {"MAIN.B"}),
        ("PERFORM 3 TIMES", set()),
        ("PERFORM WS-N TIMES", set()),
        ("PERFORM UNTIL WS-N > 3", set()),
        ("PERFORM C 3 TIMES", {"MAIN.C"}),
        ("GO TO D.", {"MAIN.D"}),
        ("GO TO B C DEPENDING ON WS-N.", {"MAIN.B", "MAIN.C"}),
        ("DISPLAY 'PERFORM B'.", set()),
        ("SORT S ON KEY K INPUT PROCEDURE IS B OUTPUT PROCEDURE C.", {"MAIN.B", "MAIN.C"}),
    ],
)
def test_perform_and_go_to(statement: str, expected: set[str]) -> None:
    found = calls("A.", f"    {statement}", "B.", "    EXIT.", "C.", "    CONTINUE.", "D.", "    EXIT.")
    assert {target for source, target in found if source == "MAIN.A"} == expected


def test_two_sections_may_have_paragraphs_of_one_name() -> None:
    body = (
        "S1 SECTION.",
        "A.",
        "    PERFORM X.",
        "X.",
        "    EXIT.",
        "S2 SECTION.",
        "B.",
        "    PERFORM X.",
        "X.",
        "    EXIT.",
    )
    found = calls(*body)
    assert {("MAIN", "MAIN.S1"), ("MAIN.S1", "MAIN.A"), ("MAIN.S1", "MAIN.X"), ("MAIN.S2", "MAIN.X OF S2")} <= found
    assert ("MAIN.A", "MAIN.X") in found
    assert ("MAIN.B", "MAIN.X OF S2") in found
    assert ("MAIN.B", "MAIN.X") not in found


def test_contained_programs_have_paragraphs_of_their_own() -> None:
    text = fixed(
        "IDENTIFICATION DIVISION.", "PROGRAM-ID. OUTER.", "PROCEDURE DIVISION.", "A.", "    CALL 'INNER'.", "B.", "    EXIT.",
        "IDENTIFICATION DIVISION.", "PROGRAM-ID. INNER.", "PROCEDURE DIVISION.", "A.", "    PERFORM B.", "B.", "    EXIT.",
        "END PROGRAM INNER.", "END PROGRAM OUTER.",
    )  # fmt: skip
    assert edges(graph_of({"o.cbl": text}), "call") == {
        ("OUTER", "OUTER.A"), ("OUTER.A", "OUTER.INNER"), ("OUTER.INNER", "OUTER.INNER.A"), ("OUTER.INNER.A", "OUTER.INNER.B")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "falls"),
    [("DISPLAY 'X'.", True), ("GOBACK.", False), ("STOP RUN.", False), ("EXIT PROGRAM.", False), ("GO TO B.", False),
     ("EXEC CICS RETURN END-EXEC.", False)],
)  # fmt: skip
def test_control_falls_into_the_first_paragraph_unless_the_program_ends_before(statement: str, falls: bool) -> None:
    assert (("MAIN", "MAIN.A") in calls(f"    {statement}", "A.", "    EXIT.", "B.", "    EXIT.")) is falls


# ---------------------------------------------------------------- CALL


SUB = program("SUB", "    GOBACK.")
OTHER = program("OTHER", "    GOBACK.")


def test_a_literal_call_is_exact_and_an_unknown_one_counted() -> None:
    text = program("MAIN", "    CALL 'SUB' USING X.", '    CALL "sub".', "    CALL 'GONE'.", "    CALL 'CEE3ABD'.")
    graph = graph_of({"m.cbl": text, "s.cbl": SUB})
    assert edges(graph, "call") == {("MAIN", "SUB")}
    (count,) = [c for c in graph.counts if c.language == "cobol"]
    assert (count.exact, count.external, count.unresolved) == (2, 1, 1)


def test_a_call_through_an_item_follows_value_and_move() -> None:
    data = ("01 WS-A PIC X(8) VALUE 'SUB'.", "01 WS-B PIC X(8).", "01 WS-C PIC X(8).", "01 WS-D PIC X(8).")
    body = (
        "A.", "    CALL WS-A.", "B.", "    MOVE 'SUB' TO WS-B", "    CALL WS-B.",
        "C.", "    MOVE WS-A TO WS-C.", "    CALL WS-C.", "D.", "    CALL WS-D.",
    )  # fmt: skip
    assert calls(*body, data=data, SUB=SUB) - {("MAIN", "MAIN.A")} == {
        ("MAIN.A", "SUB"), ("MAIN.B", "SUB"), ("MAIN.C", "SUB")
    }  # fmt: skip


def test_a_call_that_may_mean_several_programs_gives_no_edge() -> None:
    data = ("01 WS-A PIC X(8).",)
    body = ("    MOVE 'SUB' TO WS-A.", "    MOVE 'OTHER' TO WS-A.", "    CALL WS-A.")
    graph = graph_of({"m.cbl": program("MAIN", *body, data=data), "s.cbl": SUB, "o.cbl": OTHER})
    assert edges(graph, "call") == set()
    (count,) = [c for c in graph.counts if c.language == "cobol"]
    assert count.unresolved + count.ambiguous == 1


def test_an_item_that_is_also_set_from_elsewhere_makes_the_call_inferred() -> None:
    data = ("01 WS-A PIC X(8).",)
    body = ("    MOVE 'SUB' TO WS-A.", "    MOVE LK-NAME TO WS-A.", "    CALL WS-A.")
    graph = graph_of({"m.cbl": program("MAIN", *body, data=data), "s.cbl": SUB})
    assert [e.resolution for e in graph.dependencies if e.kind == "call"] == ["inferred"]


def test_a_condition_name_sets_its_item() -> None:
    data = ("01 WS-A PIC X(8).", "   88 USE-SUB VALUE 'SUB'.")
    assert calls("    SET USE-SUB TO TRUE.", "    CALL WS-A.", data=data, SUB=SUB) == {("MAIN", "SUB")}


def test_a_table_that_redefines_fillers_holds_their_values() -> None:
    scan = scan_cobol(
        fixed(
            "01 MENU.", "   05 MENU-DATA.", "      10 FILLER PIC 9(02) VALUE 1.", "      10 FILLER PIC X(08) VALUE 'SUB'.",
            "      10 FILLER PIC X(08) VALUE 'OTHER'.", "      10 FILLER PIC X(20) VALUE 'TITLE'.",
            "   05 MENU-TABLE REDEFINES MENU-DATA OCCURS 2 TIMES.", "      10 MENU-PROGRAM PIC X(08).",
        ).encode()
    )  # fmt: skip
    assert scan.values["MENU-PROGRAM"] == ["SUB", "OTHER"]


# ---------------------------------------------------------------- COPY


def test_copy_imports_the_nearest_member_and_names_from_it() -> None:
    graph = graph_of(
        {
            "a/MAIN.cbl": program("MAIN", "    PERFORM CHECK-DATE.", "    COPY CHECKS.", data=("COPY ORDER REPLACING ==:T:== BY ==WS==.",)),
            "a/ORDER.cpy": fixed("01 :T:-ORDER.", "   05 :T:-ID PIC X."),
            "b/ORDER.cpy": fixed("01 OTHER-ORDER PIC X."),
            "a/CHECKS.cpy": fixed("CHECK-DATE.", "    MOVE 1 TO X."),
        }
    )  # fmt: skip
    assert edges(graph, "import") == {("MAIN", "COPY:ORDER"), ("MAIN", "COPY:CHECKS")}
    assert graph.by_id["COPY:ORDER"].path == "a/ORDER.cpy"
    assert graph.by_id["COPY:ORDER@b/ORDER.cpy"].path == "b/ORDER.cpy"
    assert edges(graph, "call") == {("MAIN", "COPY:CHECKS.CHECK-DATE")}


def test_a_missing_copybook_is_unresolved_and_a_systems_one_external() -> None:
    graph = graph_of(
        {"m.cbl": program("MAIN", "    EXIT.", data=("COPY GONE.", "COPY DFHAID.", "EXEC SQL INCLUDE SQLCA END-EXEC."))}
    )
    (count,) = [c for c in graph.counts if c.language == "cobol"]
    assert (count.external, count.unresolved) == (2, 1)
    assert count.reasons == (("import: copybook is not in the repository", 1),)


# ---------------------------------------------------------------- formats


def words(text: str) -> list[str]:
    return [t.text for t in tokens_of(read_rows(text.encode()))]


def test_fixed_format_has_columns() -> None:
    text = (
        "000100 IDENTIFICATION DIVISION.                                         ABC00001\n"
        "000200* CALL 'COMMENT'\n"
        "000300D    CALL 'DEBUG'\n"
        "000400     SKIP2\n"
        "000500     DISPLAY 'X'.                                                 CALL 'Y'\n"
    )
    assert words(text) == ["IDENTIFICATION", "DIVISION", ".", "DISPLAY", "X", "."]


def test_a_literal_is_continued_at_the_next_lines_quote() -> None:
    head = "           CALL 'CBL".ljust(72)
    assert words("       PROCEDURE DIVISION.\n" + head + "\n      -    'STM'.\n")[-2:] == ["CBL".ljust(55) + "STM", "."]
    assert words("       PROCEDURE DIVISION.\n           MO\n      -    VE A TO B.\n")[3] == "MOVE"


@pytest.mark.parametrize("head", ["", ">>SOURCE FORMAT IS FREE\n", '$SET SOURCEFORMAT"FREE"\n'])
def test_free_format(head: str) -> None:
    text = (
        head
        + "identification division.\nprogram-id. main.\nprocedure division.\na.\n  perform b. *> perform c\n*> x\nb.\n exit.\n"
    )
    assert edges(graph_of({"m.cob": text}), "call") == {("MAIN", "MAIN.A"), ("MAIN.A", "MAIN.B")}


def test_an_exec_block_runs_over_lines_and_an_open_one_ends_at_the_next() -> None:
    scan = scan_cobol(
        program("MAIN", "A.", "    EXEC SQL SELECT 1 -- one", "      INTO :X END-EXEC", "B.", "    EXEC CICS RETURN", "C.",
                "    EXEC CICS SYNCPOINT END-EXEC.").encode()
    )  # fmt: skip
    assert [(b.kind, b.scope) for b in scan.blocks] == [("SQL", "A"), ("CICS", "B"), ("CICS", "B")]
    assert "one" not in scan.blocks[0].text
    assert scan.text.errors == [8]


def test_paragraphs_have_documentation_end_and_complexity() -> None:
    body = (
        "A.",
        "    IF X = 1",
        "       PERFORM UNTIL Y",
        "       END-PERFORM",
        "    END-IF.",
        "* Posts one order. Then more.",
        "B.",
        "    EXIT.",
    )
    facts, _ = LANGUAGE.extract("m.cbl", program("MAIN", *body).encode())
    first, second = facts.definitions
    assert (first.line, first.end_line, first.complexity) == (4, 9, 3)
    assert second.doc == "Posts one order."


# ---------------------------------------------------------------- hostile input

FRAGMENTS = st.lists(
    st.sampled_from(
        ["PROGRAM-ID. X.", "PROCEDURE DIVISION.", "DATA DIVISION.", "PERFORM", "A THRU B", ".", "'", '"', "COPY", "EXEC SQL", "END-EXEC",
         "CALL", "MOVE 'A' TO", "01", "88", "PIC X(", "VALUE", "REDEFINES", "SECTION", "\n", "\n      -", "\n       ", "\0", "==", "(", ")",
         "OPEN INPUT", "SELECT F ASSIGN TO", "GO TO", "SET X TO TRUE", "END PROGRAM", "*>", "\xff"]
    ),
    max_size=60,
)  # fmt: skip


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_facts(source: bytes) -> None:
    assert LANGUAGE.extract("x.cbl", source)[0].language == "cobol"


@given(FRAGMENTS)
@settings(max_examples=120, deadline=None)
def test_any_order_of_its_words_gives_facts(parts: list[str]) -> None:
    facts, _ = LANGUAGE.extract("x.cbl", " ".join(parts).encode("latin-1"))
    assert not facts.failure


@pytest.mark.parametrize(
    "source",
    [b"A", b"'" * 200_000, b"EXEC SQL " * 20_000, b"       88 A VALUE 'ABC'.\n" * 8_000, b"       AA.\n" * 20_000,
     b"      -    'x\n" * 20_000, b"       SELECT A ASSIGN\n" * 8_000, b"( " * 100_000, b"       COPY A REPLACING\n" * 8_000],
)  # fmt: skip
def test_work_is_bounded(source: bytes) -> None:
    started = time.process_time()
    LANGUAGE.extract("x.cbl", source)
    LANGUAGE.extract("x.cbl", b"       PROCEDURE DIVISION.\n" + source)
    assert time.process_time() - started < 5


def test_a_huge_file_is_named_as_not_read() -> None:
    assert "larger than" in LANGUAGE.extract("x.cbl", b" " * 5_000_001)[0].failure
