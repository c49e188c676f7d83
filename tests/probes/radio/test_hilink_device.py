"""The pitfalls of HiLink firmware, each with its exact outcome; hostile answers; and proof that the emulator has them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from huawei_lte_api.Client import Client
from huawei_lte_api.Connection import Connection
from huawei_lte_api.exceptions import ResponseErrorWrongSessionToken

from perfkit.core.errors import DeviceError, UsageError
from perfkit_probes.emulators.hilink import PASSWORD, HilinkEmulator, HilinkOptions
from perfkit_probes.emulators.hilink_answers import PROFILES
from perfkit_probes.emulators.radio import Fault
from perfkit_probes.radio.base import RefusedError, SignalSource, Technology
from perfkit_probes.radio.hilink.device import HilinkDevice
from perfkit_probes.radio.hilink.transport import HttpLimits, interface_options
from tests.probes.radio.devices import CLOCK, LIMITS, SPEED, hilink_bench

ALL_MODES = ["01", "02", "03", "00"]


@contextmanager
def emulated(*faults: Fault, profile: str = "h153", **options: object) -> Iterator[HilinkEmulator]:
    chosen = HilinkOptions(profile=profile, speed=SPEED, faults=frozenset(faults), **options)  # type: ignore[arg-type]
    with HilinkEmulator(chosen) as emulator:
        yield emulator


def device_of(emulator: HilinkEmulator, limits: HttpLimits = LIMITS, login: str = "") -> HilinkDevice:
    return HilinkDevice(emulator.url.replace("://", f"://{login}"), clock=CLOCK, limits=limits)


def write_four_times(device: HilinkDevice) -> None:
    saved = device.mode_settings()
    for technology in Technology:
        device.set_technology(technology)
    device.restore_settings(saved)


@pytest.mark.parametrize(
    ("profile", "fault"),
    [
        *[(profile, None) for profile in PROFILES],
        *[(profile, Fault.NO_SESTOK) for profile in PROFILES],
        ("h153", Fault.TOKEN_RECURSION),
        ("h320", Fault.TOKEN_RECURSION),
    ],
    ids=str,
)
def test_four_writes_succeed_with_every_flavour_of_token(profile: str, fault: Fault | None) -> None:
    faults = [] if fault is None else [fault]
    with emulated(*faults, profile=profile) as emulator, device_of(emulator) as device:
        write_four_times(device)

        assert [write[0] for write in emulator.writes] == ALL_MODES


def test_device_without_any_token_is_refused_in_one_sentence() -> None:
    with emulated(Fault.NO_TOKEN) as emulator, device_of(emulator) as device:
        assert device.link_state().connected
        with pytest.raises(RefusedError, match=r"refuses POST /api/net/net-mode with error 125003: session token"):
            device.set_technology(Technology.G3)

        assert emulator.writes == []


def test_plain_library_fails_on_the_second_write_of_this_profile() -> None:
    with emulated(profile="no-endpoint-token") as emulator, Connection(emulator.url + "/", timeout=5) as connection:
        net = Client(connection).net
        net.set_net_mode("7FFFFFFFFFFFFFFF", "3FFFFFFF", "02")
        with pytest.raises(ResponseErrorWrongSessionToken):
            net.set_net_mode("7FFFFFFFFFFFFFFF", "3FFFFFFF", "03")


def test_plain_library_recurses_on_this_fault() -> None:
    with emulated(Fault.TOKEN_RECURSION) as emulator, pytest.raises(RecursionError):
        Connection(emulator.url + "/", timeout=5)


def test_login_is_asked_for_with_the_address_of_the_page() -> None:
    with emulated(Fault.LOGIN) as emulator, device_of(emulator) as device:
        assert device.identity().model == "E3372"  # read without the login
        with pytest.raises(RefusedError, match=r"error 100003: a login is needed; give it as http://USER:PASSWORD@127"):
            device.set_technology(Technology.G3)


def test_login_opens_the_device_and_is_not_shown() -> None:
    with emulated(Fault.LOGIN) as emulator, device_of(emulator, login=f"admin:{PASSWORD}@") as device:
        write_four_times(device)

        assert [write[0] for write in emulator.writes] == ALL_MODES
        assert PASSWORD not in device.uri


def test_wrong_password_is_one_sentence_without_it() -> None:
    with (
        emulated(Fault.LOGIN) as emulator,
        device_of(emulator, login="admin:wrong@") as device,
        pytest.raises(RefusedError, match=r"108006: wrong user name or password") as caught,
    ):
        device.set_technology(Technology.G3)

    assert "wrong@" not in str(caught.value)


def test_busy_device_is_asked_again() -> None:
    with emulated(Fault.BUSY) as emulator, device_of(emulator) as device:
        device.set_technology(Technology.G3)

        assert emulator.settings.mode == "02"


def test_device_that_stays_busy_is_refused_with_that_reason() -> None:
    with emulated() as emulator, device_of(emulator) as device:
        emulator.busy_posts = 10_000
        with pytest.raises(RefusedError, match=r"error 100004: busy"):
            device.set_technology(Technology.G3)


def test_missing_sim_is_said_as_such() -> None:
    with (
        emulated(Fault.NO_SIM) as emulator,
        device_of(emulator) as device,
        pytest.raises(DeviceError, match=r"has no SIM card \(error 112008\); put one in"),
    ):
        device.set_technology(Technology.G3)


def test_session_that_expires_is_opened_again() -> None:
    with emulated(Fault.SESSION_EXPIRY) as emulator, device_of(emulator) as device:
        for _ in range(20):
            assert device.link_state().connected
        write_four_times(device)

        assert [write[0] for write in emulator.writes] == ALL_MODES


def test_bands_narrowed_by_the_firmware_count_as_restored() -> None:
    with emulated(Fault.NARROW_BANDS) as emulator, device_of(emulator) as device:
        saved = device.mode_settings()
        device.set_technology(Technology.G3)
        device.restore_settings(saved)

        assert emulator.settings.lte_band == "800C5"


def test_stock_firmware_hides_its_rssi() -> None:
    with emulated() as emulator, device_of(emulator) as device:
        one = device.signal()

    assert (one.rssi_dbm, one.source) == (None, None)
    assert one.reason is not None
    assert one.reason.startswith("not measured: this firmware hides the RSSI")


def test_hidden_rssi_comes_from_signal_para_where_that_answers() -> None:
    with emulated(has_signal_para=True, rssi_dbm=-77) as emulator, device_of(emulator) as device:
        one = device.signal()

    assert (one.rssi_dbm, one.source) == (-77, SignalSource.SIGNAL_PARA)


@pytest.mark.parametrize(
    ("profile", "cell"), [("h153-old", "2576001"), ("h320", "2576001"), ("no-endpoint-token", "2576001")]
)
def test_every_signal_shape_is_read(profile: str, cell: str) -> None:
    with emulated(profile=profile, rssi_dbm=-82) as emulator, device_of(emulator) as device:
        one = device.signal()

    assert (one.rssi_dbm, one.rsrp_dbm, one.cell) == (-82, -109, cell)


def test_newer_firmware_is_ready_without_an_address() -> None:
    with emulated(profile="h320") as emulator, device_of(emulator) as device:
        link = device.link_state()

    assert (link.reports_address, link.wan_address, link.is_ready) == (False, None, True)


def test_data_switch_is_seen() -> None:
    with emulated(Fault.DATA_OFF) as emulator, device_of(emulator) as device:
        assert device.link_state().data_switch is False


@pytest.mark.parametrize(
    ("fault", "limits", "sentence"),
    [
        (Fault.STALL, HttpLimits(1, 0.1, 2), r"did not answer GET /api/monitoring/status within 0\.1 s"),
        (Fault.TRUNCATED, LIMITS, r"answers GET /api/monitoring/status with something other than HiLink XML"),
        (Fault.ENDLESS, LIMITS, r"with more than 262144 bytes, which no dongle does; stopped reading"),
        (Fault.HUGE_XML, LIMITS, r"with more than 262144 bytes, which no dongle does; stopped reading"),
        (Fault.ENTITY_BOMB, LIMITS, r"with XML entity definitions, which no dongle sends; refused"),
        (
            Fault.SLOW_DRIP,
            HttpLimits(1, 1, 0.4),
            r"did not finish its answer to GET /api/monitoring/status within 0\.4 s",
        ),
        (Fault.FOREIGN_REDIRECT, LIMITS, r"sends perfkit on to http://192\.0\.2\.1/, which is not the dongle"),
    ],
    ids=str,
)
def test_hostile_and_broken_answers_end_in_one_sentence(fault: Fault, limits: HttpLimits, sentence: str) -> None:
    with (
        emulated(fault) as emulator,
        device_of(emulator, limits) as device,
        pytest.raises(DeviceError, match=sentence) as caught,
    ):
        device.link_state()

    # That it ends at all is seen by the test's own time-out: these answers would take hours.
    assert "\n" not in str(caught.value)


@contextmanager
def raw_server(answer: bytes) -> Iterator[str]:
    """A TCP server that sends the same bytes whatever is asked, then holds the line."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            held = []
            while not stop.is_set():
                try:
                    peer, _ = server.accept()
                except TimeoutError:
                    continue
                held.append(peer)
                peer.sendall(answer)
            for peer in held:
                peer.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


