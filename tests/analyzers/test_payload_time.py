from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit_analyzers.payload_time import payload_time_ns, time_by_the_library

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ENDINGS = ["", "Z", ".0Z", ".425Z", ".425", ",425Z", ".425123Z", "+00:00", ".5+02:00", "-05:30", "z", " Z"]


def by_datetime(text: str) -> int | None:
    """The same by the standard library alone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - EPOCH) // timedelta(microseconds=1) * 1000


@given(st.datetimes(), st.sampled_from(ENDINGS), st.sampled_from("T t_"))
@example(datetime.fromisoformat("9999-12-31T23:59:59"), ".999Z", "T")
@example(datetime.fromisoformat("2026-03-09"), "Z", "T")
def test_any_time_is_read_as_by_the_standard_library(moment: datetime, ending: str, separator: str) -> None:
    text = moment.isoformat(separator, "seconds") + ending

    assert payload_time_ns(text) == time_by_the_library(text) == by_datetime(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-09T24:00:00Z", "2026-03-09T23:60:00Z", "2026-03-09T23:59:60Z", "2026-02-29T12:00:00Z"),
        *("2026-03-09T1:00:00Z", "2026-03-09T01:00:00.4Z ", "2026-03-09T01:00:00.ABCZ", "2026-03-0901:00:00Z"),
        *("20260309T210000Z", "2026-W11-1T21:00:00Z", "2026-03-09", "2026-03-09T", "2026-03-09T21", "é026-03-09T21:00:00Z"),
        *("2026-03-09T01:00:00.", "2026-03-09T01:00:00.4", "2026-03-09T01:00:00\0", "2026-03-09T01:00:00.425Z\0", "Z"),
        *("1969-12-31T23:59:59.999Z", "2079-01-01T00:00:00Z", "2100-02-29T00:00:00Z", "2026-03-09T01:00:00ZZ"),
    ],
)  # fmt: skip
def test_odd_times_too(text: str) -> None:
    assert payload_time_ns(text) == time_by_the_library(text) == by_datetime(text)
