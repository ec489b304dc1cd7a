"""A pom.xml keeps every byte that is not changed; any text in, no exception out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.patches.edits import apply_edits
from agent.patches.java_levels import newer_plugins, raised_levels
from agent.patches.maven_pom import read_pom, without_lines

POM = """<?xml version="1.0"?>
<!-- <project> of old -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
    <properties>
        <a.b>  x <!-- why --> </a.b><c>${a.b}</c>
        <loop>${loop}</loop>
    </properties>
    <modules/>
</project>
"""


def test_values_are_found_and_replaced_in_their_place() -> None:
    pom = read_pom("pom.xml", POM)
    assert pom is not None
    a, c, loop = (pom.properties()[name] for name in ("a.b", "c", "loop"))
    assert pom.said(a) == "x"
    assert pom.holder(c) is a
    assert pom.holder(loop) is None
    assert apply_edits(POM, [pom.replaced(a, "y")]) == POM.replace("  x ", "  y ")
    assert apply_edits(POM, [without_lines(pom, loop)]) == POM.replace("        <loop>${loop}</loop>\n", "")
    assert apply_edits(POM, [without_lines(pom, c)]) == POM.replace("<c>${a.b}</c>", "")


def test_children_are_added_with_the_files_own_indentation() -> None:
    pom = read_pom("pom.xml", POM)
    assert pom is not None
    properties, modules = pom.project.child("properties"), pom.project.child("modules")
    assert properties is not None
    assert modules is not None
    grown = apply_edits(POM, [pom.appended(properties, "<d>1</d>")])
    assert "        <loop>${loop}</loop>\n        <d>1</d>\n    </properties>\n" in grown
    opened = apply_edits(POM, [pom.appended(modules, "<module>a</module>")])
    assert "    <modules>\n        <module>a</module>\n    </modules>\n" in opened
    section = apply_edits(POM, [pom.added_section("dependencies", "<dependency/>")])
    assert "    <dependencies>\n        <dependency/>\n    </dependencies>\n</project>\n" in section
    assert all(read_pom("pom.xml", text) is not None for text in (grown, opened, section))


def test_what_is_not_well_formed_is_not_read() -> None:
    for text in (
        "",
        "<project>",
        "<project></b></project>",
        "<project><!-- </project>",
        "<a/>",
        "<project/><project/>",
    ):
        assert read_pom("pom.xml", text) is None


def test_a_large_broken_file_costs_little() -> None:
    assert read_pom("pom.xml", "<project>" + "-->" * 100_000 + "<!--" * 100_000) is None
    assert read_pom("pom.xml", "<a " * 300_000) is None


PIECES = st.sampled_from(
    ["<project>", "</project>", "<properties>", "</properties>", "<java.version>1.8</java.version>", "<!--", "-->", "<plugin>",
     "</plugin>", "<artifactId>maven-compiler-plugin</artifactId>", "<version>1</version>", "<source>", "</source>", "8", "\n",
     "<build/>", "<![CDATA[", "]]>", "${a}", "<a>${a}</a>", "<?x?>", "\x00", "\xff"]
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_in_no_exception_out(text: str) -> None:
    for whole in (text, f"<project>{text}</project>"):
        pom = read_pom("pom.xml", whole)
        if pom is not None:
            after = apply_edits(whole, [*raised_levels(pom, 17, alone=True), *newer_plugins(pom)[0]])
            again = read_pom("pom.xml", after)
            assert again is None or not raised_levels(again, 17, alone=True)
