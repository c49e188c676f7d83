from __future__ import annotations

import msgspec
import pytest

from perfkit.core.analysis_record import ParameterResult, Place
from perfkit.report.wording import measured_text, place_text, stated_text
from tests.perfkit.report.documents import BOUND, DIFFERENT_POLICY, DOCUMENT, MEASURED, NOT_APPLICABLE, NOT_MEASURED


@pytest.mark.parametrize(
    ("measured_s", "stated", "expected"),
    [
        (0.862, "1", "1 s"),
        (1.0001, "1", "2 s"),
        (2.0, "2", "2 s"),
        (0.5, "0.5", "0.5 s"),
        (0.6123, "500 ms", "0.613 s"),
        (1.488, "1.50", "1.49 s"),
        (0.1 + 0.2, "0.3", "0.3 s"),  # the float is above 0.3 by less than a nanosecond
        (12.0, "1e1", "12 s"),
        (0.0004, "5.0 ms", "0.0004 s"),
    ],
)
def test_measured_value_is_rounded_up_to_the_stated_decimals(measured_s: float, stated: str, expected: str) -> None:
    parameter = msgspec.structs.replace(MEASURED, measured_s=measured_s, stated_s=1.0, stated_text=stated)

    assert measured_text(parameter, DOCUMENT) == expected


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (NOT_MEASURED, "not measured"),
        (NOT_APPLICABLE, "-"),
        (BOUND, "> 35.000 s (no answer)"),
        (msgspec.structs.replace(MEASURED, stated_s=None, stated_text=None), "0.612 s"),
    ],
    ids=["not measured", "not applicable", "bound rounded down", "not stated"],
)
def test_other_headlines(parameter: ParameterResult, expected: str) -> None:
    assert measured_text(parameter, DOCUMENT) == expected


def test_digits_of_the_policy_win() -> None:
    document = msgspec.structs.replace(DOCUMENT, policy=DIFFERENT_POLICY)

    assert measured_text(MEASURED, document) == "0.62 s"


@pytest.mark.parametrize(("stated", "expected"), [("500 ms", "500 ms"), ("2.50", "2.50 s"), (None, "-")])
def test_stated_value_is_shown_as_written(stated: str | None, expected: str) -> None:
    assert stated_text(msgspec.structs.replace(MEASURED, stated_text=stated)) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(7, "a.log", 3, 3, 5), "a.log:3-5 (row 7)"),
        (Place(7, "a.log", 3, 3, None), "a.log:3 (row 7)"),
        (Place(7, "a.log", 3, 4, 5), "a.log:3, measured from line 4 to 5 (row 7)"),
        (Place(7, "a.log", 3, 4, None), "a.log:3, measured from line 4 to the end (row 7)"),
    ],
)
def test_place_names_file_lines_and_row(place: Place, expected: str) -> None:
    assert place_text(place) == expected
