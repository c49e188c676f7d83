from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from perfkit_analyzers.link.intervals import Cover, Interval, TimeSet, common, union, without

intervals = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def moments(pieces: list[Interval]) -> set[int]:
    return {moment for start, end in pieces for moment in range(start, end)}


@given(intervals, intervals)
def test_sets_hold_the_moments_that_the_operations_say(one: list[Interval], other: list[Interval]) -> None:
    first, second = union(one), union(other)

    assert moments(first) == moments(one)
    assert all(earlier[1] < later[0] for earlier, later in itertools.pairwise(first))
    assert moments(common(first, second)) == moments(one) & moments(other)
    assert moments(without(first, second)) == moments(one) - moments(other)


@given(intervals, st.integers(-3, 33), st.integers(0, 12))
def test_length_within_counts_moments(pieces: list[Interval], start: int, length: int) -> None:
    held = TimeSet(union(pieces)).length_within(start, start + length)

    assert held == len(moments(pieces) & set(range(start, start + length)))


@given(intervals, st.integers(-3, 33), st.integers(-3, 33))
def test_cover_finds_an_interval_with_these_bounds(pieces: list[Interval], last_start: int, first_end: int) -> None:
    found = Cover(pieces).meets(last_start, first_end)

    assert found is any(start <= last_start and end > first_end for start, end in pieces)
