"""Whether a test would notice: a change, the lines that tests ran and a way to try a text in; `Protection` out.

Three questions. Did tests run every changed line that holds code? Does one fail when a small defect is put into such a
line? And is the change itself such a defect, which they let pass? (Offutt and Untch, "Mutation 2000"; the last question is
what a surviving mutant asks, turned round.)
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from agent.domain.inventory import Location
from agent.domain.verdict import FileChange, MutantResult, Protection, SuiteResult
from agent.domain.wording import counted, listed
from agent.ports import Language
from agent.validation.build_files import unreached
from agent.validation.changes import changed_lines
from agent.validation.mutation import Mutant, mutants
from agent.validation.mutation.edits import Edit, edits, small_edits
from agent.validation.syntax import Syntax, read_syntax, same_code

__all__ = ["ENOUGH", "UNDONE", "Coverage", "TryText", "measure_protection", "outcome_of"]

ENOUGH = 0.7  # of the defects that are tried must be noticed
UNDONE = "the change itself"
Coverage = Mapping[str, Mapping[int, bool]]
# (path, its text with one defect, the tests to run; empty for all) -> what they said
TryText = Callable[[str, str, Sequence[str]], SuiteResult]
DOCUMENTS = re.compile(
    r".*\.(md|rst|adoc|markdown)|(.*/)?(LICEN[CS]E|COPYING|AUTHORS|CONTRIBUTORS|CHANGE(S|LOG)|HISTORY|NEWS)[^/]*|(.*/)?\.gitignore",
    re.I,
)
# Heads and declarations for which no tool reports a line, though they hold code.
SILENT = frozenset(
    """import_declaration package_declaration class_declaration interface_declaration method_declaration
