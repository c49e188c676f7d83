from __future__ import annotations

import socket
import struct
import sys

import pytest

from perfkit_probes.tcp_info import parse_tcp_info, read_tcp_info


def structure(length: int = 232) -> bytes:
    data = bytearray(length)
    for offset, form, value in [
        (16, "=I", 1448),
        (68, "=I", 834_100),
        (100, "=I", 3),
        (128, "=Q", 5_000),
        (136, "=I", 10),
        (140, "=I", 20),
        (148, "=I", 820_250),
        (200, "=Q", 7_000),
    ]:
        if offset + struct.calcsize(form) <= length:
            struct.pack_into(form, data, offset, value)
    return bytes(data)


def test_every_field_with_its_unit() -> None:
    found = parse_tcp_info(structure(), header_bytes=52)
    assert found is not None
    assert (found.segment_bytes, found.rtt_ms, found.min_rtt_ms, found.retransmissions) == (1448, 834.1, 820.25, 3)
    assert (found.ip_bytes_sent, found.ip_bytes_received) == (7_000 + 10 * 52, 5_000 + 20 * 52)


def test_an_old_kernel_tells_less() -> None:
    found = parse_tcp_info(structure(104), header_bytes=52)
    assert found is not None
    assert (found.rtt_ms, found.min_rtt_ms, found.ip_bytes_sent) == (834.1, None, None)
    assert parse_tcp_info(bytes(60), header_bytes=52) is None


def test_min_rtt_without_a_sample_is_not_measured() -> None:
    data = bytearray(structure())
    struct.pack_into("=I", data, 148, 0xFFFFFFFF)
    found = parse_tcp_info(bytes(data), header_bytes=52)
    assert found is not None
    assert found.min_rtt_ms is None


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_INFO is Linux's")
def test_a_real_connection_on_loopback_is_fast_and_counted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as near:
        far, _ = server.accept()
        with far:
            near.sendall(b"x" * 10_000)
            received = 0
            while received < 10_000:
                received += len(far.recv(65_536))
            found = read_tcp_info(near)
            assert found is not None
            assert found.rtt_ms < 1000
            assert found.ip_bytes_sent is not None
            assert found.ip_bytes_sent >= 10_052
