"""What people have to learn, and where knowledge thins out: by lines, never by name."""

from __future__ import annotations

from typing import Any

import pytest

from agent.assessment import Case, assess, lens_named
from agent.domain.finding import Finding
from agent.domain.inventory import FileHistory, History
from tests.assessment.test_rules import case_of
from tests.systems import graph_of

LONG = "".join(f"def f{n}(a):\n    return a + {n}\n" for n in range(200))


def found(case: Case) -> dict[str, Finding]:
    lens = lens_named("skills")
    assert lens is not None
    return {f.rule: f for f in assess(case, lenses=[lens])}


def system(files: dict[str, str] | None = None, history: History | None = None) -> Case:
    files = files or {"big.py": LONG, "small.py": "def g():\n    return 1\n"}
    return case_of(files, graph_of(files), **({"history": history} if history else {}))


@pytest.mark.parametrize(
    ("path", "line", "name"),
    [
        ("A.java", "import javax.ejb.Stateless;", "Enterprise JavaBeans"),
        ("a.py", "print 'x'", "Python 2"),
        ("a.sql", "CREATE OR REPLACE PROCEDURE p AS", "PL/SQL"),
    ],
)
def test_a_technology_counts_by_the_lines_of_its_files(path: str, line: str, name: str) -> None:
    files = {path: f"\n{line}\n" + "-- x\n" * 300, "b.py": LONG}
    finding = found(system(files))["skills.technology"]
    assert name in finding.title
    assert (finding.evidence[0].location.path, finding.evidence[0].location.line) == (path, 2)
    assert finding.quantities[0].low == 303
    few = found(system({path: f"{line}\n", "b.py": LONG})).get("skills.technology")
    assert few is None if not path.endswith(".sql") else few is not None and few.severity == "info"


def test_a_script_in_a_language_of_its_own_counts_however_short() -> None:
    finding = found(system({"a.pl": "use DBI;\nprint 1;\n", "b.py": LONG}))["skills.technology"]
    assert (finding.severity, finding.evidence[0].location.path) == ("info", "a.pl")
    assert "Perl" in finding.title


def test_what_the_repository_never_did_is_listed_in_the_order_of_the_roadmap() -> None:
    detail = found(system())["skills.first-time"].detail
    assert detail.index("automated tests (before Baseline)") < detail.index("containers (before Containers)")
    assert "schema migrations" not in detail  # there are no tables
    shown = found(system({"big.py": LONG, "Dockerfile": "FROM a\n", ".github/workflows/ci.yml": "on: push\n"}))[
        "skills.first-time"
    ].detail
    assert "containers (" not in shown
    assert "pipeline" not in shown


def told(**of: Any) -> History:
    big = FileHistory(**{"path": "big.py", "commits": 9, "authors": 1, "main_share": 0.95, **of})
    return History(
        commits=50,
        first="2020-01-01",
        last="2026-01-01",
        files=(big, FileHistory(path="small.py", commits=9, authors=3, main_share=0.4)),
    )


def test_one_author_and_authors_gone_are_found_without_names() -> None:
    one = found(system(history=told()))
    assert one["skills.one-author"].severity == "low"
    assert one["skills.one-author"].quantities[0].low > 0.9
    assert "skills.author-gone" not in one
    gone = found(system(history=told(main_quiet=True)))
    assert gone["skills.author-gone"].severity == "medium"
    assert "skills.one-author" not in gone
    assert "@" not in gone["skills.author-gone"].model_dump_json()


def test_shared_work_and_a_short_history_say_nothing() -> None:
    assert not {"skills.one-author", "skills.author-gone"} & set(found(system(history=told(main_share=0.5))))
    short = told(main_quiet=True).model_copy(update={"first": "2025-06-01"})
    assert "skills.author-gone" not in found(system(history=short))
    assert not {"skills.one-author", "skills.author-gone"} & set(found(system()))
