"""After any edit the graph made with what is remembered is the graph made from nothing, byte for byte."""

from __future__ import annotations

import hashlib
import random
import re
from pathlib import Path

import msgspec
import pytest

from agent.adapters.memo_store import MemoStore
from agent.composition import frameworks, languages
from agent.domain.inventory import SourceFile
from agent.graph import Remembered, build_graph, facts_key, read_facts
from agent.languages.python import Python

SAMPLES = Path(__file__).parents[2] / "sample_repos"
LANGUAGES = {".py": "python", ".java": "java", ".js": "javascript", ".sql": "sql", ".xml": "xml"}
KEPT = re.compile(
    r"orderdesk/(?:orderdesk/(?:__init__|app|auth|db|models|pricing|services/\w+|views/(?:__init__|orders))\.py"
    r"|schema\.sql)|claims/src/main/java/.*/(?:model|dao)/\w+\.java|storefront/(?:lib|models)/\w+\.js"
)
NAME = re.compile(r"[A-Za-z_]\w{2,}")


def small_system() -> dict[str, bytes]:
    """Parts of our samples in three languages, small enough to be built dozens of times."""
    found = {}
    for path in sorted(SAMPLES.rglob("*")):
        name = path.relative_to(SAMPLES).as_posix()
        if KEPT.fullmatch(name) and path.is_file():
            found[name] = path.read_bytes()
    found["tools/__init__.py"] = b""
    found["tools/base.py"] = (
        b"from tools.kinds import *\nimport tools.late\n\n\nclass Base:\n    def run(self):\n        step = self.make()\n"
        b"        step = step.again()\n        return step\n\n    def make(self):\n        return tools.late.Step()\n"
    )
    found["tools/kinds.py"] = b"from tools.late import Step\nfrom tools.base import Base\n\nFIRST = Step()\n"
    found["tools/late.py"] = (
        b"class Step:\n    def again(self):\n        return self\n\n    def only_here(self):\n        return 1\n"
    )
    return found


def graph_bytes(files: dict[str, bytes], memo: MemoStore | None, *, calls: bool = True) -> tuple[bytes, int]:
    """The graph, encoded, and how many files' edges were remembered; without ``calls`` by names alone."""
    readers = {**languages(), **({} if calls else {"python": Python(flow=False)})}
    sources = [
        SourceFile(
            path=path, language=LANGUAGES[Path(path).suffix], bytes=len(data), lines=1, code_lines=1,
            digest=hashlib.sha256(data).hexdigest(),
        )
        for path, data in sorted(files.items())
    ]  # fmt: skip
    facts = read_facts(sources, files.__getitem__, readers, frameworks(), memo)
    remembered = Remembered(memo, {s.path: facts_key(s) for s in sources}, "test") if memo else None
    graph = build_graph(facts, dict.fromkeys(facts, "code"), readers, frameworks(), frozenset(files), {}, remembered)
    return msgspec.msgpack.encode(graph), remembered.reused if remembered else 0


