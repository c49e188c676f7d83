"""OCPP 2.0.1 by analogy (measurement rules, section 4.7)."""

from __future__ import annotations

import pytest

from tests.conversation import Measured, measured, told
from tests.vectors import AUTHORIZE, RESPONSE, START, STOP, TRIGGERED, Expected, bound, none, octt, value

AVAILABILITY = "ChangeAvailability/StatusNotification"
STARTED = "AuthorizeRemoteStart=unknown, without Authorize"


def talk(body: str, test_case: str = "TC_F_01_CS") -> Measured:
    return told(body, test_case=test_case)


def rows(body: str, parameter: str = TRIGGERED) -> tuple[Expected, ...]:
    return talk(body).rows(parameter)


def status(at: str, text: str, evse: int = 1, connector: int = 1) -> str:
    return (
        f'12:00:{at} < s{at} StatusNotification {{"timestamp":"2024-05-17T12:00:{at}Z","evseId":{evse},'
        f'"connectorId":{connector},"connectorStatus":"{text}"}}\n'
    )


def event(at: str, kind: str, cause: str, info: str, *, more: str = "") -> str:
    return (
        f'12:00:{at} < e{at} TransactionEvent {{"eventType":"{kind}","triggerReason":"{cause}","seqNo":1,'
        f'"timestamp":"2024-05-17T12:00:{at}Z","transactionInfo":{{"transactionId":"T"{info}}}{more}}}\n'
    )


def notify(at: str, *states: tuple[int, int, str], variable: str = "AvailabilityState") -> str:
    data = ",".join(
        f'{{"eventId":1,"timestamp":"2024-05-17T12:00:{at}Z","trigger":"Delta","actualValue":"{state}",'
        f'"component":{{"name":"Connector","evse":{{"id":{evse},"connectorId":{connector}}}}},'
        f'"variable":{{"name":"{variable}"}}}}'
        for evse, connector, state in states
    )
    return f'12:00:{at} < n{at} NotifyEvent {{"generatedAt":"2024-05-17T12:00:{at}Z","seqNo":0,"eventData":[{data}]}}\n'


# --- remote start ---------------------------------------------------------------------------------------------------

ASKED = """
    12:00:03.000 > 1 RequestStartTransaction {"idToken":{"idToken":"A","type":"Central"},"remoteStartId":7,"evseId":1}
    12:00:03.073 < 1 {"status":"Accepted"}
"""
REMOTE = ',"remoteStartId":7'


@pytest.mark.parametrize("kind", ["Started", "Updated"])
def test_the_first_event_with_the_remote_start_id(kind: str) -> None:
    """Updated where the transaction began with the cable (F01.FR.13, FR.25); it then names no EVSE."""
    evse = ',"evse":{"id":1,"connectorId":1}' if kind == "Started" else ""
    body = (
        status("01.000", "Occupied")
        + status("01.500", "Available", 2)
        + ASKED
        + event("03.100", "Updated", "ChargingStateChanged", "")
        + event("03.150", kind, "RemoteStart", ',"remoteStartId":8')
        + event("03.189", kind, "RemoteStart", REMOTE, more=evse)
        + event("03.200", "Updated", "RemoteStart", REMOTE, more=evse)
    )
    assert rows(body, START) == (value(STARTED, 189, (4, 4, 8)),)


def test_an_event_without_evse_is_at_the_requested_one() -> None:
    """EVSE 2 is plugged, the requested EVSE 1 is not."""
    body = (
        status("01.000", "Available")
        + status("01.500", "Occupied", 2)
        + ASKED
        + event("03.189", "Updated", "RemoteStart", REMOTE)
    )
    assert rows(body, START) == (none("WAIT_PLUG", STARTED, 4, 6),)


def test_offline_events_were_queued() -> None:
    body = (
        status("01.000", "Occupied") + ASKED + event("03.189", "Started", "RemoteStart", REMOTE, more=',"offline":true')
    )

    assert rows(body, START) == (none("QUEUED", STARTED, 3, 5),)


def test_the_connection_time_out() -> None:
    body = (
        status("01.000", "Available")
        + ASKED
        + event("03.100", "Started", "Authorized", "")
        + status("03.200", "Occupied")
        + status("33.200", "Available")
        + event("33.300", "Ended", "EVConnectTimeout", ',"stoppedReason":"Timeout"')
    )
    assert rows(body, START) == (none("CONNECTION_TIMEOUT", STARTED, 3, 7),)


