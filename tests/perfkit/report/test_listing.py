from __future__ import annotations

from perfkit.core.sample import Reason, RowKind
from perfkit.report.listing import excluded_line, skipped_line, too_many_skipped
from tests.perfkit.report.documents import DOCUMENT, Sample, response_row


def test_skipped_line_has_place_reason_and_text() -> None:
    assert skipped_line("logs/\x1b.log", DOCUMENT.skipped.lines[0]) == "logs/\\x1b.log:5: JSON: [2,"


def test_too_many_skipped_says_how_many_of_what() -> None:
    assert too_many_skipped(DOCUMENT) == (
        "2 of 12 lines that should be messages could not be read (16.7 %, allowed are 5.0 %), so no figures are given"
    )


def test_excluded_request_has_both_ends() -> None:
    row = response_row(None, kind=RowKind.EXCLUSION, reason=Reason.CLOCK_STEP)

    assert excluded_line(Sample(4, row)) == (
        "a.log:3-5: CLOCK_STEP response_timeout Reset: the clock of the log was stepped inside the interval (row 4)"
    )


def test_value_is_not_excluded() -> None:
    assert excluded_line(Sample(4, response_row())) is None
