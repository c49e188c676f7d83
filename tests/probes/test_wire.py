from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit_probes.wire import Datagram, Kind, decode, decode_reports, pace, udp_header_bytes


def test_the_bytes_of_an_echo() -> None:
    data = Datagram(Kind.ECHO, b"01234567", 258, 3, 4).encode()
    assert data == b"pk\x03\x0001234567\x00\x00\x01\x02" + b"\x00" * 7 + b"\x03" + b"\x00" * 7 + b"\x04"


@pytest.mark.parametrize(("family", "payload"), [(socket.AF_INET, 56), (socket.AF_INET6, 36)])
def test_an_84_byte_packet_has_room_for_the_head(family: socket.AddressFamily, payload: int) -> None:
    size = 84 - udp_header_bytes(family)
    assert size == payload
    assert len(Datagram(Kind.ECHO, b"01234567", 1).encode(size)) == payload


def test_padding_cannot_be_compressed() -> None:
    first, second = (Datagram(Kind.TRAIN, b"01234567", 1).encode(1200) for _ in range(2))
    assert len(first) == len(second) == 1200
    assert first[32:] != second[32:]


@pytest.mark.parametrize("data", [b"", b"pk", b"xx" + bytes(40), b"pk\x63" + bytes(40), b"HTTP/1.1 200 OK" + bytes(40)])
def test_strangers_are_not_decoded(data: bytes) -> None:
    assert decode(data) is None


@given(st.binary(max_size=2000))
def test_nothing_that_arrives_raises(data: bytes) -> None:
    found = decode(data)
    assert found is None or len(decode_reports(found)) <= 30


def test_reports_come_back_newest_first_and_at_most_thirty() -> None:
    sent = [(sequence, sequence * 10) for sequence in range(40, 0, -1)]
    found = decode(pace(b"01234567", 7, 99, sent).encode(500))
    assert found is not None
    assert (found.sequence, found.first) == (7, 99)
    assert decode_reports(found) == sent[:30]


def test_a_report_count_beyond_the_body_is_cut() -> None:
    lying = Datagram(Kind.PACE, b"01234567", 1, 0, 1 << 40, bytes(16))
    assert len(decode_reports(lying)) == 2
