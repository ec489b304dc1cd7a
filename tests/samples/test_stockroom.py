"""The stockroom sample: Python 2.7 only, its tests pass there, and they notice a conversion that goes wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.samples.expectations import SAMPLES, parses, sources

RESULT = re.compile(r"^(\w+) \(([\w.]+)\) \.\.\. (\w+)$", re.M)


def python2() -> str | None:
    """A Python 2.7: on the path, or from pyenv."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    named = [found for name in ("python2.7", "python2") if (found := shutil.which(name))]
    for python in [*named, *map(str, sorted(root.glob("versions/2.7*/bin/python2.7"), reverse=True))]:
        if is_python2(python):
            return python
    return None


def is_python2(python: str) -> bool:
    """Whether it starts and is a 2.7: the shim of pyenv may exist without anything behind it."""
    command = [python, "-c", "import sys; sys.exit(sys.version_info[:2] != (2, 7))"]
    return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0


PYTHON2 = python2()
needs_python2 = pytest.mark.skipif(PYTHON2 is None, reason="no Python 2.7 on this machine")


def run(folder: Path) -> dict[str, str]:
    """Test ID -> outcome."""
    command = [str(PYTHON2), "-B", "-m", "unittest", "discover", "-v", "-s", "tests", "-t", "."]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120, errors="replace"
    )
    return {f"{where}.{name}": outcome for name, where, outcome in RESULT.findall(done.stderr)}


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(SAMPLES / "stockroom", tmp_path / "stockroom")


def test_it_is_a_system_of_python_2_only():
    paths = sources("stockroom", ".py", tests=True)
    written = [path for path in paths if path.stat().st_size > 100]
    assert len(sources("stockroom", ".py")) >= 50
    assert sum(len(path.read_text("utf-8").splitlines()) for path in sources("stockroom", ".py")) >= 3000
    assert sum(not parses(path) for path in written) >= 0.75 * len(written)


@needs_python2
def test_its_tests_pass(copy):
    outcomes = run(copy)
    assert len(outcomes) >= 300
    assert {name: outcome for name, outcome in outcomes.items() if outcome != "ok"} == {}


@needs_python2
def test_its_tests_do_not_depend_on_hashes_time_zone_or_place(copy, monkeypatch):
    first = run(copy)
    assert first
    monkeypatch.setenv("PYTHONHASHSEED", "random")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    assert run(copy) == first


# What a careless conversion would make of a line, written so that Python 2.7 does it too.
WRONG = {
    "true division in percent": ("stockroom/util.py", "return 100 * part / whole", "return 100.0 * part / whole"),
    "true division in pages": ("stockroom/util.py", "(count + per_page - 1) / per_page", "(count + per_page - 1.0) / per_page"),
    "true division of stock layers": ("stockroom/stock/valuation.py", "Layer(self.qty / parts,", "Layer(self.qty / float(parts),"),
    "true division in a share": ("stockroom/stock/allocation.py", "available * qty / total", "available * qty / float(total)"),
    "true division of minutes": ("stockroom/dispatch/waves.py", "int(len(stops) * 40 + metres) / 60", "int(len(stops) * 40 + metres) / 60.0"),
    "division cut towards zero": ("stockroom/counting/variance.py", "return 100 * (line.counted - line.expected) / line.expected", "return int(100.0 * (line.counted - line.expected) / line.expected)"),
    "banker's rounding": ("stockroom/util.py", "int(round(float(text) * 100))", "int(float(text) * 100 + 0.4999999)"),
    "None is sorted as text": ("stockroom/util.py", "rows.sort(lambda a, b: cmp(a[name], b[name]))", "rows.sort(key=lambda a: str(a[name]))"),
    "numbers are sorted as text": ("stockroom/util.py", "key.append(int(part))", "key.append(part)"),
    "None is greater than a date": ("stockroom/counting/sheets.py", "cmp(a.last, b.last) or", "cmp(a.last or '9', b.last or '9') or"),
    "a filter is a list": ("stockroom/util.py", "return filter(lambda c: c in string.digits, text)", "return list(filter(lambda c: c in string.digits, text))"),
    "text in UTF-8 for the carrier": ("stockroom/util.py", "encode(charset, 'replace')", "encode('utf-8', 'replace')"),
    "repr of bytes": ("stockroom/receiving/asn.py", "'starts with %s' % `magic`", "'starts with %s' % ('b' + `magic`)"),
    "a checksum with a sign": ("stockroom/util.py", "'%08X' % (binascii.crc32(data) & 0xFFFFFFFFL)", "'%08X' % -(binascii.crc32(data) & 0xFFFFFFFFL)"),
    "a shorter zip": ("stockroom/reports/textreport.py", "in map(None, left, right)", "in zip(left, right)"),
    "an error out of a generator": ("stockroom/util.py", "    last = it.next()\n", "    last = list(it)[0]\n"),
    "octal read as decimal": ("stockroom/stock/snapshot.py", "0640", "640"),
    "trailing comma of print": ("stockroom/dispatch/waves.py", "print >>fp, '%3d' % (n + 1),", "print >>fp, '%3d' % (n + 1)"),
    "string of a blob": ("stockroom/items/model.py", "str(row.picture)", "repr(str(row.picture))"),
}  # fmt: skip


@pytest.mark.slow
@needs_python2
@pytest.mark.parametrize("what", sorted(WRONG))
def test_a_wrong_conversion_is_seen(copy, what):
    name, right, wrong = WRONG[what]
    text = (copy / name).read_text("utf-8")
    assert text.count(right) == 1
    (copy / name).write_text(text.replace(right, wrong), "utf-8")
    outcomes = run(copy)
    assert outcomes
    assert set(outcomes.values()) - {"ok"}, "no test fails"
