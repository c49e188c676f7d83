from __future__ import annotations

from perfkit.core.monitor_record import EventKind, GapCause, Origin
from perfkit_probes.monitor.socket_diag import DiagnosedSocket
from perfkit_probes.monitor.sources.connections import ConnectionSource
from perfkit_probes.tcp_info import TcpInfo


def one(cookie: int, acknowledged: int, rtt_ms: float = 50.0, *, last_ack_s: float = 0.1) -> DiagnosedSocket:
    info = TcpInfo(
        1448, rtt_ms, 40.0, 1, acknowledged + 520, 900, 5.0, 10 + acknowledged // 500, acknowledged, 20_500, last_ack_s
    )
    return DiagnosedSocket(("192.0.2.1", 9000), ("198.51.100.7", 40_000 + cookie), cookie, info)


class Looks:
    """What the kernel shows, look by look; an error is raised."""

    def __init__(self, *looks: list[DiagnosedSocket] | OSError) -> None:
        self.looks = list(looks)

    def __call__(self, ports: frozenset[int]) -> list[DiagnosedSocket]:
        look = self.looks.pop(0)
        if isinstance(look, OSError):
            raise look
        return look


def test_only_what_was_acknowledged_since_the_last_look_speaks_of_now() -> None:
    source = ConnectionSource([9000], Looks([one(1, 1000)], [one(1, 1000)], [one(1, 1500)]))
    readings = [(source.read().is_news, source.latency) for _ in range(3)]
    assert [is_news for is_news, _ in readings] == [True, False, True]
    assert readings[1][1] is None
    latency = readings[2][1]
    assert latency is not None
    assert (latency.value_ms, latency.origin) == (50.0, Origin.PASSIVE)
    assert latency.connection == "192.0.2.1:9000 - 198.51.100.7:40001"
    assert latency.packet_bytes == 500  # 500 bytes more in one segment more


def test_on_the_first_look_a_recent_acknowledgement_counts_and_an_old_one_does_not() -> None:
    for age_s, is_fresh in ((0.4, True), (90.0, False)):
        source = ConnectionSource([9000], Looks([one(1, 1000, last_ack_s=age_s)]))
        source.read()
        assert (source.latency is not None) is is_fresh


def test_of_several_stations_the_one_that_has_it_hardest_counts() -> None:
    before, after = [one(1, 10), one(2, 10), one(3, 10)], [one(1, 20, 80.0), one(2, 20, 1200.0), one(3, 10, 5000.0)]
    source = ConnectionSource([9000], Looks(before, after))
    source.read()
    reading = source.read()
    assert source.latency is not None
    assert source.latency.value_ms == 1200.0
    assert isinstance(reading.value, list)
    assert [connection.is_fresh for connection in reading.value] == [True, True, False]


def test_a_record_of_a_connection_has_every_figure_with_its_unit() -> None:
    reading = ConnectionSource([9000], Looks([one(1, 1000)])).read()
    assert isinstance(reading.value, list)
    (connection,) = reading.value
    assert (connection.rtt_ms, connection.rttvar_ms, connection.min_rtt_ms) == (50.0, 5.0, 40.0)
    assert (connection.delivery_kB_s, connection.retransmissions, connection.last_ack_s) == (20.5, 1, 0.1)
    assert (connection.sent_bytes, connection.received_bytes) == (1520, 900)


def test_connections_that_come_and_go_are_events_even_with_the_same_addresses() -> None:
    old, new = one(1, 10), DiagnosedSocket(("192.0.2.1", 9000), ("198.51.100.7", 40_001), 9, one(1, 0).info)
    source = ConnectionSource([9000], Looks([old], [new], []))
    name = "192.0.2.1:9000 - 198.51.100.7:40001"
    assert [source.read().events for _ in range(3)] == [
        ((EventKind.CONNECTION_OPENED, name),),
        ((EventKind.CONNECTION_CLOSED, name), (EventKind.CONNECTION_OPENED, name)),
        ((EventKind.CONNECTION_CLOSED, name),),
    ]


def test_at_most_eight_connections_are_kept_the_freshest_first() -> None:
    before = [one(number, 10) for number in range(20)]
    after = [one(number, 20 if number == 19 else 10) for number in range(20)]
    source = ConnectionSource([9000], Looks(before, after))
    source.read()
    reading = source.read()
    assert isinstance(reading.value, list)
    assert len(reading.value) == 8
    assert reading.value[0].name.endswith(":40019")


def test_a_kernel_that_refuses_and_a_port_without_a_connection_say_so() -> None:
    source = ConnectionSource([9000, 8080], Looks(OSError(1, "Operation not permitted"), []))
    refused, empty = source.read(), source.read()
    assert refused.reason == "the kernel does not show its connections: Operation not permitted"
    assert (empty.reason, empty.cause) == ("no connection on port 8080 or 9000", GapCause.NO_TRAFFIC)
