"""What a PICS may not say at once: one row per contradiction, with the clause that it follows from.

A row only fires when everything it speaks of is stated; what is not stated contradicts nothing.
"""

from __future__ import annotations

from perfkit.core.pics.expression import Above, AllOf, AnyOf, Below, Lists, Not, Stated, Unless
from perfkit.core.pics.field import Contradiction


def _says(key: str, *values: object) -> Stated:
    return Stated(key, values, f"{key}: {' or '.join(map(str, values))}")


FULL = _says("profiles.certificate", "full")
MODE_1_2 = _says("dut.product_subtype", "mode_1_2_only")
SMART_CHARGING = _says("profiles.smart_charging", True)
TLS = AnyOf(_says("security.profile_2", True), _says("security.profile_3", True))
SUITES = "A.2, Supported cipher suites"
SOCKETS = "A, Socket(s) / connector(s)"
SETTINGS = "A, Other relevant settings and limits"
RATE_UNITS = "limits.ChargingScheduleAllowedChargingRateUnit"

_PROFILES_OF_FULL = (
    "firmware_management",
    "smart_charging",
    "reservation",
    "local_auth_list_management",
    "remote_trigger",
)

CONTRADICTIONS = (
    Contradiction(
        "profiles.core",
        AllOf(_says("profiles.core", False), _says("profiles.certificate", "full", "subset")),
        "profiles.certificate: a full certificate and a subset both contain Core",
        "A.1, Core",
    ),
    *(
        Contradiction(
            f"profiles.{profile}",
            AllOf(FULL, _says(f"profiles.{profile}", False)),
            "profiles.certificate: full, which contains every profile; write certificate: subset",
            "A.1",
        )
        for profile in _PROFILES_OF_FULL
    ),
    Contradiction(
        "profiles.smart_charging",
        AllOf(MODE_1_2, SMART_CHARGING),
        "dut.product_subtype: mode_1_2_only; Smart Charging is not applicable for Mode 1/2-only charging stations",
        "A.1, Smart Charging; Appendix C, SmartCharging",
    ),
    Contradiction(
        "profiles.certificate",
        AllOf(MODE_1_2, FULL),
        "dut.product_subtype: mode_1_2_only; a full certificate contains Smart Charging, which is not applicable to it",
        "A.1, Smart Charging",
    ),
    Contradiction(
        "features.C-06",
        AllOf(MODE_1_2, _says("features.C-06", "no")),
        "dut.product_subtype: mode_1_2_only, for which TC_005_2 is mandatory; it needs "
        "StopTransactionOnEVSideDisconnect = true",
        "A, C-06; Appendix C, TC_005_2",
    ),
    Contradiction(
        "features.R-1",
        AllOf(_says("features.R-1", True), _says("profiles.reservation", False)),
        "profiles.reservation: no; reserving the whole station is part of the profile Reservation",
        "A, R-1; A.1, Reservation",
    ),
    Contradiction(
        "security.profile_3",
        AllOf(
            _says("security.profile_2", False),
            _says("security.profile_3", False),
            Unless("security.certificate", False),
        ),
        "security.profile_2: no; a security certificate needs security profile 2 or 3 or both "
        "(write certificate: no if none is applied for)",
        "A.2, Security Profile 2 and 3",
    ),
    Contradiction(
        "security.cipher_suites_rsa",
        AllOf(TLS, _says("security.cipher_suites_ecdhe_ecdsa", False), _says("security.cipher_suites_rsa", False)),
        "security.profile_2 or profile_3: yes; TLS needs one of the two rows of cipher suites",
        SUITES,
    ),
    Contradiction(
        "dut.sockets",
        AllOf(_says("dut.sockets", "multiple"), Below("dut.connectors", 2)),
        "dut.connectors: 1",
        SOCKETS,
    ),
    Contradiction(
        "dut.sockets",
        AllOf(_says("dut.sockets", "single"), Not(_says("dut.connectors", 1))),
        "dut.connectors: more than 1",
        SOCKETS,
    ),
    *(
        Contradiction(
            "communication.technology",
            AllOf(
                _says("communication.technology", technology), Not(Lists("dut.communication_technologies", technology))
            ),
            "dut.communication_technologies, which does not list it; the DUT is measured with one that it has",
            "A, Communication technology; A.4",
        )
        for technology in ("wifi", "ethernet", "mobile")
    ),
    *(
        Contradiction(
            f"limits.{interval}Minimum",
            Above(f"limits.{interval}Minimum", f"limits.{interval}Maximum"),
            f"limits.{interval}Maximum, which is smaller",
            SETTINGS,
        )
        for interval in ("MeterValueSampleInterval", "HeartbeatInterval")
    ),
    *(
        Contradiction(
            "features.SC-1",
            AllOf(_says("features.SC-1", letter, "both"), Not(Lists(RATE_UNITS, unit))),
            f"{RATE_UNITS}, which does not list {unit}",
            f"A, SC-1; {SETTINGS}",
        )
        for letter, unit in (("A", "Current"), ("W", "Power"))
    ),
    *(
        Contradiction(
            "features.SC-1",
            AllOf(_says("features.SC-1", letter), Lists(RATE_UNITS, unit)),
            f"{RATE_UNITS}, which lists {unit} too",
            f"A, SC-1; {SETTINGS}",
        )
        for letter, unit in (("A", "Power"), ("W", "Current"))
    ),
    Contradiction(
        "limits.LocalAuthListMaxLength",
        AllOf(_says("profiles.local_auth_list_management", True), Below("limits.LocalAuthListMaxLength", 5)),
        "profiles.local_auth_list_management: yes, for which TC_043 is mandatory; it needs room for 5 idTokens",
        "Appendix C, TC_043",
    ),
    Contradiction(
        "limits.ChargingScheduleMaxPeriods",
        AllOf(SMART_CHARGING, Below("limits.ChargingScheduleMaxPeriods", 5)),
        "profiles.smart_charging: yes, for which TC_066 is mandatory; it needs 5 periods in a charging schedule",
        "Appendix C, TC_066",
    ),
    Contradiction(
        "limits.ChargeProfileMaxStackLevel",
        AllOf(SMART_CHARGING, Below("limits.ChargeProfileMaxStackLevel", 1)),
        "profiles.smart_charging: yes, for which TC_072 is mandatory; it needs 2 stack levels (0 and 1)",
        "Appendix C, TC_072",
    ),
)
