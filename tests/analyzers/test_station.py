from __future__ import annotations

import pytest

from perfkit_analyzers.dialects.facts import (
    STATION_CONNECTOR,
    WHOLE_STATION,
    Answer,
    Booted,
    ConfigurationWrite,
    Fact,
    OtherReport,
    Reset,
    StatusReport,
    TransactionStart,
    TransactionStop,
)
from perfkit_analyzers.dialects.table import OCPP_2, OCPP_16
from perfkit_analyzers.exchange import Ending, Exchange
from perfkit_analyzers.message import Narration, NarrationKind
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage
from perfkit_analyzers.payload_time import payload_time_ns
from perfkit_analyzers.station import Station

S = 10**9
NOON = 12 * 3600 * S  # of 1970-01-01: the log tells no date


def call(at_s: float, action: str = "X", payload: str = "{}") -> OcppMessage:
    raw = payload.encode()
    return OcppMessage(1, NOON + round(at_s * S), Direction.IN, MessageType.CALL, "1", action, raw)


def tell(station: Station, fact: Fact, at_s: float = 0, action: str = "X") -> None:
    station.take_call(call(at_s, action), fact)


def reply(station: Station, fact: Fact, answer: Answer | None, at_s: float = 0) -> None:
    made = call(at_s)
    exchange = Exchange(made, made, Ending.ANSWERED, made.stamp_ns, 1)
    station.take_answer(exchange, fact, answer)


def narrate(station: Station, kind: NarrationKind, text: str = "") -> None:
    station.take_narration(Narration(1, NOON, kind, text))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:01Z", 1),
        ("1970-01-01T00:00:01.5Z", 1.5),
        ("1970-01-01T02:00:01+02:00", 1),
        ("1970-01-01T00:00:01", 1),
        ("1970-01-01T00:00:00.123456Z", 0.123456),
    ],
)
def test_payload_time(text: str, seconds: float) -> None:
    assert payload_time_ns(text) == round(seconds * S)


@pytest.mark.parametrize("text", [None, "", "yesterday", "1970-13-01T00:00:00Z"])
def test_no_payload_time(text: str | None) -> None:
    assert payload_time_ns(text) is None


@pytest.mark.parametrize(
    ("statuses", "cable_in"),
    [
        (["Preparing"], True), (["Charging", "Unavailable"], True), (["Finishing", "Reserved"], True),
        (["Preparing", "Available", "Unavailable"], False), (["Unavailable"], None), (["Reserved", "Faulted"], None),
    ],
)  # fmt: skip
def test_the_cable_by_status(statuses: list[str], cable_in: bool | None) -> None:
    station = Station(OCPP_16)
    for status in statuses:
        tell(station, StatusReport((1,), status, None))

    assert station.cable_in((1,)) is cable_in
    assert station.status((1,)) == statuses[-1]
    assert station.cable_in((2,)) is None


def test_the_cable_by_prompt() -> None:
    station = Station(OCPP_16)
    tell(station, StatusReport((1,), "Reserved", None))
    narrate(station, NarrationKind.PROMPT, "Please plug in your cable")
    assert not station.plug_confirmed_since_status((1,))
    narrate(station, NarrationKind.PROMPT_DISMISSED)
    assert station.plug_confirmed_since_status((1,))
    assert station.cable_in((1,)) is True
    tell(station, StatusReport((1,), "Reserved", None))
    assert not station.plug_confirmed_since_status((1,))
    narrate(station, NarrationKind.PROMPT, "Please unplug the cable")
    assert station.cable_in((1,)) is None


def test_a_prompt_for_a_connector_concerns_that_one() -> None:
    station = Station(OCPP_16)
    for connector in (0, 1, 2):
        tell(station, StatusReport((connector,), "Finishing" if connector else "Available", None))
    narrate(station, NarrationKind.PROMPT, "Please plug in at connectorId 2")
    narrate(station, NarrationKind.PROMPT_DISMISSED)

    assert [station.plug_confirmed_since_status((n,)) for n in (1, 2)] == [False, True]


def test_members() -> None:
    station = Station(OCPP_16)
    assert station.members() == frozenset()
    tell(station, StatusReport(STATION_CONNECTOR, "Available", None))
    assert station.members() == frozenset()  # connector 0 alone counts no connectors
    tell(station, StatusReport((2,), "Available", None))
    assert station.members() == {(0,), (1,), (2,)}
    reply(station, ConfigurationWrite((("NumberOfConnectors", "3"),)), Answer("Accepted"))
    assert station.members() == {(0,), (1,), (2,), (3,)}
    later = Station(OCPP_2, connector_count=5)
    tell(later, StatusReport((1, 1), "Available", None))
    assert later.members() == {(1, 1)}


