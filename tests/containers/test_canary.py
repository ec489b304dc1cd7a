"""``figwright canary`` on a written facade: one number, the difference it makes, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.containers.facade.files import facade_files, rollback_note, turn
from agent.containers.facade.state import changed, first_state, is_sealed
from agent.errors import InputError
from tests.containers.gateways import table_of
from tests.program import figwright

ROWS = [
    ("GET /orders/", "order", "python"),
    ("POST /orders/<int:number>", "order", "python"),
    ("GET /customers/<name>", "customer", "python"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "out" / "facade"
    place.mkdir(parents=True)
    for name, text in facade_files(table_of(ROWS)).items():
        (place / name).write_text(text, "utf-8")
    return place.parent


def run(folder: Path, *arguments: object) -> tuple[int, str, str]:
    done = figwright("canary", folder, *arguments, cache=folder.parent / "cache")
    return done.returncode, done.stdout, done.stderr


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted((folder / "facade").iterdir())}


def test_a_number_changes_both_gateways_and_the_difference_is_shown(folder: Path) -> None:
    before = texts(folder)
    code, out, err = run(folder, "order", "--reads", 10)
    assert (code, err) == (0, "")
    after = texts(folder)
    assert {name for name in after if before[name] != after[name]} == {"canary.json", "envoy.yaml", "nginx.conf"}
    assert '+   "reads": 10,' in out
    assert "--- a/facade/envoy.yaml" in out
    assert "+        10% order;" in out
    assert is_sealed(after["envoy.yaml"])
    assert is_sealed(after["nginx.conf"])


def test_one_number_more_is_a_difference_of_a_few_lines(folder: Path) -> None:
    run(folder, "order", "--reads", 10)
    _, out, _ = run(folder, "order", "--reads", 20)
    changed_lines = [line for line in out.splitlines() if line[:1] == "+" and line[:3] != "+++"]
    assert len([line for line in changed_lines if "unedited" not in line]) == 4  # state, summary, anchor, split_clients


def test_there_and_back_is_the_same_bytes(folder: Path) -> None:
    before = texts(folder)
    assert run(folder, "order", "--reads", 60, "--writes", 40)[0] == 0
    code, _, err = run(folder, "order", "--rollback")
    assert code == 0
    assert texts(folder) == before
    assert err == (
        "Restored: routing; every request of order goes to the monolith again. Not restored: data. The service took 40 % of "
        "the keys' writes: what it stored since is not in the monolith unless something copies it; nothing here does.\n"
    )


def test_a_rollback_without_writes_says_so_and_names_the_tables() -> None:
    table = table_of(ROWS).model_copy(update={"owns": {"order": ("orders", "order_lines")}})
    stored = facade_files(table, changed(first_state(table), "order", reads=10))
    _, _, before = turn(stored, "order", rollback=True)
    assert rollback_note("order", before, stored) == (
        "Restored: routing; every request of order goes to the monolith again. Not restored: data. The canary sent the "
        "service no writes; what testers wrote through it (its tables: orders, order_lines) stays there; nothing here does.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("stock", "--reads", 10), "the facade has no service 'stock': use one of customer, order."),
        (("order", "--reads", 101), "--reads 101 is no percentage: give 0 to 100."),
        (("order", "--reads", -1), "--reads -1 is no percentage: give 0 to 100."),
        (
            ("order", "--writes", 5),
            "order: writes may not exceed reads: who writes to the service must read from it too.",
        ),
        (("order",), "nothing to change for order: give --reads, --writes, --mirror, --testers or --rollback."),
        (
            ("order", "--reads", 5, "--rollback"),
            "--rollback takes everything back to the monolith: give no number with it.",
        ),
        (("order", "--at", "nowhere"), "order: address: String should match pattern"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(folder: Path, arguments: tuple[object, ...], said: str) -> None:
    before = texts(folder)
    code, out, err = run(folder, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"figwright: {said}")
    assert err.count("\n") == 1
    assert texts(folder) == before


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("canary.json", "{", "facade/canary.json cannot be used (Invalid JSON"),
        (
            "canary.json",
            '{"version": 1, "services": {}}',
            "facade/canary.json and facade/routes.json disagree about customer",
        ),
        ("canary.json", '{"version": 2}', "facade/canary.json cannot be used (version: Input should be 1)"),
        ("routes.json", "[]", "facade/routes.json cannot be used (the file: Input should be an object)"),
        ("envoy.yaml", "# mine\n", "facade/envoy.yaml was edited by hand and would be overwritten: move it away"),
        ("nginx.conf", "", "facade/nginx.conf was edited by hand and would be overwritten: move it away"),
    ],
)
def test_a_damaged_or_edited_file_is_named_and_kept(folder: Path, name: str, text: str, said: str) -> None:
    (folder / "facade" / name).write_text(text)
    before = texts(folder)
    code, _, err = run(folder, "order", "--reads", 10)
    assert code == 2
    assert said in err
    assert texts(folder) == before


def test_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / "facade" / "canary.json").write_bytes(b"\xff\xfe")
    assert "is not UTF-8 text" in run(folder, "order", "--reads", 10)[2]


def test_a_folder_without_a_facade_says_what_to_give(tmp_path: Path) -> None:
    code, _, err = run(tmp_path, "order", "--reads", 10)
    assert (code, err) == (2, "figwright: there is no facade in this folder: give the --out folder of containerize.\n")


def test_the_same_number_again_changes_nothing(folder: Path) -> None:
    run(folder, "order", "--reads", 10)
    code, out, err = run(folder, "order", "--reads", 10)
    assert (code, out, err) == (0, "", "order already stands like that: nothing was changed.\n")


@given(st.text(max_size=200))
def test_any_text_as_state_is_used_or_refused(text: str) -> None:
    stored = facade_files(table_of(ROWS)) | {"canary.json": text}
    with pytest.raises(InputError):
        turn(stored, "order", reads=10)
