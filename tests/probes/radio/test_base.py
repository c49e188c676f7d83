from __future__ import annotations

from datetime import UTC, datetime

import pytest

from perfkit_probes.radio.base import (
    ALL_BANDS,
    ALL_LTE_BANDS,
    Bound,
    LinkState,
    ModeSettings,
    Registration,
    SignalReading,
    SignalSource,
    Technology,
    device_key,
    masked,
    same_mask,
    summarize_signal,
)

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def reading(
    rssi_dbm: float | None,
    bound: Bound | None = None,
    source: SignalSource | None = SignalSource.DEVICE_SIGNAL,
) -> SignalReading:
    return SignalReading(NOON, Technology.G4, rssi_dbm, bound, source, None if rssi_dbm else "hidden")


def test_median_of_an_odd_and_an_even_number_of_readings() -> None:
    odd = summarize_signal([reading(-80), reading(-70), reading(-75)])
    even = summarize_signal([reading(-80), reading(-70), reading(-75), reading(-72)])

    assert (odd.median_dbm, odd.min_dbm, odd.max_dbm, odd.count, odd.bound) == (-75, -80, -70, 3, None)
    assert even.median_dbm == -73.5


def test_bounds_stay_bounds_where_they_matter() -> None:
    top = Bound.AT_LEAST
    saturated = summarize_signal([reading(-51, top), reading(-51, top), reading(-53)])
    once = summarize_signal([reading(-51, top), reading(-60), reading(-61)])

    assert (saturated.median_dbm, saturated.bound, saturated.min_bound) == (-51, top, None)
    assert (once.median_dbm, once.bound, once.max_dbm, once.max_bound) == (-60, None, -51, top)


def test_sources_are_not_mixed() -> None:
    one = [reading(-77, source=SignalSource.HCSQ)] * 2 + [reading(-87, source=SignalSource.CSQ)]

    summary = summarize_signal(one)

    assert (summary.median_dbm, summary.count, summary.source) == (-77, 2, SignalSource.HCSQ)


def test_the_more_trusted_source_wins_a_tie() -> None:
    summary = summarize_signal([reading(-87, source=SignalSource.CSQ), reading(-77, source=SignalSource.HCSQ)])

    assert summary.source is SignalSource.HCSQ


def test_nothing_measured_has_a_reason_and_no_number() -> None:
    summary = summarize_signal([reading(None, source=None)])

    assert (summary.median_dbm, summary.min_dbm, summary.count, summary.reason) == (None, None, 0, "hidden")
    assert summarize_signal([]).reason == "no reading was taken"


@pytest.mark.parametrize(
    ("saved", "read", "supported", "same"),
    [
        ("800C5", "00000000000800c5", None, True),
        ("80000", "800C5", None, False),
        ("7FFFFFFFFFFFFFFF", "7ffffffffffffff", None, True),  # 16 and 15 digits: both mean all
        ("7FFFFFFFFFFFFFFF", "800C5", 0x800C5, True),  # narrowed to what the device has
        ("7FFFFFFFFFFFFFFF", "80000", 0x800C5, False),
        ("80000", "7FFFFFFFFFFFFFFF", 0x800C5, False),  # a lock that was lost
        ("auto", "auto", None, True),
        ("auto", "1", None, False),
    ],
)
def test_masks_are_compared_as_bands(saved: str, read: str, supported: int | None, same: bool) -> None:
    assert same_mask(saved, read, all_bits=ALL_LTE_BANDS, supported=supported) is same


def test_all_bands_of_2g_and_3g() -> None:
    assert same_mask("3FFFFFFF", "3fffffff", all_bits=ALL_BANDS)
    assert not same_mask("3FFFFFFF", "80", all_bits=ALL_BANDS)


@pytest.mark.parametrize(
    ("number", "starred"),
    [("860000000000013", "86***********13"), ("123456", "******"), ("", None), (None, None)],
)
def test_numbers_are_masked(number: str | None, starred: str | None) -> None:
    assert masked(number) == starred


def test_key_tells_devices_apart_and_holds_no_number() -> None:
    assert device_key("860000000000013") == device_key("860000000000013")
    assert device_key("860000000000013") != device_key("860000000000021")
    assert "86000" not in device_key("860000000000013")


def test_one_setting_is_replaced_and_the_others_stay_as_read() -> None:
    settings = ModeSettings("hilink", (("NetworkMode", "00"), ("NetworkBand", "3FFFFFFF"), ("LTEBand", "80000")))

    assert str(settings.replaced("NetworkMode", "03")) == "NetworkMode 03, NetworkBand 3FFFFFFF, LTEBand 80000"


@pytest.mark.parametrize(
    ("address", "reports", "connected", "ready"),
    [
        ("10.0.0.1", True, True, True),
        (None, True, True, False),
        (None, False, True, True),
        ("10.0.0.1", True, False, False),
    ],
)
def test_link_is_ready_with_an_address_if_addresses_are_told(
    address: str | None, reports: bool, connected: bool, ready: bool
) -> None:
    link = LinkState(connected, Registration.HOME, Technology.G3, wan_address=address, reports_address=reports)

    assert link.is_ready is ready
