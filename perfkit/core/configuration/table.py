"""The configuration keys of OCPP 1.6 edition 2, clause 9, of its errata sheet, and of the papers that extend it.

Errata: OCPP 1.6 Errata sheet v4.0. White paper: Improved security for OCPP 1.6-J, edition 3. Plug & Charge:
application note of the OCA; its keys are no optional functionality of a feature profile (7.1.4).
"""

from __future__ import annotations

import re

from perfkit.core.configuration.standard_key import KeyType, StandardKey

BOOLEAN, INTEGER, STRING, LIST = KeyType.BOOLEAN, KeyType.INTEGER, KeyType.STRING, KeyType.LIST
CORE, LISTS, RESERVE, SMART = "Core", "LocalAuthListManagement", "Reservation", "SmartCharging"
PNC, NOTE = "PlugAndCharge", "OCA application note, Using ISO 15118 Plug & Charge with OCPP 1.6, v1.0"
ERRATA, PAPER = "OCPP 1.6 Errata sheet v4.0", "OCPP 1.6 security white paper, edition 3"

_PHASE = r"L1|L2|L3|N|L1-N|L2-N|L3-N|L1-L2|L2-L3|L3-L1"
_MEASURAND = re.compile(
    r"(?:Current\.(?:Export|Import|Offered)|Energy\.(?:Active|Reactive)\.(?:Export|Import)\.(?:Register|Interval)"
    r"|Power\.(?:Active\.Export|Active\.Import|Factor|Offered|Reactive\.Export|Reactive\.Import)"
    rf"|Frequency|RPM|SoC|Temperature|Voltage)(?:\.(?:{_PHASE}))?\Z"
)
_ROTATION = re.compile(r"(?:[0-9]+\.)?(?:NotApplicable|Unknown|RST|RTS|SRT|STR|TRS|TSR)\Z")
_PROFILES = re.compile(r"(?:Core|FirmwareManagement|LocalAuthListManagement|Reservation|SmartCharging|RemoteTrigger)\Z")
_UNITS = re.compile(r"(?:Current|Power)\Z")
_PROTOCOLS = re.compile(r"(?:FTP|FTPS|HTTP|HTTPS|SFTP)\Z", re.IGNORECASE)

