"""RemoteStart to StartTransaction (section 6) and RemoteStop to StopTransaction (section 7)."""

from tests.oracle.exchanges import Call, connections, first_step, steps_between
from tests.oracle.reading import Record, Run
from tests.oracle.rows import Row, exclusion, observation
from tests.oracle.station import (
    configured,
    is_queued,
    is_reboot,
    is_status,
    plug_confirmed,
    status_before,
)
from tests.oracle.triggered import nested_authorize_ms

START = "remote_start_authorization_time"
STOP = "remote_stop_authorization_time"


def start_rows(run: Run, calls: list[Call]) -> list[Row]:
    """One row per RemoteStartTransaction of the tool."""
    return [
        _start_row(run, calls, call)
        for call in calls
        if call.record.is_call(sender="tool", action="RemoteStartTransaction")
    ]


def stop_rows(run: Run, calls: list[Call], known: list[tuple[int, object]]) -> list[Row]:
    """One row per RemoteStopTransaction of the tool; ``known``: line and id of transactions."""
    return [
        _stop_row(run, calls, call, known)
        for call in calls
        if call.record.is_call(sender="tool", action="RemoteStopTransaction")
    ]


def _refusal(call: Call) -> tuple[str, Record | None] | None:
    """The answer excludes the candidate (and P4)."""
    if call.repeated_at:
        return "DUP_ID", call.repeated_at
    if call.answer is None:
        return "NO_CONF", call.lost_at
    if call.is_error:
        return "CALL_ERROR", call.answer
    if call.status != "Accepted":
        return "REJECTED", call.answer
    return None


def _connection_change(run: Run, start: int, end: int) -> Record | None:
    """The first record between two at which the connection was lost or made."""
    epochs, downs = connections(run)
    for at in range(start + 1, min(end + 1, len(run.records))):
        if (epochs[at], downs[at]) != (epochs[at - 1], downs[at - 1]):
            return run.records[at]
    return None


def _start_row(run: Run, calls: list[Call], call: Call) -> Row:
    """Section 6: the first condition that fails names the exclusion."""
    end = _start_window(run, call)
    at = _find_start(run, call, end)
    last = end if at is None else at
    mine = call.record.payload.get("idTag")
    authorizes = [
        c
        for c in calls
        if c.record.is_call(sender="dut", action="Authorize")
        and c.record.payload.get("idTag") == mine
        and call.index < c.index < last
    ]
    setting = (configured(run, calls, "AuthorizeRemoteTxRequests", call.index) or "unknown").lower()
    name = f"AuthorizeRemoteTxRequests={setting}, {'with' if authorizes else 'without'} Authorize"
    found = _start_exclusion(run, calls, call, (at, end), authorizes)
    if found:
        reason, decided = found
        return exclusion(START, call, reason, combination=name, to=decided or (run.records[at] if at else None))
    assert at is not None
    row = observation(START, call, combination=name, start=call.record, end=run.records[at])
    row.net_ms = (row.value_ms or 0) - nested_authorize_ms(run, authorizes, call.index, at)
    if not call.answered_before(at):
        row.flags.add("ORDER_ANOMALY")
    return row


def _start_window(run: Run, call: Call) -> int:
    """The next RemoteStartTransaction that the start might answer, a disconnection, Reset or the end of the run."""
    mine = call.record.payload.get("connectorId")
    for at in range(call.index + 1, len(run.records)):
        record = run.records[at]
        if record.is_call(sender="tool", action="Reset"):
            return at
        if record.is_call(sender="tool", action="RemoteStartTransaction"):
            other = record.payload.get("connectorId")
            one_is_open = mine in (None, 0) or other in (None, 0)
            same_tag = record.payload.get("idTag") == call.record.payload.get("idTag")
            if same_tag if one_is_open else mine == other:
                return at
        if _connection_change(run, call.index, at):
            return at
    return len(run.records)