def reboots(station: Station) -> bool:
    return station.rebooting


def test_a_reboot_lasts_until_a_status_follows_the_accepted_boot() -> None:
    station = Station(OCPP_16)
    reply(station, Reset(), Answer("Rejected"))
    assert not reboots(station)
    reply(station, Reset(), Answer("Accepted"))
    assert reboots(station)
    tell(station, StatusReport((1,), "Available", None))
    assert reboots(station)
    tell(station, Booted())
    reply(station, Booted(), Answer("Pending", interval_s=5))
    tell(station, StatusReport((1,), "Available", None))
    assert reboots(station)
    reply(station, Booted(), Answer("Accepted", interval_s=5))
    assert reboots(station)
    tell(station, StatusReport((1,), "Available", None))
    assert not reboots(station)


def test_a_configuration_counts_when_it_was_accepted() -> None:
    station = Station(OCPP_16)
    for status, value in (("Rejected", "1"), ("NotSupported", "2"), ("Accepted", "3"), ("RebootRequired", "4")):
        reply(station, ConfigurationWrite((("HeartbeatInterval", value),)), Answer(status))
        assert station.heartbeat_interval_s == {"3": 3, "4": 4}.get(value)


@pytest.mark.parametrize(("made_s", "replay"), [(6.0, False), (5.999, True), (10.2, False)])
def test_a_message_older_than_its_request_by_the_tolerance(made_s: float, replay: bool) -> None:
    """The DUT's clock is two hours and 0.3 s ahead; the least difference of three reports says so. Request at 10 s."""
    station = Station(OCPP_16, queue_tolerance_s=4)
    for at_s, delay_s in ((1, 0.9), (2, 0), (3, 0.4)):
        sent = f"1970-01-01T14:00:{at_s + 0.3 - delay_s:06.3f}Z"
        tell(station, StatusReport((1,), "Available", sent), at_s=at_s)

    assert station.is_replay(f"1970-01-01T14:00:{made_s + 0.3:06.3f}Z", NOON + 10 * S) is replay


def test_without_reports_only_the_zone_is_taken_out() -> None:
    station = Station(OCPP_16)
    assert not station.is_replay("1970-01-01T14:00:07Z", NOON + 10 * S)
    assert station.is_replay("1970-01-01T14:00:05Z", NOON + 10 * S)
    assert not station.is_replay(None, NOON + 10 * S)
    assert not station.is_replay("soon", NOON + 10 * S)


def test_a_clock_step_forgets_what_was_known_of_the_clock() -> None:
    station = Station(OCPP_16)
    tell(station, StatusReport((1,), "Available", "1970-01-01T12:00:01Z"), at_s=1)
    tell(station, OtherReport(), at_s=2, action="Heartbeat")
    assert station.is_replay("1970-01-01T12:20:00Z", NOON + 1800 * S)
    narrate(station, NarrationKind.CLOCK_STEP)

    assert station.last_heartbeat_ns is None
    assert not station.is_replay("1970-01-01T12:15:00Z", NOON + 1800 * S)  # taken for a zone now


def test_repetitions_by_content() -> None:
    station = Station(OCPP_16)
    stop = TransactionStop("1", "Local", None)
    assert not station.is_repetition(call(0, "StopTransaction", '{"a":1,"b":2}'), stop)
    assert station.is_repetition(call(5, "StopTransaction", '{ "b": 2, "a": 1 }'), stop)
    assert not station.is_repetition(call(5, "StopTransaction", '{"a":1,"b":3}'), stop)
    assert not station.is_repetition(call(5, "StartTransaction", '{"a":1,"b":2}'), stop)


def test_repetitions_by_their_time() -> None:
    station = Station(OCPP_16)
    stop = TransactionStop("1", "Local", "1970-01-01T12:00:01Z")
    assert not station.is_repetition(call(0, "StopTransaction", "{}"), stop)
    assert station.is_repetition(call(5, "StopTransaction", "{}"), stop)
    assert not station.is_repetition(
        call(5, "StopTransaction", "{}"), TransactionStop("1", "Local", "1970-01-01T12:00:02Z")
    )
    assert not station.is_repetition(
        call(5, "StopTransaction", "{}"), TransactionStop("2", "Local", "1970-01-01T12:00:01Z")
    )


def test_a_transaction_keeps_its_place_when_a_later_event_names_none() -> None:
    station = Station(OCPP_2)
    tell(station, TransactionStart((1, 1), None, None, None, "T"))
    tell(station, TransactionStart(WHOLE_STATION, None, None, 7, "T"))

    assert station.transactions == {"T": (1, 1)}
