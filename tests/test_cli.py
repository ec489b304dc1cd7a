"""The commands as a user runs them: what they write and print, exit codes, and what a second run makes of the first."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from xml.etree import ElementTree

import jsonschema
import pytest

from eval.tasks.plan_time import measure_command
from tests.program import ORDERDESK, ROOT, SHOP, commit_all, figwright, git, tree, write_repository

FOLDERS = ("baseline", "contracts", "runbooks")
TABLES = ("issues.json", "parity.csv", "questions.toml", "steps.csv", "workshop.csv")
FILES = ("boundaries.toml", "findings.sarif", "plan.html", "plan.json", "plan.md", "plan.run.json", *TABLES, *FOLDERS)
SAME = ("boundaries.toml", "findings.sarif", "plan.html", "plan.json", "plan.md", *TABLES)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A copy of orderdesk, committed, with its first plan; (repository, cache, out, the finished run)."""
    base = tmp_path_factory.mktemp("desk")
    repository = base / "orderdesk"
    shutil.copytree(ORDERDESK, repository, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    commit_all(repository)
    before = tree(repository)
    done = figwright("plan", repository, "--out", base / "out", cache=base / "cache")
    assert done.returncode == 0, done.stderr
    assert tree(repository) == before, "plan wrote inside the repository"
    return repository, base / "cache", base / "out", done


@pytest.fixture
def shop(tmp_path):
    return write_repository(tmp_path / "shop", SHOP)


# ---------------------------------------------------------------- plan


def test_plan_writes_its_files_and_prints_where(desk):
    _, _, out, done = desk
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    assert done.stdout == f"{out / 'plan.html'}\n"
    assert done.stderr == ""  # piped: no progress


def test_plan_json_keeps_its_schema_and_names_no_place_of_the_machine(desk):
    repository, cache, out, _ = desk
    plan = json.loads((out / "plan.json").read_text("utf-8"))
    schema = json.loads((ROOT / "docs" / "plan.schema.json").read_text("utf-8"))
    jsonschema.validate(plan, schema)
    assert plan["repository"]["name"] == "orderdesk"
    assert plan["repository"]["dirty"] is False
    for name in SAME:
        text = (out / name).read_text("utf-8")
        assert str(repository) not in text
        assert str(cache) not in text


def test_run_report_tells_time_and_memory(desk):
    run = json.loads((desk[2] / "plan.run.json").read_text("utf-8"))
    assert {"inventory", "graph", "boundaries", "report", "index"} <= set(run["stages"])
    assert run["cpu_seconds"] > 0
    assert run["peak_memory_mb"] > 20


def test_html_asks_nobody_for_anything(desk):
    page = (desk[2] / "plan.html").read_text("utf-8")
    for outside in ('src="http', "src='http", "url(http", "@import", '<link rel="stylesheet"'):
        assert outside not in page


def test_same_bytes_warm_cold_and_from_another_folder(desk, tmp_path):
    repository, cache, out, _ = desk
    warm = figwright("plan", repository, "--out", tmp_path / "warm", cache=cache)
    other = tmp_path / "deeper" / "orderdesk"
    shutil.copytree(repository, other)
    elsewhere = figwright("plan", other, "--out", tmp_path / "cold", cache=tmp_path / "cache", cwd=other)
    assert (warm.returncode, elsewhere.returncode) == (0, 0), warm.stderr + elsewhere.stderr
    for name in SAME:
        assert (tmp_path / "warm" / name).read_bytes() == (out / name).read_bytes(), f"warm {name}"
        assert (tmp_path / "cold" / name).read_bytes() == (out / name).read_bytes(), f"cold {name}"
    run = json.loads((tmp_path / "warm" / "plan.run.json").read_text("utf-8"))
    assert {"plan", "index"} <= set(run["reused"])


def test_a_changed_line_changes_the_plan(desk, tmp_path):
    repository, _, out, _ = desk
    changed = tmp_path / "orderdesk"
    shutil.copytree(repository, changed)
    with (changed / "orderdesk" / "pricing.py").open("a") as file:
        file.write("\n\ndef a_new_price():\n    return 1\n")
    done = figwright("plan", changed, "--out", tmp_path / "out", cache=tmp_path / "cache")
    assert "1 uncommitted change" in done.stderr
    plan = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    assert plan["repository"]["dirty"] is True
    assert (tmp_path / "out" / "plan.json").read_bytes() != (out / "plan.json").read_bytes()
    at_commit = figwright("plan", changed, "--commit", "HEAD", "--out", tmp_path / "at", cache=tmp_path / "cache")
    assert at_commit.returncode == 0, at_commit.stderr
    assert (tmp_path / "at" / "plan.json").read_bytes() == (out / "plan.json").read_bytes()


def test_default_place_is_here_or_beside_the_repository(shop, tmp_path):
    here = tmp_path / "desk"
    here.mkdir()
    done = figwright("plan", shop, "--quiet", cache=tmp_path / "cache", cwd=here)
    assert (here / "figwright-out" / "shop" / "plan.html").is_file(), done.stderr
    inside = figwright("plan", ".", "--quiet", cache=tmp_path / "cache", cwd=shop)
    assert inside.returncode == 0, inside.stderr
    assert (tmp_path / "figwright-out" / "shop" / "plan.html").is_file()
    assert not (shop / "figwright-out").exists()


def test_fail_on_exits_with_one_and_still_writes(desk, tmp_path):
    repository, cache, _, _ = desk
    done = figwright("plan", repository, "--out", tmp_path / "out", "--fail-on", "low", cache=cache)
    assert done.returncode == 1
    assert "low or worse" in done.stderr
    assert (tmp_path / "out" / "plan.json").is_file()


def test_as_of_moves_the_judgement_and_nothing_else_does(shop, tmp_path):
    done = figwright("plan", shop, "--out", tmp_path / "out", "--as-of", "2031-05-06", cache=tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out" / "plan.json").read_text())["repository"]["as_of"] == "2031-05-06"


# ---------------------------------------------------------------- boundaries.toml


def test_an_edited_boundaries_file_is_never_overwritten(desk, tmp_path):
    repository, cache, first, _ = desk
    out = tmp_path / "out"
    shutil.copytree(first, out)
    untouched = figwright("plan", repository, "--out", out, cache=cache)
    assert untouched.stderr == ""
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    edited = (out / "boundaries.toml").read_text("utf-8").replace("apart = []", "apart = [] # mine")
    (out / "boundaries.toml").write_text(edited, "utf-8")
    done = figwright("plan", repository, "--out", out, cache=cache)
    assert done.returncode == 0
    assert (out / "boundaries.toml").read_text("utf-8") == edited
    assert (out / "boundaries.proposed.toml").read_bytes() == (first / "boundaries.toml").read_bytes()
    assert "left as it is" in done.stderr


def test_a_pin_moves_its_unit_and_is_told(desk, tmp_path):
    repository, cache, out, _ = desk
    services = tomllib.loads((out / "boundaries.toml").read_text("utf-8"))["services"]
    first, second = sorted(services)[:2]
    unit = services[first]["units"][0]
    file = tmp_path / "mine.toml"
    rest = [u for u in services[first]["units"] if u != unit]
    file.write_text(
        f"version = 1\n[services.{first}]\nunits = {json.dumps(rest)}\n[services.{second}]\nunits = {json.dumps([unit])}\n"
    )
    done = figwright("boundaries", repository, "--boundaries", file, cache=cache)
    assert done.returncode == 0, done.stderr
    proposal = json.loads(done.stdout)
    assert proposal["units"][unit]["service"] == second
    assert any(unit in pin["what"] and pin["line"] == 5 for pin in proposal["pins"])
    planned = figwright("plan", repository, "--boundaries", file, "--out", tmp_path / "out", cache=cache)
    assert planned.returncode == 0, planned.stderr
    units = {u["id"]: u for u in json.loads((tmp_path / "out" / "plan.json").read_text())["boundaries"]["units"]}
    assert (units[unit]["service"], units[unit]["pinned"]) == (second, True)


def test_the_proposal_given_back_changes_nothing(desk):
    repository, cache, out, _ = desk
    plain = figwright("boundaries", repository, cache=cache)
    again = figwright("boundaries", repository, "--boundaries", out / "boundaries.toml", cache=cache)
    assert json.loads(again.stdout) == json.loads(plain.stdout)


def test_the_repository_may_pin_its_own_boundaries(shop, tmp_path):
    (shop / "figwright.toml").write_text('[pins]\n"shop.tax" = "billing"\n')
    done = figwright("boundaries", shop, cache=tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["units"]["shop.tax"]["service"] == "billing"


# ---------------------------------------------------------------- graph, boundaries, ask


@pytest.mark.parametrize("level", ["module", "class", "function"])
def test_graph_prints_nodes_and_edges_with_evidence(desk, level):
    repository, cache, _, _ = desk
    done = figwright("graph", repository, "--level", level, cache=cache)
    assert done.returncode == 0, done.stderr
    graph = json.loads(done.stdout)
    nodes = {node["id"] for node in graph["nodes"]}
    assert "orderdesk.pricing" in nodes or level != "module"
    assert {"id", "kind", "path", "line"} <= set(graph["nodes"][0])
    assert graph["edges"]
    for edge in graph["edges"]:
        assert {"source", "target", "kind", "path", "line", "resolution"} <= set(edge)
        assert {edge["source"], edge["target"]} <= nodes
        assert edge["resolution"] in ("exact", "inferred", "ambiguous")


def test_graphml_has_the_same_nodes(desk):
    repository, cache, _, _ = desk
    as_json = json.loads(figwright("graph", repository, cache=cache).stdout)
    root = ElementTree.fromstring(figwright("graph", repository, "--format", "graphml", cache=cache).stdout)
    nodes = [node.get("id") for node in root.iter("{http://graphml.graphdrawing.org/xmlns}node")]
    assert sorted(nodes) == sorted(node["id"] for node in as_json["nodes"])


def test_boundaries_cover_every_module(desk):
    repository, cache, _, _ = desk
    proposal = json.loads(figwright("boundaries", repository, cache=cache).stdout)
    modules = {
        str(path.relative_to(repository).with_suffix("")).replace("/", ".").removesuffix(".__init__")
        for folder in ("orderdesk", "scripts")
        for path in (repository / folder).rglob("*.py")
    }
    assert modules <= set(proposal["units"])
    homes = {unit["service"] for unit in proposal["units"].values()}
    assert homes <= {service["name"] for service in proposal["services"]} | {"__shared__"}
    assert len(proposal["alternatives"]) >= 3


def test_boundaries_as_toml_are_the_plans(desk):
    repository, cache, out, _ = desk
    printed = figwright("boundaries", repository, "--format", "toml", cache=cache).stdout
    assert (out / "boundaries.toml").read_text("utf-8").endswith(printed)


def test_ask_names_file_line_and_callers(desk):
    repository, cache, _, _ = desk
    text = figwright("ask", repository, "where is the tax computed?", cache=cache)
    assert text.returncode == 0, text.stderr
    assert "orderdesk/services/tax.py:" in text.stdout
    found = json.loads(figwright("ask", repository, "tax rate", "--format", "json", "-n", "3", cache=cache).stdout)
    assert "tax" in json.dumps(found)


def test_output_file_gets_what_standard_output_would(shop, tmp_path):
    printed = figwright("graph", shop, cache=tmp_path / "cache")
    written = figwright("graph", shop, "-o", tmp_path / "new" / "graph.json", cache=tmp_path / "cache")
    assert (written.returncode, written.stdout) == (0, "")
    assert (tmp_path / "new" / "graph.json").read_text("utf-8") == printed.stdout


def test_a_closed_pipe_is_no_error_worth_a_traceback(desk):
    repository, cache, _, _ = desk
    environment = {**os.environ, "FIGWRIGHT_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "agent.cli", "graph", str(repository), "--level", "function"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read().decode()
    process.stderr.close()
    process.wait(60)
    assert errors == ""


# ---------------------------------------------------------------- revisions and remotes


def test_commit_reads_the_older_revision(shop, tmp_path):
    old = commit_all(shop, "first")
    (shop / "shop" / "returns.py").write_text("def refund():\n    return 1\n")
    commit_all(shop, "second")
    now = json.loads(figwright("graph", shop, cache=tmp_path / "cache").stdout)
    then = json.loads(figwright("graph", shop, "--commit", old[:10], cache=tmp_path / "cache").stdout)
    assert {n["id"] for n in now["nodes"]} - {n["id"] for n in then["nodes"]} == {"shop.returns"}


def test_a_git_url_is_cloned_into_the_cache(shop, tmp_path):
    commit_all(shop)
    git(tmp_path, "clone", "--quiet", "--bare", str(shop), "shop.git")
    url = f"file://{tmp_path}/shop.git"
    done = figwright("graph", url, cache=tmp_path / "cache", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "shop.orders" in {node["id"] for node in json.loads(done.stdout)["nodes"]}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "shop", "shop.git"]


# ---------------------------------------------------------------- crashes, company, start-up


@pytest.mark.parametrize("moment", ["memo.sqlite", "memo.sqlite-wal", "index/*"])
def test_killed_half_way_the_next_run_is_right(desk, tmp_path, moment):
    """Killed as soon as a part of the cache appears: before anything is read, while facts are kept, while indexing."""
    repository, _, out, _ = desk
    environment = {**os.environ, "FIGWRIGHT_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    target = tmp_path / "out"
    command = [sys.executable, "-m", "agent.cli", "plan", str(repository), "--out", str(target), "--quiet"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None and not list(tmp_path.glob(f"cache/repositories/*/{moment}")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not target.exists()
    done = figwright("plan", repository, "--out", target, cache=tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in target.iterdir()) == sorted(FILES)
    for name in SAME:
        assert (target / name).read_bytes() == (out / name).read_bytes(), name
    asked = figwright("ask", repository, "where is the tax computed?", cache=tmp_path / "cache")
    assert "orderdesk/services/tax.py:" in asked.stdout


def test_full_disk_for_the_results_alone(desk, tmp_path):
    repository, cache, _, _ = desk
    done = figwright("plan", repository, "--out", tmp_path / "out", cache=cache, largest_file=100_000)
    assert done.returncode == 2
    assert done.stderr.startswith("figwright: the results cannot be written")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_two_runs_at_once_share_a_cache(shop, tmp_path):
    environment = {**os.environ, "FIGWRIGHT_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "agent.cli", "plan", str(shop), "--out", str(tmp_path / name), "--quiet"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for name in ("one", "two")
    ]
    errors = [process.communicate(timeout=120)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0], errors
    assert (tmp_path / "one" / "plan.json").read_bytes() == (tmp_path / "two" / "plan.json").read_bytes()
    asked = figwright("ask", shop, "where is the tax rate?", cache=tmp_path / "cache")
    assert "shop/tax.py:" in asked.stdout, asked.stderr


@pytest.mark.parametrize("damage", ["memo.sqlite", "index"])
def test_a_damaged_cache_is_made_anew(desk, tmp_path, damage):
    repository, cache, out, _ = desk
    shutil.copytree(cache, tmp_path / "cache")
    (place,) = (tmp_path / "cache" / "repositories").iterdir()
    files = (
        [place / damage]
        if damage.endswith(".sqlite")
        else sorted(p for p in (place / damage).rglob("*") if p.is_file())
    )
    assert files
    for file in files:
        file.write_bytes(b"this is not what was written here" * 40)
    done = figwright("plan", repository, "--out", tmp_path / "out", cache=tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "plan.json").read_bytes() == (out / "plan.json").read_bytes()
    asked = figwright("ask", repository, "where is the tax computed?", cache=tmp_path / "cache")
    assert "orderdesk/services/tax.py:" in asked.stdout, asked.stderr


def test_help_is_quick_and_loads_nothing_heavy(tmp_path):
    code = (
        "import sys; sys.argv = ['figwright', '--help']\n"
        "from agent.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'chromadb', 'numpy', 'scipy', 'git', 'tree_sitter', 'sqlglot', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'loads {heavy}' if heavy else 0)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    costs = [measure_command([sys.executable, "-c", code], environment, tmp_path / "log") for _ in range(3)]
    assert [cost.errors for cost in costs if cost.code] == []
    assert min(cost.cpu_seconds for cost in costs) < 0.5


def test_version_and_help(tmp_path):
    assert figwright("--version", cache=tmp_path / "cache").stdout.startswith("figwright 0.")
    for arguments in (["--help"], ["-h"], ["plan", "-h"], ["graph", "--help"]):
        done = figwright(*arguments, cache=tmp_path / "cache")
        assert done.returncode == 0
        assert "Usage" in done.stdout
    assert not (tmp_path / "cache").exists()
