from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from perfkit.core.pics.model import Dut, Pics
from perfkit_analyzers.findings import log_time
from tests.conversation import measured, pics_of, told
from tests.vectors import RESPONSE, octt

ANSWERED = "12:00:00.000 > 1 ClearCache\n12:00:00.050 < 1 {}\n"
SECONDS = "".join(f"12:00:{n:02}.000 < h{n} Heartbeat\n" for n in range(9)) + ANSWERED.replace("00.0", "20.0").replace(
    "20.050", "21.000"
)


def test_nothing_to_say_of_a_clean_log() -> None:
    assert told(ANSWERED).document.warnings == []


def test_a_log_of_seconds_is_coarse() -> None:
    found = told(SECONDS)

    assert found.result(RESPONSE).max_s == 1
    assert found.document.warnings == ["OCPP response timeout: the log resolves only 1 s"]
    (run,) = found.document.runs
    assert run.resolution_s == 1


def test_the_uncertainty_against_the_stated_value() -> None:
    """U = 0.8167 s of a log of seconds; a tenth of the stated value is 1 s, then 0.5 s."""
    assert told(SECONDS, pics=pics_of(response_timeout=10)).document.warnings == [
        "OCPP response timeout: the log resolves only 1 s"
    ]
    assert told(SECONDS, pics=pics_of(response_timeout=5)).document.warnings == [
        "OCPP response timeout: the uncertainty of 0.817 s is more than a tenth of the stated 5 s; "
        "take the comparison with care"
    ]


def test_nine_stamps_prove_no_resolution() -> None:
    nine = (
        "".join(f"12:00:{n:02}.000 < h{n} Heartbeat\n" for n in range(7))
        + "12:00:20.000 > 1 ClearCache\n12:00:21.000 < 1 {}\n"
    )
    ten = "12:00:00.000 < g Heartbeat\n" + nine

    assert [run.resolution_s for run in (*told(nine).document.runs, *told(ten).document.runs)] == [0.001, 1]


@pytest.mark.parametrize(("last", "resolution_s"), [("21.100", 0.1), ("21.110", 0.01), ("21.111", 0.001)])
def test_the_finest_stamp_sets_the_resolution(last: str, resolution_s: float) -> None:
    (run,) = told(SECONDS.replace("21.000", last)).document.runs

    assert run.resolution_s == resolution_s


def test_clock_steps() -> None:
    found = told("12:00:10.000 > 1 ClearCache\n12:00:07.500 < 1 {}\n12:00:08.000 > 2 ClearCache\n12:00:08.010 < 2 {}")

    assert found.document.warnings == [
        "the log's clock was stepped 1 time (first: -); intervals across a step are excluded"
    ]
    assert [run.clock_steps for run in found.document.runs] == [1]


def test_the_set_up_and_the_milliseconds_of_the_dut() -> None:
    body = """
        12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Available"}
        12:00:01.000 > 1 ChangeConfiguration {"key":"MinimumStatusDuration","value":"3"}
        12:00:01.050 < 1 {"status":"Accepted"}
        12:00:12.000 > 3 ChangeAvailability {"connectorId":1,"type":"Inoperative"}
        12:00:12.050 < 3 {"status":"Accepted"}
        12:00:15.080 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
    """
    warnings = told(body, pics=Pics(dut=Dut(milliseconds=False))).document.warnings

    assert warnings == [
        "MinimumStatusDuration was not 0: a fault of the set-up that delays StatusNotification (T6)",
        "the PICS says that the DUT sends no milliseconds: this concerns payload times, not the intervals",
    ]


def test_a_run_in_a_few_words() -> None:
    header = (
        "Test Case Name : TC_001_CS\nTest Start Time : 17-05-2024 12:00:00\nSystem Under Test (SUT) : CS\n"
        f"OCPP Version : OCPP 1.6\nBuild Number : 9.9\n{'-' * 60}\n"
    )
    body = "12:00:00.000 [prompt] Please plug in the cable.\n12:00:01.000 [api_dismissed] x\n12:00:02.000 < 9 {}\n" + (
        "12:00:03.000 [info] ===== Starting main testcase =====\n12:00:04.000 > 1 ClearCache\n12:00:04.050 < 1 {}"
    )
    (run,) = measured(header + octt(body, test_case="TC_001_CS")).document.runs

    assert (run.first_line, run.last_line, run.test_case, run.verdict) == (1, 15, "TC_001_CS", "PASS")
    assert (run.role, run.role_source, run.left_out, run.build) == ("charging_station", "header", None, "9.9")
    assert (run.start, run.end) == ("2024-05-17T12:00:02.000", "2024-05-17T12:00:04.050")
    assert (run.messages, run.prompts, run.phases) == (3, 1, ["main"])
    assert [(a.kind, a.count, a.lines) for a in run.anomalies] == [("ORPHAN", 1, [10])]


def test_times_without_a_date() -> None:
    assert log_time(None, dated=True) is None
    assert log_time(1_234_000_000, dated=False) == "00:00:01.234"
    assert log_time(1_234_999_999, dated=True) == "1970-01-01T00:00:01.234"


DAY_NS = 86_400 * 10**9


@pytest.mark.parametrize(
    ("stamp_ns", "text"),
    [
        (0, "1970-01-01T00:00:00.000"),
        (-1, "1969-12-31T23:59:59.999"),  # down to the millisecond before, as after 1970
        (-1_000_000, "1969-12-31T23:59:59.999"),
        (-365 * DAY_NS, "1969-01-01T00:00:00.000"),
        (DAY_NS - 1, "1970-01-01T23:59:59.999"),
        (11_016 * DAY_NS, "2000-02-29T00:00:00.000"),  # 30 * 365 days, 7 leap days, 31 of January and 28
        (11_017 * DAY_NS + 3_723_000_500_000, "2000-03-01T01:02:03.000"),
        (-36_982 * DAY_NS, "1868-09-30T00:00:00.000"),
    ],
)
def test_times_before_1970_and_on_leap_days(stamp_ns: int, text: str) -> None:
    assert log_time(stamp_ns, dated=True) == text
    assert log_time(stamp_ns, dated=False) == text[11:]


@pytest.mark.parametrize("seed", range(5))
def test_times_agree_with_the_calendar_of_the_standard_library(seed: int) -> None:
    rng = Random(seed)
    for _ in range(2_000):
        seconds = rng.randrange(-62_135_596_800, 253_402_300_800)  # 0001-01-01 to 9999-12-31
        ns = rng.randrange(10**9)
        moment = datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds + 62_135_596_800)
        clock = f"{moment:%H:%M:%S}.{ns // 10**6:03}"
        stamp_ns = seconds * 10**9 + ns

        assert log_time(stamp_ns, dated=True) == f"{moment.date().isoformat()}T{clock}"
        assert log_time(stamp_ns, dated=False) == clock
