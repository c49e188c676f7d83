from __future__ import annotations

import pytest

from perfkit_probes.latency_row import latency_row, not_measured


def test_a_row_by_hand() -> None:
    row = latency_row([10.0, 14.0, 11.0, 13.0], sent=5, packet_bytes=84, method="m")
    assert (row.median_ms, row.min_ms, row.max_ms, row.p95_ms) == (12.0, 10.0, 14.0, 14.0)
    assert row.jitter_ms == pytest.approx((4 + 3 + 2) / 3)
    assert row.loss == pytest.approx(0.2)
    assert (row.count, row.sent, row.packet_bytes, row.reason) == (4, 5, 84, None)


def test_p95_is_the_nearest_rank() -> None:
    assert latency_row([float(i) for i in range(1, 21)], sent=20, packet_bytes=84, method="m").p95_ms == 19.0


def test_no_answer_is_full_loss_without_a_time() -> None:
    row = latency_row([], sent=3, packet_bytes=84, method="m")
    assert (row.median_ms, row.loss, row.reason) == (None, 1.0, "none of 3 packets was answered")


def test_not_asked_has_no_loss() -> None:
    row = not_measured("not asked for", packet_bytes=84, method="m")
    assert (row.median_ms, row.loss, row.count) == (None, None, 0)


def test_one_packet_has_no_jitter() -> None:
    assert latency_row([5.0], sent=1, packet_bytes=84, method="m").jitter_ms is None
