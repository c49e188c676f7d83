from __future__ import annotations

import pytest

from perfkit.core.policy import Multi, Policy
from tests.conversation import Measured, pics_of, told
from tests.vectors import TRIGGERED, Expected, bound, none, value

AVAILABILITY = "ChangeAvailability/StatusNotification"
RESERVE = "ReserveNow/StatusNotification"
CANCEL = "CancelReservation/StatusNotification"


def rows(body: str, *, connectors: int | None = None) -> tuple[Expected, ...]:
    return told(body, pics=pics_of(connectors=connectors)).rows(TRIGGERED)


def ns(found: Measured, field: str) -> list[int | None]:
    return [getattr(record.row, field) for record in found.records if record.row.parameter == TRIGGERED]


def test_the_net_value_leaves_out_only_what_is_nested_in_the_interval() -> None:
    """The first Authorize lies before the answer, where the interval begins; the second one of 30 ms inside it."""
    found = told("""
        12:00:00.000 > 1 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
        12:00:00.010 < a Authorize {"idTag":"P"}
        12:00:00.060 > a {"idTagInfo":{"status":"Accepted"}}
        12:00:00.100 < 1 {"status":"Accepted"}
        12:00:00.110 < b Authorize {"idTag":"P"}
        12:00:00.140 > b {"idTagInfo":{"status":"Accepted"}}
        12:00:00.200 < s StatusNotification {"connectorId":1,"status":"Reserved"}
    """)

    assert found.rows(TRIGGERED) == (value(RESERVE, 100, (2, 5, 8)),)
    assert ns(found, "net_ns") == [70 * 10**6]
    assert ns(found, "from_request_ns") == [200 * 10**6]


def test_an_authorize_asked_before_the_interval_leaves_the_net_value_alone() -> None:
    """Its answer took the tool 340 ms, of which only 40 lie inside: the net value was negative once."""
    found = told("""
        12:00:01.000 > 1 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
        12:00:01.010 < a Authorize {"idTag":"P"}
        12:00:01.310 < 1 {"status":"Accepted"}
        12:00:01.350 > a {"idTagInfo":{"status":"Accepted"}}
        12:00:01.433 < s StatusNotification {"connectorId":1,"status":"Reserved"}
    """)

    assert found.rows(TRIGGERED) == (value(RESERVE, 123, (2, 4, 6)),)
    assert ns(found, "net_ns") == [123 * 10**6]


def test_an_authorize_after_the_first_of_a_set_is_not_nested_in_the_first() -> None:
    found = told(
        """
        12:00:00.000 < x StatusNotification {"connectorId":0,"status":"Available"}
        12:00:00.010 < y StatusNotification {"connectorId":1,"status":"Available"}
        12:00:01.000 > 1 ChangeAvailability {"connectorId":0,"type":"Inoperative"}
        12:00:01.100 < 1 {"status":"Accepted"}
        12:00:01.150 < s StatusNotification {"connectorId":0,"status":"Unavailable"}
        12:00:01.200 < a Authorize {"idTag":"P"}
        12:00:01.290 > a {"idTagInfo":{"status":"Invalid"}}
        12:00:01.350 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
        """,
        pics=pics_of(Policy(multi=Multi.FIRST)),
    )

    assert found.rows(TRIGGERED) == (value(AVAILABILITY, 50, (4, 5, 6)),)
    assert ns(found, "net_ns") == [50 * 10**6]


def test_counted_from_the_request_both_are_nested() -> None:
    found = told("""
        12:00:00.000 > 1 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
        12:00:00.010 < a Authorize {"idTag":"P"}
        12:00:00.060 > a {"idTagInfo":{"status":"Accepted"}}
        12:00:00.090 < s StatusNotification {"connectorId":1,"status":"Reserved"}
        12:00:00.100 < 1 {"status":"Accepted"}
    """)

    assert found.rows(TRIGGERED) == (value(RESERVE, 90, (2, 2, 5), "ORDER_ANOMALY"),)
    assert ns(found, "net_ns") == [40 * 10**6]


