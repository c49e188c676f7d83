"""Which test covers each vector of the measurement rules, section 5.

Every vector of `tests.vectors*` runs through perfkit in `tests/test_against_oracle.py` (test_perfkit_agrees_with_the_hand)
and through the independent oracle in `tests/oracle/test_oracle_vectors.py`, with one hand-computed expectation. Here each
entry of the section names its vectors, or the test that covers it where it is no log.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversation import told
from tests.vectors import RESPONSE, START, STOP, TRIGGERED
from tests.vectors_transactions import VECTORS

ROOT = Path(__file__).parents[1]
NAMES = {vector.name for vector in VECTORS}

# fmt: off
SECTION_5: dict[str, tuple[str, ...]] = {
    "three stamp variants": (
        "stamp with a colon before the milliseconds, header in a summer-time zone, footer only",
        "stamp with a dot, verdict FAIL in the footer", "stamp with a date and one blank, over midnight",
    ),
    "header in summer-time zone": (
        "stamp with a colon before the milliseconds, header in a summer-time zone, footer only",
    ),
    "midnight": ("midnight without a date", "stamp with a date and one blank, over midnight"),
    "clock step": ("clock step in one interval, none in the next", "a jump of one hour is a clock step"),
    "same id both directions": ("the same id in both directions",),
    "CALLERROR": ("CALLERROR is a response",),
    "unanswered call": ("unanswered: censored at the last line of the run; the next CALL overlaps; an orphan answer",),
    "reconnect with queue and retry": (
        "connection lost before the answer; a CALL answered after the handshake",
        "reconnection in between; then a queued start after it", "the backlog is drained by the first fresh message",
        "no stop at all; a retried stop does not answer a second RemoteStop",
    ),
    "interleaved StatusNotification of another connector before .conf": (
        "ReserveNow: another connector's status before the .conf, then the own one",
    ),
    "transient Available, NOOP, Scheduled": ("ChangeAvailability: transient Available, NOOP, Scheduled",),
    "connector 0 set": (
        "ChangeAvailability(0): the last of the set; connector 2 has the status already",
        "ChangeAvailability(0): a member known to differ stays silent; then one never seen does",
        "the number of connectors is configured; all have the target already",
    ),
    "plug prompt after RemoteStart (011_1)": ("plug after the request (011_1)",),
    "plug prompt before it (010), cached id without Authorize, start before .conf": (
        "plugged in first (010): cached id, no Authorize; then a start before the .conf",
    ),
    "ConnectionTimeOut (011_2)": ("ConnectionTimeOut (011_2)",),
    "nested Authorize": ("nested Authorize, the setting is known",),
    "StopTransaction Local after RemoteStop Accepted": ("reason Local after an accepted RemoteStop",),
    "1 s-resolution log": ("stamps of one second",),
    "CSMS-role log (no CS parameters)": ("CSMS role: Authorize by status; no parameter of the station",),
    "TC_054 full sequence with NotImplemented": ("TC_054: all five messages, the last not implemented",),
    "garbage lines": ("garbage lines between",),
    "CSQ 99": ("tests/probes/radio/test_at_parsing.py::test_99_is_not_measured",),
}
# fmt: on


@pytest.mark.parametrize("entry", SECTION_5)
def test_every_entry_is_covered(entry: str) -> None:
    for name in SECTION_5[entry]:
        if "::" in name:
            path, test = name.split("::")
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")
        else:
            assert name in NAMES


def test_tc_054_as_a_document() -> None:
    """All five messages of the test case: three in the headline, one apart, one excluded."""
    vector = next(v for v in VECTORS if v.name.startswith("TC_054"))
    body = "\n".join(line for line in vector.text.splitlines()[1:-2])
    result = told(body, test_case="TC_054_CS").result(TRIGGERED)

    assert (result.count, result.max_s, result.median_s, result.min_s) == (3, 0.08, 0.07, 0.06)
    assert [(g.reason, g.count) for g in result.exclusions] == [("NOT_IMPLEMENTED", 1)]
    assert [(c.name.split("/")[1], c.in_headline, c.count) for c in result.combinations] == [
        ("DiagnosticsStatusNotification", False, 1),
        ("Heartbeat", True, 1),
        ("MeterValues", True, 1),
        ("StatusNotification", True, 1),
    ]


@pytest.mark.parametrize("parameter", [TRIGGERED, RESPONSE, START, STOP])
def test_every_station_parameter_has_vectors(parameter: str) -> None:
    assert len([vector for vector in VECTORS if vector.parameter == parameter]) >= 5
