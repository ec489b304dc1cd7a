"""Every case of cases/*.yaml against its rule, and what holds for all rules and findings."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.assessment import LENSES, RULES, Case, assess, lens_named
from agent.assessment.reading import read_source
from agent.assessment.security.behaviour import behaviours
from agent.assessment.security.secrets import secrets_in
from agent.assessment.security.statements import built_statements
from agent.boundaries import propose_boundaries
from agent.composition import languages
from agent.domain.assumptions import AcceptedFinding
from agent.domain.code import DependencyGraph
from agent.domain.inventory import Component, Inventory, Location, SourceFile
from tests.systems import graph_of

CASES = [
    (rule, case)
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for rule, cases in yaml.safe_load(path.read_text("utf-8")).items()
    for case in cases
]
MORE = {".properties": "properties", ".html": "html", ".jsp": "jsp", ".yml": "yaml", ".xml": "xml", ".env": "env"}
SUFFIXES = {suffix: language.name for language in languages().values() for suffix in language.suffixes} | MORE


def case_of(files: dict[str, str], graph: DependencyGraph | None = None, **more: Any) -> Case:
    content = {path: text.encode() for path, text in files.items()}
    listed = tuple(
        SourceFile(
            path=path, language=SUFFIXES.get(PurePosixPath(path).suffix, "text"), bytes=len(data),
            role="template" if path.endswith((".html", ".jsp")) else "config" if path.endswith(".properties") else "code",
            lines=data.count(b"\n") + 1, code_lines=data.count(b"\n") + 1, digest=hashlib.sha256(data).hexdigest(),
        )
        for path, data in sorted(content.items())
    )  # fmt: skip
    graph = graph or DependencyGraph(symbols=(), dependencies=())
    inventory = Inventory(name="case", files=listed, **more)
    return Case(inventory, graph, propose_boundaries(graph), date(2026, 8, 22), content.__getitem__)


def found_by(rule: str, case: Case) -> list[Any]:
    lens = lens_named(rule.partition(".")[0])
    assert lens is not None
    return [f for f in lens.look(case) if f.rule == rule]


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(CASES)])
def test_a_rule_speaks_where_it_must_and_is_silent_where_it_must(rule: str, case: dict[str, Any]) -> None:
    text = case.get("fail", case.get("pass")).replace("\\n", "\n")
    files = {case["path"]: text, **{p: t.replace("\\n", "\n") for p, t in case.get("with", {}).items()}}
    found = found_by(rule, case_of(files, graph_of(files) if case.get("graph") else None))
    assert bool(found) == ("fail" in case), text
    for finding in found:
        assert finding.evidence
        assert all(e.location.path in files and e.location.line > 0 for e in finding.evidence)


def test_rules_are_whole_and_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert all((rule.title, rule.matches, rule.why, rule.remedy))
        assert lens_named(rule.lens) is not None
    assert len({lens.name for lens in LENSES}) == len(LENSES)


def test_every_rule_of_the_source_lenses_has_a_case_that_fails_and_one_that_passes() -> None:
    needs_more = {
        "privacy.crosses-boundary", "performance.unbounded-read", "performance.external-call", "performance.chatty",
    }  # fmt: skip
    for rule in RULES:
        if (
            rule.id.partition(".")[0] in ("security", "privacy", "performance", "portability")
            and rule.id not in needs_more
        ):
            assert any("fail" in case for name, case in CASES if name == rule.id), rule.id
            assert any("pass" in case for name, case in CASES if name == rule.id), rule.id


SECRET = "kT8-zzq-41-Kx"


def test_no_finding_shows_a_secret() -> None:
    files = {
        "a.py": f'DB_PASSWORD = "{SECRET}"\nimport ftplib\nftplib.FTP("h", "u", "{SECRET}")\n',
        "b.properties": f"db.password={SECRET}\nsome.url=http://partner.internal/x?key={SECRET}\n",
        "c.php": f"<?php mysqli_connect('h', 'u', '{SECRET}'); function f($n) {{ db(\"SELECT * FROM t WHERE p = '{SECRET}' AND n = '$n'\"); }}",
    }
    findings = assess(case_of(files))
    assert {"security.secret", "security.sql-injection", "security.plain-text-protocol"} <= {f.rule for f in findings}
    assert SECRET not in "".join(f.model_dump_json() for f in findings)


def test_an_id_survives_lines_that_move_and_changes_with_the_code() -> None:
    one = "import pickle\ndef f(b):\n    return pickle.loads(b)\n"
    first, moved, more = (
        found_by("security.deserialization", case_of({"a.py": t}))[0].id
        for t in (one, "\n\n" + one, one + "    pickle.load(b)\n")
    )
    assert first == moved != more


def test_accepted_findings_carry_the_reason_and_stop_making_steps() -> None:
    from agent.roadmap.repairs import repairs

    case = case_of({"a.py": "import pickle\ndef f(b):\n    return pickle.loads(b)\n"})
    before = assess(case, lenses=[lens_named("security")])  # type: ignore[list-item]
    assert repairs(before)
    accepted = AcceptedFinding(id=before[0].id, reason="reads only what we wrote", expires=date(2027, 1, 1))
    after = assess(case, (accepted,), [lens_named("security")])  # type: ignore[list-item]
    assert after[0].severity == "info"
    assert "reads only what we wrote" in after[0].accepted
    assert repairs(after) == []


def test_every_number_has_a_formula_and_inputs() -> None:
    case = case_of({"a.sql": "CREATE PROCEDURE p (d DATE) AS BEGIN\n UPDATE t SET a = NVL(b, 0);\nEND;\n"})
    quantities = [q for f in assess(case) for q in f.quantities]
    assert quantities
    assert all(q.formula and q.inputs and q.low <= q.high for q in quantities)


def test_unmaintained_and_unpinned_libraries_are_found() -> None:
    place = Location(path="package.json", line=4)
    component = Component(ecosystem="npm", name="request", version="^2.88", evidence=place)
    found = assess(case_of({"package.json": "{}"}, components=(component,)), lenses=[lens_named("dependencies")])  # type: ignore[list-item]
    assert {f.rule for f in found} == {"dependencies.abandoned", "dependencies.unpinned"}
    pinned = component.model_copy(update={"name": "got", "version": "11.8.6"})
    assert assess(case_of({"package.json": "{}"}, components=(pinned,)), lenses=[lens_named("dependencies")]) == ()  # type: ignore[list-item]


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["python", "php", "java", "javascript", "sql", "csharp", "ruby", "properties", "cobol"]),
)
def test_any_bytes_are_read_without_an_error(data: bytes, language: str) -> None:
    source = read_source("x", language, "code", data)
    assert len(source.text) == len(source.plain) == len(source.code)
    list(built_statements(source))
    list(secrets_in(source))
    list(behaviours(source))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        '"' * 50_001,
        "a.b(" * 20_000,
        "/*" * 30_000,
        "`${" * 20_000,
        "SELECT * FROM t WHERE a = '" * 5_000,
        "password" * 20_000,
        "x = " * 30_000,
    ],
)
@pytest.mark.parametrize("language", ["python", "javascript", "php", "java"])
@pytest.mark.timeout(20)
def test_hostile_text_takes_bounded_time(text: str, language: str) -> None:
    suffix = {"python": ".py", "javascript": ".js", "php": ".php", "java": ".java"}[language]
    text = f"<?php {text}" if language == "php" else text
    assess(case_of({f"x{suffix}": text, "y.sql": text}))
