from __future__ import annotations

import itertools

import msgspec
import pytest

from perfkit.core.network_record import Gate, Required, RequireDirection, Verdict, Verdicts
from perfkit_probes import gate
from perfkit_probes.gate import advice, gate_of, judge_bandwidth, judge_latency, judge_rssi, overall, worst
from tests.perfkit.report.network_documents import (
    BANDWIDTH,
    BROKEN,
    DOCUMENT,
    LATENCY,
    MET,
    NO_SERVICE,
    REQUIRE,
    RSSI,
    SLOW,
)

MISSED, UNKNOWN = Verdict.NOT_MET, Verdict.NOT_MEASURED


@pytest.mark.parametrize(
    ("changes", "verdict", "reason"),
    [
        ({"value_dbm": -81.0}, Verdict.MET, None),
        ({"value_dbm": -82.0}, MISSED, "-82 dBm from device/signal, median of 3; at least -81 dBm are required"),
        ({"value_dbm": -81.5}, MISSED, "-81.5 dBm"),
        ({"value_dbm": -51.0, "bound": ">="}, Verdict.MET, None),
        ({"value_dbm": -90.0, "bound": ">="}, UNKNOWN, "does not tell on which side of -81 dBm"),
        ({"value_dbm": -113.0, "bound": "<=", "rsrp_dbm": None}, UNKNOWN, "word for unknown"),
        ({"value_dbm": -113.0, "bound": "<="}, MISSED, "<=-113 dBm"),
        ({"value_dbm": -60.0, "bound": "<="}, UNKNOWN, "does not tell on which side"),
        ({"value_dbm": -81.0, "bound": "<="}, UNKNOWN, "does not tell on which side"),
        ({"value_dbm": -84.0, "source": "derived"}, UNKNOWN, "within 3 dB of the threshold"),
        ({"value_dbm": -78.0, "source": "derived"}, UNKNOWN, "within 3 dB of the threshold"),
        ({"value_dbm": -77.9, "source": "derived"}, Verdict.MET, None),
        ({"value_dbm": -84.1, "source": "derived"}, MISSED, "-84.1 dBm from derived"),
        ({"value_dbm": None, "reason": "hidden"}, UNKNOWN, "hidden"),
    ],
)
def test_rssi(changes: dict[str, object], verdict: Verdict, reason: str | None) -> None:
    found = judge_rssi(msgspec.structs.replace(RSSI, **changes), is_mobile=True)

    assert found.verdict is verdict
    assert (found.reason is None) == (reason is None)
    assert (reason or "") in (found.reason or "")


def test_rssi_without_a_radio_or_without_a_device() -> None:
    assert judge_rssi(None, is_mobile=False).verdict is Verdict.NOT_APPLICABLE
    found = judge_rssi(None, is_mobile=True)
    assert (found.verdict, found.reason) == (UNKNOWN, "there is no device to ask; add --dongle")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"median_ms": 1000.0}, Verdict.MET),
        ({"median_ms": 1000.1}, MISSED),
        ({"median_ms": 999.0, "max_ms": 5000.0}, Verdict.MET),
        ({"median_ms": 900.0, "packet_bytes": 528}, UNKNOWN),
        ({"median_ms": None, "reason": "none of 10 packets was answered"}, UNKNOWN),
    ],
)
def test_latency_is_judged_by_the_median_of_84_byte_packets(changes: dict[str, object], verdict: Verdict) -> None:
    assert judge_latency(msgspec.structs.replace(LATENCY, **changes)).verdict is verdict


def test_latency_reasons() -> None:
    late = judge_latency(msgspec.structs.replace(LATENCY, median_ms=1234.5))
    assert late.reason == "median 1234.5 ms of 9 packets; at most 1000 ms are allowed"
    assert judge_latency(None, why_not="the link broke").reason == "the link broke"


