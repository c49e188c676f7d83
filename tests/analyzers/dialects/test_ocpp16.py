from __future__ import annotations

import msgspec
import pytest

from perfkit_analyzers.actions import CSMS_ACTIONS, STATION_ACTIONS
from perfkit_analyzers.dialects.facts import (
    STATION_CONNECTOR,
    WHOLE_STATION,
    Answer,
    ChangeAvailability,
    ConfigurationWrite,
    Fact,
    MeterReport,
    RemoteStart,
    RemoteStop,
    Reserve,
    StatusReport,
    TransactionStart,
    TransactionStop,
    Trigger,
    contains,
    overlaps,
)
from perfkit_analyzers.dialects.ocpp16 import answers, calls
from perfkit_analyzers.dialects.table import OCPP_2, OCPP_16, dialect_for_action, dialect_for_version


def raw(text: str) -> bytes:
    return text.encode()


@pytest.mark.parametrize(
    ("action", "payload", "fact"),
    [
        (
            "StatusNotification",
            '{"connectorId":0,"errorCode":"NoError","status":"Faulted"}',
            StatusReport(STATION_CONNECTOR, "Faulted", None),
        ),
        ("RemoteStartTransaction", '{"idTag":"A"}', RemoteStart(WHOLE_STATION, "a")),
        ("RemoteStartTransaction", '{"idTag":"A","connectorId":2}', RemoteStart((2,), "a")),
        ("RemoteStopTransaction", '{"transactionId":10.000000}', RemoteStop("10")),
        ("ReserveNow", '{"connectorId":0,"reservationId":5,"idTag":"A"}', Reserve(WHOLE_STATION, 5)),
        ("ReserveNow", '{"connectorId":1,"reservationId":5,"idTag":"A"}', Reserve((1,), 5)),
        ("ChangeAvailability", '{"connectorId":0,"type":"Inoperative"}', ChangeAvailability(WHOLE_STATION, False)),
        ("ChangeAvailability", '{"connectorId":1,"type":"Operative"}', ChangeAvailability((1,), True)),
        ("TriggerMessage", '{"requestedMessage":"Heartbeat"}', Trigger("Heartbeat", WHOLE_STATION)),
        (
            "ExtendedTriggerMessage",
            '{"requestedMessage":"Heartbeat"}',
            Trigger("Heartbeat", WHOLE_STATION, extended=True),
        ),
        ("ChangeConfiguration", '{"key":"k","value":"v"}', ConfigurationWrite((("k", "v"),))),
        (
            "StartTransaction",
            '{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"t"}',
            TransactionStart((1,), "a", "t"),
        ),
        ("StopTransaction", '{"transactionId":10,"timestamp":"t"}', TransactionStop("10", None, "t")),
        (
            "MeterValues",
            '{"connectorId":1,"meterValue":[{"timestamp":"t","sampledValue":[{"value":"1","context":"Trigger"},{"value":"2"}]}]}',
            MeterReport((1,), frozenset({"Trigger"}), "t"),
        ),
    ],
)
def test_what_calls_mean(action: str, payload: str, fact: Fact) -> None:
    assert calls[action](raw(payload)) == fact


@pytest.mark.parametrize(
    ("action", "payload", "answer"),
    [
        ("Authorize", '{"idTagInfo":{"status":"Blocked"}}', Answer("Blocked")),
        (
            "StartTransaction",
            '{"transactionId":10,"idTagInfo":{"status":"Accepted"}}',
            Answer("Accepted", transaction_id="10"),
        ),
        (
            "BootNotification",
            '{"status":"Accepted","interval":300,"currentTime":"t"}',
            Answer("Accepted", interval_s=300),
        ),
        (
            "GetConfiguration",
            '{"configurationKey":[{"key":"HeartbeatInterval","readonly":true,"value":"1"},'
            '{"key":"NumberOfConnectors","readonly":true},{"key":"NoRuleReadsThis","readonly":true,"value":"2"}]}',
            Answer(configuration=(("HeartbeatInterval", "1"),)),
        ),
        ("ReserveNow", '{"status":"Occupied"}', Answer("Occupied")),
    ],
)
def test_what_answers_say(action: str, payload: str, answer: Answer) -> None:
    assert answers[action](raw(payload)) == answer


def test_a_payload_of_another_shape_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="missing required field `idTag`"):
        calls["RemoteStartTransaction"](raw("{}"))


@pytest.mark.parametrize("dialect", [OCPP_16, OCPP_2], ids=["1.6", "2.x"])
def test_every_action_is_one_of_the_standards(dialect: object) -> None:
    known = STATION_ACTIONS | CSMS_ACTIONS
    for table in (getattr(dialect, "calls"), getattr(dialect, "answers")):  # noqa: B009 - a module as protocol
        assert set(table) <= known


def test_no_action_belongs_to_both_sides() -> None:
    assert frozenset() == STATION_ACTIONS & CSMS_ACTIONS


def test_places() -> None:
    assert contains(WHOLE_STATION, (1, 2))
    assert contains((1,), (1, 2))
    assert not contains((1, 2), (1,))
    assert overlaps((1, 2), (1,))
    assert not overlaps((1,), (2,))


def test_versions() -> None:
    assert dialect_for_version("1.6") is OCPP_16
    assert dialect_for_version("2.0.1") is OCPP_2
    assert dialect_for_version("2.1") is OCPP_2
    assert dialect_for_version("1.5") is None
    assert dialect_for_version(None) is None
    assert dialect_for_action("StartTransaction") is OCPP_16
    assert dialect_for_action("TransactionEvent") is OCPP_2
    assert dialect_for_action("Heartbeat") is None
