from __future__ import annotations

import pytest

from tests.conversation import pics_of, told
from tests.vectors import PLUGGED, START, Expected, none, value

STARTED = 'StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:03Z"}'
ASKED = """
    12:00:03.000 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
    12:00:03.073 < 1 {"status":"Accepted"}
"""


def one_row(body: str, *, mode_1_2_only: bool = False) -> Expected:
    (row,) = told(body, pics=pics_of(mode_1_2_only=mode_1_2_only)).rows(START)
    return row


def status(at: str, text: str, connector: int = 1) -> str:
    return f'12:00:{at} < s{at} StatusNotification {{"connectorId":{connector},"status":"{text}"}}\n'


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("Preparing", None),
        ("Available", "WAIT_PLUG"),
        ("Finishing", "PLUG_STATE_UNKNOWN"),
        ("Reserved", "PLUG_STATE_UNKNOWN"),
        ("SuspendedEV", "PLUG_STATE_UNKNOWN"),
        ("Unavailable", "PLUG_STATE_UNKNOWN"),
        (None, "PLUG_STATE_UNKNOWN"),
    ],
)
def test_the_status_before_tells_the_cable(before: str | None, reason: str | None) -> None:
    body = (
        (status("01.000", before) if before else "12:00:01.000 < h Heartbeat\n") + ASKED + f"12:00:03.200 < t {STARTED}"
    )

    wanted = value(PLUGGED, 200, (3, 3, 5)) if reason is None else none(reason, PLUGGED, 3, 5)
    assert one_row(body) == wanted


def test_the_status_of_another_connector_tells_nothing() -> None:
    body = status("01.000", "Preparing", 2) + ASKED + f"12:00:03.200 < t {STARTED}"

    assert one_row(body) == none("PLUG_STATE_UNKNOWN", PLUGGED, 3, 5)


def test_a_mode_1_2_station_is_available_while_plugged() -> None:
    """Appendix D: Available, authorization, Preparing; by the general flow the cable would come late."""
    body = status("01.000", "Available") + ASKED + status("03.100", "Preparing") + f"12:00:03.200 < t {STARTED}"

    assert one_row(body) == none("WAIT_PLUG", PLUGGED, 3, 6)
    assert one_row(body, mode_1_2_only=True) == value(PLUGGED, 200, (3, 3, 6))


def test_a_mode_1_2_station_may_fall_back_before_the_start_but_not_without_one() -> None:
    fell = status("01.000", "Preparing") + ASKED + status("03.100", "Available")

    assert one_row(fell + f"12:00:03.200 < t {STARTED}", mode_1_2_only=True) == value(PLUGGED, 200, (3, 3, 6))
    assert one_row(fell + f"12:00:03.200 < t {STARTED}") == none("CONNECTION_TIMEOUT", PLUGGED, 3, 5)
    assert one_row(fell, mode_1_2_only=True) == none("CONNECTION_TIMEOUT", PLUGGED, 3, 5)


def test_a_mode_1_2_station_that_is_plugged_in_late_waits_like_any_other() -> None:
    body = (
        status("01.000", "Available")
        + ASKED
        + "12:00:03.100 [prompt] Please plug in your cable on EV side now.\n"
        + f"12:00:03.200 < t {STARTED}"
    )

    assert one_row(body, mode_1_2_only=True) == none("WAIT_PLUG", PLUGGED, 3, 6)


def test_another_identifier_or_connector_is_another_transaction() -> None:
    body = (
        status("01.000", "Preparing")
        + ASKED
        + '12:00:03.100 < t StartTransaction {"connectorId":1,"idTag":"B","meterStart":0}\n'
        + '12:00:03.200 < u StartTransaction {"connectorId":2,"idTag":"A","meterStart":0}\n'
        + '12:00:03.300 < v StartTransaction {"connectorId":1,"idTag":"A","meterStart":0}\n'
        + '12:00:03.400 < w StartTransaction {"connectorId":1,"idTag":"A","meterStart":7}'
    )

    assert one_row(body) == value(PLUGGED, 300, (3, 3, 7))


