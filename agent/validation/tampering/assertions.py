"""How many assertions a test file makes: source in, a count by kind out, for Python 2 and 3, JavaScript, Java, PHP and C#."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from agent.ports import Language
from agent.validation.syntax import read_syntax
from agent.validation.tampering.code import Version

__all__ = ["assertion_count", "test_count"]

CALLS = re.compile(
    r"(?:(?<![\w])(?:self|this|cls|parent|static|t|Assert|Assertions|TestCase|assert|chai\.assert|Is)(?:\.|->|::))?"
    r"\b(?:assert\w*|verify\w*|expect|fail(?:Unless|If)\w*|fail|should(?:\.\w+)*|(?:ok|equal|deepEqual|strictEqual|notEqual|throws|same|is|like)"
    r"|raises|warns|Throws\w*|AreEqual|IsTrue|That|expect\w+)\("
)
BARE = re.compile(r"^assert\b(?!\()|\.should\.|\.to\.(be|equal|eql|have)\b")
JAVASCRIPT_ONLY = re.compile(r"^(ok|equal|deepEqual|strictEqual|notEqual|throws|same|is|like)\($")
TESTS = re.compile(
    r"^def test\w*\(|^(it|test|specify)(\.\w+)?\(|@(Test|ParameterizedTest|RepeatedTest)\b|public function test\w*\(|function test\w*\(|^\[(Test|Fact|Theory)"
)


def assertion_count(path: str, text: str, languages: Mapping[str, Language]) -> int:
    """Assertions in the file; in a file that no parser reads, lines that hold one."""
    version = Version(path, text, read_syntax(path, text, languages))
    count = sum(1 for _ in version.nodes("assert_statement"))
    for line in version.statements:
        said = re.sub(r"'[^']*'", "''", line.text)
        calls = [match.group() for match in CALLS.finditer(said)]
        named = [
            call for call in calls if "." in call or "->" in call or "::" in call or not JAVASCRIPT_ONLY.match(call)
        ]
        if version.syntax is None:
            count += bool(named or BARE.search(said))
        elif not said.startswith("assert ") or version.syntax.language not in ("python", "java"):
            count += len([call for call in named if not said.startswith(("def ", "function ", "async def "))])
    return count


def test_count(path: str, text: str, languages: Mapping[str, Language]) -> Counter[str]:
    """Test functions by name, or by statement where they have none."""
    version = Version(path, text, read_syntax(path, text, languages))
    return Counter(line.text[:120] for line in version.statements if TESTS.search(line.text))