def test_the_first_of_a_set_is_kept_beside_and_never_negative() -> None:
    found = told("""
        12:00:00.000 < p StatusNotification {"connectorId":0,"status":"Available"}
        12:00:00.100 < q StatusNotification {"connectorId":1,"status":"Available"}
        12:00:01.000 > 1 ChangeAvailability {"connectorId":0,"type":"Inoperative"}
        12:00:01.050 < 1 {"status":"Accepted"}
        12:00:01.080 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
        12:00:01.150 < u StatusNotification {"connectorId":0,"status":"Unavailable"}
        12:00:02.000 > 2 ChangeAvailability {"connectorId":0,"type":"Operative"}
        12:00:02.030 < v StatusNotification {"connectorId":1,"status":"Available"}
        12:00:02.050 < 2 {"status":"Accepted"}
        12:00:02.150 < w StatusNotification {"connectorId":0,"status":"Available"}
    """)

    assert found.rows(TRIGGERED) == (value(AVAILABILITY, 100, (4, 5, 7)), value(AVAILABILITY, 100, (8, 10, 11)))
    assert ns(found, "first_ns") == [30 * 10**6, 30 * 10**6]


def test_a_single_target_has_no_first() -> None:
    found = told("""
        12:00:01.000 > 1 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:01.050 < 1 {"status":"Accepted"}
        12:00:01.080 < t Heartbeat
    """)

    assert ns(found, "first_ns") == [None]


# --- connectors -----------------------------------------------------------------------------------------------------

ALL_OFF = """
    12:00:01.000 > 1 ChangeAvailability {"connectorId":0,"type":"Inoperative"}
    12:00:01.050 < 1 {"status":"Accepted"}
"""
OFF_0 = '12:00:01.100 < a StatusNotification {"connectorId":0,"status":"Unavailable"}\n'
OFF_1 = '12:00:01.200 < b StatusNotification {"connectorId":1,"status":"Unavailable"}\n'
OFF_2 = '12:00:01.300 < c StatusNotification {"connectorId":2,"status":"Unavailable"}\n'
NOTHING_KNOWN = "12:00:00.500 < h Heartbeat\n"


def test_nothing_known_of_connectors_takes_what_comes_until_the_window_closes() -> None:
    body = NOTHING_KNOWN + ALL_OFF + OFF_0 + OFF_1 + OFF_2 + '12:00:03.000 > 2 Reset {"type":"Soft"}\n'

    assert rows(body) == (value(AVAILABILITY, 250, (3, 4, 7), "SET_PARTIAL"),)


def test_the_pics_counts_the_connectors() -> None:
    assert rows(NOTHING_KNOWN + ALL_OFF + OFF_0 + OFF_1, connectors=1) == (value(AVAILABILITY, 150, (3, 4, 6)),)
    assert rows(NOTHING_KNOWN + ALL_OFF + OFF_0 + OFF_1 + OFF_2, connectors=1) == (value(AVAILABILITY, 150, (3, 4, 6)),)


def test_a_connector_that_stays_silent_and_was_never_seen_is_tolerated() -> None:
    assert rows(NOTHING_KNOWN + ALL_OFF + OFF_0 + OFF_1, connectors=2) == (
        value(AVAILABILITY, 150, (3, 4, 6), "SET_PARTIAL"),
    )


@pytest.mark.parametrize(
    ("configured", "stated", "flags"), [(2, 1, ("SET_PARTIAL",)), (1, 2, ("SET_PARTIAL",)), (1, 1, ())]
)
def test_the_largest_number_of_connectors_counts(configured: int, stated: int, flags: tuple[str, ...]) -> None:
    told_by_dut = f"""
        12:00:00.000 > 0 GetConfiguration {{"key":["NumberOfConnectors"]}}
        12:00:00.050 < 0 {{"configurationKey":[{{"key":"NumberOfConnectors","readonly":true,"value":"{configured}"}}]}}
    """
    assert rows(told_by_dut + ALL_OFF + OFF_0 + OFF_1, connectors=stated) == (
        value(AVAILABILITY, 150, (4, 5, 7), *flags),
    )


