from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.errors import ProbeError
from perfkit_probes import name_query
from perfkit_probes.name_query import decode_answer, encode_query, query_through, servers_in

QUESTION = b"\x04octt\x03lab\x00\x00\x01\x00\x01"


def answer(number: int, records: list[tuple[int, bytes]], *, flags: int = 0x8180) -> bytes:
    body = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(value)) + value for kind, value in records)
    return struct.pack("!HHHHHH", number, flags, 1, len(records), 0, 0) + QUESTION + body


def test_the_bytes_of_a_query() -> None:
    assert encode_query(0x1234, "octt.lab.", 1) == b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + QUESTION


def test_addresses_of_the_wanted_type_behind_an_alias() -> None:
    data = answer(7, [(5, b"\x01x\xc0\x11"), (1, bytes([10, 0, 0, 7])), (28, bytes(15) + b"\x01")])
    assert decode_answer(data, 7, 1) == ["10.0.0.7"]
    assert decode_answer(data, 7, 28) == ["::1"]


def test_answers_to_other_queries_and_errors_give_nothing() -> None:
    good = answer(7, [(1, bytes([10, 0, 0, 7]))])
    assert decode_answer(good, 8, 1) == []
    assert decode_answer(answer(7, [(1, bytes([10, 0, 0, 7]))], flags=0x8183), 7, 1) == []


@given(st.binary(max_size=300))
def test_damaged_answers_give_nothing(data: bytes) -> None:
    assert decode_answer(struct.pack("!H", 7) + b"\x81\x80" + data, 7, 1) is not None


def test_stubs_on_this_computer_are_not_asked() -> None:
    text = "# c\nnameserver 127.0.0.53\nnameserver 192.168.8.1\nsearch lab\nnameserver fd00::1\nnameserver nonsense\n"
    assert servers_in(text) == ["192.168.8.1", "fd00::1"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A name server on loopback that knows one IPv4 address."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    monkeypatch.setattr(name_query, "_PORT", sock.getsockname()[1])

    def serve() -> None:
        while True:
            data, client = sock.recvfrom(512)
            if data == b"end":
                return
            (number,) = struct.unpack_from("!H", data)
            records = [(1, bytes([10, 0, 0, 7]))] if data.endswith(b"\x00\x01\x00\x01") else []
            sock.sendto(answer(number, records), client)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"end", sock.getsockname())
    thread.join(5)
    sock.close()


@pytest.mark.usefixtures("server")
def test_a_name_is_asked_for_through_a_bound_socket() -> None:
    bound: list[socket.socket] = []
    assert query_through("octt.lab", bound.append, ["127.0.0.1"]) == ["10.0.0.7"]
    assert len(bound) == 2


def test_no_server_at_all_says_what_to_do() -> None:
    with pytest.raises(ProbeError, match="give the address instead"):
        query_through("octt.lab", lambda _: None, [])
