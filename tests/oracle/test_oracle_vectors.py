import pytest

from tests.oracle.rules import rows_of, summaries_of
from tests.vectors import AUTHORIZE, RESPONSE, START, Vector, octt
from tests.vectors_transactions import VECTORS


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_the_oracle_agrees_with_the_hand(vector: Vector) -> None:
    found = [row for row in rows_of(vector.text) if row.parameter == vector.parameter]
    assert [
        (row.kind, row.combination, row.value_ms, (row.request_line, row.from_line, row.to_line)) for row in found
    ] == [(row.kind, row.combination, row.value_ms, row.lines) for row in vector.rows]
    assert [row.flags for row in found] == [row.flags for row in vector.rows]
    assert [row.reason for row in found if row.kind == "exclusion"] == [
        row.reason for row in vector.rows if row.kind == "exclusion"
    ]


def test_a_log_of_a_csms_yields_no_parameter_of_a_station() -> None:
    text = octt("12:00:00.000 > 1 Authorize {}\n12:00:00.050 < 1 {}", test_case="TC_010_CSMS")
    assert set(summaries_of(text)) == {RESPONSE, AUTHORIZE}
    assert {row.parameter for row in rows_of(text)} == {RESPONSE, AUTHORIZE}


def test_a_censored_bound_above_every_value_rules_the_headline() -> None:
    answered = "".join(
        f"12:00:{second:02}.000 > {second} ClearCache\n12:00:{second:02}.0{second:02} < {second} {{}}\n"
        for second in range(1, 21)
    )
    summary = summaries_of(octt(answered + "12:01:00.000 [info] end"))[RESPONSE]
    assert (summary.count, summary.min_ms, summary.median_ms, summary.mean_ms) == (20, 1, 10.5, 10.5)
    assert (summary.p95_ms, summary.max_ms, summary.exceeded_by_ms) == (19, 20, None)
    summary = summaries_of(octt(answered + "12:00:30.000 > x ClearCache\n12:01:00.000 [info] end"))[RESPONSE]
    assert (summary.max_ms, summary.unanswered, summary.exceeded_by_ms) == (20, 1, 30_000)


def test_the_net_value_leaves_out_the_answer_time_of_the_tool() -> None:
    text = octt("""
        12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Preparing"}
        12:00:01.000 > 1 RemoteStartTransaction {"idTag":"A"}
        12:00:01.073 < 1 {"status":"Accepted"}
        12:00:01.100 < a Authorize {"idTag":"A"}
        12:00:01.131 > a {"idTagInfo":{"status":"Accepted"}}
        12:00:01.400 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0}
    """)
    (row,) = (row for row in rows_of(text) if row.parameter == START)
    assert (row.value_ms, row.net_ms) == (400, 369)


def test_the_role_follows_from_who_sends_what_where_nothing_else_tells() -> None:
    call, answer = '[12:00:00.000] [{}]  [2,"1","Authorize",{{}}]\n', '[12:00:00.050] [{}]  [3,"1",{{}}]\n'
    assert set(summaries_of(call.format("msg-out") + answer.format("msg-in"))) == {RESPONSE, AUTHORIZE}
    assert AUTHORIZE not in summaries_of(call.format("msg-in") + answer.format("msg-out"))
