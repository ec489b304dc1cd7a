"""The way from Python 2 to 3: what its guesses write, what it keeps of files, and that what it writes compiles."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.patches.python_source.lists import spare_lists
from agent.patches.python_source.project import Project, compiles, is_python2
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import SNIPPETS
from agent.patches.recipes.python3 import RECIPE


class Files:
    """A code base that is a dictionary."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(files)

    def paths(self, *suffixes: str) -> Sequence[str]:
        return sorted(path for path in self.files if not suffixes or path.endswith(suffixes))

    def text(self, path: str) -> str | None:
        return self.files.get(path)


def converted(source: str, path: str = "a.py") -> str:
    code = Files({path: source})
    for proposal in RECIPE.propose(code):  # type: ignore[arg-type]
        for change in proposal.changes:
            assert code.files[change.path] == change.before
            code.files[change.path] = change.after or ""
    return code.files[path]


def guessed(rule: str, source: str) -> str:
    step = next(one for one in RECIPE.guesses if one.id == rule)
    assert isinstance(step, Rule)
    changes, _ = step.changes(Project(Files({"a.py": source})))  # type: ignore[arg-type]
    return changes[0].after or "" if changes else source


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("python3-no-encode", "x = name.encode('utf-8')\n", "x = name\n"),
        ("python3-utf8-literals", "x = 'caf\\xc3\\xa9'\n", "x = 'caf\\xe9'\n"),
        ("python3-utf8-literals", "x = u'caf\\xc3\\xa9'\n", "x = u'caf\\xc3\\xa9'\n"),
        ("python3-no-encode", "x = n.encode('ascii', 'replace')\n", "x = n.encode('ascii', 'replace').decode('ascii')\n"),
        ("python3-no-encode", "import zlib\nx = n.encode('utf-8')\nzlib.crc32(x)\n", "import zlib\nx = n.encode('utf-8')\nzlib.crc32(x)\n"),
        ("python3-no-encode", "import struct\nx = struct.pack('2s', n.encode('utf-8'))\n", "import struct\nx = struct.pack('2s', n.encode('utf-8'))\n"),
        ("python3-utf8-literals", "x = ('caf\\xc3\\xa9'\n     u'\\xc3\\xa9' '\\xc3\\xbc')\n", "x = ('caf\\xe9'\n     u'\\xc3\\xa9' '\\xfc')\n"),
        ("python3-utf8-literals", "x = '\\xef\\xbb\\xbf<?xml'\n", "x = '\\xef\\xbb\\xbf<?xml'\n"),
        ("python3-utf8-literals", "x = 'Stra\\xdfe'\n", "x = 'Stra\\xdfe'\n"),
        ("python3-text-throughout", "x = f('\\xc3\\xa9', u.encode('utf-8'))\n", "x = f('\\xe9', u)\n"),
        ("python3-text-answers", "x = m.get_payload(decode=True)\n", 'x = m.get_payload(decode=True).decode("utf-8")\n'),
        ("python3-text-answers", "x = m.get_payload()\n", "x = m.get_payload()\n"),
        ("python3-high-literals", "x = 'caf\\xe9' 'x'\n", "x = b'caf\\xe9' b'x'\n"),
        ("python3-high-literals", '"""caf\\xe9"""\nx = 1\n', '"""caf\\xe9"""\nx = 1\n'),
        ("python3-high-literals", "x = 'caf\\xe9'\n", "x = b'caf\\xe9'\n"),
        ("python3-high-literals", "x = 'cafe'\n", "x = 'cafe'\n"),
        ("python3-latin-files", "x = open(p).read()\n", 'x = open(p, encoding="latin-1").read()\n'),
        ("python3-binary-files", "x = open(p, 'r').read()\n", "x = open(p, \"rb\").read()\n"),
        ("python3-text-files", "x = open(p, 'rb').read()\n", 'x = open(p, "r").read()\n'),
        ("python3-text-files", "import pickle\nx = pickle.load(open(p, 'rb'))\n", "import pickle\nx = pickle.load(open(p, 'rb'))\n"),
    ],
)  # fmt: skip
def test_guess(rule: str, before: str, after: str) -> None:
    assert guessed(rule, before) == after


