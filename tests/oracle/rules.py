"""The rows of all five parameters of one OCPP 1.6 log, and their summaries, straight from docs/method.md."""

import statistics
from collections import Counter
from dataclasses import dataclass, field

from tests.oracle.exchanges import Call, first_step, handshake_between, pair, steps_between
from tests.oracle.reading import Run, read_runs
from tests.oracle.rows import Row, censored, exclusion, observation
from tests.oracle.transactions import start_rows, stop_rows
from tests.oracle.triggered import triggered_rows

__all__ = ["Row", "Summary", "rows_of", "summaries_of"]

CS_PARAMETERS = (
    "triggered_function_timeout",
    "response_timeout",
    "remote_start_authorization_time",
    "remote_stop_authorization_time",
)
CSMS_PARAMETERS = ("response_timeout", "authorize_response_time")
STATION_SENDS = {
    "Authorize",
    "BootNotification",
    "Heartbeat",
    "MeterValues",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
}


def role_of(runs: list[Run]) -> str:
    """Section 1: header, then test case id, then actions that only one side may send."""
    told = [run.role for run in runs if run.role]
    if told:
        return told[0]
    calls = [record for run in runs for record in run.records if record.action in STATION_SENDS]
    return "CSMS" if calls and calls[0].sender == "tool" else "CS"


def rows_of(text: str) -> list[Row]:
    """All rows of a log, by parameter and line."""
    runs = read_runs(text)
    role = role_of(runs)
    runs = [run for run in runs if run.role in (None, role)]
    paired = [(run, pair(run)) for run in runs]
    rows: list[Row] = []
    before: list[tuple[int, object]] = []  # section 7: known from the same run or the one before it
    for run, calls in paired:
        found = _response_rows(run, calls)
        if role == "CSMS":
            found += _authorize_rows(run, calls)
        else:
            here = _transactions(calls)
            found += triggered_rows(run, calls)
            found += start_rows(run, calls)
            found += stop_rows(run, calls, before + here)
            before = here
        rows += [_with_verdict(row, run) for row in found]
    return sorted(rows, key=lambda row: (row.parameter, row.request_line))


def _transactions(calls: list[Call]) -> list[tuple[int, object]]:
    """Line of the answer and id of each transaction that a StartTransaction.conf names (section 7)."""
    return [
        (call.answer.line, call.answer.payload["transactionId"])
        for call in calls
        if call.record.is_call(sender="dut", action="StartTransaction")
        and call.answer
        and "transactionId" in call.answer.payload
    ]


def _with_verdict(row: Row, run: Run) -> Row:
    """Section 9: values of runs that did not pass are flagged and leave the headline."""
    row.test_case = run.test_case
    if run.verdict not in (None, "", "PASS") and row.kind != "exclusion":
        row.flags.add("VERDICT")
        row.in_headline = False
    return row


def _response_rows(run: Run, calls: list[Call]) -> list[Row]:
    """R1 to R3: every CALL of the tool."""
    rows = []
    for call in calls:
        if call.record.sender == "tool":
            name = call.record.action + ("/CALLERROR" if call.is_error else "")
            rows.append(_answer_row("response_timeout", run, call, (call.record.action, name)))
    return rows


def _authorize_rows(run: Run, calls: list[Call]) -> list[Row]:
    """R4: Authorize sent by the tool that plays the station."""
    rows = []
    for call in calls:
        if call.record.is_call(sender="tool", action="Authorize"):
            name = "Authorize/CALLERROR" if call.is_error else f"Authorize/{call.status}"
            rows.append(_answer_row("authorize_response_time", run, call, ("Authorize", name)))
    return rows


def _answer_row(parameter: str, run: Run, call: Call, names: tuple[str, str]) -> Row:
    """The interval from a CALL to its answer; names: combination without and with an answer."""
    plain, answered = names
    if call.repeated_at:  # P4
        return exclusion(parameter, call, "DUP_ID", combination=plain, to=call.repeated_at)
    if call.answer and call.answer_index is not None:
        if steps_between(run, call.index, call.answer_index):  # P6
            return exclusion(parameter, call, "CLOCK_STEP", combination=answered, to=call.answer)
        if call.sent_while_down and handshake_between(run, call.index, call.answer_index):  # R2
            return exclusion(parameter, call, "HANDSHAKE", combination=answered, to=call.answer)
        row = observation(parameter, call, combination=answered, start=call.record, end=call.answer)
        row.flags = call.flags | ({"CALL_ERROR"} if call.is_error else set())  # P3, P4, R2
        return row
    return _unanswered_row(parameter, run, call, plain)


def _unanswered_row(parameter: str, run: Run, call: Call, plain: str) -> Row:
    """P1, P5, R2: a CALL without an answer; ``plain``: its combination."""
    if call.lost_at:  # P1, R2
        return exclusion(parameter, call, "NO_RESP_DISCONNECT", combination=plain, to=call.lost_at)
    if call.sent_while_down:  # P5: what was sent into a lost connection says nothing of the DUT
        handshake = handshake_between(run, call.index, len(run.records))
        if handshake is None:
            return exclusion(parameter, call, "NO_RESP_DISCONNECT", combination=plain)
        return exclusion(parameter, call, "HANDSHAKE", combination=plain, to=run.records[handshake])
    if steps_between(run, call.index, len(run.records)):  # P6
        return exclusion(parameter, call, "CLOCK_STEP", combination=plain, to=first_step(run, call.index))
    row = censored(parameter, call, combination=plain, start=call.record, end=run.records[-1])
    row.flags = set(call.flags)
    return row


@dataclass
class Summary:
    """What a report says of one parameter."""

    count: int = 0
    min_ms: float | None = None
    median_ms: float | None = None
    mean_ms: float | None = None
    p95_ms: float | None = None
    max_ms: float | None = None
    unanswered: int = 0
    exceeded_by_ms: int | None = None
    """P5: the largest censored bound, where it exceeds every value."""
    exclusions: dict[str, int] = field(default_factory=dict)


def summaries_of(text: str) -> dict[str, Summary]:
    """One summary per parameter that exists for the role; statistics are over the values in the headline."""
    rows = rows_of(text)
    keys = CSMS_PARAMETERS if role_of(read_runs(text)) == "CSMS" else CS_PARAMETERS
    return {key: _summary([row for row in rows if row.parameter == key]) for key in keys}


def _summary(rows: list[Row]) -> Summary:
    counted = [row for row in rows if row.in_headline and row.value_ms is not None]
    values = sorted(row.value_ms or 0 for row in counted if row.kind == "observation")
    bounds = [row.value_ms or 0 for row in counted if row.kind == "censored"]
    summary = Summary(
        count=len(values),
        unanswered=sum(row.kind == "censored" and row.in_headline for row in rows),
        exclusions=dict(Counter(row.reason for row in rows if row.reason and row.kind == "exclusion")),
    )
    if bounds and max(bounds) > max(values, default=-1):
        summary.exceeded_by_ms = max(bounds)
    if values:
        summary.min_ms, summary.max_ms = values[0], values[-1]
        summary.median_ms = statistics.median(values)
        summary.mean_ms = statistics.fmean(values)
        summary.p95_ms = values[-(-len(values) * 95 // 100) - 1]  # nearest rank, section 2
    return summary
