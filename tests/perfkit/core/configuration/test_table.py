"""The table of standard keys: numbering, counts and accesses as the standard has them."""

from __future__ import annotations

from collections import Counter

import pytest

from perfkit.core.configuration.standard_key import KeyType, StandardKey
from perfkit.core.configuration.table import STANDARD_KEYS, clause_of

# Required keys of clause 9, counted by hand: 21 of Core, 3 of the local list, 4 of Smart Charging.
REQUIRED = {"Core": 21, "LocalAuthListManagement": 3, "SmartCharging": 4}
SECTION_ROWS = {"9.1": 34, "9.2": 3, "9.3": 1, "9.4": 5}


def test_the_clauses_are_numbered_without_a_gap() -> None:
    for section, count in SECTION_ROWS.items():
        numbers = [row.clause for row in STANDARD_KEYS.values() if row.clause.startswith(f"{section}.")]

        assert numbers == [f"{section}.{number}" for number in range(1, count + 1)]


def test_clause_9_1_is_sorted_as_the_standard_is() -> None:
    keys = [row.key for row in STANDARD_KEYS.values() if row.clause.startswith("9.1.")]
    # MeterValuesAlignedData … stand before MeterValueSampleInterval in the standard.
    in_order = sorted(keys, key=lambda key: key.replace("MeterValueSample", "MeterValuesT").casefold())

    assert keys == in_order


def test_required_keys_of_each_profile() -> None:
    assert Counter(row.profile for row in STANDARD_KEYS.values() if row.required) == REQUIRED


def test_limits_of_lists_are_read_only_numbers() -> None:
    limits = {row.maximum_key for row in STANDARD_KEYS.values() if row.maximum_key}

    assert len(limits) == 6
    for name in limits:
        assert (STANDARD_KEYS[name].access, STANDARD_KEYS[name].type) == ("R", KeyType.INTEGER)


def test_only_one_key_can_be_set_and_not_read() -> None:
    assert [row.key for row in STANDARD_KEYS.values() if row.access == "W"] == ["AuthorizationKey"]
    assert {row.access for row in STANDARD_KEYS.values()} == {"R", "RW", "W", "R/RW"}


@pytest.mark.parametrize("row", list(STANDARD_KEYS.values()), ids=list(STANDARD_KEYS))
def test_every_row_says_what_it_is_and_where_it_comes_from(row: StandardKey) -> None:
    assert row.description.endswith(".")
    assert clause_of(row).startswith(("OCPP 1.6", "OCA application note"))
    assert (row.unit is None) or row.type is KeyType.INTEGER


@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("MeterValuesSampledData", "SoC, Temperature,Power.Factor,RPM,Frequency"),
        ("MeterValuesAlignedData", "Energy.Reactive.Export.Interval,Current.Offered,Voltage.L3-L1"),
        ("StopTxnSampledData", ""),
        ("ConnectorPhaseRotation", "NotApplicable"),
        ("SupportedFileTransferProtocols", "ftp,HTTPS,SFTP"),
        ("LightIntensity", "100"),
        ("AuthorizationKey", "anything"),
    ],
)
def test_good_values(key: str, good: str) -> None:
    assert STANDARD_KEYS[key].fault(good) is None


@pytest.mark.parametrize(
    ("key", "bad"),
    [
        ("LightIntensity", "101"),
        ("SecurityProfile", "4"),
        ("MeterValuesSampledData", "Voltage.L4"),
        ("ConnectorPhaseRotation", "1-RST"),
        ("ChargingScheduleAllowedChargingRateUnit", "A"),
        ("GetConfigurationMaxKeys", "0"),
        ("WebSocketPingInterval", "1e3"),
        ("HeartbeatInterval", ""),
    ],
)
def test_bad_values(key: str, bad: str) -> None:
    assert STANDARD_KEYS[key].fault(bad) is not None