def http(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", r"did not answer GET / within 0\.3 s"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", r"did not answer GET / within 0\.3 s"),
        (b"\x00\x01\x02garbage\r\n\r\n", r"(cannot be reached|broke off)"),
        (http(b"<html><body>a router</body></html>"), r"something other than HiLink XML; is this a HiLink dongle\?"),
        (http(b""), r"something other than HiLink XML"),
        (http(b'{"error": 1}'), r"something other than HiLink XML"),
        (http(b"Service Unavailable", "503 Unavailable"), r"something other than HiLink XML"),
        (http(b"<response>OK</response>"), r"something other than HiLink XML"),
        (http(b"<error><code>x</code></error>"), r"something other than HiLink XML"),
        (http(b"<error/>"), r"something other than HiLink XML"),
        (http(b"<error><code>100005</code><message/></error>"), r"error 100005: request format refused"),
        (http(b"<a>" * 30_000), r"something other than HiLink XML"),
        (http(b"\xff\xfe\x00broken"), r"something other than HiLink XML"),
    ],
)
def test_any_other_server_at_the_address_ends_in_one_sentence(answer: bytes, sentence: str) -> None:
    with (
        raw_server(answer) as url,
        HilinkDevice(url, limits=HttpLimits(1, 0.3, 1)) as device,
        pytest.raises(DeviceError, match=sentence) as caught,
    ):
        device.link_state()

    assert "\n" not in str(caught.value)


