from __future__ import annotations

import pytest

from perfkit.core.policy import Aggregate, Policy
from tests.conversation import measured, pics_of, told
from tests.vectors import AUTHORIZE, RESPONSE, START, STOP, TRIGGERED, octt


def answers(*values_ms: int, first_s: int = 0) -> str:
    """ClearCache, one per second, each answered after its time."""
    return "".join(
        f"12:{(first_s + n) // 60:02}:{(first_s + n) % 60:02}.000 > {n} ClearCache\n"
        f'12:{(first_s + n) // 60:02}:{(first_s + n) % 60:02}.{value:03} < {n} {{"status":"Accepted"}}\n'
        for n, value in enumerate(values_ms)
    )


def test_statistics_headline_place_and_budget() -> None:
    found = told(answers(10, 40, 20, 40)).result(RESPONSE)

    assert (found.count, found.min_s, found.median_s, found.mean_s) == (4, 0.01, 0.03, 0.0275)
    assert (found.p95_s, found.max_s, found.measured_s, found.headline) == (0.04, 0.04, 0.04, "0.04 s")
    assert found.measured_at is not None
    assert (found.measured_at.request_line, found.measured_at.to_line) == (4, 5)  # the earlier of the two
    assert found.coverage == pytest.approx(0.05 ** (1 / 4))
    assert found.uncertainty_s == pytest.approx(0.02043, abs=5e-6)
    assert [round(term.u_s * 1000, 3) for term in found.uncertainty_terms] == [0.408, 10.206]
    assert (found.outcome, found.reason, found.unanswered, found.longest_wait_s) == ("measured", None, 0, None)


@pytest.mark.parametrize(
    ("stated_s", "comparison"),
    # x = 0.5 s, U = 0.0204287… s
    [(0.5205, "within"), (0.5204, "within, inside uncertainty"), (0.5, "within, inside uncertainty"),
     (0.499, "above, inside uncertainty"), (0.4796, "above, inside uncertainty"), (0.4795, "above")],
)  # fmt: skip
def test_comparison(stated_s: float, comparison: str) -> None:
    found = told(answers(500), pics=pics_of(response_timeout=stated_s)).result(RESPONSE)

    assert (found.stated_s, found.comparison) == (stated_s, comparison)


def test_not_stated() -> None:
    assert told(answers(500)).result(RESPONSE).comparison == "not stated"


@pytest.mark.parametrize(("aggregate", "measured_s"), [("max", 0.021), ("p95", 0.020), ("median", 0.011)])
def test_the_headline_by_policy(aggregate: str, measured_s: float) -> None:
    """1 to 21 ms: nearest rank ceil(19.95) = 20."""
    policy = Policy(aggregate=Aggregate(aggregate))
    found = told(answers(*range(1, 22)), pics=pics_of(policy)).result(RESPONSE)

    assert found.measured_s == measured_s
    assert (found.measured_at is not None) == (aggregate == "max")


# --- unanswered -----------------------------------------------------------------------------------------------------

UNANSWERED = "12:00:30.000 > x GetConfiguration\n"


def waiting(seconds: float) -> str:
    return f"12:00:{30 + seconds:06.3f} [info] Waiting\n"


def test_a_wait_beyond_the_largest_value_is_the_headline() -> None:
    found = told(answers(500) + UNANSWERED + waiting(5)).result(RESPONSE)

    assert found.headline == "> 5 s (no answer)"
    assert (found.measured_s, found.measured_is_lower_bound, found.max_s) == (5, True, 0.5)
    assert (found.count, found.unanswered, found.longest_wait_s) == (1, 1, 5)
    assert found.measured_at is not None
    assert (found.measured_at.request_line, found.measured_at.to_line) == (4, 7)


def test_a_shorter_wait_is_only_counted() -> None:
    found = told(answers(500) + UNANSWERED + waiting(0.5)).result(RESPONSE)

    assert (found.headline, found.measured_is_lower_bound, found.unanswered) == ("0.5 s", False, 1)


@pytest.mark.parametrize(("seconds", "headline"), [(0.5, "0.5 s"), (0.501, "> 0.501 s (no answer)")])
def test_the_border_between_value_and_wait(seconds: float, headline: str) -> None:
    assert told(answers(500) + UNANSWERED + waiting(seconds)).result(RESPONSE).headline == headline


@pytest.mark.parametrize("aggregate", list(Aggregate))
def test_no_aggregate_hides_a_wait(aggregate: Aggregate) -> None:
    found = told(answers(100, 500) + UNANSWERED + waiting(5), pics=pics_of(Policy(aggregate=aggregate))).result(
        RESPONSE
    )

    assert found.headline == "> 5 s (no answer)"


@pytest.mark.parametrize(
    ("stated_s", "comparison"), [(30, None), (5, None), (4.99, "above, inside uncertainty"), (2, "above")]
)
def test_a_lower_bound_is_never_within(stated_s: float, comparison: str | None) -> None:
    body = answers(500) + UNANSWERED + waiting(5)
    found = told(body, pics=pics_of(response_timeout=stated_s)).result(RESPONSE)

    assert found.comparison == comparison


