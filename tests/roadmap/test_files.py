"""The files beside the plan: contracts valid under their validators, rules that pass today, tables that spreadsheets can open."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from agent.composition import workbench
from agent.domain.assumptions import Assumptions
from agent.domain.handover import PARITY, SECTIONS, MessageContract
from agent.domain.plan import Plan
from agent.pipeline import Run, make_plan
from agent.report import read_json, write_handover
from agent.report.api_contracts import write_contracts
from agent.settings import Settings
from tests.program import ROOT, git, write_repository
from tests.report import plans
from tests.roadmap.handed import CACHE

SCHEMA = os.environ.get("FIGWRIGHT_ASYNCAPI_SCHEMA")  # 3.0.0.json of the npm package @asyncapi/specs


def files_of(repository: Path) -> dict[str, str]:
    with workbench(str(repository), Settings(cache_dir=CACHE)) as bench:
        return make_plan(bench, Run(), Assumptions())[0]


@pytest.fixture(scope="module")
def desk() -> dict[str, str]:
    return files_of(ROOT / "sample_repos" / "orderdesk")


@pytest.mark.parametrize("name", ["orderdesk", "claims", "storefront", "stockroom", "helpdesk"])
def test_openapi_documents_are_valid_and_complete(name: str) -> None:
    files = files_of(ROOT / "sample_repos" / name)
    plan = read_json(files["plan.json"])
    documents = {n: json.loads(text) for n, text in files.items() if n.endswith(".openapi.json")}
    for document in documents.values():
        validate(document)
    wanted = {b.service for b in plan.handover.runbooks if any(c.service == b.service for c in plan.handover.contracts)}
    assert len(documents) == len(wanted)
    assert documents


def test_openapi_holds_what_the_handler_reads(desk: dict[str, str]) -> None:
    document = json.loads(desk["contracts/shipping.openapi.json"])
    operation = document["paths"]["/shipping/ship/{order_id}"]["post"]
    assert [(p["name"], p["in"], p["schema"]) for p in operation["parameters"]] == [
        ("order_id", "path", {"type": "integer"})
    ]
    fields = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
    assert fields.keys() == {"carrier_id", "parcels"}
    assert operation["x-evidence"].startswith("orderdesk/views/shipping.py:")
    assert "302" in operation["responses"]


def with_messages(plan: Plan) -> Plan:
    spot = plans.spot("src/shop/orders/mail0.py", 7, "channel.basic_publish(routing_key='orders.placed')")
    service = plan.handover.runbooks[0].service
    messages = (
        MessageContract(channel="orders.placed", direction="send", service=service, evidence=spot),
        MessageContract(channel="stock/low", direction="receive", service=service, evidence=spot),
        MessageContract(channel="", direction="receive", service=service, evidence=spot),
    )
    return plan.model_copy(update={"handover": plan.handover.model_copy(update={"messages": messages})})


def asyncapi(desk: dict[str, str]) -> dict[str, Any]:
    files = write_contracts(with_messages(read_json(desk["plan.json"])))
    [text] = [text for name, text in files.items() if name.endswith(".asyncapi.json")]
    document: dict[str, Any] = json.loads(text)
    return document


def test_asyncapi_refers_to_what_it_holds(desk: dict[str, str]) -> None:
    document = asyncapi(desk)
    assert document["asyncapi"] == "3.0.0"
    assert {c["address"] for c in document["channels"].values()} == {"orders.placed", "stock/low"}
    for operation in document["operations"].values():
        for reference in (operation["channel"]["$ref"], *(m["$ref"] for m in operation["messages"])):
            found: Any = document
            for part in reference.removeprefix("#/").split("/"):
                found = found[part]
            assert found


@pytest.mark.skipif(not SCHEMA, reason="FIGWRIGHT_ASYNCAPI_SCHEMA names no published schema")
def test_asyncapi_is_valid_under_its_published_schema(desk: dict[str, str]) -> None:
    jsonschema.validate(asyncapi(desk), json.loads(Path(str(SCHEMA)).read_text("utf-8")))


def test_queues_are_found_with_their_names(tmp_path: Path) -> None:
    folder = write_repository(
        tmp_path / "queues",
        {
            "app/send.py": "import pika\n\n\ndef send(channel, body):\n    channel.basic_publish(exchange='', routing_key='orders.placed', body=body)\n",
            "app/take.py": "import pika\n\n\ndef take(channel):\n    # channel.basic_consume(queue='old')\n    channel.basic_consume(queue='orders.placed')\n",
        },
    )
    plan = read_json(files_of(folder)["plan.json"])
    assert [(m.channel, m.direction) for m in plan.handover.messages] == [
        ("orders.placed", "send"),
        ("orders.placed", "receive"),
    ]


LAYERED = {
    "bank/__init__.py": "",
    **{
        f"bank/{part}/{name}.py": (
            "".join(
                f"from bank.{part} import {other}\n"
                for other in ("model", "rules", "store")
                if other != name and name != "model"
            )
            + extra
            + "".join(f"\n\ndef {part}_{name}_{n}(x):\n    return x + {n}\n" for n in range(40))
        )
        for part in ("loans", "cards", "ledger")
        for name in ("model", "rules", "store")
        for extra in (["from bank.ledger import model as booked\n"] if (part, name) == ("loans", "rules") else [""])
    },
    **{f"bank/{part}/__init__.py": "" for part in ("loans", "cards", "ledger")},
}


def test_import_rules_pass_today_and_fail_for_a_new_crossing(tmp_path: Path) -> None:
    folder = write_repository(tmp_path / "bank", LAYERED)
    files = files_of(folder)
    plan = read_json(files["plan.json"])
    assert plan.boundaries.verdict != "split"
    if "modules/.importlinter" not in files:
        pytest.fail(f"no rules for {[s.name for s in plan.boundaries.services]}")
    (folder / ".importlinter").write_text(files["modules/.importlinter"], "utf-8")

    def lint() -> subprocess.CompletedProcess[str]:
        # A process of its own: import-linter reads its settings from the folder that it runs in.
        program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
        return subprocess.run(
            [sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=60,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )  # fmt: skip

    done = lint()
    assert done.returncode == 0, done.stdout + done.stderr
    [rules] = [r for r in plan.handover.rules if r.language == "python"]
    homes = {u: name for name, units in rules.modules for u in units}
    known = {(c.source, c.target) for c in rules.crossed}
    source, target = next(
        (a, b)
        for a in sorted(homes)
        for b in sorted(homes)
        if homes[a] != homes[b] and (a, b) not in known and a.count(".") > 1 and b.count(".") > 1
    )
    path = folder / (source.replace(".", "/") + ".py")
    path.write_text(f"import {target}\n" + path.read_text("utf-8"), "utf-8")
    assert lint().returncode == 1


def test_runbooks_have_their_nine_sections(desk: dict[str, str]) -> None:
    books = {name: text for name, text in desk.items() if name.startswith("runbooks/")}
    assert books.keys() == {f"runbooks/{n}.md" for n in ("catalogue", "customer", "order", "shipping", "warehouse")}
    for text in books.values():
        heads = [line.partition(". ")[2] for line in text.splitlines() if line.startswith("## ") and ". " in line]
        assert tuple(heads) == SECTIONS
        for part in text.split("\n## ")[1:]:
            if part.partition(".")[0].isdigit():
                for line in part.splitlines()[2:]:
                    assert not line.startswith("- ") or "`" in line, line  # a place or the key of a question


def test_the_plan_is_short_and_says_first_things_first(desk: dict[str, str]) -> None:
    text = desk["plan.md"]
    assert text.count("\n") < 400
    heads = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert heads[:4] == ["What to do first", "What was not understood", "Dispositions", "Unknowns"]


def test_the_ledger_has_a_row_for_everything(desk: dict[str, str]) -> None:
    plan = read_json(desk["plan.json"])
    rows = list(csv.DictReader(io.StringIO(desk["parity.csv"])))
    assert {r["name"] for r in rows} >= {r.route for r in plan.system.routes_table}
    assert {r["kind"] for r in rows} == {"route", "screen", "report", "job"}
    assert {r["status"] for r in rows} <= set(PARITY)
    tested = [r for r in rows if r["status"] == "tested"]
    assert tested
    assert all(r["proof"].startswith("tests/") for r in tested)
    dead = next(r for r in rows if r["name"] == "GET /")
    assert dead["status"] in ("unknown", "tested")


def test_steps_go_to_a_tracker(desk: dict[str, str]) -> None:
    plan = read_json(desk["plan.json"])
    steps = [s for p in plan.roadmap.phases for s in p.steps]
    rows = list(csv.DictReader(io.StringIO(desk["steps.csv"])))
    issues = json.loads(desk["issues.json"])
    assert [r["id"] for r in rows] == [i["key"] for i in issues] == [s.id for s in steps]
    assert all(i["title"] and i["body"] and set(i["blocked_by"]) <= {s.id for s in steps} for i in issues)


def test_the_questions_file_is_toml_that_can_be_filled_in(desk: dict[str, str]) -> None:
    plan = read_json(desk["plan.json"])
    text = desk["questions.toml"]
    assert tomllib.loads(text) == {"answers": {}}
    filled = "\n".join(line[2:] if line.startswith('# "') else line for line in text.splitlines())
    assert tomllib.loads(filled)["answers"].keys() == {q.id for q in plan.handover.questions}


def test_no_cell_is_a_formula() -> None:
    plan = plans.hostile_plan()
    for name, text in write_handover(plan).items():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(text)):
                assert not [c for c in row if c.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("make", [plans.empty_plan, plans.hostile_plan, plans.big_plan])
def test_any_plan_has_its_files(make: Any) -> None:
    files = write_handover(make())
    assert {"parity.csv", "steps.csv", "issues.json", "questions.toml", "baseline/slo.csv"} <= files.keys()
    assert all("\x00" not in text for text in files.values())
    tomllib.loads(files["questions.toml"])


@pytest.mark.parametrize("name", ["orderdesk", "storefront"])
def test_the_instrumentation_is_a_patch_that_applies(name: str, tmp_path: Path) -> None:
    folder = shutil.copytree(
        ROOT / "sample_repos" / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules")
    )
    text = files_of(folder)["baseline/opentelemetry.patch"]
    (tmp_path / "a.patch").write_text(text, "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "apply", "../a.patch")
    assert "opentelemetry" in "".join(
        (folder / n).read_text("utf-8") for n in ("requirements.txt", "package.json") if (folder / n).is_file()
    )