def test_redirects_in_a_circle_end() -> None:
    answer = b"HTTP/1.1 307 T\r\nLocation: /html/index.html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with (
        raw_server(answer) as url,
        HilinkDevice(url, limits=HttpLimits(1, 1, 2)) as device,
        pytest.raises(DeviceError, match=r"redirects GET /api/monitoring/status in a circle"),
    ):
        device.link_state()


def test_dripping_header_ends_at_the_deadline() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            peer, _ = server.accept()
            with peer:
                peer.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not stop.wait(0.05):
                    try:
                        peer.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with (
            HilinkDevice(url, limits=HttpLimits(1, 1, 0.4)) as device,
            pytest.raises(DeviceError, match=r"did not finish its answer to GET / within 0\.4 s"),
        ):
            device.link_state()
        stop.set()
        thread.join()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with (
        HilinkDevice(f"http://127.0.0.1:{port}") as device,
        pytest.raises(DeviceError, match=r"cannot be reached \(connection refused\); is the dongle plugged in\?"),
    ):
        device.link_state()


def test_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with hilink_bench() as bench, bench.open_device() as device:
        assert device.link_state().connected


@pytest.mark.parametrize("url", ["https://192.168.8.1", "192.168.8.1", "http://", "ftp://x"])
def test_address_of_no_known_form(url: str) -> None:
    with pytest.raises(UsageError, match=r"is no address of a HiLink dongle"):
        HilinkDevice(url)


def test_two_dongles_with_one_address_are_told_apart_by_interface() -> None:
    options = interface_options("lo")
    assert (socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0") in options

    with hilink_bench() as bench:
        try:
            with HilinkDevice(bench.uri, interface="lo") as device:
                assert device.link_state().connected
                assert device.uri == f"{bench.uri}?interface=lo"
        except DeviceError as error:
            pytest.skip(f"binding to a device is not permitted here: {error}")


def test_traffic_to_another_interface_does_not_reach_the_dongle() -> None:
    names = [name for _, name in socket.if_nameindex() if name != "lo"]
    if not names:
        pytest.skip("only the loopback interface is there")
    limits = HttpLimits(0.3, 0.3, 1)
    with (
        hilink_bench() as bench,
        HilinkDevice(bench.uri, interface=names[0], limits=limits) as device,
        pytest.raises(DeviceError, match=r"did not accept a connection|cannot be reached"),
    ):
        device.link_state()


def test_interface_that_is_none() -> None:
    with pytest.raises(DeviceError, match=r'there is no network interface "none0"'):
        HilinkDevice("http://192.0.2.1", interface="none0").link_state()
