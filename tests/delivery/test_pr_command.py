"""`figwright pr` as a user runs it: what it needs, what it writes without a forge, and what it says."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from agent.adapters.forge_choice import ACTIONS_NOTE, choose_forge
from agent.adapters.git_credentials import Login
from agent.adapters.git_remote import Remote, find_remote
from agent.errors import ForgeError, InputError
from tests.delivery.git_server import GitServer
from tests.delivery.github_double import TOKEN, GitHubDouble
from tests.delivery.shop import ORDERS, STOCK, TAX, Shop, results, write_results
from tests.program import figwright, git, tree


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def judged(shop: Shop) -> Path:
    """A folder with a real plan and judged patches."""
    folder = shop.place / "out"
    done = figwright("plan", shop.clone, "--out", folder, cache=shop.place / "cache")
    assert done.returncode == 0, done.stderr
    found = results(shop.commit, (TAX, ORDERS, STOCK))
    write_results(folder, found.__class__(**{**found.__dict__, "plan_files": {}}))
    return folder


def pr(shop: Shop, *arguments: object, **env: str) -> tuple[int, str, str]:
    quiet = {"GIT_CONFIG_GLOBAL": "/dev/null", "GH_TOKEN": "", "GITHUB_TOKEN": "", "FIGWRIGHT_FORGE_TOKEN": "", **env}
    done = figwright("pr", shop.clone, *arguments, cache=shop.place / "cache", env=quiet)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_it_says_which_command_to_run_first(shop: Shop, judged: Path) -> None:
    nowhere = shop.place / "nowhere"
    code, _, said = pr(shop, "--from", nowhere)
    assert (code, said.count("\n")) == (2, 1)
    assert f"run `figwright plan {shop.clone} --out {nowhere}` first" in said
    (judged / "verdicts.json").unlink()
    code, _, said = pr(shop, "--from", judged)
    assert code == 2
    assert f"run `figwright refactor {shop.clone} --out {judged}` first" in said


def test_without_a_forge_branches_are_pushed_and_requests_are_files(shop: Shop, judged: Path) -> None:
    before = tree(shop.clone)
    code, out, said = pr(shop, "--from", judged)
    assert code == 0, said
    assert [line.split()[0] for line in out.splitlines() if not line.startswith(" ")] == [
        "opened",
        "opened",
        "opened",
        "waits",
    ]
    assert tree(shop.clone) == before
    assert sorted(shop.tips()) == [
        "figwright/orders-rename-first-line",
        "figwright/plan",
        "figwright/tax-rate-read",
        "main",
    ]
    request = (judged / "requests/tax-rate-read.md").read_text()
    assert request.startswith("# Read the tax rate\n\nBranch `figwright/tax-rate-read` into `main`\n")
    assert "figwright ask=stock-rename-item" in (judged / "requests/dashboard.md").read_text()
    written, tips = tree(judged), shop.tips()
    code, out, _ = pr(shop, "--from", judged)
    assert code == 0
    assert {line.split()[0] for line in out.splitlines() if not line.startswith(" ")} == {"unchanged", "waits"}
    assert (tree(judged), shop.tips()) == (written, tips)
    mine = shop.commit_on("figwright/tax-rate-read", "shop/tax.py", "def rate():\n    return 0.26\n")
    code, out, _ = pr(shop, "--from", judged)
    assert code == 1
    assert "left alone" in out
    assert shop.tips()["figwright/tax-rate-read"] == mine


def test_the_plans_request_holds_what_the_plan_links_to_and_nothing_from_elsewhere(shop: Shop, judged: Path) -> None:
    (shop.place / "secret.md").write_text("[more](plan.json)\n")
    (judged / "runbooks").mkdir(exist_ok=True)
    (judged / "runbooks" / "made-up.md").write_text("[back](../plan.md) [rows](../parity.csv) [gone](nowhere.md)\n")
    with (judged / "plan.md").open("a") as plan:
        plan.write(
            "[steps](runbooks/made-up.md) [out](../secret.md) [root](/etc/hostname) [site](https://example.org/x)\n"
        )
    assert pr(shop, "--from", judged, "--only", "plan")[0] == 0
    names = git(shop.remote, "ls-tree", "-r", "--name-only", "figwright/plan", "docs/modernization").split()
    inside = {name.removeprefix("docs/modernization/") for name in names}
    assert {"plan.md", "boundaries.toml", "parity.csv", "questions.toml", "runbooks/made-up.md"} <= inside
    assert not inside & {"plan.json", "plan.html", "../secret.md", "verdicts.json"}
    assert all("secret" not in name and "hostname" not in name for name in inside)
    written = git(shop.remote, "show", "figwright/plan:docs/modernization/plan.md")
    linked = set(re.findall(r"\]\(((?:[a-z]+/)?[\w.-]+)\)", written))
    assert linked <= inside


def test_a_dry_run_writes_nothing_anywhere(shop: Shop, judged: Path) -> None:
    before, tips = tree(shop.place / "out"), shop.tips()
    code, out, _ = pr(shop, "--from", judged, "--dry-run", "--format", "json")
    data = json.loads(out)
    assert (code, data["dry_run"]) == (0, True)
    assert [one["doing"] for one in data["outcomes"]] == ["open", "open", "open", "wait"]
    assert (tree(shop.place / "out"), shop.tips()) == (before, tips)


def test_github_by_its_address_with_a_token_that_is_never_shown(shop: Shop, judged: Path) -> None:
    double = GitHubDouble(shop.remote)
    address = double.start()
    options = ("--from", judged, "--forge", "github", "--api-url", address, "--max-open", 9)
    git(shop.remote, "config", "http.receivepack", "true")
    (shop.place / "acme").mkdir()
    (shop.place / "acme/shop.git").symlink_to(shop.remote)
    server = GitServer(shop.place, TOKEN)
    git(shop.clone, "remote", "set-url", "origin", f"{server.address}/acme/shop.git")
    code, out, said = pr(shop, *options)
    assert code == 2
    assert "there is no token for 127.0.0.1: set FIGWRIGHT_FORGE_TOKEN" in said
    code, out, said = pr(shop, *options, FIGWRIGHT_FORGE_TOKEN=TOKEN)
    assert code == 0, said
    assert server.pushes == 4
    assert len(double.open_pulls()) == 4
    assert TOKEN not in out + said
    double.fault = lambda _: 500
    code, out, said = pr(shop, *options, FIGWRIGHT_FORGE_TOKEN=TOKEN)
    assert code == 2
    assert said.startswith("figwright: GitHub answered 500")
    assert said.count("\n") == 1
    double.stop()
    server.stop()


def test_an_item_that_is_not_there_is_named(shop: Shop, judged: Path) -> None:
    code, _, said = pr(shop, "--from", judged, "--only", "nonsense")
    assert code == 2
    assert "--only 'nonsense' is no item here: name one of plan, tax-rate-read" in said


def test_a_plan_of_another_commit_is_refused(shop: Shop, judged: Path) -> None:
    data = json.loads((judged / "plan.json").read_text())
    data["repository"]["commit"] = "f" * 40
    (judged / "plan.json").write_text(json.dumps(data))
    code, _, said = pr(shop, "--from", judged)
    assert code == 2
    assert "on the same commit" in said


def test_a_repository_without_a_remote_gets_the_branches_itself(shop: Shop, judged: Path) -> None:
    git(shop.clone, "remote", "remove", "origin")
    code, _, said = pr(shop, "--from", judged, "--base", "main")
    assert code == 0, said
    assert "figwright/plan" in git(shop.clone, "branch", "--list", "figwright/*")
    assert git(shop.clone, "status", "--porcelain") == ""
    code, _, said = pr(shop, "--from", judged, "--forge", "github")
    assert code == 2
    assert "has no remote 'origin' to push to" in said


def remote(url: str, tmp_path: Path) -> Remote:
    return Remote(url, tmp_path)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://github.com/a/b.git", "github"),
        ("git@github.com:a/b.git", "github"),
        ("https://github.example.org/a/b", "github"),
        ("https://gitlab.com/a/team/b.git", "gitlab"),
        ("ssh://git@gitlab.example.org/a/b.git", "gitlab"),
        ("https://codeberg.org/a/b", "gitea"),
        ("/srv/git/b.git", "none"),
    ],
)
def test_the_forge_is_known_by_its_host(url: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIGWRIGHT_FORGE_TOKEN", "tok")
    chosen = choose_forge("auto", remote(url, tmp_path), None, tmp_path)
    assert chosen.kind == kind
    assert (chosen.login is not None) == url.startswith("https://")
    chosen.open().close()


def test_what_cannot_be_chosen_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIGWRIGHT_FORGE_TOKEN", "tok")
    with pytest.raises(InputError, match="name it with --forge"):
        choose_forge("auto", remote("https://example.org/a/b", tmp_path), None, tmp_path)
    with pytest.raises(ForgeError, match=r"unencrypted to example\.org"):
        choose_forge("gitea", remote("http://example.org/a/b", tmp_path), None, tmp_path)
    with pytest.raises(ForgeError, match="unencrypted"):
        choose_forge("github", remote("https://github.com/a/b", tmp_path), "http://elsewhere.example", tmp_path)
    with pytest.raises(InputError, match="owner and name"):
        choose_forge("github", remote("https://github.com/b", tmp_path), None, tmp_path)


def test_tokens_go_to_the_host_that_they_are_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIGWRIGHT_FORGE_TOKEN", "GH_TOKEN", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GITHUB_TOKEN", "for-github-com")
    public = choose_forge("auto", remote("https://github.com/a/b", tmp_path), None, tmp_path)
    assert public.login == Login("x-access-token", "for-github-com")
    with pytest.raises(ForgeError, match=r"no token for github\.example\.org"):
        choose_forge("auto", remote("https://github.example.org/a/b", tmp_path), None, tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert choose_forge("auto", remote("https://github.com/a/b", tmp_path), None, tmp_path).notes == (ACTIONS_NOTE,)


def test_a_password_in_a_remotes_url_is_taken_out_of_it(shop: Shop) -> None:
    git(shop.clone, "remote", "set-url", "origin", "https://ann:secret@example.org/a/b.git")
    found = find_remote(str(shop.clone), None, shop.place / "cache", may_be_own=False)
    assert found.url == "https://example.org/a/b.git"
    assert found.login == Login("ann", "secret")
    assert "secret" not in repr(found)


def test_a_folder_inside_of_a_repository_is_delivered_to_its_place(shop: Shop, tmp_path: Path) -> None:
    found = find_remote(str(shop.clone / "shop"), None, tmp_path, may_be_own=False)
    assert found.folder == "shop"
    assert shutil.which("git")
