"""Appendix C, OCPP 1.6 (full and subset): the block Core."""

from __future__ import annotations

from perfkit.core.pics.expression import AllOf, AnyOf
from perfkit.core.plan.conditions import (
    CACHE,
    CAN_STOP_ON_DISCONNECT,
    DETACHABLE_CABLE,
    FIXED_CABLE,
    LOCAL_START,
    LOCAL_START_AND_STOP,
    LOCAL_STOP,
    MODE_1_2,
    NO_LOCAL_LIST,
    NOT_MODE_1_2,
    OFFLINE_AUTHORIZATION,
    STOP_ON_DISCONNECT_SETTABLE,
    STOPS_AFTER_POWER_FAILURE,
    STOPS_BEFORE_POWER_FAILURE,
)
from perfkit.core.plan.row import Block, C, Group, M, O, Row

CORE = Block(
    "Core",
    "A.1; Appendix C, Core",
    (
        Group(
            "Cold Boot Charge Point",
            (
                Row("TC_001", 1, "Cold Boot Charge Point", M, M),
                Row("TC_002", 2, "Cold Boot Charge Point - Pending", M),
            ),
        ),
        Group(
            "Start Charging Session",
            (
                Row("TC_003", 4, "Regular Charging Session - Plugin First", C, M, when=LOCAL_START_AND_STOP),
                Row("TC_004_1", 5, "Regular Charging Session - Identification First", C, M, when=LOCAL_START_AND_STOP),
                Row(
                    "TC_004_2",
                    6,
                    "Regular Charging Session - Identification First - ConnectionTimeOut",
                    C,
                    M,
                    when=LOCAL_START,
                ),
            ),
        ),
        Group(
            "Stop Charging Session",
            (
                Row(
                    "TC_068",
                    7,
                    "Stop transaction - IdTag in StopTransaction matches IdTag in StartTransaction",
                    C,
                    when=LOCAL_START_AND_STOP,
                ),
                Row(
                    "TC_069",
                    8,
                    "Stop transaction - ParentIdTag in StopTransaction matches ParentIdTag in StartTransaction",
                    C,
                    when=LOCAL_START_AND_STOP,
                ),
                Row(
                    "TC_005_1",
                    9,
                    "EV Side Disconnected - StopTransactionOnEVSideDisconnect = true"
                    " - UnlockConnectorOnEVSideDisconnect = true",
                    C,
                    M,
                    when=AllOf(DETACHABLE_CABLE, CAN_STOP_ON_DISCONNECT, NOT_MODE_1_2),
                    remark="StopTransactionOnEVSideDisconnect = true.",
                ),
                Row(
                    "TC_005_2",
                    10,
                    "EV Side Disconnected - StopTransactionOnEVSideDisconnect = true"
                    " - UnlockConnectorOnEVSideDisconnect = false",
                    C,
                    when=AnyOf(CAN_STOP_ON_DISCONNECT, MODE_1_2),
                    mandatory_for_mode_1_2=True,
                    remark="StopTransactionOnEVSideDisconnect = true.",
                ),
                Row(
                    "TC_005_3",
                    11,
                    "EV Side Disconnected - StopTransactionOnEVSideDisconnect = false"
                    " - UnlockConnectorOnEVSideDisconnect = false",
                    C,
                    when=AllOf(STOP_ON_DISCONNECT_SETTABLE, NOT_MODE_1_2),
                    remark="StopTransactionOnEVSideDisconnect = false.",
                ),
            ),
        ),
        Group(
            "Cache",
            (
                Row("TC_007", 13, "Regular Start Charging Session - Cached Id", C, M, when=CACHE),
                Row(
                    "TC_061",
                    14,
                    "Clear Authorization Data in Authorization Cache",
                    C,
                    M,
                    when=AllOf(LOCAL_START_AND_STOP, CACHE),
                ),
            ),
        ),
        Group(
            "Core Profile - Remote actions Happy flow",
            (
                Row("TC_010", 16, "Remote Start Charging Session - Cable Plugged in First", M, M),
                Row("TC_011_1", 17, "Remote Start Charging Session - Remote Start First", M, M),
                Row("TC_011_2", 18, "Remote Start Charging Session - Time Out", M, M),
                Row("TC_012", 19, "Remote Stop Charging Session", M, M),
            ),
        ),
        Group(
            "Core Profile - Resetting Happy Flow",
            (
                Row("TC_013", 20, "Hard Reset Without transaction", M, M),
                Row("TC_014", 21, "Soft Reset Without Transaction", M, M),
                Row("TC_015", 22, "Hard Reset With Transaction", M),
                Row("TC_016", 23, "Soft Reset With Transaction", M),
            ),
        ),
        Group(
            "Core Profile - Unlocking Happy flow",
            (
                Row(
                    "TC_017_1",
                    24,
                    "Unlock connector - no charging session running (Not fixed cable)",
                    C,
                    M,
                    when=AllOf(DETACHABLE_CABLE, NOT_MODE_1_2),
                ),
                Row(
                    "TC_017_2",
                    25,
                    "Unlock connector - no charging session running (Fixed cable)",
                    C,
                    M,
                    when=AnyOf(FIXED_CABLE, MODE_1_2),
                    mandatory_for_mode_1_2=True,
                ),
                Row(
                    "TC_018_1",
                    26,
                    "Unlock Connector - With Charging Session (Not fixed cable)",
                    C,
                    when=AllOf(DETACHABLE_CABLE, NOT_MODE_1_2),
                ),
                Row(
                    "TC_018_2",
                    27,
                    "Unlock Connector - With Charging Session (Fixed cable)",
                    C,
                    when=AnyOf(FIXED_CABLE, MODE_1_2),
                    mandatory_for_mode_1_2=True,
                ),
            ),
        ),
        Group(
            "Core Profile - Configuration Happy flow",
            (
                Row("TC_019", 28, "Retrieve configuration", M),
                Row("TC_019_1", 29, "Retrieve all configuration keys", None, M),
                Row("TC_019_2", 30, "Retrieve specific configuration key", None, M),
                Row("TC_021", 31, "Change/set Configuration", M, M),
            ),
        ),
        Group(
            "Meter values",
            (
                Row("TC_070", 32, "Sampled Meter Values", M),
                Row("TC_071", 33, "Clock-aligned Meter Values", M),
            ),
        ),
        Group(
            "Core Profile - Basic Actions Non-happy flow",
            (
                Row("TC_023", 34, "Start Charging Session - Authorize invalid", M),
                Row("TC_023_1", 35, "Start Charging Session - Authorize invalid", None, M),
                Row("TC_023_2", 36, "Start Charging Session - Authorize expired", None, M),
                Row("TC_023_3", 37, "Start Charging Session - Authorize blocked", None, M),
                Row("TC_024", 38, "Start Charging Session - Lock Failure", O, M, when=DETACHABLE_CABLE),
                Row("TC_043_1", 62, "Send Local Authorization List - NotSupported", C, O, when=NO_LOCAL_LIST),
                Row("TC_042_1", 59, "Get Local List Version (not supported)", C, O, when=NO_LOCAL_LIST),
            ),
        ),
        Group(
            "Core Profile - Remote Actions Non-Happy Flow",
            (
                Row("TC_026", 39, "Remote Start Charging Session - Rejected", M, M),
                Row("TC_028", 41, "Remote Stop Transaction - Rejected", M, O),
            ),
        ),
        Group(
            "Core Profile - Unlocking Non-happy flow",
            (
                Row("TC_030", 42, "Unlock Connector - Unlock Failure", O, M),
                Row("TC_031", 43, "Unlock Connector - Unknown Connector", M, O),
            ),
        ),
        Group(
            "Core Profile - Power Failure Non-Happy Flow",
            (
                Row(
                    "TC_032_1",
                    44,
                    "Power failure boot charging point - configured to stop transaction(s) before going down",
                    C,
                    M,
                    when=STOPS_BEFORE_POWER_FAILURE,
                ),
                Row(
                    "TC_032_2",
                    45,
                    "Power failure boot charging point-configured to stop transaction(s)",
                    C,
                    when=STOPS_AFTER_POWER_FAILURE,
                ),
                Row("TC_034", 46, "Power Failure with Unavailable Status", M),
            ),
        ),
        Group(
            "Core Profile - Offline behavior Non-Happy Flow",
            (
                Row("TC_036", 48, "Connection Loss During Transaction", M),
                Row(
                    "TC_037_1",
                    49,
                    "Offline Start Transaction - Valid IdTag",
                    C,
                    M,
                    when=OFFLINE_AUTHORIZATION,
                    remark="Valid idTag; AllowOfflineTxForUnknownId = true, LocalAuthorizeOffline = true.",
                ),
                Row(
                    "TC_037_2",
                    50,
                    "Offline Start Transaction - Invalid IdTag - StopTransactionOnInvalidId = false",
                    C,
                    when=OFFLINE_AUTHORIZATION,
                    remark="Invalid idTag; AllowOfflineTxForUnknownId = true, LocalAuthorizeOffline = true, "
                    "StopTransactionOnInvalidId = false. Also for Mode 1/2-only stations.",
                ),
                Row(
                    "TC_037_3",
                    51,
                    "Offline Start Transaction - Invalid IdTag - StopTransactionOnInvalidId = true",
                    C,
                    M,
                    when=OFFLINE_AUTHORIZATION,
                    remark="Invalid idTag; AllowOfflineTxForUnknownId = true, LocalAuthorizeOffline = true, "
                    "StopTransactionOnInvalidId = true.",
                ),
                Row("TC_038", 52, "Offline Stop Transaction", C, when=LOCAL_STOP),
                Row("TC_039", 53, "Offline Transaction", C, M, when=OFFLINE_AUTHORIZATION),
            ),
        ),
        Group(
            "Core Profile - Configuration Keys Non-Happy Flow",
            (
                Row(
                    "TC_040_1",
                    54,
                    "Configuration keys - NotSupported",
                    M,
                    O,
                    remark="A configuration key that is not supported.",
                ),
                Row("TC_040_2", 55, "Configuration Keys - Invalid value", M, O, remark="A value that is not allowed."),
            ),
        ),
        Group(
            "DataTransfer",
            (
                Row(
                    "TC_062",
                    57,
                    "Data Transfer to a Charge Point",
                    M,
                    remark="Verifies only that the DUT responds; it may reject.",
                ),
                Row(
                    "TC_064",
                    58,
                    "Data Transfer to a Central System",
                    None,
                    M,
                    remark="Verifies only that the DUT responds; it may reject.",
                ),
            ),
        ),
    ),
)
