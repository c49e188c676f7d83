from __future__ import annotations

import msgspec
import pytest

from perfkit.core.network_record import Gate, NetworkDocument, Verdict
from perfkit.report.network_console import render
from tests.perfkit.report.network_documents import (
    BANDWIDTH,
    BROKEN,
    CAPACITY,
    DOCUMENT,
    GOODPUT,
    HOSTILE_DOCUMENT,
    MET,
    RSSI,
    WIRED,
)


def shown(document: NetworkDocument = DOCUMENT, *, width: int = 80) -> str:
    return render(document, width=width, colour=False)


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    "line",
    [
        "bandwidth >= 5 kB/s up 5.00 kB/s; down 5.00 kB/s met",
        "latency <= 1000 ms 62.8 ms median (p95 70.0, max 71.5, 10 % lost, n 9) met",
        "RSSI >= -81 dBm -69 dBm (-71 to -68, n 3, device/signal) met",
        "bandwidth >= 5 kB/s up 3.01 kB/s; down 5.00 kB/s (up: the delay grows by 40 %) NOT MET",
        "RSSI >= -81 dBm not measured: hides the RSSI not measured",
        "no service: no service in 3G: not registered within 150 s",
        "signal CSQ 22, RSRP -96 dBm, RSRQ -10 dB, SINR 12 dB, band 20, cell 2576001",
        "latency by UDP echo, kernel stamps; 84-byte IP packets on the idle link",
        "first packet 2100.0 ms, max 2100.0 ms (1 of 84 bytes; first packet after 15 s of silence)",
        "at 5 kB/s 80.0 ms, max 95.5 ms (40 of 528 bytes; udp at 5 kB/s each way)",
        "payload paced at 5 kB/s both ways; udp, 528-byte IP packets, 4.0 s, 42.2 kB",
        "capacity up 60.0 kB/s, down 386 kB/s of IP packets (UDP trains, information); cut short by the budget of bytes",
        "burst up the first 32.0 kB pass at 1200 kB/s, then the rate above",
        "cost 58.0 kB of 4.00 MB allowed (own count), 60.0 kB (interface), 59.0 kB (dongle)",
        "reference public reference: up 55.0 kB/s, down 350 kB/s, 80.0 ms, 10.00 MB, server host.example",
        "What helps: * another time of day",
        "restored yes, read back and compared",
        "Gate: NOT MET",
    ],
)
def test_every_figure_stands_beside_its_threshold_size_and_method(line: str) -> None:
    assert line in squeezed(shown(width=200))


def test_a_missed_value_is_not_repeated_in_words() -> None:
    missed = msgspec.structs.replace(
        MET,
        rssi=msgspec.structs.replace(RSSI, value_dbm=-90.0),
        verdicts=msgspec.structs.replace(MET.verdicts, rssi=Verdict.NOT_MET),
        reasons=msgspec.structs.replace(MET.reasons, rssi="-90 dBm, at least -81 dBm are required"),
    )
    text = squeezed(shown(msgspec.structs.replace(DOCUMENT, technologies=[missed]), width=120))

    assert "RSSI >= -81 dBm -90 dBm (-71 to -68, n 3, device/signal) NOT MET" in text
    assert "are required" not in text


def test_what_is_to_be_said_against_a_figure_is_said() -> None:
    doubtful = msgspec.structs.replace(CAPACITY, confidence="low", reason="as fast as the packets were sent")
    nothing = msgspec.structs.replace(CAPACITY, confidence="low", reason="the packets came in clumps")
    bandwidth = msgspec.structs.replace(
        BANDWIDTH,
        capacity_up=doubtful,
        capacity_down_kB_s=None,
        capacity_down=nothing,
        goodput_up=msgspec.structs.replace(GOODPUT, confidence="low"),
    )
    one = msgspec.structs.replace(MET, bandwidth=bandwidth)
    text = squeezed(shown(msgspec.structs.replace(DOCUMENT, technologies=[one]), width=200))

    assert "capacity up low confidence: as fast as the packets were sent" in text
    assert "capacity down not measured: the packets came in clumps" in text
    assert "goodput up low confidence" in text
    assert "goodput down high" not in text


def test_a_long_stream_tells_whether_the_link_slowed_down_for_good() -> None:
    steady = msgspec.structs.replace(GOODPUT, payload_bytes=150_000, seconds=30.0, truncated="time")
    shaped = msgspec.structs.replace(GOODPUT, seconds=25.5, burst_kB_s=24.1, burst_bytes=41_000)
    bandwidth = msgspec.structs.replace(
        BANDWIDTH, sustained_kB=200.0, goodput_up=steady, goodput_down=shaped, goodput_down_kB_s=4.83
    )
    one = msgspec.structs.replace(MET, bandwidth=bandwidth)
    text = squeezed(shown(msgspec.structs.replace(DOCUMENT, technologies=[one]), width=200))

    cut = "cut short by the budget of time"
    assert f"sustained up no fall of the rate within 150.0 kB in 30.0 s; {cut}" in text
    assert "sustained down the first 41.0 kB passed at 24.1 kB/s, the rest at 4.83 kB/s (200.0 kB in 25.5 s)" in text
    assert "sustained" not in shown(DOCUMENT)

    short = msgspec.structs.replace(GOODPUT, seconds=35.0, reason="too few messages to tell")
    few = msgspec.structs.replace(bandwidth, goodput_up=short)
    one = msgspec.structs.replace(MET, bandwidth=few)
    text = squeezed(shown(msgspec.structs.replace(DOCUMENT, technologies=[one]), width=200))
    assert "sustained up too few messages to tell (200.0 kB in 35.0 s)" in text


def test_a_wired_link_has_no_rssi_and_says_why() -> None:
    text = squeezed(shown(WIRED))

    assert "RSSI >= -81 dBm no mobile link was named n/a" in text
    assert text.endswith("Gate: met")


def test_why_a_pass_ended_is_said_once() -> None:
    document = msgspec.structs.replace(DOCUMENT, technologies=[BROKEN], gate=Gate.INCOMPLETE)

    assert squeezed(shown(document, width=120)).count("nothing answers at octt.lab:9310") == 1


def test_a_dongle_that_was_not_put_back_is_not_overlooked() -> None:
    document = msgspec.structs.replace(DOCUMENT, restored=False, restore_reason="it is gone")

    assert "restored NO: it is gone" in squeezed(shown(document))


@pytest.mark.parametrize("document", [DOCUMENT, WIRED, HOSTILE_DOCUMENT], ids=["dongle", "wired", "hostile"])
def test_eighty_columns_and_no_escape_sequence(document: NetworkDocument) -> None:
    text = shown(document)

    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "\x00" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_hostile_text_is_neither_markup_nor_lost() -> None:
    text = "".join(shown(HOSTILE_DOCUMENT, width=300).split())

    assert r"\x1b[31m[boldred]=cmd[/]\x00" in text


def test_colour_only_where_asked_for() -> None:
    assert "\x1b[" in render(DOCUMENT, width=80, colour=True)