def test_all_silent_and_nothing_known() -> None:
    assert rows(NOTHING_KNOWN + ALL_OFF, connectors=2) == (none("STATE_UNKNOWN", AVAILABILITY, 3, 6),)
    assert rows(NOTHING_KNOWN + ALL_OFF) == (none("STATE_UNKNOWN", AVAILABILITY, 3, 6),)


def test_cancel_of_a_reservation_that_nobody_made() -> None:
    body = """
        12:00:01.000 > 1 CancelReservation {"reservationId":9}
        12:00:01.050 < 1 {"status":"Accepted"}
        12:00:09.000 [info] Waiting
    """
    assert rows(body) == (none("STATE_UNKNOWN", CANCEL, 2, 6),)


def test_reserve_of_a_reserved_connector_is_a_noop() -> None:
    body = """
        12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Reserved"}
        12:00:01.000 > 1 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
        12:00:01.050 < 1 {"status":"Accepted"}
        12:00:01.150 < t StatusNotification {"connectorId":1,"status":"Reserved"}
    """
    assert rows(body) == (none("NOOP", RESERVE, 3, 4),)


@pytest.mark.parametrize("before", ["Available", "Preparing", "Charging", "Faulted"])
def test_operative_holds_in_every_status_but_unavailable(before: str) -> None:
    body = f"""
        12:00:00.000 < s StatusNotification {{"connectorId":1,"status":"{before}"}}
        12:00:01.000 > 1 ChangeAvailability {{"connectorId":1,"type":"Operative"}}
        12:00:01.050 < 1 {{"status":"Accepted"}}
    """
    assert rows(body) == (none("NOOP", AVAILABILITY, 3, 4),)


@pytest.mark.parametrize(("status", "ends"), [("Preparing", False), ("Available", True)])
def test_another_status_ends_it_only_with_the_cable_in(status: str, ends: bool) -> None:
    body = f"""
        12:00:00.000 < s StatusNotification {{"connectorId":1,"status":"Unavailable"}}
        12:00:01.000 > 1 ChangeAvailability {{"connectorId":1,"type":"Operative"}}
        12:00:01.050 < 1 {{"status":"Accepted"}}
        12:00:01.150 < t StatusNotification {{"connectorId":1,"status":"{status}"}}
        12:00:03.050 [info] Waiting
    """
    assert rows(body) == ((value(AVAILABILITY, 100, (3, 4, 5)) if ends else bound(AVAILABILITY, 2000, (3, 4, 8))),)


# --- triggers -------------------------------------------------------------------------------------------------------


def test_firmware_and_diagnostics_are_shown_apart() -> None:
    found = told("""
        12:00:00.000 > 1 TriggerMessage {"requestedMessage":"FirmwareStatusNotification"}
        12:00:00.050 < 1 {"status":"Accepted"}
        12:00:00.100 < f FirmwareStatusNotification {"status":"Downloading"}
        12:00:00.140 < f FirmwareStatusNotification {"status":"Idle"}
        12:00:01.000 > 2 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:01.050 < 2 {"status":"Accepted"}
        12:00:01.080 < h Heartbeat
    """)
    result = found.result(TRIGGERED)

    assert found.rows(TRIGGERED) == (
        value("TriggerMessage/FirmwareStatusNotification", 90, (2, 3, 5)),
        value("TriggerMessage/Heartbeat", 30, (6, 7, 8)),
    )
    assert [record.in_headline for record in found.records if record.row.parameter == TRIGGERED] == [False, True]
    assert (result.count, result.max_s) == (1, 0.03)
    assert [(c.name, c.in_headline, c.max_s) for c in result.combinations] == [
        ("TriggerMessage/FirmwareStatusNotification", False, 0.09),
        ("TriggerMessage/Heartbeat", True, 0.03),
    ]


def test_an_accepted_trigger_of_a_boot_is_never_counted() -> None:
    body = """
        12:00:00.000 > 1 TriggerMessage {"requestedMessage":"BootNotification"}
        12:00:00.050 < 1 {"status":"Accepted"}
        12:00:00.100 < b BootNotification {"chargePointModel":"m","chargePointVendor":"v"}
    """
    assert rows(body) == (none("REBOOT", "TriggerMessage/BootNotification", 2, 3),)


