from __future__ import annotations

import pytest

from tests.conversation import measured, told
from tests.vectors import STOP, Expected, none, octt, value

STOPPED = "RemoteStopTransaction/StopTransaction"
BEGUN = """
    12:00:00.000 < s StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:00Z"}
    12:00:00.020 > s {"transactionId":10,"idTagInfo":{"status":"Accepted"}}
"""
ASKED = """
    12:00:05.000 > 1 RemoteStopTransaction {"transactionId":10}
    12:00:05.050 < 1 {"status":"Accepted"}
"""


def stop(at: str, *, reason: str | None = "Remote", transaction: int = 10, time: str = "2024-05-17T12:00:05Z") -> str:
    stated = f',"reason":"{reason}"' if reason else ""
    return f'12:00:{at} < x{at} StopTransaction {{"transactionId":{transaction},"meterStop":9,"timestamp":"{time}"{stated}}}\n'


def one_row(body: str) -> Expected:
    (row,) = told(body).rows(STOP)
    return row


def test_from_request_to_request() -> None:
    assert one_row(BEGUN + ASKED + stop("05.300")) == value(STOPPED, 300, (4, 4, 6))


def test_before_the_answer_is_flagged_and_counts_from_the_request() -> None:
    asked = ASKED.replace("12:00:05.050", "12:00:05.350").strip().splitlines()
    body = f"{BEGUN}{asked[0]}\n{stop('05.300')}{asked[1]}"

    assert one_row(body) == value(STOPPED, 300, (4, 4, 5), "ORDER_ANOMALY")


@pytest.mark.parametrize(
    ("reason", "code"), [("Local", "OTHER_REASON"), ("EVDisconnected", "OTHER_REASON"), (None, "REASON_ABSENT")]
)
def test_another_reason(reason: str | None, code: str) -> None:
    assert one_row(BEGUN + ASKED + stop("05.300", reason=reason)) == none(code, STOPPED, 4, 6)


def test_refused_unanswered_unknown_and_silent() -> None:
    assert one_row(BEGUN + ASKED.replace("Accepted", "Rejected")) == none("REJECTED", STOPPED, 4, 5)
    assert one_row(BEGUN + ASKED.split("12:00:05.050")[0]) == none("NO_CONF", STOPPED, 4, 6)
    assert one_row(ASKED + stop("05.300")) == none("UNKNOWN_TX", STOPPED, 2, 4)
    assert one_row(BEGUN + ASKED + stop("05.300", transaction=11)) == none("NO_STOP", STOPPED, 4, 8)


def test_a_stop_made_before_the_request_was_queued() -> None:
    body = BEGUN + ASKED + stop("05.300", time="2024-05-17T12:00:00.500Z")

    assert one_row(body) == none("QUEUED", STOPPED, 4, 6)


def test_the_clean_up_of_the_next_run_knows_the_transaction_the_one_after_does_not() -> None:
    begun = octt(BEGUN, test_case="TC_001_CS")
    restore = octt(ASKED + stop("05.300"), test_case="TC_002_CS")
    between = octt("12:00:04.000 > 1 ClearCache", test_case="TC_003_CS")

    assert [row.reason for row in measured(begun + restore).rows(STOP)] == [None]
    assert [row.reason for row in measured(begun + between + restore).rows(STOP)] == ["UNKNOWN_TX"]


def test_the_row_carries_the_phase() -> None:
    phases = "12:00:04.000 [info] ===== Starting clean-up =====\n"
    found = told(BEGUN + phases + ASKED + stop("05.300"))
    (record,) = (record for record in found.records if record.row.parameter == STOP)

    assert record.row.value_ns == 300 * 10**6
    assert record.row.phase == "restore"
