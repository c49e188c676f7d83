from __future__ import annotations

import pytest

from perfkit_probes.envelope import Line, even_line, lower_line


def test_the_lower_line_passes_through_the_punctual_points_and_under_the_late_ones() -> None:
    points = [(0, 1.0), (1, 3.0), (2, 5.0), (3, 19.0), (4, 9.0), (5, 12.5)]
    line = lower_line(points)
    assert line == Line(2.0, 1.0)
    assert line.lateness(points) == [0.0, 0.0, 0.0, 12.0, 0.0, 1.5]


def test_most_points_may_be_late_as_long_as_some_are_not() -> None:
    points = [(x, 10 + 0.5 * x + (x * 7 % 5)) for x in range(50)]
    line = lower_line(points)
    assert line is not None
    assert line.slope == pytest.approx(0.5)


def test_the_lowest_of_several_points_at_one_place_counts() -> None:
    assert lower_line([(0, 5.0), (0, 1.0), (2, 9.0), (2, 2.0)]) == Line(0.5, 1.0)


def test_the_even_line_is_that_of_least_squares() -> None:
    # Means 1 and 2; slope (1*1 + 0*0 + 1*2) / 2 = 1.5, hand-computed.
    assert even_line([(0, 1.0), (1, 1.0), (2, 4.0)]) == Line(1.5, 0.5)


@pytest.mark.parametrize("fit", [lower_line, even_line])
def test_one_place_gives_no_line(fit: object) -> None:
    assert callable(fit)
    assert fit([]) is None
    assert fit([(3, 1.0), (3, 2.0)]) is None