function_declaration method_definition field_declaration enum_declaration constructor_declaration import_statement
export_statement namespace_definition namespace_use_declaration function_definition class_definition using_directive
global_statement nonlocal_statement pass_statement else_clause marker_annotation annotation attribute_list file
const_declaration property_declaration local_variable_declaration interface_definition try_statement finally_clause
declare_statement record_declaration annotation_type_declaration decorator decorated_definition switch_label
namespace_declaration file_scoped_namespace_declaration generator_function_declaration""".split()
)
FIRST = 8  # tests that are tried before all others
MOST_ALIKE = 2  # edits of one kind (the same name for the same other name) that are undone one by one


@dataclass(frozen=True)
class _Changed:
    """One changed file that was parsed: the lines that hold changed code, and what was done to it."""

    change: FileChange
    syntax: Syntax
    lines: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    small: tuple[Edit, ...] = ()
    edits: int = 0


@dataclass
class _Tally:
    """What is known so far."""

    changed: int = 0
    covered: int = 0
    uncovered: list[Location] = field(default_factory=list)
    results: list[MutantResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    killers: list[str] = field(default_factory=list)  # tests that noticed something, the latest last
    selects: bool = False


def measure_protection(
    changes: Sequence[FileChange],
    coverage: Coverage | None,
    languages: Mapping[str, Language],
    try_text: TryText,
    wanted: Collection[str],
    *,
    tests_for: Callable[[str, int], Sequence[str]] = lambda *_: (),
    limit: int = 20,
    seconds: float = 900.0,
    seed: int = 0,
    same_environment: bool = True,
    selects: bool = False,
    built: Collection[str] = (),
    tests: Collection[str] = (),
    fixer_wrote: Callable[[str], bool] = lambda _: False,
) -> Protection:
    """``coverage`` is that of a run after the change (None: the runner cannot say); ``wanted`` are the IDs that must pass.

    At most ``limit`` mutants, spread over the changed lines, and as many undone edits; no more than ``seconds`` of test
    time. ``tests_for`` narrows a mutant's run to the tests that reach its line. ``same_environment`` false: the code ran
    elsewhere before (another interpreter), so that an edit taken back may well fail. ``selects``: the runner can run
    some tests only; then those that noticed an earlier defect go first. ``built`` are the files from which what ran the
    tests was made, with the change in: no test runs their lines, the build does. ``tests`` are files of the suite itself.

    What a deterministic fixer wrote (``fixer_wrote``) is meant to be the same to every test: its edits are not taken back.
    """
    tally = _Tally(selects=selects)
    files = [
        found
        for change in sorted(changes, key=lambda c: c.path)
        if change.path not in tests
        and not (change.path in built and _was_built(change, tally))
        and (found := _look(change, changes, languages, tally))
    ]
    rewritten = sum(change.path in tests for change in changes)
    if rewritten:
        tally.notes.append(
            f"whether the tests still notice what they did is not measured ({counted(rewritten, 'file')})"
        )
    chosen: list[tuple[_Changed, Mutant]] = []
    total = sum(len(file.lines) for file in files)
    for file in files:
        covered = _covered_lines(file, coverage, tally)
        share = max(1, round(limit * len(file.lines) / max(1, total)))
        after = file.change.after or ""
        made = mutants(file.change.path, after, covered, languages, limit=share, seed=seed, near=file.spans)
        chosen += [(file, mutant) for mutant in made]
    alone = same_environment and sum(file.edits for file in files) == 1 and len(changes) == 1
    doubted = [file for file in files if not fixer_wrote(file.change.path)]
    _undo(doubted, alone, languages, try_text, frozenset(wanted), limit, seconds, tally)
    alike = any(one.operator == UNDONE and one.status == "survived" for one in tally.results)
    if chosen and (alike or (tally.uncovered and coverage is not None)):
        tally.notes.append("no defects were put into the other lines: they could not change what this says")
        chosen = []
    chosen = _spread(chosen[:limit])
    for file, mutant in chosen:
        if sum(one.status == "survived" for one in tally.results) > (1 - ENOUGH) * len(chosen):
            tally.notes.append(f"{len(tally.results)} of {len(chosen)} defects were tried: too many went unnoticed")
            break
        only = tests_for(mutant.path, mutant.line)
        text = mutant.apply(file.change.after or "")
        said = _try(mutant.path, text, only, try_text, frozenset(wanted), seconds, tally)
        tally.results.append(_result(file.syntax, mutant, text, said))
    if coverage is None:
        _covered_by_mutants(files, tally)
    return Protection(
        changed_lines=tally.changed,
        covered_lines=tally.covered,
        uncovered=tuple(sorted(set(tally.uncovered), key=lambda place: (place.path, place.line))),
        mutants=tuple(sorted(tally.results, key=lambda r: (r.where.path, r.where.line, r.operator, r.after, r.before))),
        note="; ".join(dict.fromkeys(tally.notes)),
    )


def _spread(chosen: Sequence[tuple[_Changed, Mutant]]) -> list[tuple[_Changed, Mutant]]:
    """In an order in which those that are tried before the time is up lie all over the change."""
    digits = len(bin(max(1, len(chosen) - 1)))
    backwards = sorted(range(len(chosen)), key=lambda at: bin(at)[2:].zfill(digits)[::-1])
    return [chosen[at] for at in backwards]


def outcome_of(result: SuiteResult, wanted: Collection[str]) -> tuple[str, str]:
    """(status, the test that noticed) of a run with a defect: timed out, broken, killed or survived."""
    if result.stopped_by:
        return "timed out", ""
    failed = sorted(case.id for case in result.cases if case.id in wanted and case.status != "passed")
    if failed:
        return "killed", failed[0]
    if not result.cases or result.collection_errors:
        return "broken", ""
    # A run that began and then broke off without its last tests was noticed: with the change alone it came to its end.
    missing = sorted(set(wanted) - result.passed)
    if missing:
        return "killed", missing[0]
    return ("broken" if result.trouble else "survived"), ""


def _was_built(change: FileChange, tally: _Tally) -> bool:
    """Whether the change is one of a build file, whose lines no test can run; after saying what is known of it."""
    idle = unreached(change)
    if idle is None:
        return False
    if idle:
        tally.uncovered.append(Location(path=change.path))
        tally.notes.append(f"{change.path}: the way to the tests does not use {listed(idle, 3)}")
    else:
        tally.notes.append(f"{change.path} built what ran the tests; more is not known of a build file")
    return True


def _look(
    change: FileChange, changes: Sequence[FileChange], languages: Mapping[str, Language], tally: _Tally
) -> _Changed | None:
    """What of a file's change holds code; None when nothing is left to measure, after saying why."""
    path, before, after = change.path, change.before or "", change.after or ""
    if before == after and (change.before is None) == (change.after is None):
        return None
    if DOCUMENTS.fullmatch(path):
        tally.notes.append(f"{path} is text for people")
        return None
    if change.after is None:
        if not _moved_elsewhere(change, changes, languages):
            tally.uncovered.append(Location(path=path))
            tally.notes.append(f"{path} is deleted, and no test misses it")
        return None
    new = read_syntax(path, after, languages)
    if new is None or new.broken:
        tally.changed += len(changed_lines(change))
        tally.uncovered.append(Location(path=path))
        tally.notes.append(f"{path}: " + ("it does not parse" if new else "no tool says which of its lines tests run"))
        return None
    old = read_syntax(path, before, languages) if change.before is not None else None
    if old is None:
        lines = tuple(sorted(new.line_statements))
        return _Changed(change, new, lines, (), edits=max(2, len(lines))) if lines else None
    if same_code(old, new):
        return None
    if old.broken:
        code = tuple(n for n in changed_lines(change) if n in new.line_statements)
        return _Changed(change, new, code, (), edits=max(2, len(code)))
    if old.directives != new.directives:
        tally.uncovered.append(Location(path=path, line=1))
        tally.notes.append(f"{path}: its encoding line is another one")
    found = edits(old, new)
    if not found:
        return None  # local names, renamed throughout
    touched = _touched_lines(new, found) or [n for n in changed_lines(change) if n in new.line_statements]
    if not touched:
        tally.uncovered.append(Location(path=path))
        tally.notes.append(f"{path}: code changed on no line of its own")
    spans = tuple((e.start, e.end) for e in found if e.end > e.start)
    return _Changed(change, new, tuple(touched), spans, small_edits(old, new), len(found))