def _find_start(run: Run, call: Call, end: int) -> int | None:
    """Condition 4: same idTag and, if given, connectorId."""
    connector = call.record.payload.get("connectorId")
    for at in range(call.index + 1, end):
        record = run.records[at]
        if (
            record.is_call(sender="dut", action="StartTransaction")
            and record.payload.get("idTag") == call.record.payload.get("idTag")
            and connector in (None, record.payload.get("connectorId"))
        ):
            return at
    return None


def _start_exclusion(
    run: Run, calls: list[Call], call: Call, ends: tuple[int | None, int], authorizes: list[Call]
) -> tuple[str, Record | None] | None:
    """The first condition of section 6 that fails, with the line that decided."""
    at, window_end = ends
    last = window_end if at is None else at
    if refused := _refusal(call):
        return refused
    connector = _start_connector(run, call, at)
    if spoiled := _spoiled(run, calls, connector, (call.index, last)):
        return spoiled
    for nested in (authorize for authorize in authorizes if not authorize.repeated_at):
        if not nested.answered_before(last) or nested.is_error or nested.status != "Accepted":
            return "AUTH_REFUSED", nested.answer or nested.record
    if at is not None and is_queued(run, calls, at, call.record.at_ms):
        return "QUEUED", run.records[at]
    if found := _plug_exclusion(run, connector, call.index, last):
        return found
    for record in run.records[call.index + 1 : last]:
        if record.needs_operator:
            return "OPERATOR", record
    return None if at is not None else ("NO_START", None)


def _spoiled(
    run: Run, calls: list[Call], connector: int | None, ends: tuple[int, int]
) -> tuple[str, Record | None] | None:
    """What must not happen between the two requests: clock step, disconnection, reboot, fault, reversion."""
    start, end = ends
    if steps_between(run, start, end):
        return "CLOCK_STEP", run.records[end] if end < len(run.records) else first_step(run, start)
    if change := _connection_change(run, start, end):
        return "DISCONNECT", change
    for index in range(start + 1, min(end + 1, len(run.records))):
        reset = run.records[index].is_call(sender="tool", action="Reset")
        if reset or is_reboot(run, calls, index):
            return "REBOOT", run.records[index]
    for judge in (_faulted, _reverted):
        if decided := judge(run, connector, start, end):
            return {_faulted: "FAULTED", _reverted: "CONNECTION_TIMEOUT"}[judge], decided
    return None


def _start_connector(run: Run, call: Call, at: int | None) -> int | None:
    """The connector a remote start concerns: the one given, else the one that started; None unknown."""
    given = call.record.payload.get("connectorId")
    if given is None and at is not None:
        given = run.records[at].payload.get("connectorId")
    return given if isinstance(given, int) else None


def _faulted(run: Run, connector: int | None, start: int, end: int) -> Record | None:
    """Condition 5: Faulted in between, on the connector or on the whole station (0)."""
    for record in run.records[start + 1 : end]:
        here = connector is None or record.payload.get("connectorId") in (connector, 0)
        if is_status(record, status="Faulted") and here:
            return record
    return None


def _reverted(run: Run, connector: int | None, start: int, end: int) -> Record | None:
    """Condition 5: Preparing → Available in between (ConnectionTimeOut)."""
    for at in range(start + 1, min(end, len(run.records))):
        record = run.records[at]
        before = status_before(run, record.payload.get("connectorId", 0), at)
        if is_status(record, connector, "Available") and before == "Preparing":
            return record
    return None


def _plug_exclusion(run: Run, connector: int | None, start: int, end: int) -> tuple[str, Record | None] | None:
    """Conditions 2 and 3: the cable is in before the request and nobody plugs in between."""
    for at in range(start + 1, min(end, len(run.records))):
        if run.records[at].prompt_kind == "plug":
            return "WAIT_PLUG", run.records[at]
    for at in range(start + 1, min(end, len(run.records))):
        record = run.records[at]
        before = status_before(run, record.payload.get("connectorId", 0), at)
        if is_status(record, connector, "Preparing") and before == "Available":
            return "WAIT_PLUG", record
    if connector is None:
        return _plug_state_anywhere(run, start)
    return _plug_state(run, connector, start)