def test_the_setting_is_that_of_the_authorization_controller() -> None:
    setting = """
        12:00:00.000 > 0 SetVariables {"setVariableData":[{"component":{"name":"AuthCtrlr"},"variable":{"name":"AuthorizeRemoteStart"},"attributeValue":"false"}]}
        12:00:00.050 < 0 {"setVariableResult":[{"attributeStatus":"Accepted","component":{"name":"AuthCtrlr"},"variable":{"name":"AuthorizeRemoteStart"}}]}
    """
    body = setting + status("01.000", "Occupied") + ASKED + event("03.189", "Started", "RemoteStart", REMOTE)

    assert rows(body, START) == (value("AuthorizeRemoteStart=false, without Authorize", 189, (5, 5, 7)),)
    refused = body.replace('"attributeStatus":"Accepted"', '"attributeStatus":"Rejected"')
    assert rows(refused, START) == (value(STARTED, 189, (5, 5, 7)),)


# --- remote stop ----------------------------------------------------------------------------------------------------

RUNNING = event("00.000", "Started", "CablePluggedIn", "", more=',"evse":{"id":1,"connectorId":1}')
STOP_ASKED = """
    12:00:05.000 > 1 RequestStopTransaction {"transactionId":"T"}
    12:00:05.050 < 1 {"status":"Accepted"}
"""


def test_a_stop_by_event_type() -> None:
    ended = RUNNING + STOP_ASKED + event("05.300", "Ended", "RemoteStop", ',"stoppedReason":"Remote"')
    updated = (
        RUNNING
        + STOP_ASKED
        + event("05.200", "Updated", "RemoteStop", "")
        + event("05.300", "Ended", "EVDeparted", ',"stoppedReason":"EVDisconnected"')
    )
    assert rows(ended, STOP) == (value("RequestStopTransaction/TransactionEvent(Ended)", 300, (3, 3, 5)),)
    assert rows(updated, STOP) == (value("RequestStopTransaction/TransactionEvent(Updated)", 200, (3, 3, 5)),)


@pytest.mark.parametrize(
    ("cause", "more", "reason"),
    [
        ("RemoteStop", ',"stoppedReason":"Local"', "OTHER_REASON"),
        ("RemoteStop", "", "REASON_ABSENT"),
        ("StopAuthorized", ',"stoppedReason":"Local"', "OTHER_REASON"),
    ],
)
def test_an_end_for_another_reason(cause: str, more: str, reason: str) -> None:
    body = RUNNING + STOP_ASKED + event("05.300", "Ended", cause, more)

    assert rows(body, STOP) == (none(reason, "RequestStopTransaction/TransactionEvent(Ended)", 3, 5),)


def test_an_offline_stop_and_an_unknown_transaction() -> None:
    offline = event("05.300", "Ended", "RemoteStop", ',"stoppedReason":"Remote"', more=',"offline":true')

    assert [row.reason for row in rows(RUNNING + STOP_ASKED + offline, STOP)] == ["QUEUED"]
    assert [row.reason for row in rows(STOP_ASKED + offline, STOP)] == ["UNKNOWN_TX"]


# --- triggered functions --------------------------------------------------------------------------------------------


def change(evse: str, kind: str = "Inoperative") -> str:
    return f"""
        12:00:03.000 > 1 ChangeAvailability {{"operationalStatus":"{kind}"{evse}}}
        12:00:03.050 < 1 {{"status":"Accepted"}}
    """


def test_of_one_connector_by_status_notification() -> None:
    body = (
        status("01.000", "Available")
        + change(',"evse":{"id":1,"connectorId":1}')
        + status("03.100", "Unavailable", 1, 2)
        + status("03.150", "Unavailable")
    )
    assert rows(body) == (value(AVAILABILITY, 100, (3, 4, 6)),)


def test_of_one_connector_by_notify_event() -> None:
    body = (
        status("01.000", "Available")
        + change(',"evse":{"id":1,"connectorId":1}')
        + notify("03.100", (1, 1, "Unavailable"), variable="Power")
        + notify("03.150", (1, 1, "Unavailable"))
    )
    assert rows(body) == (value("ChangeAvailability/NotifyEvent", 100, (3, 4, 6)),)


KNOWN = status("01.000", "Available") + status("01.100", "Available", 1, 2) + status("01.200", "Available", 2)