NATIVE = """\
import array, struct, zlib, pickle
HEADER = '>2sB'
def build(name, path):
    fp = open(path, 'wb')
    fp.write(struct.pack(HEADER, 'TL', len(name)) + name + zlib.compress('x' + name))
    fp.close()
def read(path):
    with open(path, 'rb') as fp:
        data = fp.read()
    kind, size = struct.unpack(HEADER, data[:3])
    return kind == 'TL' and data[3:3 + size], zlib.decompress(data[3 + size:]), repr(kind)
def spooled(names):
    raw = ''.join([struct.pack('>H', len(name)) + name for name in names])
    return zlib.compress(raw, 9)
def inverted(data):
    cells = array.array('B', data)
    cells[0] = cells[0] ^ 255
    return cells.tostring()
print 1
def kept(value, path):
    fp = open(path, 'wb')
    pickle.dump(value, fp, 2)
    fp.close()
    with open(path, 'rb') as fp:
        return pickle.load(fp)
"""


def test_binary_data_in_text_goes_as_it_did_in_python_2(tmp_path: Path) -> None:
    """As a whole, since each half of it needs the other: what is written and what is read, what is cut and compared."""
    after = guessed("python3-bytes-as-text", converted(NATIVE))
    assert compiles(after)
    assert guessed("python3-bytes-as-text", after) == after
    space: dict[str, Any] = {}
    exec(after, space)
    path = str(tmp_path / "label")
    space["build"]("caf\xe9\x00\r\n", path)
    assert space["read"](path) == ("caf\xe9\x00\r\n", "xcaf\xe9\x00\r\n", "'TL'")
    assert zlib.decompress(space["spooled"](["\xe9"]).encode("latin-1")) == b"\0\1\xe9"
    assert space["inverted"]("\x0fa") == "\xf0a"
    assert space["kept"]({"a": "\xff"}, path) == {"a": "\xff"}


@pytest.mark.parametrize(
    "source",
    [
        "import hashlib\nx = hashlib.md5(to_bytes(password)).hexdigest()\n",  # of text, not of data
        "import pickle\nfp = open(p, 'rb')\nx = pickle.load(fp)\n",
        "fp = open(p, 'rb')\nfp.seek(-128, 2)\n",
        "import zlib\nx = zlib.decompress(data.encode('ascii')).decode('utf-8')\n",
        "x = b'abc'\n",
        "import struct\nx = struct.calcsize('>H')\n",
    ],
)
def test_bytes_among_bytes_stay(source: str) -> None:
    assert guessed("python3-bytes-as-text", source) == source


@pytest.mark.parametrize(("value", "text"), [(b"\x89PNG", "\x89PNG"), (memoryview(b"ab"), "ab"), (5, "5"), ("c", "c")])
def test_text_of_bytes_is_what_they_hold(value: object, text: str) -> None:
    space: dict[str, Any] = {}
    exec(guessed("python3-text-of-bytes", "def f(x):\n    return str(x)\n"), space)
    assert space["f"](value) == text


def test_text_of_what_is_known_stays() -> None:
    source = "try:\n    x = str(5) + str('a')\nexcept ValueError as e:\n    x = str(e)\n"
    assert guessed("python3-text-of-bytes", source) == source


def test_prints_spaces_as_python_2_did(capsys: pytest.CaptureFixture[str]) -> None:
    source = "print('a', end=' ')\nfor x in (1, 2):\n    print(x, end=' ')\nprint()\nprint('b\\n', end=' ')\nprint('c', 'd')\n"
    exec(guessed("python3-soft-spaces", source), {})
    assert capsys.readouterr().out == "a 1 2\nb\nc d\n"


@pytest.mark.parametrize(
    "source", ["print('a')\n", "from __future__ import print_function\nprint('a', end=' ')\n", "print('a', end='')\n"]
)
def test_prints_that_leave_no_space_stay(source: str) -> None:
    assert guessed("python3-soft-spaces", source) == source


@pytest.mark.parametrize(("a", "b", "quotient"), [(7, 2, 3), (-7, 2, -4), (7.0, 2, 3.5)])
def test_divides_as_python_2_did(a: float, b: int, quotient: float) -> None:
    space: dict[str, object] = {"a": a, "b": b}
    exec(guessed("python3-division-of-anything", "q = a / b\n"), space)
    assert space["q"] == quotient