def test_the_first_that_fails_names_the_exclusion() -> None:
    """Refused before all; disconnection before fault; fault before prompt."""
    refused = status("01.000", "Available") + ASKED.replace("Accepted", "Rejected")
    assert one_row(refused).reason == "REJECTED"
    fault = status("01.000", "Preparing") + ASKED + status("03.100", "Faulted")
    assert one_row(fault + "12:00:03.200 [prompt] Please present the card.").reason == "FAULTED"
    assert one_row(fault + "12:00:03.200 [info] Disconnected from System Under Test").reason == "DISCONNECT"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("12:00:03.100 < b BootNotification {}", "REBOOT"),
        ("12:00:03.100 [prompt] Please power cycle the station.", "REBOOT"),
        ("12:00:03.100 [api_dismissed] 00000000-0000-0000-0000-000000000001", "OPERATOR"),
        ('12:00:03.100 > 9 Reset {"type":"Hard"}', "REBOOT"),
        ("12:00:03.100 [info] Successfully connected to System Under Test", "DISCONNECT"),
    ],
)
def test_what_may_not_happen_between(line: str, reason: str) -> None:
    assert one_row(status("01.000", "Preparing") + ASKED + line + f"\n12:00:03.200 < t {STARTED}").reason == reason


def test_a_prompt_before_and_after_does_not_matter() -> None:
    body = (
        status("01.000", "Preparing")
        + "12:00:02.000 [prompt] Please present the card.\n"
        + ASKED
        + f"12:00:03.200 < t {STARTED}\n"
        + "12:00:03.300 [prompt] Please unplug your cable on EV side now."
    )

    assert one_row(body) == value(PLUGGED, 200, (4, 4, 6))


@pytest.mark.parametrize(("payload_time", "reason"), [("12:00:00Z", None), ("11:59:58.999Z", "QUEUED")])
def test_a_payload_time_more_than_four_seconds_old_was_queued(payload_time: str, reason: str | None) -> None:
    """The station's clock is the log's: its StatusNotification says so. Request at 12:00:03, border at 11:59:59."""
    reported = (
        '12:00:01.000 < s StatusNotification {"connectorId":1,"status":"Preparing","timestamp":"2024-05-17T12:00:01Z"}'
    )
    body = f"{reported}{ASKED}12:00:03.200 < t {STARTED.replace('12:00:03Z', payload_time)}"

    assert one_row(body).reason == reason


def test_net_of_the_nested_authorize_and_strata_by_setting() -> None:
    body = (
        '12:00:00.000 > 0 ChangeConfiguration {"key":"AuthorizeRemoteTxRequests","value":"true"}\n'
        + '12:00:00.100 < 0 {"status":"Accepted"}\n'
        + status("01.000", "Preparing")
        + ASKED
        + '12:00:03.100 < a Authorize {"idTag":"A"}\n12:00:03.131 > a {"idTagInfo":{"status":"Accepted"}}\n'
        + f"12:00:03.200 < t {STARTED}"
    )
    found = told(body)

    assert found.rows(START) == (value("AuthorizeRemoteTxRequests=true, with Authorize", 200, (5, 5, 9)),)
    (net_ns,) = (record.row.net_ns for record in found.records if record.row.parameter == START)
    assert net_ns == 169 * 10**6
    net = found.result(START).net
    assert net is not None
    assert (net.median_s, net.max_s) == (0.169, 0.169)


def test_a_repeated_start_answers_no_second_request() -> None:
    body = (
        status("01.000", "Preparing")
        + ASKED
        + f"12:00:03.200 < t {STARTED}\n"
        + ASKED.replace("03.0", "04.0").replace(" 1 ", " 2 ")
        + f"12:00:04.200 < u {STARTED}"
    )

    assert told(body).rows(START) == (value(PLUGGED, 200, (3, 3, 5)), none("QUEUED", PLUGGED, 6, 8))


@pytest.mark.parametrize("before", ["Finishing", "Reserved"])
def test_a_confirmed_prompt_says_that_the_cable_is_in(before: str) -> None:
    plug = "12:00:02.000 [prompt] Please plug in your cable on EV side now.\n"
    confirmed = "12:00:02.500 [api_dismissed] 00000000-0000-0000-0000-000000000001\n"
    end = f"12:00:03.200 < t {STARTED}"

    assert one_row(status("01.000", before) + plug + confirmed + ASKED + end) == value(PLUGGED, 200, (5, 5, 7))
    assert one_row(plug + confirmed + status("02.700", before) + ASKED + end).reason == "PLUG_STATE_UNKNOWN"


