"""`perfkit responder` and `perfkit emulate link` as a user starts and ends them."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from perfkit.cli import emulate_link
from perfkit.cli.main import main
from perfkit.core.errors import UsageError
from tests.probes.links import session_to

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "probes")])}


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "perfkit", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        cwd=ROOT,
    )


def port_in(line: str) -> int:
    found = re.search(r"127\.0\.0\.1:(\d+)", line)
    assert found is not None, line
    return int(found.group(1))


def free_port() -> int:
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_responder_serves_until_it_is_ended_and_then_says_how_many(number: signal.Signals) -> None:
    with start("responder", "--listen", f"127.0.0.1:{free_port()}") as process:
        assert process.stdout is not None
        with session_to(port_in(process.stdout.readline())) as session:
            assert session.udp is not None
        process.send_signal(number)
        out, err = process.communicate(timeout=100)
    assert process.returncode == 0
    assert "responder ended; sessions served: 1" in out
    assert err == ""


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_emulated_link_stands_before_a_responder() -> None:
    with start("responder", "--listen", f"127.0.0.1:{free_port()}") as far:
        assert far.stdout is not None
        port = port_in(far.stdout.readline())
        options = ["--setting", "lte", "--delay", "50", "--listen", f"127.0.0.1:{free_port()}"]
        with start("emulate", "link", *options, "--to", f"127.0.0.1:{port}") as relay:
            assert relay.stdout is not None
            with session_to(port_in(relay.stdout.readline())) as session:
                # Two legs of 50 ms for the upgrade at least.
                assert session.upgrade_s >= 0.1
            relay.terminate()
            out, _ = relay.communicate(timeout=100)
        far.terminate()
        far.communicate(timeout=100)
    assert relay.returncode == 0
    assert "link emulator ended" in out


def test_a_responder_that_anybody_may_use_warns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import perfkit.cli.responder as command

    monkeypatch.setattr(command, "_wait", lambda _: None)
    assert main(["responder", "--listen", f"0.0.0.0:{free_port()}"]) == 0
    assert "--key TEXT keeps others out" in capsys.readouterr().err
    assert main(["responder", "--listen", f"0.0.0.0:{free_port()}", "--key", "k"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["responder", "--max-bytes", "0"], "must be above 0"),
        (["responder", "--listen", "octt.lab"], "is not an address to listen on"),
        (["emulate", "link", "--setting", "5g"], "there is no setting '5g'; there are gprs, edge, 3g, lte"),
        (["emulate", "link", "--loss", "100"], "is not a link"),
        (["emulate", "link", "--tun", "../x"], "is no name for namespaces"),
    ],
)
def test_wrong_usage_is_one_sentence(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    err = capsys.readouterr().err
    assert text in err
    assert "Traceback" not in err


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    emulate_link.add_arguments(parser)
    return parser.parse_args(words)


def test_options_change_a_named_setting_in_the_units_they_name() -> None:
    up, down = emulate_link.link_settings(
        parsed("--setting", "gprs", "--down-rate", "8", "--rate", "6", "--jitter", "20", "--loss", "2", "--queue", "40")
    )
    assert (up.rate_bytes_s, down.rate_bytes_s) == (6_000, 8_000)
    assert (up.delay_s, up.jitter_s, up.loss, up.queue_bytes) == (0.4, 0.02, 0.02, 40_000)
    with pytest.raises(UsageError, match="there is no setting"):
        emulate_link.link_settings(parsed("--setting", "lan"))