def test_of_an_evse_all_its_connectors() -> None:
    body = (
        KNOWN
        + change(',"evse":{"id":1}')
        + status("03.100", "Unavailable", 2)
        + status("03.150", "Unavailable", 1, 2)
        + status("03.350", "Unavailable", 1, 1)
    )
    assert rows(body) == (value(AVAILABILITY, 300, (5, 6, 9)),)


def test_of_the_station_all_connectors_and_one_event_may_tell_several() -> None:
    apart = (
        KNOWN
        + change("")
        + notify("03.150", (1, 1, "Unavailable"), (1, 2, "Unavailable"))
        + status("03.250", "Unavailable", 2)
    )
    silent = KNOWN + change("") + notify("03.150", (1, 1, "Unavailable"), (1, 2, "Unavailable"))

    assert rows(apart) == (value(AVAILABILITY, 200, (5, 6, 8)),)
    assert rows(silent) == (none("SET_INCOMPLETE", "ChangeAvailability/NotifyEvent", 5, 9),)


def test_of_an_evse_of_which_nothing_is_known_another_evse_says_nothing() -> None:
    body = "12:00:01.000 < h Heartbeat\n" + change(',"evse":{"id":1}') + status("03.100", "Unavailable", 2)

    assert rows(body) == (none("STATE_UNKNOWN", AVAILABILITY, 3, 7),)
    assert rows(body + status("03.150", "Unavailable")) == (value(AVAILABILITY, 100, (3, 4, 6), "SET_PARTIAL"),)


def test_operative_with_the_cable_in_and_scheduled() -> None:
    occupied = (
        status("00.500", "Occupied")
        + status("01.000", "Unavailable")
        + change(',"evse":{"id":1,"connectorId":1}', "Operative")
        + status("03.150", "Occupied")
    )
    assert rows(occupied) == (value(AVAILABILITY, 100, (4, 5, 6), "TARGET_ALT"),)
    scheduled = status("01.000", "Occupied") + change(',"evse":{"id":1}').replace("Accepted", "Scheduled")
    assert rows(scheduled) == (none("SCHEDULED", AVAILABILITY, 3, 4),)


def test_a_reservation_and_its_cancellation() -> None:
    body = (
        status("01.000", "Available")
        + """
        12:00:02.000 > 1 ReserveNow {"id":5,"expiryDateTime":"2024-05-17T13:00:00Z","idToken":{"idToken":"A","type":"Central"},"evseId":1}
        12:00:02.050 < 1 {"status":"Accepted"}
        """
        + status("02.150", "Reserved")
        + """
        12:00:03.000 > 2 CancelReservation {"reservationId":5}
        12:00:03.050 < 2 {"status":"Accepted"}
        """
        + status("03.070", "Available", 2)
        + status("03.250", "Available")
    )
    assert rows(body) == (
        value("ReserveNow/StatusNotification", 100, (3, 4, 5)),
        value("CancelReservation/StatusNotification", 200, (6, 7, 9)),
    )


def triggered(kind: str, then: str) -> Measured:
    return talk(f"""
        12:00:03.000 > 1 TriggerMessage {{"requestedMessage":"{kind}"}}
        12:00:03.050 < 1 {{"status":"Accepted"}}
        {then}
        12:00:09.050 [info] Waiting
    """)


@pytest.mark.parametrize(
    ("kind", "message", "in_headline"),
    [
        ("Heartbeat", "Heartbeat {}", True),
        (
            "MeterValues",
            'MeterValues {"evseId":1,"meterValue":[{"sampledValue":[{"value":1,"context":"Trigger"}]}]}',
            True,
        ),
        ("LogStatusNotification", 'LogStatusNotification {"status":"Idle"}', False),
        ("FirmwareStatusNotification", 'FirmwareStatusNotification {"status":"Idle"}', False),
        ("PublishFirmwareStatusNotification", 'PublishFirmwareStatusNotification {"status":"Idle"}', False),
        ("SignChargingStationCertificate", 'SignCertificate {"csr":"x"}', False),
        ("SignV2GCertificate", 'SignCertificate {"csr":"x"}', False),
        ("SignCombinedCertificate", 'SignCertificate {"csr":"x"}', False),
    ],
)
def test_triggers(kind: str, message: str, in_headline: bool) -> None:
    found = triggered(kind, f"12:00:03.150 < m {message}")
    action = message.split()[0]

    assert found.rows(TRIGGERED) == (value(f"TriggerMessage/{action}", 100, (2, 3, 4)),)
    assert [c.in_headline for c in found.result(TRIGGERED).combinations] == [in_headline]