def test_only_an_authorize_of_the_same_identifier_is_nested() -> None:
    """Two overlap: the refusal of B is none of A, whose own Authorize took the tool 40 ms."""
    found = told(
        status("01.000", "Preparing")
        + status("01.100", "Preparing", 2)
        + """
        12:00:03.000 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
        12:00:03.050 < 1 {"status":"Accepted"}
        12:00:03.060 > 2 RemoteStartTransaction {"idTag":"B","connectorId":2}
        12:00:03.090 < 2 {"status":"Accepted"}
        12:00:03.100 < b Authorize {"idTag":"B"}
        12:00:03.120 > b {"idTagInfo":{"status":"Invalid"}}
        12:00:03.130 < a Authorize {"idTag":"a"}
        12:00:03.170 > a {"idTagInfo":{"status":"Accepted"}}
        """
        + f"12:00:03.300 < t {STARTED}"
    )

    with_authorize = PLUGGED.replace("without", "with")
    assert found.rows(START) == (
        value(with_authorize, 300, (4, 4, 12)),
        none("AUTH_REFUSED", with_authorize, 6, 9),
    )
    net_ns = [record.row.net_ns for record in found.records if record.row.parameter == START]
    assert net_ns == [260 * 10**6, None]


def test_an_authorize_asked_before_the_request_is_not_nested() -> None:
    """A local one: its answer comes after the request, yet it is none of the interval."""
    body = (
        status("01.000", "Preparing")
        + '12:00:02.900 < a Authorize {"idTag":"A"}\n'
        + ASKED
        + '12:00:03.100 > a {"idTagInfo":{"status":"Accepted"}}\n'
        + f"12:00:03.200 < t {STARTED}"
    )
    found = told(body)

    assert found.rows(START) == (value(PLUGGED, 200, (4, 4, 7)),)
    assert [record.row.net_ns for record in found.records if record.row.parameter == START] == [200 * 10**6]


def test_upper_and_lower_case_of_an_identifier_are_one() -> None:
    body = status("01.000", "Preparing") + ASKED + f"12:00:03.200 < t {STARTED}".replace('"A"', '"a"')

    assert one_row(body) == value(PLUGGED, 200, (3, 3, 5))


def test_a_fault_of_the_station_as_a_whole_concerns_every_connector() -> None:
    body = status("01.000", "Preparing") + ASKED + status("03.100", "Faulted", 0)

    assert one_row(body) == none("FAULTED", PLUGGED, 3, 5)


@pytest.mark.parametrize(
    ("first", "second", "value_ms"),
    [
        ('"idTag":"A"', '"idTag":"B"', 500),  # the identifier tells whose start it is
        ('"idTag":"A","connectorId":1', '"idTag":"B"', 500),
        ('"idTag":"A"', '"idTag":"B","connectorId":2', 500),
        ('"idTag":"A","connectorId":1', '"idTag":"A","connectorId":2', 500),
        ('"idTag":"A"', '"idTag":"A"', None),  # it may answer either
        ('"idTag":"A"', '"idTag":"A","connectorId":1', None),
        ('"idTag":"A","connectorId":1', '"idTag":"B","connectorId":1', None),  # the later one takes the connector
    ],
)
def test_a_later_request_ends_the_window_when_the_start_might_be_its_own(
    first: str, second: str, value_ms: int | None
) -> None:
    found = told(
        status("01.000", "Preparing")
        + status("01.100", "Preparing", 2)
        + f"""
        12:00:03.000 > 1 RemoteStartTransaction {{{first}}}
        12:00:03.050 < 1 {{"status":"Accepted"}}
        12:00:03.060 > 2 RemoteStartTransaction {{{second}}}
        12:00:03.090 < 2 {{"status":"Accepted"}}
        12:00:03.500 < t {STARTED}
        """
    )

    wanted = none("NO_START", PLUGGED, 4, 6) if value_ms is None else value(PLUGGED, value_ms, (4, 4, 8))
    assert found.rows(START)[0] == wanted
