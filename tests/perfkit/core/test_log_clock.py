from __future__ import annotations

from datetime import UTC, datetime

import pytest

from perfkit.core.log_clock import utc_offset_s, zone_name, zone_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("utc", "UTC"),
        ("+00:00", "UTC"),
        (" +02:00 ", "+02:00"),
        ("+0530", "+05:30"),
        ("UTC-3", "-03:00"),
        ("America/New_York", "America/New_York"),
    ],
)
def test_a_zone_has_one_spelling(text: str, name: str) -> None:
    assert zone_name(text) == name
    assert zone_of(name) is not None


@pytest.mark.parametrize("text", ["", "soon", "+25:00", "+02:75", "Europe/Nowhere", "../../etc/passwd", "\0"])
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected UTC, an offset such as \+02:00, or a zone such as Europe/Berlin"):
        zone_name(text)


@pytest.mark.parametrize(
    ("zone", "local", "second_time", "hours"),
    [
        ("UTC", "2026-06-08T12:00", False, 0),
        ("-05:30", "2026-06-08T12:00", False, -5.5),
        ("Europe/Berlin", "2026-06-08T12:00", False, 2),
        ("Europe/Berlin", "2026-10-25T02:30", False, 2),
        ("Europe/Berlin", "2026-10-25T02:30", True, 1),
        ("Australia/Lord_Howe", "2026-06-08T12:00", False, 10.5),
    ],
)
def test_local_time_minus_utc(zone: str, local: str, second_time: bool, hours: float) -> None:
    local_s = int(datetime.fromisoformat(local).replace(tzinfo=UTC).timestamp())

    assert utc_offset_s(zone_of(zone), local_s, second_time=second_time) == hours * 3600