@pytest.mark.parametrize(("contexts", "lines"), [(("Sample.Clock", None), (2, 3, 5)), ((None, "Trigger"), (2, 3, 5))])
def test_meter_values_by_context(contexts: tuple[str | None, str | None], lines: tuple[int, int, int]) -> None:
    body = """
        12:00:00.000 > 1 TriggerMessage {"requestedMessage":"MeterValues","connectorId":1}
        12:00:00.050 < 1 {"status":"Accepted"}
    """
    for number, context in enumerate(contexts, 1):
        stated = f',"context":"{context}"' if context else ""
        body += f'12:00:00.{number}50 < m{number} MeterValues {{"connectorId":1,"meterValue":[{{"sampledValue":[{{"value":"1"{stated}}}]}}]}}\n'
    flags = ("CONTEXT_ABSENT",) if contexts[1] is None else ()

    assert rows(body) == (value("TriggerMessage/MeterValues", 200, lines, *flags),)


def test_queued_meter_values_have_another_cause() -> None:
    body = """
        12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Available","timestamp":"2024-05-17T12:00:00Z"}
        12:00:10.000 > 1 TriggerMessage {"requestedMessage":"MeterValues","connectorId":1}
        12:00:10.050 < 1 {"status":"Accepted"}
        12:00:10.090 < m MeterValues {"connectorId":1,"meterValue":[{"timestamp":"2024-05-17T12:00:05Z","sampledValue":[{"value":"1","context":"Trigger"}]}]}
    """
    assert rows(body) == (none("QUEUED", "TriggerMessage/MeterValues", 3, 5),)


@pytest.mark.parametrize(
    ("status", "reason"), [("InvalidCertificate", None), ("Rejected", None), ("Accepted", "FW_DIAG")]
)
def test_a_refused_update_is_no_sequence(status: str, reason: str | None) -> None:
    body = f"""
        12:00:00.000 > 0 SignedUpdateFirmware {{"requestId":1}}
        12:00:00.050 < 0 {{"status":"{status}"}}
        12:00:01.000 > 1 TriggerMessage {{"requestedMessage":"Heartbeat"}}
        12:00:01.050 < 1 {{"status":"Accepted"}}
        12:00:01.080 < h Heartbeat
    """
    (row,) = rows(body)
    assert row.reason == reason


def test_a_sequence_ends_with_its_final_status() -> None:
    body = """
        12:00:00.000 > 0 UpdateFirmware {"location":"ftp://lab.example/"}
        12:00:00.050 < 0 {}
        12:00:01.000 < f FirmwareStatusNotification {"status":"Installing"}
        12:00:02.000 > 1 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:02.050 < 1 {"status":"Accepted"}
        12:00:02.080 < h Heartbeat
        12:00:03.000 < g FirmwareStatusNotification {"status":"Installed"}
        12:00:04.000 > 2 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:04.050 < 2 {"status":"Accepted"}
        12:00:04.090 < i Heartbeat
    """
    assert rows(body) == (
        none("FW_DIAG", "TriggerMessage/Heartbeat", 5, 7),
        value("TriggerMessage/Heartbeat", 40, (9, 10, 11)),
    )


def test_a_clock_step_matters_from_the_start_of_the_interval_on() -> None:
    body = """
        12:00:10.000 > 1 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:08.050 < 1 {"status":"Accepted"}
        12:00:08.090 < h Heartbeat
        12:00:20.000 > 2 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:20.050 < 2 {"status":"Accepted"}
        12:00:18.090 < i Heartbeat
    """
    assert rows(body) == (
        value("TriggerMessage/Heartbeat", 40, (2, 3, 4)),
        none("CLOCK_STEP", "TriggerMessage/Heartbeat", 5, 7),
    )


