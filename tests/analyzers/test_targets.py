from __future__ import annotations

from perfkit.core.sample import Flag
from perfkit_analyzers.dialects.facts import Fact, MeterReport, OtherReport, Place, StatusReport, TransactionStart
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage
from perfkit_analyzers.targets import ActionTarget, MeterTarget, StatusSetTarget, StatusTarget, Target


def offer(target: Target, line: int, fact: Fact, action: str = "StatusNotification") -> bool:
    message = OcppMessage(line, line, Direction.IN, MessageType.CALL, "1", action, b"{}")
    return target.offer(message, fact)


def report(*place: int, status: str = "Unavailable") -> StatusReport:
    return StatusReport(place, status, None)


def lines(target: Target) -> tuple[int | None, int | None]:
    return (target.first.line if target.first else None, target.last.line if target.last else None)


def unavailable(found: StatusReport) -> tuple[Flag, ...] | None:
    return () if found.status == "Unavailable" else None


def places(*numbers: int) -> frozenset[Place]:
    return frozenset((number,) for number in numbers)


def test_one_connector() -> None:
    target = StatusTarget(((1,),), unavailable)

    assert not offer(target, 1, report(2))
    assert not offer(target, 2, report(1, status="Available"))
    assert not offer(target, 3, OtherReport())
    assert not target.is_acceptable
    assert offer(target, 4, report(1))
    assert not offer(target, 5, report(1))
    assert (lines(target), target.is_complete, target.is_acceptable) == ((4, 4), True, True)


def test_a_set_is_complete_with_its_last_member_each_counts_once() -> None:
    target = StatusSetTarget(places(0, 1), frozenset(), unavailable)

    assert offer(target, 1, report(1))
    assert not offer(target, 2, report(1))
    assert not offer(target, 3, report(2))
    assert not target.is_acceptable
    assert offer(target, 4, report(0))
    assert (lines(target), target.is_complete, target.flags) == ((1, 4), True, ())


def test_members_of_unknown_status_may_stay_silent() -> None:
    target = StatusSetTarget(places(0, 1, 2), places(0, 2), unavailable)

    found = [target.is_acceptable]  # nothing came at all
    offer(target, 1, report(2))
    found.append(target.is_acceptable)  # 1 is known to differ
    offer(target, 2, report(1))
    found += [target.is_acceptable, target.is_acceptable]

    assert found == [False, False, True, True]
    assert not target.is_complete
    assert target.flags == (Flag.SET_PARTIAL,)


def test_an_open_set_takes_what_comes() -> None:
    target = StatusSetTarget(frozenset(), frozenset(), unavailable)

    assert [offer(target, line, report(connector)) for line, connector in enumerate((3, 3, 1), 1)] == [
        True,
        False,
        True,
    ]
    assert (lines(target), target.is_complete, target.is_acceptable) == ((1, 3), False, True)


def test_an_action() -> None:
    target = ActionTarget("FirmwareStatusNotification")

    assert not offer(target, 1, OtherReport(), "Heartbeat")
    assert not offer(target, 2, OtherReport("Downloading"), "FirmwareStatusNotification")
    assert offer(target, 3, OtherReport("Idle"), "FirmwareStatusNotification")
    assert not offer(target, 4, OtherReport("Idle"), "FirmwareStatusNotification")
    assert lines(target) == (3, 3)


def test_a_transaction_that_begins_is_not_what_was_triggered() -> None:
    target = ActionTarget("TransactionEvent")

    assert not offer(target, 1, TransactionStart((1,), None, None), "TransactionEvent")
    assert not offer(target, 2, OtherReport("MeterValueClock"), "TransactionEvent")
    assert offer(target, 3, OtherReport("Trigger"), "TransactionEvent")


def meter(*contexts: str, place: Place = (1,)) -> MeterReport:
    return MeterReport(place, frozenset(contexts), None)


def test_meter_values_wait_for_context_trigger_and_else_take_the_first() -> None:
    target = MeterTarget((1,))

    for line, values in enumerate(
        (meter("Trigger", place=(2,)), meter("Sample.Clock"), meter("Sample.Periodic", "Other")), 1
    ):
        assert not offer(target, line, values, "MeterValues")
    assert not target.is_acceptable
    assert not offer(target, 4, meter(), "MeterValues")
    assert not offer(target, 5, meter("Other"), "MeterValues")
    assert not target.is_complete
    assert offer(target, 6, meter("Sample.Periodic", "Trigger"), "MeterValues")
    assert (lines(target), target.is_complete, target.flags) == ((6, 6), True, ())


def test_meter_values_of_another_context_without_the_wanted_one() -> None:
    bare, other = MeterTarget((1,)), MeterTarget(())
    offer(bare, 1, meter(), "MeterValues")
    offer(bare, 2, meter("Other"), "MeterValues")
    offer(other, 1, meter("Other"), "MeterValues")

    assert bare.is_acceptable
    assert other.is_acceptable
    assert (lines(bare), bare.flags) == ((1, 1), (Flag.CONTEXT_ABSENT,))
    assert (lines(other), other.flags) == ((1, 1), ())
