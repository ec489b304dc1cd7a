"""What a change does to the tests, or does that only tests would notice: a change in, the reasons to refuse it out.

Only what the change adds counts: what was there before, or only moved within a function, is not held against it. One rule
is one ID with a page for the user (`pages`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from agent.domain.inventory import Location
from agent.domain.verdict import FileChange, Tampering
from agent.ports import Language
from agent.validation.changes import added_lines, changed_lines, safe_path
from agent.validation.tampering.assertions import assertion_count, test_count
from agent.validation.tampering.code import ChangedFile, Hit, Version, read_changed_file
from agent.validation.tampering.files import changed_sections, guarded, shadows
from agent.validation.tampering.literals import expected_values
from agent.validation.tampering.patterns import PATTERN_RULES, PatternRule, meaning
from agent.validation.tampering.structures import STRUCTURE_RULES, answer_table, dropped_check, pasted_expectation

__all__ = ["assertion_count", "expected_values", "guarded", "pages", "scan_change"]

MOST_HITS = 20  # of one rule in one file


def scan_change(
    changes: Sequence[FileChange],
    languages: Mapping[str, Language],
    *,
    suite_files: Collection[str] = (),
    fixer_wrote: Callable[[str], bool] = lambda _: False,
    expected: frozenset[str] = frozenset(),
) -> tuple[Tampering, ...]:
    """Every reason to refuse the change, by path and line; empty when there is none.

    ``suite_files`` are the tests and what belongs to them. ``fixer_wrote`` says of a test file that a deterministic fixer
    wrote its new text: then it may change, as long as it asserts no less. ``expected`` are the tests' constants
    (`expected_values`).
    """
    found: list[Tampering] = []
    files: list[ChangedFile] = []
    known = frozenset(suite_files)
    for change in sorted(changes, key=lambda c: c.path):
        safe_path(change.path)
        refused, test = _judge_file(change, languages, known, fixer_wrote)
        found += refused
        if not refused:
            files.append(read_changed_file(change, languages, test=test))
    for rule in PATTERN_RULES:
        found += _by_count(rule.id, rule.says, files, lambda v, r=rule: _pattern_hits(v, r), tests_too=rule.tests_too)  # type: ignore[misc]
    for name, (says, rule_hits) in STRUCTURE_RULES.items():
        found += _by_count(name, says, files, rule_hits, tests_too=True)
    found += _dropped_checks(files)
    for file in files:
        found += _values(file, expected)
        found += _names_that_look_alike(file)
    return tuple(sorted(set(found), key=lambda t: (t.where.path, t.where.line, t.rule, t.text)))


def pages() -> Mapping[str, str]:
    """Rule ID -> its page for the user."""
    found = {rule.id: rule.page for rule in PATTERN_RULES}
    for name, (_, rule) in STRUCTURE_RULES.items():
        found[name] = _one_line(rule.__doc__)
    found["dropped-check"] = _one_line(dropped_check.__doc__)
    found["pasted-expectation"] = _one_line(pasted_expectation.__doc__)
    found["answer-table"] = _one_line(answer_table.__doc__)
    return {**found, **OTHER_PAGES}


OTHER_PAGES: Mapping[str, str] = {
    "test-file": "Tests, their data and configuration, CI and coverage settings judge a change and are no part of it. Best "
    "practice: change them on their own, with a person's eyes on it.",
    "test-settings": "A section of a file that says how tests run. Best practice: change it on its own.",
    "shadowed-module": "A new file that is loaded in place of a test tool or of the standard library. Best practice: another "
    "name.",
    "fewer-assertions": "A migrated test must assert no less, and no test may go. Best practice: migrate one for one.",
    "look-alike-name": "A name with letters that look like Latin ones (UTS 39). Best practice: ASCII names.",
}


def _judge_file(
    change: FileChange,
    languages: Mapping[str, Language],
    suite_files: Collection[str],
    fixer_wrote: Callable[[str], bool],
) -> tuple[list[Tampering], bool]:
    why = guarded(change.path, suite_files)
    if why and fixer_wrote(change.path) and change.before is not None and change.after is not None:
        return list(_fewer_assertions(change, languages)), True
    if why:
        return [
            _at(change.path, min(changed_lines(change), default=0), "test-file", f"the change touches this file: {why}")
        ], True
    sections = changed_sections(change)
    if sections:
        return [_at(change.path, 0, "test-settings", f"the change alters how tests run: {', '.join(sections)}")], False
    hidden = shadows(change)
    if hidden:
        return [_at(change.path, 0, "shadowed-module", hidden)], False
    return [], False


def _fewer_assertions(change: FileChange, languages: Mapping[str, Language]) -> Iterator[Tampering]:
    before, after = change.before or "", change.after or ""
    was, now = assertion_count(change.path, before, languages), assertion_count(change.path, after, languages)
    if now < was:
        yield _at(change.path, 0, "fewer-assertions", f"{now} assertions where there were {was}")
    lost = sum(test_count(change.path, before, languages).values()) - sum(
        test_count(change.path, after, languages).values()
    )
    if lost > 0:
        yield _at(change.path, 0, "fewer-assertions", f"{lost} tests fewer than before")


def _by_count(
    rule: str, says: str, files: Sequence[ChangedFile], hits: Callable[[Version], Iterable[Hit]], *, tests_too: bool
) -> Iterator[Tampering]:
    """Hits of the new text where there are more of them than before in functions of that name, all files together."""
    looked = [file for file in files if tests_too or not file.test]
    was = Counter((hit.function, hit.kind) for file in looked for hit in hits(file.before))
    after = [(file, hit) for file in looked for hit in hits(file.after)]
    now = Counter((hit.function, hit.kind) for _, hit in after)
    more = [(file, hit) for file, hit in after if now[hit.function, hit.kind] > was[hit.function, hit.kind]]
    touched = {(hit.function, hit.kind) for file, hit in more if _touched(file, hit.line)}
    said: Counter[str] = Counter()
    for file, hit in more:
        # where a comparison of lines takes the new one for an old one that moved, all of them are shown
        if (_touched(file, hit.line) or (hit.function, hit.kind) not in touched) and said[file.path] < MOST_HITS:
            said[file.path] += 1
            yield _at(file.path, hit.line, rule, f"{says}: {hit.text[:120]}")


def _touched(file: ChangedFile, line: int) -> bool:
    """Whether the change touches the statement that starts on this line."""
    if line in file.lines or file.after.syntax is None:
        return line in file.lines
    statements = file.after.syntax.statements
    return any(s.first_line <= n <= s.last_line for s in statements if s.first_line == line for n in file.lines)


def _pattern_hits(version: Version, rule: PatternRule) -> Iterator[Hit]:
    if rule.comments:
        for number, line in enumerate(version.text.split("\n"), 1):
            match = rule.pattern.search(line[:4000])
            if match and not (
                rule.id == "hidden-text" and line.lstrip().startswith("#") and number > 2 and "coding" in match.group()
            ):
                yield Hit(number, "", line.strip()[:120])
        return
    for statement in version.statements:
        match = rule.pattern.search(statement.text)
        if match:
            # what matched is part of the count: one way out is not another one
            yield Hit(statement.number, statement.function, statement.text, meaning(match.group()))


def _dropped_checks(files: Sequence[ChangedFile]) -> Iterator[Tampering]:
    looked = [file for file in files if not file.test]
    was = sum(1 for file in looked for _ in dropped_check(file.before))
    now = sum(1 for file in looked for _ in dropped_check(file.after))
    if now < was:
        kept = Counter(hit.text for file in looked for hit in dropped_check(file.after))
        for file in looked:
            for hit in dropped_check(file.before):
                kept[hit.text] -= 1
                if kept[hit.text] < 0:
                    yield _at(file.path, 0, "dropped-check", f"the code's own assertion is gone: {hit.text}")


def _values(file: ChangedFile, expected: frozenset[str]) -> Iterator[Tampering]:
    if file.test:
        return
    for hit in pasted_expectation(file.before, file.after, expected):
        if hit.line in file.lines or file.after.syntax is None or _touched(file, hit.line):
            yield _at(
                file.path,
                hit.line,
                "pasted-expectation",
                f"a value that the tests expect now stands in the code: {hit.text}",
            )
    for hit in answer_table(file.before, file.after, expected):
        if hit.line in file.lines:
            yield _at(file.path, hit.line, "answer-table", f"one question, one answer: {hit.text[:120]}")


def _names_that_look_alike(file: ChangedFile) -> Iterator[Tampering]:
    if file.after.syntax is None:
        return
    old = {token.text for token in file.before.syntax.tokens} if file.before.syntax else set()
    lines = dict(added_lines(file.change))
    for token in file.after.syntax.tokens:
        if token.line in lines and "identifier" in token.kind and not token.text.isascii() and token.text not in old:
            name = token.text.encode("latin-1", "replace").decode("utf-8", "replace")
            if re.search(r"[A-Za-z]", name) and re.search("[\u0370-\u03ff\u0400-\u04ff\uff00-\uffef]", name):
                yield _at(file.path, token.line, "look-alike-name", f"letters of two alphabets in one name: {name!a}")


def _at(path: str, line: int, rule: str, text: str) -> Tampering:
    return Tampering(rule=rule, where=Location(path=path, line=line), text=text)


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
