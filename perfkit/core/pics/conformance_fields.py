"""Keys of the conformance part: optional features, limits, profiles, security (test procedure Appendix A, A.1, A.2)."""

from __future__ import annotations

from perfkit.core.pics.field import Field
from perfkit.core.pics.kinds import Choice, Flag, Integer, Several, Text
from perfkit.core.pics.model import (
    CertificateScope,
    ChargingRateUnit,
    ChargingRateUnits,
    FileTransferProtocol,
    PowerFailureStop,
    YesNoBoth,
)

YES_NO = Flag()
COUNT = Integer(0, 1_000_000)
INTERVAL_S = Integer(0, 31_536_000)  # a year

FEATURES = (
    Field("C-02", YES_NO, "Offline authorization for unknown ids.", "A, C-02", "yes", ("AllowOfflineTxForUnknownId",)),
    Field("C-03", YES_NO, "Maximum energy for invalid ids.", "A, C-03", "no", ("MaxEnergyOnInvalidId",)),
    Field("C-04", YES_NO, "Authorization cache.", "A, C-04", "yes", ("AuthorizationCacheEnabled",)),
    Field(
        "C-05",
        YES_NO,
        "Support to limit StatusNotifications; a station is delivered with the value set to 0.",
        "A, C-05",
        "no",
        ("MinimumStatusDuration",),
    ),
    Field(
        "C-06",
        Choice.of(YesNoBoth, {"true": "yes", "false": "no"}),
        "Authorization ends after the cable is disconnected on the EV side.",
        "A, C-06",
        "both",
        ("StopTransactionOnEVSideDisconnect", "StopTxOnEVSideDisconnect"),
    ),
    Field("C-07", YES_NO, "Support for local start.", "A, C-07", "yes", ("local_start",)),
    Field("C-08", YES_NO, "Support for local stop.", "A, C-08", "yes", ("local_stop",)),
    Field(
        "R-1",
        YES_NO,
        "Reservation of the entire charging station.",
        "A, R-1",
        "no",
        ("ReserveConnectorZeroSupported",),
    ),
    Field(
        "SC-1",
        Choice.of(ChargingRateUnits),
        "Supported charging rate units.",
        "A, SC-1",
        "both",
        ("ChargingScheduleChargingRateUnit",),
    ),
    Field(
        "power_failure_stop",
        Choice.of(PowerFailureStop),
        "Whether transactions are stopped before the station goes down at a power failure, after it is back, or as it "
        "is configured (both); decides TC_032_1 and TC_032_2.",
        "C, TC_032_1 and TC_032_2",
        "after",
        ("power_failure",),
    ),
)

SETTINGS = "A, Other relevant settings and limits"
LIMITS = (
    Field("GetConfigurationMaxKeys", COUNT, "Keys in one GetConfiguration.", SETTINGS, "50"),
    Field("MeterValuesAlignedDataMaxLength", COUNT, "Items of the key.", SETTINGS, "20"),
    Field("MeterValuesSampledDataMaxLength", COUNT, "Items of the key.", SETTINGS, "20"),
    Field("MeterValueSampleIntervalMinimum", INTERVAL_S, "Smallest value, seconds.", SETTINGS, "5"),
    Field("MeterValueSampleIntervalMaximum", INTERVAL_S, "Largest value, seconds.", SETTINGS, "3600"),
    Field("HeartbeatIntervalMinimum", INTERVAL_S, "Smallest value, seconds.", SETTINGS, "10"),
    Field("HeartbeatIntervalMaximum", INTERVAL_S, "Largest value, seconds.", SETTINGS, "86400"),
    Field("StopTransactionMaxMeterValues", COUNT, "Meter values in a StopTransaction.", SETTINGS, "100"),
    Field("StopTxnAlignedDataMaxLength", COUNT, "Items of the key.", SETTINGS, "20"),
    Field("StopTxnSampledDataMaxLength", COUNT, "Items of the key.", SETTINGS, "20"),
    Field("WebSocketPingInterval", INTERVAL_S, "Seconds between pings; 0: none.", SETTINGS, "60"),
    Field("LocalAuthListMaxLength", COUNT, "Entries of the local authorization list.", SETTINGS, "500"),
    Field("SendLocalListMaxLength", COUNT, "Entries in one SendLocalList.", SETTINGS, "50"),
    Field(
        "ChargeProfileMaxStackLevel", COUNT, "Largest stack level.", SETTINGS, "8", ("ChargingProfileMaxStackLevel",)
    ),
    Field(
        "ChargingScheduleAllowedChargingRateUnit",
        Several(Choice.of(ChargingRateUnit, {"A": "Current", "W": "Power"})),
        "Charging rate units.",
        SETTINGS,
        "[Current, Power]",
    ),
    Field("ChargingScheduleMaxPeriods", COUNT, "Periods in a charging schedule.", SETTINGS, "24"),
    Field(
        "SupportedFileTransferProtocols",
        Several(Choice.of(FileTransferProtocol)),
        "File transfer protocols.",
        SETTINGS,
        "[https, ftp]",
    ),
    Field(
        "other", Several(Text()), "Other minimum or maximum values, one text each.", SETTINGS, "['Light: 10 to 100']"
    ),
)

PROFILES = (
    Field("certificate", Choice.of(CertificateScope), "Fully supported or subset.", "A.1", "subset"),
    Field("core", YES_NO, "Core.", "A.1", "yes"),
    Field("firmware_management", YES_NO, "Firmware management.", "A.1", "yes", ("firmware",)),
    Field("smart_charging", YES_NO, "Smart charging.", "A.1", "no"),
    Field("reservation", YES_NO, "Reservation.", "A.1", "yes"),
    Field(
        "local_auth_list_management", YES_NO, "Local authorization list management.", "A.1", "no", ("local_auth_list",)
    ),
    Field("remote_trigger", YES_NO, "Remote trigger.", "A.1", "yes"),
)

SECURITY = (
    Field(
        "certificate",
        YES_NO,
        "The security certificate is applied for. Not stated: yes, if this section says anything; else no.",
        "A.2",
        "yes",
        ("security_certificate",),
    ),
    Field(
        "cipher_suites_ecdhe_ecdsa",
        YES_NO,
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 (charging station only).",
        "A.2, Supported cipher suites",
        "yes",
    ),
    Field(
        "cipher_suites_rsa",
        YES_NO,
        "TLS_RSA_WITH_AES_128_GCM_SHA256 and TLS_RSA_WITH_AES_256_GCM_SHA384 (charging station only).",
        "A.2, Supported cipher suites",
        "yes",
    ),
    Field("profile_1", YES_NO, "Security profile 1: basic authentication without TLS.", "A.2", "no"),
    Field("profile_2", YES_NO, "Security profile 2: TLS with basic authentication.", "A.2", "yes"),
    Field("profile_3", YES_NO, "Security profile 3: TLS with client certificates.", "A.2", "no"),
    Field(
        "public_certificates",
        YES_NO,
        "The public certificates for the tests, or examples of them, have been handed to the laboratory.",
        "A.2",
        "yes",
        ("certificates",),
    ),
)
