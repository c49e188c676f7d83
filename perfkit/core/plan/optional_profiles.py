"""Appendix C, OCPP 1.6 (full and subset): the blocks of the feature profiles beside Core."""

from __future__ import annotations

from perfkit.core.plan.conditions import (
    FIRMWARE_MANAGEMENT,
    LOCAL_LIST,
    LOCAL_START,
    NO_SECURITY_CERTIFICATE,
    NOT_MODE_1_2,
    REMOTE_TRIGGER,
    RESERVATION,
    SECURITY_CERTIFICATE,
    SMART_CHARGING,
)
from perfkit.core.plan.row import Block, C, Group, M, O, Row

NO_CONDITION_FOR_R_1 = "Appendix C states no condition, although reservation of the whole station (R-1) is optional."

LOCAL_LIST_BLOCK = Block(
    "Local Authorization List Management",
    "A.1; Appendix C, Local Authorization List Management",
    (
        Group("Get Local List Version", (Row("TC_042_2", 60, "Get Local List Version (empty)", M, M),)),
        Group(
            "Send Local Authorization List",
            (
                Row("TC_043", 61, "Send Local Authorization List", M, remark="Needs room for at least 5 idTokens."),
                Row("TC_043_2", 63, "Send Local Authorization List - VersionMismatch", M),
                Row("TC_043_3", 64, "Send Local Authorization List - Failed", O, M),
                Row("TC_043_4", 65, "Send Local Authorization List - Full", None, M),
                Row("TC_043_5", 66, "Send Local Authorization List - Differential", None, M),
                Row("TC_008", 67, "Regular Start Charging Session - Id in Local Authorization List", M),
            ),
        ),
    ),
    LOCAL_LIST,
)

FIRMWARE_BLOCK = Block(
    "Firmware Management",
    "A.1; Appendix C, FirmwareManagement",
    (
        Group(
            "Firmware Management",
            (
                Row(
                    "TC_044_1",
                    68,
                    "Firmware Update - Download and Install",
                    M,
                    M,
                    should_fail_when=SECURITY_CERTIFICATE,
                    remark="Check the FTP connection. A station that goes for the security certificate should fail it "
                    "(security requirements).",
                ),
                Row(
                    "TC_044_2",
                    69,
                    "Firmware Update - Download Failed",
                    M,
                    M,
                    when=NO_SECURITY_CERTIFICATE,
                    when_csms=NO_SECURITY_CERTIFICATE,
                ),
                Row(
                    "TC_044_3",
                    70,
                    "Firmware Update - Installation Failed",
                    M,
                    M,
                    when=NO_SECURITY_CERTIFICATE,
                    when_csms=NO_SECURITY_CERTIFICATE,
                ),
            ),
        ),
        Group(
            "Diagnostics",
            (
                Row("TC_045_1", 71, "Get Diagnostics", M, M, remark="Check the FTP connection."),
                Row("TC_045_2", 72, "Get Diagnostics - Upload Failed", M, O),
            ),
        ),
    ),
    FIRMWARE_MANAGEMENT,
)

RESERVATION_BLOCK = Block(
    "Reservation",
    "A.1; Appendix C, Reservation",
    (
        Group(
            "Reservation of a Connector",
            (
                Row("TC_046", 108, "Reservation of a Connector - Transaction", None, M),
                Row("TC_046_1", 73, "Reservation of a Connector - Local start transaction", C, when=LOCAL_START),
                Row("TC_046_2", None, "Reservation of a Connector - Remote start transaction", M),
                Row("TC_047", 74, "Reservation of a Connector - Expire", M, M),
                Row("TC_048_2", 76, "Reservation of a Connector - Occupied", M, O),
                Row("TC_048_3", 77, "Reservation of a Connector - Unavailable", M, O),
                Row("TC_048_4", 78, "Reservation of a Connector - Rejected", O, M),
            ),
        ),
        Group(
            "Reservation of a Charge Point",
            (
                Row("TC_049", 79, "Reservation of a Charge Point - Transaction", M, M, remark=NO_CONDITION_FOR_R_1),
                Row("TC_050_2", 81, "Reservation of a Charge Point - Occupied", M, remark=NO_CONDITION_FOR_R_1),
                Row("TC_050_3", 82, "Reservation of a Charge Point - Unavailable", M, remark=NO_CONDITION_FOR_R_1),
            ),
        ),
        Group(
            "Cancel Reservation",
            (
                Row("TC_051", 84, "Cancel Reservation", M, M),
                Row("TC_052", 85, "Cancel Reservation - Rejected", M, O),
                Row("TC_053", 86, "Use a reserved Connector with parentIdTag", M, O),
            ),
        ),
    ),
    RESERVATION,
)

TRIGGER_BLOCK = Block(
    "Remote Trigger",
    "A.1; Appendix C, RemoteTrigger",
    (
        Group(
            "Remote Trigger",
            (
                Row("TC_054", 87, "Trigger Message", M, M),
                Row("TC_055", 88, "Trigger Message - Rejected", M, O),
            ),
        ),
    ),
    REMOTE_TRIGGER,
)

SMART_CHARGING_BLOCK = Block(
    "Smart Charging",
    "A.1; Appendix C, SmartCharging",
    (
        Group(
            "Central Smart Charging",
            (
                Row("TC_056", 89, "Central Smart Charging - TxDefaultProfile", M, M, when=NOT_MODE_1_2),
                Row("TC_057", 90, "Central Smart Charging - TxProfile", M, M, when=NOT_MODE_1_2),
                Row("TC_058_1", 91, "Central Smart Charging - No ongoing transaction", M, when=NOT_MODE_1_2),
                Row("TC_058_2", 92, "Central Smart Charging - Wrong transactionId", M, when=NOT_MODE_1_2),
                Row(
                    "TC_082",
                    93,
                    "Central Smart Charging - TxDefaultProfile - with ongoing transaction",
                    M,
                    when=NOT_MODE_1_2,
                ),
                Row(
                    "TC_066",
                    94,
                    "Get Composite Schedule",
                    M,
                    M,
                    when=NOT_MODE_1_2,
                    remark="Needs 3 installed profiles with 5 periods.",
                ),
                Row("TC_067", 95, "Clear Charging Profile", M, M, when=NOT_MODE_1_2),
                Row("TC_072", 96, "Stacking Charging Profiles", M, when=NOT_MODE_1_2, remark="Needs 2 stack levels."),
            ),
        ),
        Group(
            "Remote Start Transaction with Charging Profile",
            (
                Row("TC_059", 97, "Remote Start Transaction with Charging Profile", M, M, when=NOT_MODE_1_2),
                Row("TC_060", 98, "Remote Start Transaction with Charging Profile - Rejected", M, when=NOT_MODE_1_2),
            ),
        ),
    ),
    SMART_CHARGING,
)