def test_a_prompt_without_the_message_is_no_bound_either() -> None:
    body = """
        12:00:00.000 > 1 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:00.050 < 1 {"status":"Accepted"}
        12:00:01.000 [prompt] Please present the card.
        12:00:09.000 [info] Waiting
    """
    assert rows(body) == (none("OPERATOR", "TriggerMessage/Heartbeat", 2, 7),)


def test_a_window_that_closed_before_the_answer() -> None:
    body = """
        12:00:00.000 > 1 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:00.050 > 2 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:00.100 < 1 {"status":"Accepted"}
        12:00:00.150 < 2 {"status":"Accepted"}
        12:00:00.200 < h Heartbeat
    """
    assert rows(body) == (
        none("NO_STATUS", "TriggerMessage/Heartbeat", 2, 3),
        value("TriggerMessage/Heartbeat", 50, (3, 5, 6)),
    )


def test_a_reservation_of_the_whole_station_may_be_held_silently() -> None:
    body = """
        12:00:00.000 > 1 ReserveNow {"connectorId":0,"reservationId":5,"idTag":"A"}
        12:00:00.100 < 1 {"status":"Accepted"}
        12:00:09.000 [info] Waiting
    """
    assert rows(body) == (none("NO_STATUS", RESERVE, 2, 6),)
    assert rows(body.replace('"connectorId":0', '"connectorId":1')) == (bound(RESERVE, 8900, (2, 3, 6)),)


@pytest.mark.parametrize("action", ["UpdateFirmware", "GetDiagnostics", "SignedUpdateFirmware", "GetLog", "Reset"])
def test_what_begins_something_else_closes_the_window(action: str) -> None:
    body = f"""
        12:00:00.000 > 1 TriggerMessage {{"requestedMessage":"Heartbeat"}}
        12:00:00.050 < 1 {{"status":"Accepted"}}
        12:00:02.050 > 2 {action} {{"type":"Soft"}}
        12:00:02.100 < h Heartbeat
    """
    assert rows(body) == (bound("TriggerMessage/Heartbeat", 2000, (2, 3, 4)),)


def test_a_request_for_another_connector_closes_no_window() -> None:
    body = """
        12:00:00.000 > 1 TriggerMessage {"requestedMessage":"StatusNotification","connectorId":1}
        12:00:00.050 < 1 {"status":"Accepted"}
        12:00:00.100 > 2 TriggerMessage {"requestedMessage":"StatusNotification","connectorId":2}
        12:00:00.150 < 2 {"status":"Accepted"}
        12:00:00.200 < s StatusNotification {"connectorId":1,"status":"Available"}
        12:00:00.250 < t StatusNotification {"connectorId":2,"status":"Available"}
    """
    assert rows(body) == (
        value("TriggerMessage/StatusNotification", 150, (2, 3, 6)),
        value("TriggerMessage/StatusNotification", 100, (4, 5, 7)),
    )


ANY_CONNECTOR_HELD = """
    12:00:00.000 < x StatusNotification {"connectorId":1,"status":"Available"}
    12:00:00.010 < y StatusNotification {"connectorId":2,"status":"Available"}
    12:00:01.000 > 1 ReserveNow {"connectorId":0,"reservationId":5,"idTag":"A"}
    12:00:01.100 < 1 {"status":"Accepted"}
"""
CANCELLED = """
    12:00:05.000 > 2 CancelReservation {"reservationId":5}
    12:00:05.100 < 2 {"status":"Accepted"}
"""


def test_cancelling_what_was_held_silently_may_be_silent() -> None:
    """No connector was reported Reserved, so none has to become Available: no bound of a minute in the headline."""
    found = rows(ANY_CONNECTOR_HELD + CANCELLED + "12:01:05.100 [info] waiting")

    assert found == (none("NO_STATUS", RESERVE, 4, 10), none("NOOP", CANCEL, 6, 7))