def _touched_lines(new: Syntax, found: Sequence[Edit]) -> list[int]:
    """Lines of new tokens; where an edit only takes away, or only moves code into or out of a block, those next to it."""
    lines: set[int] = set()
    starts = [token.start for token in new.tokens]
    for edit in found:
        own = {token.line for _, part in edit.parts for token in part if token.kind != "mark"}
        if not own:
            at = bisect_left(starts, edit.end)
            before = next((t.line for t in reversed(new.tokens[max(0, at - 6) : at]) if t.kind != "mark"), None)
            after = next((t.line for t in new.tokens[at : at + 6] if t.kind != "mark"), None)
            own = {line for line in (before, after) if line is not None}
        lines |= own
    return sorted(line for line in lines if line in new.line_statements)


def _moved_elsewhere(change: FileChange, changes: Sequence[FileChange], languages: Mapping[str, Language]) -> bool:
    """Whether nine tenths of a deleted file's code stand in files that the same change adds to."""
    old = read_syntax(change.path, change.before or "", languages)
    if old is None:
        return any(other.after == change.before for other in changes if other.before is None)
    was = Counter(t.key for t in old.tokens if t.kind != "mark")
    now: Counter[tuple[str, str]] = Counter()
    for other in changes:
        syntax = read_syntax(other.path, other.after, languages) if other.after is not None else None
        now.update(t.key for t in (syntax.tokens if syntax else ()))
    return sum((was & now).values()) >= 0.9 * max(1, sum(was.values()))


def _covered_lines(file: _Changed, coverage: Coverage | None, tally: _Tally) -> tuple[int, ...]:
    """The changed lines that tests ran. A line without a record counts as its statement does; one whose statement has
    none either is not covered, unless it is a kind that no tool records."""
    path = file.change.path
    if coverage is None:
        tally.changed += len(file.lines)
        tally.notes.append("the runner cannot say which lines ran: a line counts as run when a mutant of it was killed")
        return file.lines
    ran = coverage.get(path, {})
    covered: list[int] = []
    silent = 0
    for line in file.lines:
        state = _ran(file.syntax, line, ran)
        if state is None:
            silent += 1
            continue
        tally.changed += 1
        if state:
            covered.append(line)
        else:
            tally.uncovered.append(Location(path=path, line=line))
    tally.covered += len(covered)
    if silent == len(file.lines) and silent:
        if not ran:
            tally.uncovered.append(Location(path=path))
        tally.notes.append(f"{path}: declarations only, of which no tool says whether they ran")
    return tuple(covered)


