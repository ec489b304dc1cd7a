"""Bad input gets one sentence, exit code 2, no traceback and nothing left; hostile repositories are read as far as they go."""

from __future__ import annotations

import json
import os

import pytest

from tests.program import SHOP, commit_all, figwright, tree, write_repository

SOURCE = "def total(a):\n    return a\n"


def refused(done, *words):
    """One sentence on standard error, nothing on standard output, exit code 2; the sentence has the words."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("figwright: "), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
    return done.stderr


@pytest.fixture
def shop(tmp_path):
    return write_repository(tmp_path / "shop", SHOP)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


# ---------------------------------------------------------------- repositories that cannot be read


def test_missing_path(cache, tmp_path):
    refused(figwright("plan", tmp_path / "nowhere", "--out", tmp_path / "out", cache=cache), "nowhere")
    assert not (tmp_path / "out").exists()


def test_file_instead_of_folder(cache, tmp_path):
    (tmp_path / "one.py").write_text(SOURCE)
    refused(figwright("plan", tmp_path / "one.py", "--out", tmp_path / "out", cache=cache), "one.py")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "files",
    [{}, {"notes.txt": "hello\n", "picture.png": b"\x89PNG\0"}, {"node_modules/a/index.js": "x()\n"}],
    ids=["empty", "no source", "only vendored"],
)
def test_nothing_to_read(cache, tmp_path, files):
    folder = tmp_path / "bare"
    folder.mkdir()
    write_repository(folder, files)
    refused(figwright("plan", folder, "--out", tmp_path / "out", cache=cache), "bare")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "url", ["file:///nonexistent/thing.git", "ssh://127.0.0.1:1/x.git", "https://127.0.0.1:1/x.git"]
)
def test_url_that_cannot_be_cloned(cache, tmp_path, url):
    refused(figwright("plan", url, "--out", tmp_path / "out", cache=cache))
    assert not (tmp_path / "out").exists()
    left = [path for path in cache.rglob("*") if path.is_file() and path.stat().st_size]  # a lock is an empty file
    assert left == []


@pytest.mark.parametrize("url", ["ext::sh -c touch% hacked", "--upload-pack=touch hacked", "git@host:-oProxyCommand=x"])
def test_url_that_would_run_something(cache, tmp_path, url):
    done = figwright("plan", "--out", tmp_path / "out", "--", url, cache=cache, cwd=tmp_path)
    refused(done)
    assert not (tmp_path / "hacked").exists()


def test_unknown_revision(cache, shop, tmp_path):
    commit_all(shop)
    refused(figwright("plan", shop, "--commit", "no-such", "--out", tmp_path / "out", cache=cache), "no-such")
    refused(figwright("graph", shop, "--commit=--help", cache=cache))
    assert not (tmp_path / "out").exists()


def test_revision_of_a_folder_without_git(cache, shop):
    refused(figwright("graph", shop, "--commit", "HEAD", cache=cache), "git")


# ---------------------------------------------------------------- options and files


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["plan", "--as-of", "yesterday"], "as_of"),
        (["plan", "--fail-on", "terrible"], "--fail-on"),
        (["graph", "--level", "package"], "--level"),
        (["graph", "--format", "dot"], "--format"),
        (["boundaries", "--format", "xml"], "--format"),
        (["plan", "--boundaries", "gone.toml"], "gone.toml"),
    ],
)
def test_options(cache, shop, arguments, word, tmp_path):
    refused(figwright(*arguments, shop, cache=cache, cwd=tmp_path), word)
    assert sorted(path.name for path in tmp_path.iterdir()) in (["shop"], ["cache", "shop"])


def test_environment(cache, shop):
    refused(figwright("graph", shop, cache=cache, env={"FIGWRIGHT_AS_OF": "soon"}), "FIGWRIGHT_AS_OF")


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("version = 1\n[services.a\n", 2, ""),
        ("version = 7\n", 1, "version"),
        ("version = 1\nservice = 3\n", 2, "service"),
        ("version = 1\n[services.a]\nunits = ['shop.nothing']\n", 3, "shop.nothing"),
        ("version = 1\n[services.a]\nunits = ['shop.tax']\n[services.b]\nunits = ['shop.tax']\n", 5, "shop.tax"),
        ("version = 1\n[services.a]\nunits = []\n", 2, "without a unit"),
        ("version = 1\n[services.a]\nunits = ['shop.tax']\ntables = ['nope']\n", 4, "nope"),
        ("version = 1\n[services.'a b']\nunits = ['shop.tax']\n", 2, "a b"),
        ("apart = [['shop.tax', 'shop.db']]\n[services.a]\nunits = ['shop.tax', 'shop.db']\n", 1, "apart"),
    ],
)
def test_bad_boundaries_file_is_refused_with_its_line(cache, shop, tmp_path, text, line, word):
    (tmp_path / "mine.toml").write_text(text)
    done = figwright("plan", shop, "--boundaries", tmp_path / "mine.toml", "--out", tmp_path / "out", cache=cache)
    message = refused(done, "mine.toml", word)
    assert f"mine.toml:{line}:" in message or f"line {line}" in message, message
    assert not (tmp_path / "out").exists()


def test_boundaries_file_that_is_not_text(cache, shop, tmp_path):
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\0")
    refused(figwright("boundaries", shop, "--boundaries", tmp_path / "mine.toml", cache=cache), "UTF-8")
    refused(figwright("boundaries", shop, "--boundaries", tmp_path, cache=cache), "cannot be read")


# ---------------------------------------------------------------- where nothing may be written


def test_nothing_is_written_inside_the_repository(cache, shop):
    before = tree(shop)
    refused(figwright("plan", shop, "--out", shop / "plans", cache=cache), "inside the repository")
    refused(figwright("plan", ".", "--out", "plans", cache=cache, cwd=shop), "inside the repository")
    refused(figwright("graph", shop, "-o", shop / "graph.json", cache=cache), "inside the repository")
    refused(figwright("graph", shop, cache=shop / "cache"), "inside the repository")
    assert tree(shop) == before


def test_out_through_a_link_into_the_repository(cache, shop, tmp_path):
    (tmp_path / "door").symlink_to(shop)
    refused(figwright("plan", shop, "--out", tmp_path / "door" / "x", cache=cache), "inside the repository")
    refused(figwright("plan", tmp_path / "door", "--out", shop / "x", cache=cache), "inside the repository")


def test_out_is_a_file(cache, shop, tmp_path):
    (tmp_path / "out").write_text("mine")
    refused(figwright("plan", shop, "--out", tmp_path / "out", cache=cache), "cannot be written")
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize("key", ["out", "cache_dir", "as_of", "quiet", "endpoint"])
@pytest.mark.parametrize("file", ["figwright.toml", "pyproject.toml"])
def test_hostile_configuration_is_refused(cache, shop, tmp_path, key, file):
    heading = "[tool.figwright]\n" if file == "pyproject.toml" else ""
    (shop / file).write_text(f'{heading}{key} = "{tmp_path}/elsewhere"\n')
    refused(figwright("graph", shop, cache=cache), key, file)
    refused(figwright("graph", ".", cache=cache, cwd=shop), key, file)
    assert not (tmp_path / "elsewhere").exists()


def test_own_configuration_elsewhere_is_used(cache, shop, tmp_path):
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "figwright.toml").write_text('out = "mine"\nquiet = true\n')
    assert figwright("plan", shop, cache=cache, cwd=desk).returncode == 0
    assert (desk / "mine" / "plan.html").is_file()
    (desk / "figwright.toml").write_text("outt = 3\n")
    refused(figwright("plan", shop, cache=cache, cwd=desk), "outt", "figwright.toml")


# ---------------------------------------------------------------- full disks


@pytest.mark.parametrize("kilobytes", [10, 100, 150])
def test_full_disk_is_told_and_the_next_run_is_right(cache, shop, tmp_path, kilobytes):
    limited = figwright("plan", shop, "--out", tmp_path / "out", cache=cache, largest_file=kilobytes * 1024)
    refused(limited, "space")
    assert not (tmp_path / "out").exists()
    done = figwright("plan", shop, "--out", tmp_path / "out", cache=cache)
    assert done.returncode == 0, done.stderr
    asked = figwright("ask", shop, "where is the tax rate?", cache=cache)
    assert "shop/tax.py:" in asked.stdout, asked.stderr


# ---------------------------------------------------------------- repositories that try to hurt


HOSTILE = {
    **SHOP,
    "bad/nul.py": b"import os\0\n\0def f():\0\n    return 1\n",
    "bad/latin.py": "# caf\xe9\nname = 'caf\xe9'\n\n\ndef brew():\n    return name\n".encode("latin-1"),
    "bad/half.py": "class Order:\n    def total(self):\n        return self.lines[\n\n\ndef after(:\n    pass\n",
    "bad/half.java": "package a; class B { void c( { if (x { } ",
    "bad/deep.py": "x = " + "(" * 3000 + "1" + ")" * 3000 + "\n",
    "bad/with\nnewline.py": SOURCE,
    "bad/with\ttab and 'quotes' and <b>.py": SOURCE,
    "bad/empty.py": b"",
    "bad/bom.py": b"\xef\xbb\xbfdef marked():\n    return 1\n",
    "bad/utf16.py": "def wide():\n    return 1\n".encode("utf-16"),
    "bad/markup.py": "def f():\n    '</script><script>alert(1)</script>'\n",
    "bad/orders.sql": "SELECT * FROM ((((((\n'unclosed",
}


@pytest.fixture
def hostile(tmp_path):
    folder = write_repository(tmp_path / "hostile", HOSTILE)
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to("self")
    (folder / "away.py").symlink_to("/etc/passwd")
    (folder / "dangling.py").symlink_to("nothing")
    os.mkfifo(folder / "pipe.py")
    (folder / os.fsdecode(b"undecodable-\xff\xfe.py")).write_text(SOURCE)
    return folder


def test_hostile_repository_is_read_as_far_as_it_goes(cache, hostile, tmp_path):
    done = figwright("plan", hostile, "--out", tmp_path / "out", cache=cache)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    text = (tmp_path / "out" / "plan.json").read_bytes().decode("utf-8")  # strict: no odd bytes
    plan = json.loads(text)
    read = {file["path"] for file in plan["inventory"]["files"]}
    assert {"shop/orders.py", "bad/half.py", "bad/bom.py"} <= read
    assert not [path for path in read if "loop/" in path or path in ("away.py", "pipe.py", "self", "dangling.py")]
    assert "root:" not in text
    gaps = {gap["location"]["path"] for gap in plan["not_understood"]["gaps"]}
    assert {"bad/half.py", "bad/half.java"} <= gaps
    skipped = {skip["reason"]: skip["files"] for skip in plan["inventory"]["skipped"]}
    assert sum(skipped.values()) >= 5, skipped
    page = (tmp_path / "out" / "plan.html").read_text("utf-8")
    assert "<script>alert(1)" not in page
    units = {unit["id"] for unit in plan["boundaries"]["units"]}
    assert {"shop.orders", "shop.stock"} <= units


@pytest.mark.parametrize(
    "command", [["graph"], ["graph", "--format", "graphml"], ["boundaries"], ["boundaries", "--format", "toml"]]
)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_hostile_names_can_be_printed(cache, hostile, command, locale):
    environment = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = figwright(*command, hostile, cache=cache, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_hostile_repository_under_git(cache, hostile):
    commit_all(hostile)
    tree_run = json.loads(figwright("graph", hostile, cache=cache).stdout)
    at_commit = figwright("graph", hostile, "--commit", "HEAD", cache=cache)
    assert at_commit.returncode == 0, at_commit.stderr
    assert json.loads(at_commit.stdout)["nodes"] == tree_run["nodes"]


def test_fifty_megabytes_on_one_line_are_counted_and_do_not_hang(cache, shop, tmp_path):
    for name, unit in (
        ("big.py", "x = 1; "),
        ("big.js", "f(1);"),
        ("big.sql", "SELECT 1, "),
        ("big.java", "class A{} "),
    ):
        (shop / name).write_text(unit * (50_000_000 // len(unit)))
    (shop / "wide.py").write_text("value = '" + "a" * 900_000 + "'\n")
    done = figwright("plan", shop, "--out", tmp_path / "out", cache=cache, timeout=60)
    assert done.returncode == 0, done.stderr
    plan = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    skipped = " ".join(example for skip in plan["inventory"]["skipped"] for example in skip["examples"])
    gaps = " ".join(gap["location"]["path"] for gap in plan["not_understood"]["gaps"])
    for name in ("big.py", "big.js", "big.sql", "big.java"):
        assert name in skipped or name in gaps, name
    assert json.loads((tmp_path / "out" / "plan.run.json").read_text("utf-8"))["peak_memory_mb"] < 1000


def test_unreadable_file_is_counted(cache, shop, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root can read every file")
    (shop / "shop" / "secret.py").write_text(SOURCE)
    (shop / "shop" / "secret.py").chmod(0)
    done = figwright("plan", shop, "--out", tmp_path / "out", cache=cache)
    assert done.returncode == 0, done.stderr
    assert "secret.py" in (tmp_path / "out" / "plan.json").read_text("utf-8")


@pytest.mark.parametrize(
    "files",
    [{"one.py": SOURCE}, {"a.py": "", "b.py": ""}, {"lib/util.js": "module.exports = 1\n"}, {"A.java": "class A {}\n"}],
    ids=["one module", "empty modules", "one script", "one class"],
)
def test_tiny_systems_get_a_verdict(cache, tmp_path, files):
    folder = write_repository(tmp_path / "tiny", files)
    done = figwright("plan", folder, "--out", tmp_path / "out", cache=cache)
    assert done.returncode == 0, done.stderr
    plan = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    assert plan["boundaries"]["verdict"] == "do not split"
    assert plan["boundaries"]["verdict_reasons"]