class Editor:
    """Random but repeatable edits, from a changed word to a file that is gone."""

    def __init__(self, files: dict[str, bytes], seed: int) -> None:
        self.files = files
        self.random = random.Random(seed)
        self.number = 0

    def step(self) -> str:
        edits = [self.word, self.word, self.line, self.line, self.function, self.cut, self.add, self.move, self.delete]
        edit = self.random.choice(edits)
        return f"{edit.__name__} {edit()}"

    def pick(self, suffix: str = "") -> str:
        return self.random.choice(sorted(path for path in self.files if path.endswith(suffix)))

    def text(self, path: str) -> str:
        return self.files[path].decode("utf-8", "replace")

    def names(self) -> list[str]:
        return sorted(set(NAME.findall(self.text(self.pick())))) or ["nothing"]

    def word(self) -> str:
        """One name becomes another one of this or another file."""
        path = self.pick()
        text = self.text(path)
        old = self.random.choice(NAME.findall(text) or ["nothing"])
        new = self.random.choice(self.names())
        count = self.random.choice([1, 1, 99])
        self.files[path] = re.sub(rf"\b{old}\b", new, text, count=count).encode()
        return f"{path}: {old} -> {new}"

    def line(self) -> str:
        """A line goes, comes twice, or moves to another place."""
        path = self.pick()
        lines = self.text(path).splitlines(keepends=True) or ["\n"]
        line = lines.pop(self.random.randrange(len(lines)))
        for _ in range(self.random.choice([0, 1, 2])):
            lines.insert(self.random.randint(0, len(lines)), line)
        self.files[path] = "".join(lines).encode()
        return f"{path}: {line.strip()}"

    def function(self) -> str:
        """A new definition that uses what is there, and perhaps shadows it."""
        path = self.pick(".py")
        self.number += 1
        name = self.random.choice([f"added_{self.number}", *self.names()[:3]])
        other, third = self.random.choice(self.names()), self.random.choice(self.names())
        kind = self.random.choice(["def {0}(value):\n    held = {1}(value)\n    return held.{2}()\n",
                                   "class {0}({1}):\n    def {2}(self):\n        return self.{1}()\n",
                                   "{0} = {1}({2})\n", "from tools.base import *\nimport tools.late as {0}\n"])  # fmt: skip
        self.files[path] += ("\n\n" + kind.format(name, other, third)).encode()
        return f"{path}: {name}"

    def cut(self) -> str:
        """Half an edit: the file ends somewhere in the middle."""
        path = self.pick()
        self.files[path] = self.files[path][: self.random.randint(0, len(self.files[path]))]
        return path

    def add(self) -> str:
        self.number += 1
        folder = self.pick(".py").rpartition("/")[0]
        source = self.pick(".py").removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        path = f"{folder}/new_{self.number}.py".lstrip("/")
        one, two = self.random.choice(self.names()), self.random.choice(self.names())
        text = f"from {source} import *\nfrom {source} import {one}\n\n\ndef {two}():\n    return {one}().only_here()\n"
        self.files[path] = text.encode()
        return path

    def move(self) -> str:
        path = self.pick()
        folder = self.pick(Path(path).suffix).rpartition("/")[0]
        self.number += 1
        name = self.random.choice([path.rpartition("/")[2], f"renamed_{self.number}{Path(path).suffix}"])
        self.files[f"{folder}/{name}".lstrip("/")] = self.files.pop(path)
        return f"{path} -> {folder}/{name}"

    def delete(self) -> str:
        path = self.pick()
        del self.files[path]
        return path


@pytest.mark.parametrize("seed", range(3))
def test_every_edit_gives_the_clean_graph(tmp_path, seed):
    edit_and_compare(tmp_path, seed, steps=6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 103))
def test_long_series_of_edits_give_the_clean_graph(tmp_path, seed):
    edit_and_compare(tmp_path, seed, steps=25)


def edit_and_compare(tmp_path: Path, seed: int, steps: int) -> None:
    files = small_system()
    memo = MemoStore(tmp_path / "memo.sqlite")
    editor = Editor(files, seed)
    graph_bytes(files, memo)
    total = 0
    done: list[str] = []
    for _ in range(steps):
        done.append(editor.step())
        made, reused = graph_bytes(files, memo)
        total += reused
        assert made == graph_bytes(files, None)[0], done
    assert total > steps  # something was remembered, or this test shows nothing


def test_an_edit_in_a_function_reads_only_its_file_again(tmp_path):
    files = small_system()
    memo = MemoStore(tmp_path / "memo.sqlite")
    graph_bytes(files, memo)
    everything = graph_bytes(files, memo)[1]
    path = "claims/src/main/java/" + next(p for p in sorted(files) if p.endswith(".java")).partition("main/java/")[2]
    text = files[path].decode()
    files[path] = text.replace("return ", "/* note */ return ", 1).encode()
    made, reused = graph_bytes(files, memo)
    assert made == graph_bytes(files, None)[0]
    others = sum(1 for p in files if not p.endswith((".py", ".java")))
    assert everything - 1 - others <= reused < everything


def test_rows_of_other_code_and_damaged_rows_are_not_used(tmp_path):
    files = {path: data for path, data in small_system().items() if path.startswith("tools/")}
    memo = MemoStore(tmp_path / "memo.sqlite")
    clean, _ = graph_bytes(files, memo)
    memo.put("edges:test:tools/base.py", b"\xc1 not a row")
    again, reused = graph_bytes(files, memo)
    assert again == clean
    assert reused == len(files) - 1