# key, type, access, required, profile, clause, what it does, unit and limits
# fmt: off
_CORE = (
    StandardKey("AllowOfflineTxForUnknownId", BOOLEAN, "RW", False, CORE, "9.1.1", "Offline authorization of unknown ids."),
    StandardKey("AuthorizationCacheEnabled", BOOLEAN, "RW", False, CORE, "9.1.2", "Authorization cache."),
    StandardKey("AuthorizeRemoteTxRequests", BOOLEAN, "R/RW", True, CORE, "9.1.3", "A remote start is authorized like a local one."),
    StandardKey("BlinkRepeat", INTEGER, "RW", False, CORE, "9.1.4", "How often the lighting blinks as a signal.", "times"),
    StandardKey("ClockAlignedDataInterval", INTEGER, "RW", True, CORE, "9.1.5", "Interval of clock-aligned meter values; 0: none.", "s"),
    StandardKey("ConnectionTimeOut", INTEGER, "RW", True, CORE, "9.1.6", "How long a station waits for the cable.", "s"),
    StandardKey("ConnectorPhaseRotation", LIST, "RW", True, CORE, "9.1.7", "Phase rotation of each connector.", item=_ROTATION, maximum_key="ConnectorPhaseRotationMaxLength"),
    StandardKey("ConnectorPhaseRotationMaxLength", INTEGER, "R", False, CORE, "9.1.8", "Members of ConnectorPhaseRotation."),
    StandardKey("GetConfigurationMaxKeys", INTEGER, "R", True, CORE, "9.1.9", "Keys in one GetConfiguration.", minimum=1),
    StandardKey("HeartbeatInterval", INTEGER, "RW", True, CORE, "9.1.10", "Interval of inactivity before a heartbeat.", "s"),
    StandardKey("LightIntensity", INTEGER, "RW", False, CORE, "9.1.11", "Brightness of the lighting.", "%", maximum=100),
    StandardKey("LocalAuthorizeOffline", BOOLEAN, "RW", True, CORE, "9.1.12", "Locally authorized ids may charge offline."),
    StandardKey("LocalPreAuthorize", BOOLEAN, "RW", True, CORE, "9.1.13", "Locally authorized ids charge before the CSMS answers."),
    StandardKey("MaxEnergyOnInvalidId", INTEGER, "RW", False, CORE, "9.1.14", "Energy that an id may take after it proved invalid.", "Wh"),
    StandardKey("MeterValuesAlignedData", LIST, "RW", True, CORE, "9.1.15", "Clock-aligned measurands.", item=_MEASURAND, maximum_key="MeterValuesAlignedDataMaxLength"),
    StandardKey("MeterValuesAlignedDataMaxLength", INTEGER, "R", False, CORE, "9.1.16", "Members of MeterValuesAlignedData."),
    StandardKey("MeterValuesSampledData", LIST, "RW", True, CORE, "9.1.17", "Sampled measurands.", item=_MEASURAND, maximum_key="MeterValuesSampledDataMaxLength"),
    StandardKey("MeterValuesSampledDataMaxLength", INTEGER, "R", False, CORE, "9.1.18", "Members of MeterValuesSampledData."),
    StandardKey("MeterValueSampleInterval", INTEGER, "RW", True, CORE, "9.1.19", "Interval of sampled meter values; 0: none.", "s"),
    StandardKey("MinimumStatusDuration", INTEGER, "RW", False, CORE, "9.1.20", "How long a status must last to be reported.", "s"),
    StandardKey("NumberOfConnectors", INTEGER, "R", True, CORE, "9.1.21", "Physical connectors.", minimum=1),
    StandardKey("ResetRetries", INTEGER, "RW", True, CORE, "9.1.22", "Attempts to reset.", "times"),
    StandardKey("StopTransactionOnEVSideDisconnect", BOOLEAN, "RW", True, CORE, "9.1.23", "Unplugging at the EV ends the transaction.", read_only_by_procedure=True),
    StandardKey("StopTransactionOnInvalidId", BOOLEAN, "RW", True, CORE, "9.1.24", "An id that proves invalid ends the transaction."),
    StandardKey("StopTxnAlignedData", LIST, "RW", True, CORE, "9.1.25", "Clock-aligned measurands in StopTransaction.", item=_MEASURAND, maximum_key="StopTxnAlignedDataMaxLength"),
    StandardKey("StopTxnAlignedDataMaxLength", INTEGER, "R", False, CORE, "9.1.26", "Members of StopTxnAlignedData."),
    StandardKey("StopTxnSampledData", LIST, "RW", True, CORE, "9.1.27", "Sampled measurands in StopTransaction.", item=_MEASURAND, maximum_key="StopTxnSampledDataMaxLength"),
    StandardKey("StopTxnSampledDataMaxLength", INTEGER, "R", False, CORE, "9.1.28", "Members of StopTxnSampledData."),
    StandardKey("SupportedFeatureProfiles", LIST, "R", True, CORE, "9.1.29", "Feature profiles of the station.", item=_PROFILES, maximum_key="SupportedFeatureProfilesMaxLength"),
    StandardKey("SupportedFeatureProfilesMaxLength", INTEGER, "R", False, CORE, "9.1.30", "Members of SupportedFeatureProfiles."),
    StandardKey("TransactionMessageAttempts", INTEGER, "RW", True, CORE, "9.1.31", "Attempts to deliver a transaction message.", "times"),
    StandardKey("TransactionMessageRetryInterval", INTEGER, "RW", True, CORE, "9.1.32", "Wait before a transaction message is sent again.", "s"),
    StandardKey("UnlockConnectorOnEVSideDisconnect", BOOLEAN, "RW", True, CORE, "9.1.33", "Unplugging at the EV unlocks the cable."),
    StandardKey("WebSocketPingInterval", INTEGER, "RW", False, CORE, "9.1.34", "Interval of WebSocket pings; 0: none.", "s"),
)
_OTHER_PROFILES = (
    StandardKey("LocalAuthListEnabled", BOOLEAN, "RW", True, LISTS, "9.2.1", "Local authorization list."),
    StandardKey("LocalAuthListMaxLength", INTEGER, "R", True, LISTS, "9.2.2", "Entries of the list."),
    StandardKey("SendLocalListMaxLength", INTEGER, "R", True, LISTS, "9.2.3", "Entries in one SendLocalList."),
    StandardKey("ReserveConnectorZeroSupported", BOOLEAN, "R", False, RESERVE, "9.3.1", "Reservation of connector 0, the whole station."),
    StandardKey("ChargeProfileMaxStackLevel", INTEGER, "R", True, SMART, "9.4.1", "Largest stack level."),
    StandardKey("ChargingScheduleAllowedChargingRateUnit", LIST, "R", True, SMART, "9.4.2", "Units of a charging schedule.", item=_UNITS),
    StandardKey("ChargingScheduleMaxPeriods", INTEGER, "R", True, SMART, "9.4.3", "Periods in a charging schedule."),
    StandardKey("ConnectorSwitch3to1PhaseSupported", BOOLEAN, "R", False, SMART, "9.4.4", "Switching from 3 phases to 1 while charging."),
    StandardKey("MaxChargingProfilesInstalled", INTEGER, "R", True, SMART, "9.4.5", "Charging profiles at a time."),
    StandardKey("StopTransactionMaxMeterValues", INTEGER, "R", False, CORE, ERRATA, "Meter values in a StopTransaction."),
    StandardKey("SupportedFileTransferProtocols", LIST, "R", False, "FirmwareManagement", ERRATA, "Protocols of file transfers.", item=_PROTOCOLS),
)
_SECURITY = (
    StandardKey("AdditionalRootCertificateCheck", BOOLEAN, "R", False, "Security", PAPER, "Only one root certificate of the CSMS at a time."),
    StandardKey("AuthorizationKey", STRING, "W", False, "Security", PAPER, "Password of the basic authentication; can be set, not read."),
    StandardKey("CertificateSignedMaxChainSize", INTEGER, "R", False, "Security", PAPER, "Largest certificate chain in CertificateSigned.", "bytes", maximum=10_000),
    StandardKey("CertificateStoreMaxLength", INTEGER, "R", False, "Security", PAPER, "Certificates that can be installed."),
    StandardKey("CpoName", STRING, "RW", False, "Security", PAPER, "Operator's name in the certificate of the station."),
    StandardKey("SecurityProfile", INTEGER, "RW", False, "Security", PAPER, "Security profile in use.", maximum=3),
)
_PLUG_AND_CHARGE = (
    StandardKey("CentralContractValidationAllowed", BOOLEAN, "RW", False, PNC, NOTE, "Contract certificates may be validated by the CSMS."),
    StandardKey("CertSigningRepeatTimes", INTEGER, "RW", False, PNC, NOTE, "Attempts to have a certificate signed.", "times"),
    StandardKey("CertSigningWaitMinimum", INTEGER, "RW", False, PNC, NOTE, "Wait before the next of these attempts.", "s"),
    StandardKey("ContractValidationOffline", BOOLEAN, "RW", False, PNC, NOTE, "Contract certificates are validated while offline."),
    StandardKey("ISO15118PnCEnabled", BOOLEAN, "RW", False, PNC, NOTE, "Plug & Charge."),
)
# fmt: on

STANDARD_KEYS: dict[str, StandardKey] = {
    row.key: row for row in (*_CORE, *_OTHER_PROFILES, *_SECURITY, *_PLUG_AND_CHARGE)
}


def clause_of(row: StandardKey) -> str:
    """Where the row comes from, in full.

    Examples:
        >>> clause_of(STANDARD_KEYS["HeartbeatInterval"])
        'OCPP 1.6, 9.1.10'
    """
    return f"OCPP 1.6, {row.clause}" if row.clause.startswith("9.") else row.clause