# --- nothing measured -----------------------------------------------------------------------------------------------


def test_why_nothing_was_measured() -> None:
    found = told(
        UNANSWERED
        + """
        12:00:31.000 > 1 RemoteStopTransaction {"transactionId":10}
        12:00:31.050 < 1 {"status":"Rejected"}
        """
    )
    reasons = {entry.key: (entry.outcome, entry.reason) for entry in found.document.parameters}
    assert reasons[TRIGGERED] == ("not_measured", "no candidate in the logs")
    assert reasons[START] == ("not_measured", "no candidate in the logs")
    assert reasons[STOP] == ("not_measured", "the only candidate was excluded")
    assert reasons[AUTHORIZE] == ("not_applicable", "CSMS only (A.4)")
    assert not found.document.complete


def test_requests_that_were_never_answered_are_candidates() -> None:
    found = told(UNANSWERED + waiting(5)).result(RESPONSE)

    assert (found.outcome, found.count, found.unanswered, found.longest_wait_s) == ("not_measured", 0, 1, 5)
    assert found.reason == "of 1 candidate, 1 never came to an end"
    assert (found.comparison, found.coverage, found.uncertainty_s, found.headline) == (None, None, None, None)


def test_only_values_of_failed_runs() -> None:
    found = told(answers(500), verdict="FAIL").result(RESPONSE)

    assert (found.outcome, found.count, found.set_aside) == ("not_measured", 0, 1)
    assert found.reason == "1 value comes from runs without verdict PASS"


def test_no_role_at_all() -> None:
    found = measured('[12:00:00.000] [msg-out]  [2,"1","DataTransfer",{}]\n[12:00:00.050] [msg-in]  [3,"1",{}]\n')

    assert {entry.reason for entry in found.document.parameters} == {"no run tells the role of the DUT"}
    assert found.document.dut.type is None
    assert found.document.warnings == [
        "1 run was left out: nothing tells whether the DUT is a charging station or a CSMS (first: -)"
    ]


# --- still to measure -----------------------------------------------------------------------------------------------


def test_what_is_still_to_be_measured() -> None:
    found = told("""
        12:00:00.000 > 1 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:00.050 < 1 {"status":"Accepted"}
        12:00:00.080 < h Heartbeat
    """).document
    missing = {(entry.parameter, entry.combination) for entry in found.still_to_measure}

    assert missing == {
        (TRIGGERED, "CancelReservation/StatusNotification"),
        (TRIGGERED, "ReserveNow/StatusNotification"),
        (TRIGGERED, "ChangeAvailability/StatusNotification"),
        (TRIGGERED, "TriggerMessage/MeterValues"),
        (TRIGGERED, "TriggerMessage/StatusNotification"),
        (START, "RemoteStartTransaction/StartTransaction"),
        (STOP, "RemoteStopTransaction/StopTransaction"),
    }
    cancel = next(e for e in found.still_to_measure if e.combination.startswith("Cancel"))
    assert cancel.test_cases == ["TC_051_CS"]


def test_logs_of_2x_name_no_test_case_of_1_6() -> None:
    found = told("""
        12:00:00.000 > 1 ChangeAvailability {"operationalStatus":"Inoperative"}
        12:00:00.050 < 1 {"status":"Accepted"}
        12:00:00.080 > 2 GetVariables {"getVariableData":[]}
        12:00:00.090 < 2 {"getVariableResult":[]}
    """).document
    missing = {(entry.parameter, entry.combination) for entry in found.still_to_measure}

    assert found.basis == "by analogy"
    assert (START, "RequestStartTransaction/TransactionEvent") in missing
    assert (STOP, "RequestStopTransaction/TransactionEvent") in missing
    assert {case for entry in found.still_to_measure for case in entry.test_cases} == set()


def test_exclusions_are_sorted_by_count_and_name_their_rule() -> None:
    refused = "".join(
        f'12:00:0{n}.000 > {n} TriggerMessage {{"requestedMessage":"Heartbeat"}}\n12:00:0{n}.050 < {n} {{"status":"{status}"}}\n'
        for n, status in enumerate(["NotImplemented", "Rejected", "Rejected"])
    )
    found = told(refused).result(TRIGGERED)

    assert [(g.reason, g.rule, g.count, [r.request_line for r in g.rows]) for g in found.exclusions] == [
        ("REJECTED", "T1", 2, [4, 6]),
        ("NOT_IMPLEMENTED", "T1", 1, [2]),
    ]


def test_the_coarsest_run_sets_the_resolution() -> None:
    seconds = (
        "".join(f"12:00:{n:02}.000 < h{n} Heartbeat\n" for n in range(9))
        + "12:00:20.000 > 1 ClearCache\n12:00:21.000 < 1 {}\n"
    )
    fine, coarse = octt(answers(40).replace("ClearCache", "GetConfiguration")), octt(seconds)

    for log in (fine + coarse, coarse + fine):
        found = measured(log).result(RESPONSE)
        assert found.resolution_s == 1
        assert found.uncertainty_s == pytest.approx(2 * (0.408248**2 + 0.0102062**2) ** 0.5, rel=1e-5)