@pytest.mark.parametrize(("number", "rounded"), [(0.5, 1.0), (1.5, 2.0), (2.5, 3.0), (-2.5, -3.0)])
def test_rounds_as_python_2_did(number: float, rounded: float) -> None:
    space: dict[str, object] = {"x": number}
    exec(guessed("python3-rounding", "y = round(x)\n"), space)
    assert space["y"] == rounded


def test_orders_values_of_different_kinds_as_python_2_did() -> None:
    space: dict[str, object] = {}
    exec(guessed("python3-mixed-sorting", "x = sorted(['b', None, 2, 'a', 1.5])\n"), space)
    assert space["x"] == [None, 1.5, 2, "a", "b"]


def test_compares_as_python_2_did() -> None:
    space: dict[str, object] = {}
    exec(converted("x = [cmp(1, 2), cmp('b', 'a'), cmp(None, 0), cmp([1], [1])]\n"), space)
    assert space["x"] == [-1, 1, -1, 0]


@pytest.mark.parametrize("name", sorted(SNIPPETS))
def test_what_is_put_into_files_compiles(name: str) -> None:
    imports, source = SNIPPETS[name]
    assert compiles("\n".join(imports) + "\n\n\n" + source)


def test_guesses_are_asked_for_and_never_proposed() -> None:
    proposals = RECIPE.propose(Files({"a.py": "print round(x) / y\n"}))  # type: ignore[arg-type]
    assert proposals
    assert not any(proposal.guess for proposal in proposals)
    assert all(step.guess for step in RECIPE.guesses)


def test_bytes_of_another_encoding_stay() -> None:
    source = "# -*- coding: latin-1 -*-\nprint u'caf\xe9'\n"
    assert converted(source) == "# -*- coding: latin-1 -*-\nprint(u'caf\xe9')\n"


def test_what_is_written_is_no_longer_python_2() -> None:
    source = "import urllib2\nclass A:\n    def __nonzero__(self): return 1\nprint unicode(A()), {}.has_key(1), `1`\n"
    after = converted(source)
    assert compiles(after)
    assert not is_python2(Files({"a.py": after}))  # type: ignore[arg-type]


@pytest.mark.parametrize("source", ["def f(:\n", "\x00", "print 'a\n", "x = " + "(" * 300 + ")" * 300, "\xff\xfe", ""])
def test_what_is_no_program_stays(source: str) -> None:
    assert converted(source) == source


@pytest.mark.parametrize(
    ("made", "spared"),
    [
        ("x = dict((k, f(v)) for k, v in list(row.items()))\n", "x = dict((k, f(v)) for k, v in row.items())\n"),
        ("z = a in list(range(0, 6))\n", "z = a in range(0, 6)\n"),
        ("s = sorted(list(d.items()), key=f)\n", "s = sorted(d.items(), key=f)\n"),
        ("é = [v for v in list(d.values())]\n", "é = [v for v in d.values()]\n"),
        ("y = [self.drop(k) for k in list(self.d.keys())]\n", None),  # may change what it reads
        ("for k in list(d.items()):\n    pass\n", None),
        (
            "def f(d):\n    for k in list(d.keys()):\n        print(k)\n",
            "def f(d):\n    for k in d.keys():\n        print(k)\n",
        ),
        ("def f(d):\n    for k in list(d.keys()):\n        d.pop(k)\n", None),
        ("def f(d):\n    for k in list(d.keys()):\n        drop(k)\n", None),
        ("def f(d):\n    for k in list(d.keys()):\n        d[k] = 1\n", None),
        ("def f(self):\n    for k in list(self.d.keys()):\n        self.drop(k)\n", None),
        ("def f(self):\n    for k in list(self.d.keys()):\n        yield k\n", None),
        ("def f(self):\n    e = self.d\n    for k in list(self.d.keys()):\n        e.pop(k)\n", None),
        ("g = (k for k in list(d.keys()))\n", None),  # read later
        ("k = list(map(f, list(d.values())))\n", None),
        ("list = tuple\nz = a in list(range(0, 6))\n", None),
    ],
)
def test_lists_that_are_read_once_are_not_made(made: str, spared: str | None) -> None:
    assert spare_lists("a.py", "", made) == (spared or made)
    assert spare_lists("a.py", made, made) == made  # what was there before stays