# One case for each way in which an answer may depend on another file: (files, the edited file and its new text).
REACHING = {
    "what a module defines": (
        {"a.py": "class A:\n    def go(self): pass\n", "b.py": "import a\ndef f():\n    a.A().go()\n"},
        ("a.py", "class A:\n    pass\nclass B: pass\n"),
    ),
    "what a function binds inside, through the type of what it returns": (
        {
            "a.py": "class A:\n    def go(self): pass\nclass B:\n    def go(self): pass\n"
            "def make():\n    made = A()\n    return made\n",
            "b.py": "import a\ndef f():\n    x = a.make()\n    x.go()\n",
        },
        (
            "a.py",
            "class A:\n    def go(self): pass\nclass B:\n    def go(self): pass\n"
            "def make():\n    made = B()\n    return made\n",
        ),
    ),
    "what a method binds, that a field is assigned from": (
        {
            "a.py": "class A:\n    def go(self): pass\nclass B:\n    def go(self): pass\nheld = A()\n"
            "class C:\n    def __init__(self):\n        self.field = held\n",
            "b.py": "from a import C\ndef f(c: C):\n    c.field.go()\n",
        },
        (
            "a.py",
            "class A:\n    def go(self): pass\nclass B:\n    def go(self): pass\nheld = A()\n"
            "class C:\n    def __init__(self):\n        held = B()\n        self.field = held\n",
        ),
    ),
    "a name that nobody defined": (
        {"a.py": "", "b.py": "from a import missing\ndef f():\n    missing()\n"},
        ("a.py", "def missing(): pass\n"),
    ),
    "a member that only one type had": (
        {
            "a.py": "class A:\n    def rarely(self): pass\n",
            "b.py": "def f(x):\n    x.rarely()\n",
            "c.py": "class C:\n    def often(self): pass\n",
        },
        ("c.py", "class C:\n    def often(self): pass\n    def rarely(self): pass\n"),
    ),
    "an import of another module": (
        {"a.py": "from b import thing\n", "b.py": "def thing(): pass\n", "d.py": "from a import thing\nthing()\n"},
        ("a.py", "from b import thin\n"),
    ),
    "a name brought by a star": (
        {"a.py": "def one(): pass\n", "b.py": "from a import *\n", "c.py": "from b import *\none()\ntwo()\n"},
        ("a.py", "def two(): pass\n"),
    ),
    "a base of a base": (
        {
            "a.py": "class A:\n    def go(self): pass\n",
            "b.py": "from a import A\nclass B(A): pass\n",
            "c.py": "from b import B\ndef f(b: B):\n    b.go()\n",
        },
        ("a.py", "class A:\n    go = None\n"),
    ),
    "a table that an entity maps to": (
        {
            "m.py": "from sqlalchemy.orm import declarative_base\nfrom sqlalchemy import Column, Integer\n"
            "Base = declarative_base()\nclass Order(Base):\n    __tablename__ = 'orders'\n    id = Column(Integer)\n",
            "u.py": "from m import Order\ndef f(session):\n    session.query(Order).all()\n    Order()\n",
        },
        (
            "m.py",
            "from sqlalchemy.orm import declarative_base\nfrom sqlalchemy import Column, Integer\n"
            "Base = declarative_base()\nclass Order(Base):\n    __tablename__ = 'sales'\n    id = Column(Integer)\n",
        ),
    ),
    "a type of the same Java package": (
        {"p/A.java": "package p; class A { B b; void f() { b.go(); } }", "p/B.java": "package p; class B { void go() {} }"},
        ("p/B.java", "package p; class B { C went; } class C {}"),
    ),
    "a type that a second file defines too": (
        {"x/p/A.java": "package p; class A { A go() { return this; } }", "x/q/U.java": "package q; import p.A; class U { void f(A a) { a.go().come(); } }"},
        ("w/p/A.java", "package p; class A { B come() { return null; } A go() { return this; } } class B {}"),
    ),
    "a call that reaches through a parameter": (
        {"a.py": "def run(job):\n    job()\n", "b.py": "import a\ndef x(): pass\ndef y(): pass\na.run(x)\n"},
        ("b.py", "import a\ndef x(): pass\ndef y(): pass\na.run(y)\n"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("calls", [False, True])
@pytest.mark.parametrize("name", REACHING)
def test_an_edit_reaches_what_depends_on_it(tmp_path, name, calls):
    texts, (path, text) = REACHING[name]
    files = {p: t.encode() for p, t in texts.items()}
    memo = MemoStore(tmp_path / "memo.sqlite")
    before, _ = graph_bytes(files, memo, calls=calls)
    files[path] = text.encode()
    after, _ = graph_bytes(files, memo, calls=calls)
    assert after == graph_bytes(files, None, calls=calls)[0]
    assert after != before or (name.startswith("a call that") and not calls)
