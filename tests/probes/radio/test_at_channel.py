"""Conversations with a modem, byte by byte."""

from __future__ import annotations

import pytest

from perfkit.core.errors import DeviceError
from perfkit_probes.radio.at_modem.channel import AtChannel, AtTimeoutError
from perfkit_probes.radio.base import RefusedError


class ScriptedPort:
    """A port that expects exact bytes and answers exact bytes, in the pieces given."""

    name = "scripted"

    def __init__(self, *script: tuple[bytes, list[bytes]]) -> None:
        self._script = [(b"AT\r", [b"\r\nOK\r\n"]), *script]
        self._pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        expected, pieces = self._script.pop(0)
        assert data == expected
        self._pieces += pieces

    def read(self, timeout_s: float) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    def close(self) -> None:
        self.closed = True

    @property
    def is_finished(self) -> bool:
        return not self._script and not b"".join(self._pieces).strip()


CSQ = b"AT+CSQ\r"


@pytest.mark.parametrize(
    "pieces",
    [
        [b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n"],
        [b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n"],  # with echo
        [b"\r\n^RSSI:26\r\n", b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n"],  # event before the echo
        [b'AT+CSQ\r\r\n^RSSI:26\r\n\r\n^HCSQ:"LTE",60,52,106,24\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n'],
        [b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\n^RSSI:1\r\n\r\nOK\r\n"],  # event before OK
        [bytes([one]) for one in b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n"],  # byte by byte
        [b"AT+CSQ\r\r\n+CS", b"Q: 20", b",99\r", b"\n\r\nO", b"K\r\n"],
        [b"+CSQ:20,99\nOK\n"],  # no carriage return, no blank
        [b"+CSQ : 20,99\r\nOK\r\n"],
        [b"\x00\xff\r\n+CSQ: 20,99\r\nOK\r\n"],
    ],
)
def test_answer_is_found_among_everything_else(pieces: list[bytes]) -> None:
    port = ScriptedPort((CSQ, pieces))

    assert AtChannel(port).command("AT+CSQ", prefix="+CSQ") == ["20,99"]
    assert port.is_finished


def test_events_are_not_taken_for_a_bare_answer() -> None:
    port = ScriptedPort((b"AT+CGMI\r", [b"AT+CGMI\r\r\n^RSSI:31\r\n\r\nhuawei\r\n\r\nOK\r\n"]))

    assert AtChannel(port).command("AT+CGMI") == ["huawei"]


def test_all_lines_of_an_answer_in_order() -> None:
    port = ScriptedPort((b"ATI\r", [b"\r\nManufacturer: huawei\r\nModel: E3372\r\n+GCAP: +CGSM\r\n\r\nOK\r\n"]))

    assert AtChannel(port).command("ATI") == ["Manufacturer: huawei", "Model: E3372"]


@pytest.mark.parametrize(
    ("final", "code", "text"),
    [
        (b"ERROR", "ERROR", "refuses AT+CSQ with ERROR"),
        (b"+CME ERROR: 10", "10", r"refuses AT\+CSQ with \+CME ERROR: 10: no SIM card"),
        (b"+CME ERROR: 50", "50", r"refuses AT\+CSQ with \+CME ERROR: 50"),
        (b"+CMS ERROR: 500", "500", r"\+CMS ERROR: 500"),
        (b"COMMAND NOT SUPPORT", "COMMAND NOT SUPPORT", "COMMAND NOT SUPPORT"),
        (b"NO CARRIER", "NO CARRIER", "NO CARRIER"),
    ],
)
def test_refusals(final: bytes, code: str, text: str) -> None:
    port = ScriptedPort((CSQ, [b"\r\n" + final + b"\r\n"]))

    with pytest.raises(RefusedError, match=text.replace("AT+", r"AT\+") if "\\" not in text else text) as caught:
        AtChannel(port).command("AT+CSQ", prefix="+CSQ")

    assert caught.value.code == code


def test_after_a_lost_answer_the_stream_is_brought_into_step() -> None:
    port = ScriptedPort(
        (CSQ, []),  # mute
        (b"AT\r", [b"\r\nOK\r\n"]),
        (CSQ, [b"\r\n+CSQ: 11,99\r\n\r\nOK\r\n"]),
    )
    channel = AtChannel(port)

    with pytest.raises(AtTimeoutError, match=r"did not answer AT\+CSQ within 0\.01 s"):
        channel.command("AT+CSQ", prefix="+CSQ", timeout_s=0.01)
    assert channel.command("AT+CSQ", prefix="+CSQ") == ["11,99"]
    assert port.is_finished


def test_late_answer_of_another_command_is_not_taken() -> None:
    late = b"\r\n+CSQ: 11,99\r\n\r\nOK\r\n"
    port = ScriptedPort(
        (b"AT+CPIN?\r", [late]),
        (b"AT\r", [b"\r\n+CPIN: READY\r\n\r\nOK\r\n"]),
        (b"AT+CPIN?\r", [b"\r\n+CPIN: READY\r\n\r\nOK\r\n"]),
    )

    assert AtChannel(port).command("AT+CPIN?", prefix="+CPIN") == ["READY"]


def test_port_that_answers_nothing() -> None:
    port = ScriptedPort((b"AT\r", []), (b"AT\r", []))
    port._script[0] = (b"AT\r", [])

    with pytest.raises(DeviceError, match=r"scripted answers no AT command; it may be another port of the dongle"):
        AtChannel(port).synchronize(timeout_s=0.01)


def test_stream_without_end_is_stopped() -> None:
    port = ScriptedPort((CSQ, [b"x" * 65_000, b"x" * 65_000]))

    with pytest.raises(DeviceError, match=r"sends without end after AT\+CSQ; stopped reading"):
        AtChannel(port).command("AT+CSQ", prefix="+CSQ")


def test_lines_without_end_are_stopped() -> None:
    port = ScriptedPort((CSQ, [b"^RSSI:1\r\n" * 5000, b"^RSSI:1\r\n" * 5000]))

    with pytest.raises(DeviceError, match=r"sends without end"):
        AtChannel(port).command("AT+CSQ", prefix="+CSQ")
