from __future__ import annotations

import pickle
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from perfkit_analyzers.histogram import COUNTED_AT_ONCE, Histogram


def of(values: list[int]) -> Histogram:
    made = Histogram()
    for value in values:
        made.add(value)
    return made


def test_every_value_is_counted_whenever_one_looks() -> None:
    source = random.Random(5)
    values = [source.randrange(50) * 1_000_000 for _ in range(3 * COUNTED_AT_ONCE + 7)]
    made, seen = Histogram(), Counter[int]()

    for number, value in enumerate(values):
        made.add(value)
        seen[value] += 1
        if number % 1500 == 0:
            assert made.counts() == seen

    assert made.counts() == seen


def test_merged_is_as_if_added() -> None:
    source = random.Random(6)
    parts = [[source.randrange(9) for _ in range(size)] for size in (0, 3, COUNTED_AT_ONCE, COUNTED_AT_ONCE + 1, 2)]
    whole = Histogram()

    for part in parts:
        whole.merge(of(part))

    assert whole.counts() == Counter(value for part in parts for value in part)
    assert [of(part).counts().total() for part in parts] == [len(part) for part in parts]


def test_merging_leaves_the_other_as_it_was() -> None:
    one, other = of([1, 2]), of([2])

    one.merge(other)
    one.add(2)

    assert other.counts() == {2: 1}


def test_a_histogram_goes_from_process_to_process_whole() -> None:
    made = of([*range(COUNTED_AT_ONCE), 3, 3])

    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own bytes
    assert made != of([3])


def test_a_cleared_one_is_empty() -> None:
    made = of([*range(COUNTED_AT_ONCE), 3])
    made.clear()

    assert made == Histogram()


@given(st.lists(st.integers()))
def test_every_number_comes_back_as_it_was(values: list[int]) -> None:
    made = of(values)

    assert made.counts() == Histogram(Counter(values)).counts() == Counter(values)
    assert pickle.loads(pickle.dumps(made)).counts() == Counter(values)  # noqa: S301 - our own bytes
