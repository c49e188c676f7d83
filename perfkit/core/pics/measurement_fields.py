"""Keys of the general part, the stated values and the method (test procedure Appendix A and A.4)."""

from __future__ import annotations

from perfkit.core.pics.field import Field
from perfkit.core.pics.kinds import Choice, ClockZone, Duration, Flag, Integer, Several, StatedDuration, Text
from perfkit.core.pics.model import (
    DutType,
    MobileGeneration,
    ProductSubtype,
    RfidReaders,
    Sockets,
    Technology,
)
from perfkit.core.policy import Aggregate, Inclusion, Multi, NetworkUse, TriggeredStart, TriggerFwDiag, Verdicts

YES_NO = Flag()
STATED = StatedDuration()
INCLUSION = Choice.of(Inclusion)

DOCUMENT = (
    Field("id", Text(), "Test procedure the PICS belongs to.", "title page", "OCPP 1.6 Test Procedure & Test Plans"),
    Field("edition", Text(), "Edition of the test procedure.", "title page", "V1.2.0", ("version",)),
)

DUT = (
    Field(
        "type",
        Choice.of(
            DutType,
            {
                "CS": "charging_station",
                "Charging Station": "charging_station",
                "charge_point": "charging_station",
                "central_system": "csms",
            },
        ),
        "What is tested. Not stated: the role is taken from the logs.",
        "A, DUT",
        "charging_station",
        ("role", "dut", "kind"),
    ),
    Field(
        "product_subtype",
        Choice.of(ProductSubtype, {"N.A.": "none", "Mode 1/2-only Charging Station": "mode_1_2_only"}),
        "Mode 1/2-only stations may use another order of status notifications.",
        "A, Product subtype; D",
        "none",
        ("subtype",),
    ),
    Field("vendor", Text(), "Vendor name.", "A, Vendor name", "Example Charging", ("manufacturer", "vendor_name")),
    Field(
        "model",
        Text(),
        "Type or model, name and number.",
        "A, Type / model (for CS only)",
        "Example One 22",
        ("product", "type_model"),
    ),
    Field(
        "serial",
        Text(),
        "Serial number of the tested item.",
        "ISO/IEC 17025, 7.8.2.1 g",
        "EX-000123",
        ("serial_number", "sn"),
    ),
    Field(
        "firmware",
        Text(),
        "OCPP software version.",
        "A, OCPP Software version",
        "1.10.2",
        ("software", "ocpp_software_version", "software_version", "version"),
    ),
    Field(
        "connectors",
        Integer(1, 1000),
        "Number of connectors. Not stated: the largest connector number seen in the logs.",
        "A, Socket(s) / connector(s) (for CS only)",
        "2",
        ("number_of_connectors", "connector_count"),
    ),
    Field(
        "sockets",
        Choice.of(Sockets),
        "One or several sockets or connectors.",
        "A, Socket(s) / connector(s) (for CS only)",
        "multiple",
        ("socket",),
    ),
    Field(
        "fixed_cable", YES_NO, "The cable is fixed to the station.", "A, Fixed cable (for CS only)", "no", ("cable",)
    ),
    Field(
        "milliseconds",
        YES_NO,
        "OCPP messages carry milliseconds. Concerns the time stamps in payloads, not the measured intervals.",
        "A, Support for milliseconds in OCPP messages",
        "yes",
        ("ms", "millisecond_support", "supports_milliseconds"),
    ),
    Field(
        "communication_technologies",
        Several(Choice.of(Technology, {"Wi-Fi": "wifi", "mobile network": "mobile"})),
        "Every communication technology that the DUT has; communication.technology is the one that is measured.",
        "A, Communication technology",
        "[ethernet, mobile]",
        ("technologies", "communication"),
    ),
    Field("rfid_readers", Choice.of(RfidReaders), "RFID readers.", "A, RFID readers", "single", ("rfid", "readers")),
)

COMMUNICATION = (
    Field(
        "technology",
        Choice.of(Technology, {"Wi-Fi": "wifi", "mobile network": "mobile"}),
        "The one technology the performance is measured with.",
        "A.4, Communication technology; 8.2.2",
        "mobile",
        ("communication_technology",),
    ),
    Field(
        "mobile_generations",
        Several(Choice.of(MobileGeneration, {"GSM": "2g", "UMTS": "3g", "LTE": "4g"})),
        "Generations of the mobile network that the DUT supports. Not stated: all that the dongle offers are measured.",
        "6.2",
        "[2g, 4g]",
        ("generations", "technologies", "generation"),
    ),
)