def _ran(syntax: Syntax, line: int, ran: Mapping[int, bool]) -> bool | None:
    if line in ran:
        return ran[line]
    statements = [syntax.statements[n] for n in syntax.line_statements.get(line, ())]
    states: list[bool] = []
    for statement in statements:
        recorded = [ran[n] for n in range(statement.first_line, statement.last_line + 1) if n in ran]
        if recorded:
            states.append(ran.get(statement.first_line, any(recorded)))
        elif statement.kind not in SILENT and not _is_docstring(syntax, line):
            states.append(False)
    return all(states) if states else None


def _is_docstring(syntax: Syntax, line: int) -> bool:
    return all(
        t.kind in ("docstring", "mark")
        for t in syntax.tokens
        if t.line <= line <= t.line + t.text.count("\n") and t.kind != "mark"
    )


def _undo(
    files: Sequence[_Changed], alone: bool, languages: Mapping[str, Language], try_text: TryText,
    wanted: frozenset[str], limit: int, seconds: float, tally: _Tally,
) -> None:  # fmt: skip
    """Take back each edit that a mutator could have made: when the tests pass all the same, they cannot tell."""
    tried = 0
    alike: Counter[tuple[str, str]] = Counter()
    for file in files:
        before, after = file.change.before or "", file.change.after or ""
        for edit in file.small:
            kind = (_said(edit.old), _said(edit.new))
            alike[kind] += 1
            if alike[kind] > MOST_ALIKE and re.fullmatch(r"\w+", kind[0]) and re.fullmatch(r"[A-Za-z_]\w*", kind[1]):
                continue
            text = edit.undone(before, after)
            syntax = read_syntax(file.change.path, text, languages)
            if syntax is None or syntax.broken or text == after:
                # It cannot be taken back alone: then all of this file's changes together, which the baseline answers
                said = ("survived" if alone else "broken", "")
            elif alone:
                said = ("survived", "")  # the baseline is this run
            elif tried >= limit:
                said = ("not run", "")
            else:
                tried += 1
                said = _try(file.change.path, text, (), try_text, wanted, seconds, tally)
            where = Location(path=file.change.path, line=edit.line)
            tally.results.append(
                MutantResult(where=where, operator=UNDONE, before=kind[1], after=kind[0], status=said[0], by=said[1])  # type: ignore[arg-type]
            )


def _said(tokens: Sequence[object]) -> str:
    return " ".join(getattr(token, "text", "") for token in tokens if getattr(token, "kind", "") != "mark")[:200]


def _try(
    path: str, text: str, only: Sequence[str], try_text: TryText, wanted: frozenset[str], seconds: float, tally: _Tally
) -> tuple[str, str]:
    if tally.seconds >= seconds:
        tally.notes.append(f"not every defect was tried: {seconds:.0f} s of test time were used up")
        return "not run", ""
    if tally.selects and tally.killers and not only:
        first = tuple(dict.fromkeys(reversed(tally.killers)))[:FIRST]
        result = try_text(path, text, first)
        tally.seconds += result.seconds
        said = outcome_of(result, wanted & frozenset(first))
        if said[0] == "killed":
            tally.killers.append(said[1])
            return said
    result = try_text(path, text, only)
    tally.seconds += result.seconds
    said = outcome_of(result, wanted & frozenset(only) if only else wanted)
    if said[1]:
        tally.killers.append(said[1])
    return said


def _result(syntax: Syntax, mutant: Mutant, text: str, said: tuple[str, str]) -> MutantResult:
    line = mutant.line
    lines = text.split("\n")
    return MutantResult(
        where=Location(path=mutant.path, line=line),
        operator=mutant.operator,
        before=syntax.line_text(line),
        after=lines[line - 1].strip()[:200] if line <= len(lines) else "",
        status=said[0],  # type: ignore[arg-type]
        by=said[1],
    )


def _covered_by_mutants(files: Sequence[_Changed], tally: _Tally) -> None:
    noticed = {(r.where.path, r.where.line) for r in tally.results if r.status in ("killed", "timed out")}
    asked = {(r.where.path, r.where.line) for r in tally.results if r.status in ("killed", "timed out", "survived")}
    for file in files:
        for line in file.lines:
            place = (file.change.path, line)
            if place in noticed:
                tally.covered += 1
            elif place in asked or not noticed:
                tally.uncovered.append(Location(path=place[0], line=line))