def test_a_triggered_transaction_event_says_so() -> None:
    other = event("03.100", "Updated", "MeterValuePeriodic", "") + event("03.120", "Ended", "EVDeparted", "")
    found = triggered("TransactionEvent", other + event("03.150", "Updated", "Trigger", ""))

    assert found.rows(TRIGGERED) == (value("TriggerMessage/TransactionEvent", 100, (2, 3, 6)),)
    assert triggered("TransactionEvent", other).rows(TRIGGERED) == (
        bound("TriggerMessage/TransactionEvent", 6000, (2, 3, 8)),
    )


def test_boot_and_custom_triggers_are_never_counted() -> None:
    boot = triggered("BootNotification", '12:00:03.150 < m BootNotification {"reason":"Triggered"}')
    custom = triggered("CustomTrigger", "12:00:03.150 < m Heartbeat {}")

    assert [row.reason for row in boot.rows(TRIGGERED)] == ["REBOOT"]
    assert [row.reason for row in custom.rows(TRIGGERED)] == ["NOT_IN_A4"]


# --- the rest -------------------------------------------------------------------------------------------------------


def test_the_heartbeat_interval_of_the_device_model() -> None:
    body = """
        12:00:00.000 > 0 GetVariables {"getVariableData":[{"component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}}]}
        12:00:00.050 < 0 {"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"3","component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}}]}
        12:00:00.080 < h Heartbeat {}
        12:00:03.000 > 1 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:03.050 < 1 {"status":"Accepted"}
        12:00:03.100 < i Heartbeat {}
    """
    assert rows(body) == (value("TriggerMessage/Heartbeat", 50, (5, 6, 7), "PERIODIC_POSSIBLE"),)


def test_authorize_of_a_csms_is_the_authorize_message_only() -> None:
    found = talk(
        """
        12:00:00.000 > 1 Authorize {"idToken":{"idToken":"A","type":"ISO14443"}}
        12:00:00.140 < 1 {"idTokenInfo":{"status":"Accepted"}}
        12:00:01.000 > 2 TransactionEvent {"eventType":"Started","triggerReason":"Authorized","seqNo":0,"timestamp":"2024-05-17T12:00:01Z","transactionInfo":{"transactionId":"T"}}
        12:00:01.090 < 2 {"idTokenInfo":{"status":"Accepted"}}
        """,
        test_case="TC_C_01_CSMS",
    )
    assert found.rows(AUTHORIZE) == (value("Authorize/Accepted", 140, (2, 2, 3)),)
    assert found.rows(RESPONSE) == (value("Authorize", 140, (2, 2, 3)), value("TransactionEvent", 90, (4, 4, 5)))


def test_the_document_says_by_analogy() -> None:
    document = talk("12:00:00.000 > 1 ClearCache\n12:00:00.050 < 1 {}").document

    assert document.basis == "by analogy"
    assert document.dut.ocpp_versions == ["2.0.1"]
    assert "OCPP 2.0.1: no official performance parameters exist; figures are by analogy with 1.6" in document.warnings


@pytest.mark.parametrize(
    ("version", "test_case", "found", "basis"),
    [
        ("2.0.1", "TC_001_CS", "2.0.1", "by analogy"),
        ("2.1", "TC_001_CS", "2.1", "by analogy"),
        ("1.6", "TC_001_CS", "1.6", "OCPP 1.6"),
        ("", "TC_001_CS", "1.6", "OCPP 1.6"),
        ("", "TC_E_01_CS", "2.0.1", "by analogy"),
    ],
)
def test_the_version_comes_from_the_header_else_from_the_test_case(
    version: str, test_case: str, found: str, basis: str
) -> None:
    header = f"Test Case Name : {test_case}\nOCPP Version : OCPP {version}\n{'-' * 60}\n"
    document = measured(header + octt("12:00:00.000 > 1 ClearCache\n12:00:00.050 < 1 {}", test_case=test_case)).document

    assert (document.dut.ocpp_versions, document.basis) == ([found], basis)


def test_without_version_the_first_action_that_only_one_version_knows_decides() -> None:
    body = (
        "12:00:00.500 < h Heartbeat {}\n"
        + "12:00:01.000 < b NotifyEvent {}\n"
        + change(',"evse":{"id":1,"connectorId":1}')
        + status("03.150", "Unavailable")
    )
    assert told(body, test_case="TC_001_CS").rows(TRIGGERED) == (value(AVAILABILITY, 100, (4, 5, 6)),)