def _plug_state(run: Run, connector: int, start: int) -> tuple[str, Record | None] | None:
    """Condition 3 for one connector."""
    status = status_before(run, connector, start)
    if status == "Preparing":
        return None
    if status == "Available":
        return "WAIT_PLUG", None
    if status in ("Finishing", "Reserved"):
        since = max(at for at in range(start) if is_status(run.records[at], connector))
        if plug_confirmed(run, connector, since, start):
            return None
    return "PLUG_STATE_UNKNOWN", None


def _plug_state_anywhere(run: Run, start: int) -> tuple[str, Record | None] | None:
    """No connector named and none started: plugged in anywhere is plugged in; else Available anywhere."""
    seen = {int(record.payload.get("connectorId", 0)) for record in run.records[:start] if is_status(record)}
    states = [_plug_state(run, connector, start) for connector in sorted(seen - {0})]
    if None in states:
        return None
    waiting = [state for state in states if state and state[0] == "WAIT_PLUG"]
    return waiting[0] if waiting else ("PLUG_STATE_UNKNOWN", None)


def _stop_row(run: Run, calls: list[Call], call: Call, known: list[tuple[int, object]]) -> Row:
    """Section 7."""
    name = "RemoteStopTransaction/StopTransaction"
    end = _stop_window(run, call)
    at = _find_stop(run, call, end)
    found = _stop_exclusion(run, calls, call, (at, end), known)
    if found:
        reason, decided = found
        return exclusion(STOP, call, reason, combination=name, to=decided or (run.records[at] if at else None))
    assert at is not None
    row = observation(STOP, call, combination=name, start=call.record, end=run.records[at])
    row.net_ms = (row.value_ms or 0) - nested_authorize_ms(run, calls, call.index, at)
    if not call.answered_before(at):
        row.flags.add("ORDER_ANOMALY")
    return row


def _stop_window(run: Run, call: Call) -> int:
    """The next RemoteStopTransaction of the same transaction, or the end of the run."""
    wanted = call.record.payload.get("transactionId")
    for at in range(call.index + 1, len(run.records)):
        record = run.records[at]
        again = record.is_call(sender="tool", action="RemoteStopTransaction")
        if again and record.payload.get("transactionId") == wanted:
            return at
    return len(run.records)


def _find_stop(run: Run, call: Call, end: int) -> int | None:
    wanted = call.record.payload.get("transactionId")
    for at in range(call.index + 1, end):
        record = run.records[at]
        stop = record.is_call(sender="dut", action="StopTransaction")
        if stop and record.payload.get("transactionId") == wanted:
            return at
    return None


def _stop_exclusion(
    run: Run,
    calls: list[Call],
    call: Call,
    ends: tuple[int | None, int],
    known: list[tuple[int, object]],
) -> tuple[str, Record | None] | None:
    """The first condition of section 7 that fails; order of the codes in the rules, section 4.5."""
    at, window_end = ends
    last = window_end if at is None else at
    if refused := _refusal(call):
        return refused
    wanted = call.record.payload.get("transactionId")
    if not any(line < call.record.line and number == wanted for line, number in known):
        return "UNKNOWN_TX", None
    if at is not None and (reason := run.records[at].payload.get("reason", "absent")) != "Remote":
        return ("REASON_ABSENT" if reason == "absent" else "OTHER_REASON"), run.records[at]
    if steps_between(run, call.index, last):
        return "CLOCK_STEP", first_step(run, call.index) if at is None else run.records[at]
    if change := _connection_change(run, call.index, last):
        return "DISCONNECT", change
    if at is not None and is_queued(run, calls, at, call.record.at_ms):
        return "QUEUED", run.records[at]
    for record in run.records[call.index + 1 : last]:
        if record.needs_operator:
            return "OPERATOR", record
    return None if at is not None else ("NO_STOP", None)
