"""Mutants that share a start: who noticed which one is told apart, and what only looks like a kill is not counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from agent.extracting.mutant_trials import Trials, spread
from agent.validation.mutation import Mutant

SOURCE = b"aaaa\nbbbb\ncccc\n"


def mutant(line: int, path: str = "a.py") -> Mutant:
    start = (line - 1) * 5
    return Mutant(path, line, "letters", start, start + 4, "x" * line + "longer")


class Program:
    """Knows which requests notice which changed line, and counts how often it is started."""

    def __init__(self, notices: Mapping[int, Collection[int]], always: Collection[int] = ()) -> None:
        self.notices, self.always, self.starts = notices, always, list[set[int]]()

    def wrong(self, files: Mapping[str, bytes], numbers: Sequence[int]) -> set[int]:
        changed = {n for n, letter in enumerate("abc", 1) if letter.encode() * 4 not in files["a.py"]}
        self.starts.append(changed)
        found = {number for line in changed for number in self.notices.get(line, ()) if number in numbers}
        return found | {number for number in numbers if changed & set(self.always)}


def trials(program: Program, asked: Sequence[Collection[int]]) -> Trials:
    mutants = [mutant(n) for n in range(1, len(asked) + 1)]
    return Trials(mutants, [frozenset(one) for one in asked], {"a.py": SOURCE}, program.wrong)


def test_mutants_of_lines_that_no_request_shares_take_one_start() -> None:
    program = Program({1: [1], 3: [5]})
    tried = trials(program, [[1, 2], [3, 4], [5, 6]])
    tried.ask(lambda n: sorted(tried.asked[n]))
    assert tried.killed == {0: 1, 2: 5}
    assert program.starts[0] == {1, 2, 3}
    assert all(len(one) == 1 for one in program.starts[1:]), "kills in company are tried in other company, or alone"


def test_mutants_of_a_line_that_every_request_runs_are_tried_alone() -> None:
    program = Program({1: [1, 2], 2: [2]})
    tried = trials(program, [[1, 2], [1, 2]])
    tried.ask(lambda n: sorted(tried.asked[n]))
    assert tried.killed == {0: 1, 1: 2}
    assert program.starts == [{1}, {2}]


def test_a_request_that_runs_the_line_of_another_is_left_out() -> None:
    program = Program({1: [1], 2: [2, 3]})
    tried = trials(program, [[1, 2], [2, 3]])
    (group,) = tried.groups({0: (1, 2), 1: (2, 3)}, frozenset())
    assert group == {0: (1,), 1: (3,)}


def test_a_defect_that_stops_the_start_kills_nobody_else() -> None:
    program = Program({}, always=[2])
    tried = trials(program, [[1], [2], [3]])
    tried.ask(lambda n: sorted(tried.asked[n]))
    assert tried.killed == {1: 2}


def test_those_that_were_killed_are_not_tried_again() -> None:
    program = Program({1: [1], 2: [4]})
    tried = trials(program, [[1], [2, 4], [3]])
    tried.ask(lambda n: sorted(tried.asked[n])[:1])
    before = len(program.starts)
    tried.ask(lambda n: sorted(tried.asked[n])[1:])
    assert tried.killed == {0: 1, 1: 4}
    assert program.starts[before:] == [{2}]
    assert tried.starts == len(program.starts)


def test_several_defects_of_one_file_stand_in_their_own_places() -> None:
    tried = trials(Program({}), [[1], [2], [3]])
    assert tried.broken((0, 2)) == {"a.py": b"xlonger\nbbbb\nxxxlonger\n"}


def test_two_defects_in_one_place_do_not_share_a_start() -> None:
    tried = trials(Program({}), [[1], [2]])
    tried.mutants = [mutant(1), mutant(1)]
    assert [set(group) for group in tried.groups({0: (1,), 1: (2,)}, frozenset())] == [{0}, {1}]


def test_spread_is_even_and_bounded() -> None:
    assert spread([1, 2, 3], 5) == [1, 2, 3]
    assert spread(list(range(100)), 3) == [0, 50, 99]
