from __future__ import annotations

from perfkit_probes.monitor.allowance import Allowance


def test_the_cap_holds_for_every_hour_and_not_longer() -> None:
    allowance = Allowance(1000)
    allowance.spend(600, 0.0)
    assert allowance.has_room(400, 100.0)
    assert not allowance.has_room(401, 100.0)
    allowance.spend(400, 1800.0)
    assert not allowance.has_room(1, 3600.0)
    assert allowance.has_room(600, 3611.0)
    assert not allowance.has_room(601, 3611.0)
    assert allowance.total_bytes == 1000


def test_memory_does_not_grow_with_what_is_spent() -> None:
    allowance = Allowance(10**9)
    for second in range(20_000):
        allowance.spend(1, float(second))
        allowance.hour_bytes(float(second))
    # Slots of 10 s cover at most the hour and one slot more, on either side.
    assert 3600 <= allowance.hour_bytes(19_999.0) <= 3630
    assert len(allowance._slots) <= 363