def test_a_reservation_of_any_connector_is_told_from_one_of_a_connector() -> None:
    """Both are Reserved: connector 1 by its own reservation, so the cancelled one is at connector 2."""
    found = rows(
        ANY_CONNECTOR_HELD
        + """
        12:00:02.000 < b StatusNotification {"connectorId":2,"status":"Reserved"}
        12:00:03.000 > 3 ReserveNow {"connectorId":1,"reservationId":6,"idTag":"B"}
        12:00:03.100 < 3 {"status":"Accepted"}
        12:00:03.200 < c StatusNotification {"connectorId":1,"status":"Reserved"}
        """
        + CANCELLED
        + """
        12:00:05.240 < d StatusNotification {"connectorId":1,"status":"Available"}
        12:00:05.250 < e StatusNotification {"connectorId":2,"status":"Available"}
        """
    )

    assert found == (
        value(RESERVE, 900, (4, 5, 6)),
        value(RESERVE, 100, (7, 8, 9)),
        value(CANCEL, 150, (10, 11, 13)),
    )


def test_a_plugged_connector_that_is_preparing_needs_no_change_when_its_reservation_is_cancelled() -> None:
    """Preparing counts as the wanted status while the cable is in, so silence is legal (T2, T4)."""
    found = rows(
        """
        12:00:00.000 < x StatusNotification {"connectorId":1,"status":"Preparing"}
        12:00:01.000 > 1 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
        12:00:01.100 < 1 {"status":"Accepted"}
        """
        + CANCELLED
        + "12:01:05.100 [info] waiting"
    )

    assert found[1] == none("NOOP", CANCEL, 5, 6)


def test_a_prompt_plugs_in_a_connector_that_has_not_reported() -> None:
    """Nothing was known of connector 2 but the confirmed prompt; Preparing is what a plugged connector reports."""
    (_, found) = rows("""
        12:00:01.000 > 1 ReserveNow {"connectorId":2,"reservationId":5,"idTag":"A"}
        12:00:01.100 < 1 {"status":"Accepted"}
        12:00:02.000 [prompt] Please plug in your cable on Charging Station side now on connectorId '2'.
        12:00:03.000 [api_dismissed] 0d1e8a70
        12:00:05.000 > 2 CancelReservation {"reservationId":5}
        12:00:05.100 < 2 {"status":"Accepted"}
        12:00:05.240 < d StatusNotification {"connectorId":2,"status":"Preparing"}
    """)

    assert found == value(CANCEL, 140, (6, 7, 8), "TARGET_ALT")


def test_a_connector_that_was_reported_reserved_is_the_reserved_one_whatever_it_reported_since() -> None:
    found = rows(
        ANY_CONNECTOR_HELD
        + """
        12:00:02.000 < b StatusNotification {"connectorId":2,"status":"Reserved"}
        12:00:03.000 < c StatusNotification {"connectorId":2,"status":"Unavailable"}
        """
        + CANCELLED
        + """
        12:00:05.240 < d StatusNotification {"connectorId":1,"status":"Available"}
        12:00:05.250 < e StatusNotification {"connectorId":2,"status":"Available"}
        """
    )

    assert found[1] == value(CANCEL, 150, (8, 9, 11))


@pytest.mark.parametrize(
    "after",
    [
        "12:00:01.200 [prompt] Please look at connector 1.",
        "12:00:01.200 [info] Disconnected from System Under Test",
        "12:00:09.200 [info] waiting",
    ],
)
def test_with_multi_first_nothing_after_the_first_of_a_set_matters(after: str) -> None:
    """The last is excluded for the same log: connector 1 never reports, or the interval is disturbed before."""
    body = (
        """
        12:00:00.000 < x StatusNotification {"connectorId":0,"status":"Available"}
        12:00:00.010 < y StatusNotification {"connectorId":1,"status":"Available"}
        12:00:01.000 > 1 ChangeAvailability {"connectorId":0,"type":"Inoperative"}
        12:00:01.100 < 1 {"status":"Accepted"}
        12:00:01.150 < s StatusNotification {"connectorId":0,"status":"Unavailable"}
        """
        + after
    )

    (last,) = told(body).rows(TRIGGERED)
    (first,) = told(body, pics=pics_of(Policy(multi=Multi.FIRST))).rows(TRIGGERED)
    assert last.kind == "exclusion"
    assert first == value(AVAILABILITY, 50, (4, 5, 6))
