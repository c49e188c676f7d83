"""The conditions of Appendix C. What the remarks call the Charge Point is the charging station."""

from __future__ import annotations

from perfkit.core.pics.expression import AllOf, AnyOf, AtLeast, Not, Stated
from perfkit.core.plan.row import yes

MODE_1_2 = Stated("dut.product_subtype", ("mode_1_2_only",), "the product subtype is Mode 1/2-only")
NOT_MODE_1_2 = Not(MODE_1_2, "the product subtype is not Mode 1/2-only")
FIXED_CABLE = yes("dut.fixed_cable", "the cable is fixed to the station")
DETACHABLE_CABLE = Not(FIXED_CABLE, "the cable is detachable")

CACHE = yes("features.C-04", "an authorization cache is available (C-04)")
OFFLINE_UNKNOWN_IDS = yes("features.C-02", "offline authorization of unknown ids is supported (C-02)")
LOCAL_START = yes("features.C-07", "local start is supported (C-07)")
LOCAL_STOP = yes("features.C-08", "local stop is supported (C-08)")
LOCAL_START_AND_STOP = AllOf(LOCAL_START, LOCAL_STOP)

STOPS_NEVER_ON_DISCONNECT = Stated(
    "features.C-06", ("no",), "StopTransactionOnEVSideDisconnect is fixed to false (C-06)"
)
STOP_ON_DISCONNECT_SETTABLE = Stated(
    "features.C-06", ("both",), "StopTransactionOnEVSideDisconnect can be set to both values (C-06)"
)
CAN_STOP_ON_DISCONNECT = Not(
    STOPS_NEVER_ON_DISCONNECT, "StopTransactionOnEVSideDisconnect is not fixed to false (C-06)"
)

STOPS_BEFORE_POWER_FAILURE = Stated(
    "features.power_failure_stop",
    ("before", "both"),
    "transactions are stopped before the station goes down at a power failure",
)
STOPS_AFTER_POWER_FAILURE = Stated(
    "features.power_failure_stop",
    ("after", "both"),
    "transactions are stopped once the station is back after a power failure",
)

FIRMWARE_MANAGEMENT = yes("profiles.firmware_management", "the profile Firmware Management is supported")
SMART_CHARGING = yes("profiles.smart_charging", "the profile Smart Charging is supported")
RESERVATION = yes("profiles.reservation", "the profile Reservation is supported")
REMOTE_TRIGGER = yes("profiles.remote_trigger", "the profile Remote Trigger is supported")
LOCAL_LIST = yes("profiles.local_auth_list_management", "the profile Local Authorization List Management is supported")
NO_LOCAL_LIST = Not(LOCAL_LIST, "the profile Local Authorization List Management is not supported")
OFFLINE_AUTHORIZATION = AllOf(LOCAL_START_AND_STOP, AnyOf(LOCAL_LIST, OFFLINE_UNKNOWN_IDS, CACHE))

SECURITY_CERTIFICATE = yes("security.certificate", "the security certificate is applied for")
NO_SECURITY_CERTIFICATE = Not(SECURITY_CERTIFICATE, "the security certificate is not applied for")
PROFILE_1 = yes("security.profile_1", "security profile 1 is supported")
PROFILE_2 = yes("security.profile_2", "security profile 2 is supported")
PROFILE_3 = yes("security.profile_3", "security profile 3 is supported")
PROFILE_1_OR_2 = AnyOf(PROFILE_1, PROFILE_2)
PROFILE_2_OR_3 = AnyOf(PROFILE_2, PROFILE_3)
SEVERAL_PROFILES = AtLeast(2, PROFILE_1, PROFILE_2, PROFILE_3)
