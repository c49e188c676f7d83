from __future__ import annotations

import contextlib
import importlib.util
import io
import socket
import subprocess
import sys
import threading
import types
from collections.abc import Callable
from http.server import ThreadingHTTPServer

import pytest

from benchmarks.speedtest_stand_in import Handler
from perfkit.core.errors import ProbeError, UsageError
from perfkit_probes.path import LinkPath
from perfkit_probes.public_reference import LABEL, ReferencePlan, measure_public_reference

FORCED = ReferencePlan(is_forced=True)


class FakeError(Exception):
    pass


class FakeResults:
    def dict(self) -> dict[str, object]:
        return {
            "ping": 42.5,
            "download": 80_000.0,
            "upload": 40_000.0,
            "bytes_received": 500,
            "bytes_sent": 300,
            "server": {"host": "mini.lab:80"},
        }


class FakeSpeedtest:
    calls: list[tuple[object, ...]]

    def __init__(self, **options: object) -> None:
        FakeSpeedtest.calls = [("init", options["secure"], options["source_address"])]
        self.results = FakeResults()

    def get_servers(self, servers: list[int]) -> None:
        self.calls.append(("servers", tuple(servers)))

    def set_mini_server(self, url: str) -> list[str]:
        self.calls.append(("mini", url))
        return [url]

    def get_best_server(self, servers: list[str] | None = None) -> None:
        self.calls.append(("best", *(servers or [])))

    def download(self) -> None:
        self.calls.append(("create_connection is ours", socket.create_connection.__name__ == "through_interface"))

    def upload(self, *, pre_allocate: bool) -> None:
        self.calls.append(("upload", pre_allocate))


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Callable[[type], None]:
    def install(speedtest: type) -> None:
        module = types.ModuleType("speedtest")
        module.Speedtest = speedtest  # type: ignore[attr-defined]
        module.SpeedtestException = FakeError  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "speedtest", module)

    install(FakeSpeedtest)
    return install


def test_a_metered_link_is_refused_unless_forced() -> None:
    with pytest.raises(UsageError, match="metered; add --force"):
        measure_public_reference(LinkPath(), ReferencePlan())


@pytest.mark.usefixtures("library")
def test_figures_are_converted_and_labelled() -> None:
    found = measure_public_reference(LinkPath(source="127.0.0.1"), ReferencePlan(is_metered=False))
    assert (found.latency_ms, found.down_kB_s, found.up_kB_s) == (42.5, 10.0, 5.0)
    assert (found.down_bytes, found.up_bytes, found.server, found.label) == (500, 300, "mini.lab:80", LABEL)
    assert FakeSpeedtest.calls[:2] == [("init", True, "127.0.0.1"), ("servers", ())]


@pytest.mark.usefixtures("library")
def test_a_server_or_a_mini_server_can_be_named() -> None:
    measure_public_reference(LinkPath(), ReferencePlan(server_id=17, is_forced=True))
    assert ("servers", (17,)) in FakeSpeedtest.calls
    measure_public_reference(LinkPath(), ReferencePlan(mini_url="http://mini.lab/", is_forced=True))
    assert ("mini", "http://mini.lab/") in FakeSpeedtest.calls
    assert ("best", "http://mini.lab/") in FakeSpeedtest.calls


@pytest.mark.usefixtures("library")
def test_its_sockets_are_bound_to_the_interface_only_while_it_runs() -> None:
    before = socket.create_connection
    measure_public_reference(LinkPath(interface="lo"), FORCED)
    assert ("create_connection is ours", True) in FakeSpeedtest.calls
    assert socket.create_connection is before
    measure_public_reference(LinkPath(), FORCED)
    assert ("create_connection is ours", False) in FakeSpeedtest.calls


@pytest.mark.parametrize("raised", [FakeError("Cannot retrieve speedtest configuration"), OSError("x"), KeyError("x")])
def test_its_errors_are_ours(raised: Exception, library: Callable[[type], None]) -> None:
    class Broken(FakeSpeedtest):
        def get_best_server(self, servers: list[str] | None = None) -> None:
            raise raised

    library(Broken)
    before = socket.create_connection
    with pytest.raises(ProbeError, match=r"speedtest-cli (says|broke off).*not used for the gate"):
        measure_public_reference(LinkPath(interface="lo"), FORCED)
    assert socket.create_connection is before


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "speedtest", None)
    with pytest.raises(ProbeError, match=r"pip install perfkit\[speedtest\]"):
        measure_public_reference(LinkPath(), FORCED)


def test_importing_speedtest_cli_leaves_the_streams_of_the_program_alone() -> None:
    if importlib.util.find_spec("speedtest") is None:
        pytest.skip("speedtest-cli is not installed")
    code = "from perfkit_probes.public_reference import _library; _library()"
    done = subprocess.run([sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_the_real_speedtest_cli_against_a_stand_in_of_its_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        speedtest = pytest.importorskip("speedtest")
    real, fetch = socket.create_connection, speedtest.Speedtest.get_config

    def briefly(test: object) -> None:
        """Half a second each way, without TLS."""
        vars(test)["_secure"] = False
        fetch(test)
        vars(test)["config"]["length"] = {"download": 0.5, "upload": 0.5}

    monkeypatch.setattr(speedtest.Speedtest, "get_config", briefly)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = ("127.0.0.1", server.server_address[1])
        monkeypatch.setattr(socket, "create_connection", lambda _address, *rest, **more: real(there, *rest, **more))
        found = measure_public_reference(LinkPath(), ReferencePlan(mini_url="http://127.0.0.1/", is_forced=True))
        server.shutdown()
    assert found.label == LABEL
    assert found.server == "http://127.0.0.1/speedtest/upload.php"
    assert None not in {found.latency_ms, found.down_kB_s, found.up_kB_s}
    assert min(found.down_bytes, found.up_bytes) > 0