@pytest.mark.parametrize(("up", "down"), list(itertools.product(Required, Required)))
def test_the_worse_direction_decides(up: Required, down: Required) -> None:
    detail = RequireDirection(4.0, "high", 0.0, 100.0, "as it is")
    require = msgspec.structs.replace(REQUIRE, up=up, down=down, up_detail=detail, down_detail=detail)

    found = judge_bandwidth(msgspec.structs.replace(BANDWIDTH, require=require))

    if Required.NOT_MET in {up, down}:
        assert found.verdict is MISSED
        assert ("up: as it is" in (found.reason or "")) == (up is Required.NOT_MET)
    elif Required.UNDECIDED in {up, down}:
        assert found.verdict is UNKNOWN
    else:
        assert found == gate.MET


def test_bandwidth_that_was_not_asked_for() -> None:
    broken = msgspec.structs.replace(BANDWIDTH, require=None, reasons={"require": "the responder is gone"})
    weak = msgspec.structs.replace(BANDWIDTH, require=msgspec.structs.replace(REQUIRE, kB_s=4.0))

    assert judge_bandwidth(broken) == gate.Judgement(UNKNOWN, "the responder is gone")
    assert judge_bandwidth(None, why_not="no target") == gate.Judgement(UNKNOWN, "no target")
    assert judge_bandwidth(weak).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("gates", "found"),
    [
        ([Gate.MET, Gate.INCOMPLETE, Gate.NOT_MET], Gate.NOT_MET),
        ([Gate.MET, Gate.INCOMPLETE], Gate.INCOMPLETE),
        ([Gate.MET, Gate.MET], Gate.MET),
        ([], Gate.INCOMPLETE),
    ],
)
def test_the_worst_decides(gates: list[Gate], found: Gate) -> None:
    assert worst(gates) is found


@pytest.mark.parametrize(
    ("verdicts", "found"),
    [
        ("met met met", Gate.MET),
        ("met met not_applicable", Gate.MET),
        ("met met not_measured", Gate.INCOMPLETE),
        ("not_met not_measured not_measured", Gate.NOT_MET),
        ("not_applicable not_applicable not_applicable", Gate.INCOMPLETE),
    ],
)
def test_gate_of_one_technology(verdicts: str, found: Gate) -> None:
    assert gate_of(Verdicts(*map(Verdict, verdicts.split()))) is found


def test_no_service_does_not_count_but_nothing_is_not_enough() -> None:
    assert overall([NO_SERVICE, MET]) is Gate.MET
    assert overall([NO_SERVICE]) is Gate.INCOMPLETE
    assert overall([BROKEN, MET]) is Gate.INCOMPLETE
    assert overall([BROKEN, SLOW]) is Gate.NOT_MET


def test_a_document_that_was_changed_by_hand_is_found() -> None:
    assert gate.is_consistent(DOCUMENT)
    assert not gate.is_consistent(msgspec.structs.replace(DOCUMENT, gate=Gate.MET))
    better = msgspec.structs.replace(SLOW, gate=Gate.MET)
    assert not gate.is_consistent(msgspec.structs.replace(DOCUMENT, technologies=[better], gate=Gate.MET))


@pytest.mark.parametrize(
    ("technology", "verdicts", "words"),
    [
        ("4g", "met met met", []),
        ("4g", "met met not_met", ["signal too weak: move the dongle"]),
        ("3g", "not_met met met", ["bandwidth too low"]),
        (
            "2g",
            "not_met not_met met",
            ["bandwidth too low", "2G: GPRS with three", "latency too high", "2G: GPRS alone"],
        ),
        ("4g", "not_measured met met", ["bandwidth undecided"]),
    ],
)
def test_advice_for_each_value_that_is_missing(technology: str, verdicts: str, words: list[str]) -> None:
    judged = Verdicts(*map(Verdict, verdicts.split()))

    found = advice(technology, judged, MET.reasons, has_target=True, rssi=RSSI)

    assert [text.startswith(word) for text, word in zip(found, words, strict=True)] == [True] * len(words)


def test_advice_for_a_hidden_rssi_and_for_a_missing_target() -> None:
    judged = Verdicts(UNKNOWN, UNKNOWN, UNKNOWN)

    found = advice("4g", judged, SLOW.reasons, has_target=False, rssi=SLOW.rssi)

    assert [text.split(":")[0] for text in found] == ["no RSSI", "bandwidth and latency need a far end"]
    assert "--to HOST:9310" in found[1]
