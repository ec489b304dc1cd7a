"""Agreement metrics against brute force, published values and the properties that define them."""

from __future__ import annotations

import itertools
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.scoring.agreement import adjusted_rand, mojo, mojofm, pairwise_f1

labels = st.lists(st.integers(0, 4), min_size=1, max_size=12)


def partition(numbers):
    return {f"e{n}": label for n, label in enumerate(numbers)}


def canonical(numbers):
    """The same partition with labels in order of appearance."""
    seen = {}
    return tuple(seen.setdefault(number, len(seen)) for number in numbers)


def all_partitions(size):
    return sorted({canonical(numbers) for numbers in itertools.product(range(size), repeat=size)})


def neighbours(state):
    """Everything that one move (to any cluster, a new one included) or one join of two clusters makes."""
    clusters = set(state)
    for position in range(len(state)):
        for target in [*clusters, max(clusters) + 1]:
            yield canonical((*state[:position], target, *state[position + 1 :]))
    for a, b in itertools.combinations(sorted(clusters), 2):
        yield canonical(tuple(a if label == b else label for label in state))


def fewest_operations(truth):
    """Distance of every partition to ``truth``, by breadth-first search over reversed moves and joins."""
    states = all_partitions(len(truth))
    back = {state: set() for state in states}
    for state in states:
        for other in neighbours(state):
            back[other].add(state)
    distance, queue = {truth: 0}, deque([truth])
    while queue:
        state = queue.popleft()
        for other in back[state]:
            if other not in distance:
                distance[other] = distance[state] + 1
                queue.append(other)
    return distance


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_mojo_is_the_fewest_moves_and_joins_for_every_pair_of_partitions(size):
    for truth in all_partitions(size):
        distance = fewest_operations(truth)
        for found in all_partitions(size):
            assert mojo(partition(found), partition(truth)) == distance[found], (found, truth)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_mojofm_is_zero_exactly_at_the_worst_partition(size):
    for truth in all_partitions(size):
        scores = [mojofm(partition(found), partition(truth)) for found in all_partitions(size)]
        assert min(scores) == pytest.approx(0 if len(set(scores)) > 1 else 100)
        assert max(scores) == 100


def test_mojo_settles_ties_by_matching():
    # Both found clusters share most with x and with y: sent to one and the same, a join would be needed on top.
    found = partition("aabb")
    truth = partition("xyxy")
    assert mojo(found, truth) == 2
    assert mojofm(found, truth) == 0


@given(labels)
def test_equal_partitions_agree_whatever_they_are_called(numbers):
    found, renamed = partition(numbers), partition([f"s{n * 7 % 5}" for n in numbers])
    assert mojo(found, renamed) == 0
    assert mojofm(found, renamed) == 100
    assert pairwise_f1(found, renamed) == 1
    assert adjusted_rand(found, renamed) == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_metrics_stay_in_range_and_the_pairwise_ones_are_symmetric(pairs):
    first, second = partition([a for a, _ in pairs]), partition([b for _, b in pairs])
    assert 0 <= mojofm(first, second) <= 100
    assert 0 <= pairwise_f1(first, second) <= 1
    assert -1 <= adjusted_rand(first, second) <= 1
    assert adjusted_rand(first, second) == pytest.approx(adjusted_rand(second, first))
    assert pairwise_f1(first, second) == pytest.approx(pairwise_f1(second, first))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=10))
def test_pairwise_metrics_follow_their_definition(pairs):
    """Counted pair by pair, with the index in the form of Steinley 2004: it needs no sums over tables."""
    both = only_first = only_second = neither = 0
    for (a, x), (b, y) in itertools.combinations(pairs, 2):
        both += a == b and x == y
        only_first += a == b and x != y
        only_second += a != b and x == y
        neither += a != b and x != y
    first, second = partition([a for a, _ in pairs]), partition([x for _, x in pairs])
    if both + only_first + only_second:
        assert pairwise_f1(first, second) == pytest.approx(2 * both / (2 * both + only_first + only_second))
    below = (both + only_first) * (only_first + neither) + (both + only_second) * (only_second + neither)
    if below:
        expected = 2 * (both * neither - only_first * only_second) / below
        assert adjusted_rand(first, second) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([0, 0, 1, 2], [0, 0, 1, 1], 0.5714285714285714),  # scikit-learn's documented example
        ([0, 0, 0, 0], [0, 1, 2, 3], 0.0),  # the same page: a class split to pieces
        ([0, 0, 1, 1], [0, 1, 0, 1], -0.5),  # the same page: worse than chance
        # Hubert and Arabie's own form on the table of Yeung and Ruzzo (Bioinformatics 2001, supplement): 0.313
        ([0, 0, 1, 1, 1, 1, 2, 2, 2, 2], [0, 1, 0, 1, 1, 2, 2, 2, 2, 2], 0.313),
    ],
)
def test_adjusted_rand_gives_the_published_values(first, second, expected):
    assert adjusted_rand(partition(first), partition(second)) == pytest.approx(expected, abs=5e-4)


def test_different_elements_are_refused():
    with pytest.raises(ValueError, match="same elements"):
        adjusted_rand({"a": 1}, {"b": 1})