PERFORMANCE = (
    Field(
        "triggered_function_timeout",
        STATED,
        "OCPP triggered function timeout (charging station only).",
        "A.4, 8.2.1",
        "5",
        ("triggered_function", "ocpp_triggered_function_timeout"),
    ),
    Field("response_timeout", STATED, "OCPP response timeout.", "A.4, 8.2.1", "2.5", ("ocpp_response_timeout",)),
    Field(
        "authorize_response_time",
        STATED,
        "Response time Authorize (CSMS only).",
        "A.4, 8.2.1",
        "500 ms",
        ("response_time_authorize", "authorize"),
    ),
    Field(
        "remote_start_authorization_time",
        STATED,
        "Transaction authorization time by RemoteStartTransaction (charging station only).",
        "A.4, 8.2.1",
        "4",
        ("remote_start_time", "remote_start", "transaction_authorization_time"),
    ),
    Field(
        "remote_stop_authorization_time",
        STATED,
        "Transaction authorization end time by RemoteStopTransaction (charging station only).",
        "A.4, 8.2.1",
        "4",
        ("remote_stop_time", "remote_stop", "transaction_authorization_end_time"),
    ),
)

POLICY = (
    Field(
        "triggered_start",
        Choice.of(TriggeredStart),
        "The triggered function timeout starts at the DUT's answer (conf) or at the request (req).",
        "docs/method.md 5, T1",
        "req",
    ),
    Field(
        "aggregate",
        Choice.of(Aggregate),
        "Which statistic of the observations is the measured value.",
        "docs/method.md 10",
        "p95",
        ("headline", "statistic"),
    ),
    Field(
        "trigger_fw_diag",
        Choice.of(TriggerFwDiag),
        "Triggered Diagnostics- and FirmwareStatusNotification: own row, or included in the measured value.",
        "docs/method.md 5, T2",
        "include",
    ),
    Field(
        "multi",
        Choice.of(Multi),
        "connectorId 0: the last or the first connector's status ends the interval.",
        "docs/method.md 5, T2",
        "first",
    ),
    Field(
        "verdicts",
        Choice.of(Verdicts),
        "Only test cases with verdict PASS count in the measured value, or all.",
        "docs/method.md 9",
        "all",
        ("verdict",),
    ),
    Field(
        "digits",
        Integer(0, 9),
        "Decimals of a measured value printed beside the stated one, rounded up. null: as many as the vendor stated.",
        "docs/method.md 10",
        "3",
        ("decimals",),
    ),
    Field(
        "queue_tolerance_s",
        Duration(0, 3600),
        "How far a payload's time may lie before its request until the message counts as queued.",
        "docs/method.md 8",
        "2",
        ("queue_tolerance", "tolerance_s"),
    ),
    Field(
        "call_errors", INCLUSION, "A CALLERROR counts as a response.", "docs/method.md 3, P2", "exclude", ("callerror",)
    ),
    Field(
        "reason_absent",
        INCLUSION,
        "A StopTransaction without reason counts after RemoteStopTransaction.",
        "docs/method.md 7",
        "include",
    ),
    Field(
        "network_jitter_s",
        Duration(0, 60),
        "Standard deviation of the round-trip time, a term of the uncertainty. null: left out.",
        "docs/method.md 10",
        "12 ms",
        ("network_jitter", "jitter"),
    ),
    Field(
        "tool_delay_s",
        Duration(0, 1),
        "Largest delay of the tool between wire and time stamp (rectangular from 0), a term of the uncertainty.",
        "docs/method.md 10",
        "10 ms",
        ("tool_delay", "logging_delay"),
    ),
    Field(
        "network",
        Choice.of(NetworkUse),
        "Values taken while the link missed a threshold: flagged, or excluded.",
        "docs/method.md 12, N3",
        "exclude",
        ("link", "network_gate"),
    ),
    Field(
        "log_clock",
        ClockZone(),
        "Zone that the log's clock shows. null: taken from what the tool's own messages say of their time.",
        "docs/method.md 12, N2",
        "Europe/Berlin",
        ("log_zone", "timezone", "time_zone"),
    ),
    Field(
        "log_clock_offset_s",
        Duration(-86400, 86400),
        "How far the clock of the tool's host is ahead of that of the monitor's.",
        "docs/method.md 12, N2",
        "1.5 s",
        ("log_clock_offset",),
    ),
    Field(
        "log_clock_tolerance_s",
        Duration(0, 3600),
        "How far the clocks of the tool's and of the monitor's host may differ beyond that.",
        "docs/method.md 12, N2",
        "200 ms",
        ("log_clock_tolerance",),
    ),
)
