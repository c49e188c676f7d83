"""What a configuration contradicts in the PICS."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.configuration.history import TAKEN, Configuration
from perfkit.core.configuration.standard_key import members
from perfkit.core.configuration_record import ConfigurationFinding, KeyEventKind, LogPlace, Severity
from perfkit.core.pics.expression import Facts

SETTINGS = "A, Other relevant settings and limits"

# Limits of Appendix A that are the value of the key of the same name.
_EQUAL_LIMITS = (
    *("GetConfigurationMaxKeys", "MeterValuesAlignedDataMaxLength", "MeterValuesSampledDataMaxLength"),
    *("StopTransactionMaxMeterValues", "StopTxnAlignedDataMaxLength", "StopTxnSampledDataMaxLength"),
    *("LocalAuthListMaxLength", "SendLocalListMaxLength", "ChargeProfileMaxStackLevel", "ChargingScheduleMaxPeriods"),
)
_EQUAL_LISTS = ("ChargingScheduleAllowedChargingRateUnit", "SupportedFileTransferProtocols")
_RANGES = ("MeterValueSampleInterval", "HeartbeatInterval")
FEATURE_KEYS = {
    "C-02": "AllowOfflineTxForUnknownId",
    "C-03": "MaxEnergyOnInvalidId",
    "C-04": "AuthorizationCacheEnabled",
    "C-05": "MinimumStatusDuration",
}
"""Features of Appendix A that a station has if it has the key (OCPP 1.6, 9.1.1, 9.1.2, 9.1.14, 9.1.20)."""

PROFILE_KEYS = {
    "core": "Core",
    "firmware_management": "FirmwareManagement",
    "smart_charging": "SmartCharging",
    "reservation": "Reservation",
    "local_auth_list_management": "LocalAuthListManagement",
    "remote_trigger": "RemoteTrigger",
}
"""Feature profiles of A.1 as SupportedFeatureProfiles writes them."""

_UNITS = {"A": {"current"}, "W": {"power"}, "both": {"current", "power"}}


def pics_findings(configuration: Configuration, facts: Facts) -> Iterator[ConfigurationFinding]:
    """Where the keys of the DUT are not what the PICS states; what either leaves open contradicts nothing."""
    against = _Against(configuration, facts)
    yield from against.limits()
    yield from against.ranges()
    yield from against.features()
    yield from against.fixed_stop()
    yield from against.profiles()
    yield from against.others()


class _Against:
    def __init__(self, configuration: Configuration, facts: Facts) -> None:
        self._configuration = configuration
        self._facts = facts

    def _finding(self, key: str, message: str, clause: str, place: LogPlace | None = None) -> ConfigurationFinding:
        return ConfigurationFinding(Severity.FAULT, key, message, clause, place or self._configuration.place(key))

    def _value(self, key: str) -> str | None:
        return self._configuration.values([key]).get(key)

    def limits(self) -> Iterator[ConfigurationFinding]:
        """Numbers and lists that must be the same."""
        for key in _EQUAL_LIMITS:
            stated, value = self._facts.get(f"limits.{key}"), self._value(key)
            if stated is not None and value is not None and value.strip() != str(stated):
                yield self._finding(key, f"{key} is {value}, and limits.{key} of the PICS states {stated}", SETTINGS)
        for key in _EQUAL_LISTS:
            listed, value = self._facts.get(f"limits.{key}"), self._value(key)
            if not isinstance(listed, list | tuple) or value is None:
                continue
            if {str(item).lower() for item in listed} != {item.lower() for item in members(value)}:
                words = ", ".join(map(str, listed))
                yield self._finding(key, f"{key} is {value}, and limits.{key} of the PICS states {words}", SETTINGS)

    def ranges(self) -> Iterator[ConfigurationFinding]:
        """Values that the DUT had, or took, outside of the range that it is stated to support."""
        for key in _RANGES:
            least, most = (self._facts.get(f"limits.{key}{end}") for end in ("Minimum", "Maximum"))
            for number, place in self._held_numbers(key):
                message = None
                if isinstance(least, int) and number < least:
                    message = f"{key} is {number} s, and the PICS states at least {least} s"
                elif isinstance(most, int) and number > most:
                    message = f"{key} is {number} s, and the PICS states at most {most} s"
                if message:
                    yield self._finding(key, message, SETTINGS, place)

    def _held_numbers(self, key: str) -> Iterator[tuple[int, LogPlace]]:
        """Numbers that the key had, each once; 0 switches an interval off and is none."""
        history = self._configuration.histories.get(key)
        seen: set[str] = set()
        for event in history.events if history else ():
            is_held = event.kind is KeyEventKind.READ or event.status in TAKEN
            if is_held and event.value and event.value.isdigit() and event.value not in {"0", *seen}:
                seen.add(event.value)
                yield int(event.value), event.place

    def features(self) -> Iterator[ConfigurationFinding]:
        """Optional features whose key tells whether they are there."""
        for feature, key in FEATURE_KEYS.items():
            stated, exists = self._facts.get(f"features.{feature}"), self._configuration.exists(key)
            if isinstance(stated, bool) and exists is not None and stated is not exists:
                found = "has" if exists else "does not have"
                said = "yes" if stated else "no"
                message = f"the station {found} {key}, and features.{feature} of the PICS says {said}"
                yield self._finding(key, message, f"A, {feature}")
        duration = self._configuration.histories.get("MinimumStatusDuration")
        first = duration.events[0] if duration and duration.events else None
        if first is not None and first.kind is KeyEventKind.READ and first.value not in (None, "", "0"):
            message = f"MinimumStatusDuration was delivered with {first.value} and not with 0"
            yield self._finding("MinimumStatusDuration", message, "A, C-05", first.place)

    def fixed_stop(self) -> Iterator[ConfigurationFinding]:
        """C-06: StopTransactionOnEVSideDisconnect is fixed to one value, or can have both."""
        key = "StopTransactionOnEVSideDisconnect"
        stated, history = self._facts.get("features.C-06"), self._configuration.histories.get(key)
        if stated is None or history is None or history.read_only is None or history.value is None:
            return
        fixed = "yes" if history.value.lower() == "true" else "no"
        found = fixed if history.read_only else "both"
        if stated != found:
            access = f"read-only with {history.value}" if history.read_only else "not read-only"
            message = f"{key} is {access}, which is {found!r}, and features.C-06 of the PICS says {stated}"
            yield self._finding(key, message, "A, C-06")

    def profiles(self) -> Iterator[ConfigurationFinding]:
        """Feature profiles of the PICS beside SupportedFeatureProfiles."""
        value = self._value("SupportedFeatureProfiles")
        if value is None:
            return
        listed = {member.lower() for member in members(value)}
        for profile, word in PROFILE_KEYS.items():
            stated = self._facts.get(f"profiles.{profile}")
            if isinstance(stated, bool) and stated is not (word.lower() in listed):
                found = "lists" if word.lower() in listed else "does not list"
                said = "yes" if stated else "no"
                message = f"SupportedFeatureProfiles {found} {word}, and profiles.{profile} of the PICS says {said}"
                yield self._finding("SupportedFeatureProfiles", message, "A.1")

    def others(self) -> Iterator[ConfigurationFinding]:
        """Connectors, reservation of the whole station, charging rate units, security profile."""
        connectors, value = self._facts.get("dut.connectors"), self._value("NumberOfConnectors")
        if connectors is not None and value is not None and value.strip() != str(connectors):
            message = f"NumberOfConnectors is {value}, and dut.connectors of the PICS states {connectors}"
            yield self._finding("NumberOfConnectors", message, "A, Socket(s) / connector(s)")
        whole, value = self._facts.get("features.R-1"), self._value("ReserveConnectorZeroSupported")
        if isinstance(whole, bool) and value is not None and whole is not (value.lower() == "true"):
            message = f"ReserveConnectorZeroSupported is {value}, and features.R-1 of the PICS says otherwise"
            yield self._finding("ReserveConnectorZeroSupported", message, "A, R-1")
        units, value = self._facts.get("features.SC-1"), self._value("ChargingScheduleAllowedChargingRateUnit")
        if units is not None and value is not None:
            found = {member.lower() for member in members(value)}
            if found != _UNITS.get(str(units), found):
                message = f"ChargingScheduleAllowedChargingRateUnit is {value}, and features.SC-1 says {units}"
                yield self._finding("ChargingScheduleAllowedChargingRateUnit", message, "A, SC-1")
        value = self._value("SecurityProfile")
        if value is not None and self._facts.get(f"security.profile_{value.strip()}") is False:
            message = f"SecurityProfile is {value}, and security.profile_{value.strip()} of the PICS says no"
            yield self._finding("SecurityProfile", message, "A.2")
