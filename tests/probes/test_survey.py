"""Exact outcomes with an emulated dongle, and a responder behind a link whose answers are known."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from perfkit.core.errors import DeviceError, UsageError
from perfkit.core.network_record import Gate, Outcome, TechnologyResult
from perfkit_probes import device_path, survey
from perfkit_probes.budget import Budget
from perfkit_probes.device_path import path_through
from perfkit_probes.emulators.link_shaper import LinkSetting
from perfkit_probes.emulators.radio import Fault
from perfkit_probes.gate import overall
from perfkit_probes.link_plan import plan_for
from perfkit_probes.link_record import cost_record, rssi_record
from perfkit_probes.path import LinkPath, PathProof, Target
from perfkit_probes.radio.base import (
    Bound,
    Clock,
    RadioDevice,
    SignalReading,
    SignalSource,
    Technology,
    TrafficCounters,
)
from perfkit_probes.radio.hilink.device import HilinkDevice
from perfkit_probes.radio.switching.journal import Journal
from perfkit_probes.responder import Responder, ResponderConfig
from perfkit_probes.survey import SurveyPlan, survey_link
from tests.probes.links import relayed
from tests.probes.radio.devices import BENCHES, at_bench, hilink_bench
from tests.probes.surveys import GOOD, PACE, QUICK, Recorded, only, plan_to, surveyed, verdicts

MET = ("met", "met", "met")
FOUND_IN = ("00", "3FFFFFFF", "7FFFFFFFFFFFFFFF")


@pytest.fixture(params=list(BENCHES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# --- the whole way ---------------------------------------------------------------------------------------------------


def test_every_technology_is_measured_and_the_dongle_is_put_back(kind: str, tmp_path: Path) -> None:
    watch = Recorded()
    with BENCHES[kind](rssi_dbm=-70) as bench, relayed(GOOD, GOOD) as (relay, _):
        before = bench.settings()
        found = surveyed(bench, plan_to(relay.port, Technology.G3, Technology.G4), tmp_path, watch=watch)
        after = bench.settings()

    assert [(one.technology, one.outcome, verdicts(one)) for one in found.technologies] == [
        ("3g", Outcome.MEASURED, MET),
        ("4g", Outcome.MEASURED, MET),
    ]
    assert overall(found.technologies) is Gate.MET
    assert (found.restored, found.restore_reason, after) == (True, None, before)
    assert Journal(tmp_path).entries() == []
    assert found.device is not None
    assert found.device.driver == kind
    assert tuple(found.settings.values()) == before
    assert watch.budgets == [{"3g": 250_000, "4g": 250_000}]


def test_signal_first_then_the_figures_of_the_emulated_link(tmp_path: Path) -> None:
    watch = Recorded()
    with hilink_bench(rssi_dbm=-70) as bench, relayed(GOOD, GOOD) as (relay, _):
        one = only(surveyed(bench, plan_to(relay.port, Technology.G4), tmp_path, watch=watch))

    steps = [text for _, text, _ in watch.steps]
    assert steps.index("signal 3 of 3") < steps.index("connect") < steps.index("latency") < steps.index("require")
    assert steps[-1] == "putting the dongle back"
    assert watch.steps[steps.index("require")][2] > 0
    assert one.rssi is not None
    assert (one.rssi.value_dbm, one.rssi.count, one.rssi.source, one.rssi.rsrp_dbm) == (-70, 3, "device/signal", -97)
    assert [reading.time[-6:] for reading in one.rssi.readings] == ["+00:00"] * 3
    assert one.latency is not None
    assert one.latency.median_ms == pytest.approx(62.8, abs=15)
    assert (one.latency.count, one.latency.packet_bytes) == (3, 84)
    assert one.latency.at_required_load.packet_bytes == 528
    assert one.bandwidth is not None
    assert one.bandwidth.require is not None
    assert one.bandwidth.require.up_detail.delivered_kB_s == pytest.approx(5.0, rel=0.1)
    assert one.bandwidth.reasons["capacity"] == "left out by the plan"
    assert one.cost is not None
    assert one.bytes_used > one.cost.sent_bytes + one.cost.received_bytes  # the proof that traffic flows costs too
    assert one.budget is not None
    assert one.bytes_used < one.budget.max_bytes
    assert (one.operator, one.advice) == ("Emulated", [])


def test_a_link_of_3_kilobytes_per_second_misses_the_bandwidth(tmp_path: Path) -> None:
    slow = LinkSetting(3_000, 0.030, 60_000)
    with hilink_bench(rssi_dbm=-81) as bench, relayed(slow, GOOD) as (relay, _):
        one = only(surveyed(bench, plan_to(relay.port, Technology.G2), tmp_path))

    assert (verdicts(one), one.gate) == (("not_met", "met", "met"), Gate.NOT_MET)
    assert (one.reasons.bandwidth or "").startswith("up: ")
    assert "down: " not in (one.reasons.bandwidth or "")
    assert one.advice[0].startswith("bandwidth too low")


def test_a_link_of_1020_ms_misses_the_latency_whatever_was_not_measured(tmp_path: Path) -> None:
    late = LinkSetting(60_000, 0.510, 60_000)
    plan = replace(QUICK, require=None)
    with hilink_bench(rssi_dbm=-81) as bench, relayed(late, late) as (relay, _):
        one = only(surveyed(bench, plan_to(relay.port, Technology.G2, link=plan), tmp_path))

    assert (verdicts(one), one.gate) == (("not_measured", "not_met", "met"), Gate.NOT_MET)
    assert (one.reasons.latency or "").startswith("median 10")
    assert any(text.startswith("latency too high") for text in one.advice)


# --- signal only: nothing is sent --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "fault", "verdict", "reason"),
    [
        ({"rssi_dbm": -81}, None, "met", None),
        ({"rssi_dbm": -82}, None, "not_met", "-82 dBm from device/signal, median of 3"),
        ({"hide_signal": True}, None, "not_measured", "this firmware hides the RSSI"),
        ({}, Fault.SATURATED, "met", None),
        ({"profile": "h153-old"}, Fault.FLOOR, "not_measured", "its word for unknown"),
    ],
    ids=["-81", "-82", "hidden", "saturated", "floor"],
)
def test_rssi_verdicts(
    options: dict[str, object], fault: Fault | None, verdict: str, reason: str | None, tmp_path: Path
) -> None:
    with hilink_bench(*([fault] if fault else []), **options) as bench:
        one = only(surveyed(bench, plan_to(None, Technology.G4), tmp_path))

    assert verdicts(one) == ("not_measured", "not_measured", verdict)
    assert (reason or "") in (one.reasons.rssi or "")
    assert (one.reasons.rssi is None) == (reason is None)
    assert (one.outcome, one.bytes_used, one.latency, one.bandwidth) == (Outcome.MEASURED, 0, None, None)
    assert one.advice[-1].endswith("add --to HOST:9310")


def test_csq_of_15_is_below_the_threshold(tmp_path: Path) -> None:
    with at_bench(Fault.HCSQ_ERROR, rssi_dbm=-83) as bench:
        one = only(surveyed(bench, plan_to(None, Technology.G4), tmp_path))

    assert one.rssi is not None
    assert (one.rssi.csq, one.rssi.value_dbm, one.rssi.source) == (15, -83, "+CSQ")
    assert one.verdicts.rssi.value == "not_met"


def test_no_service_in_one_technology_is_a_result(tmp_path: Path) -> None:
    with hilink_bench(Fault.NO_2G) as bench:
        found = surveyed(bench, plan_to(None), tmp_path)

    two, three, four = found.technologies
    assert [one.technology for one in found.technologies] == ["2g", "3g", "4g"]
    assert (two.outcome, two.reason) == (Outcome.NO_SERVICE, "no service in 2G: not registered within 150 s")
    assert verdicts(two) == ("not_applicable",) * 3
    assert two.switch_seconds is not None
    assert two.switch_seconds >= 150
    assert (three.outcome, four.outcome, found.restored) == (Outcome.MEASURED, Outcome.MEASURED, True)


def test_a_switch_slower_than_the_deadline_is_no_service(tmp_path: Path) -> None:
    with hilink_bench(Fault.SLOW_SWITCH) as bench:
        found = surveyed(bench, plan_to(None, Technology.G3), tmp_path)
        after = bench.settings()

    assert only(found).outcome is Outcome.NO_SERVICE
    assert (overall(found.technologies), found.restored, after) == (Gate.INCOMPLETE, True, FOUND_IN)


# --- what goes wrong -----------------------------------------------------------------------------------------------------


def test_a_dongle_that_is_pulled_and_comes_back_is_measured_and_restored(tmp_path: Path) -> None:
    with hilink_bench(Fault.UNPLUG_3G) as bench:
        found = surveyed(bench, plan_to(None, Technology.G3, Technology.G4), tmp_path)
        after = bench.settings()

    assert [one.outcome for one in found.technologies] == [Outcome.MEASURED, Outcome.MEASURED]
    assert (found.restored, after) == (True, FOUND_IN)


def test_a_dongle_that_stays_away_keeps_the_results_and_says_how_to_heal(tmp_path: Path) -> None:
    class Puller(Recorded):
        def step(self, technology: str, text: str, used_bytes: Callable[[], int]) -> None:
            if text == "putting the dongle back":
                bench.radio.unplug()

    with hilink_bench() as bench:
        found = surveyed(bench, plan_to(None, Technology.G3), tmp_path, watch=Puller())

    assert only(found).outcome is Outcome.MEASURED
    assert found.restored is False
    assert found.restore_reason is not None
    assert "`perfkit dongle restore`" in found.restore_reason
    assert len(Journal(tmp_path).entries()) == 1


@pytest.mark.parametrize("fault", [Fault.ENDLESS, Fault.ENTITY_BOMB, Fault.HUGE_XML, Fault.TRUNCATED, Fault.NO_SIM])
def test_a_hostile_or_empty_dongle_is_an_error_with_a_sentence(fault: Fault, tmp_path: Path) -> None:
    with hilink_bench(fault) as bench:
        found = surveyed(bench, plan_to(None, Technology.G3), tmp_path)
        after = bench.settings()

    one = only(found)
    assert one.outcome is Outcome.ERROR
    assert one.reason
    assert "\n" not in one.reason
    assert (verdicts(one), overall(found.technologies)) == (("not_measured",) * 3, Gate.INCOMPLETE)
    assert after == FOUND_IN


def test_no_dongle_at_all_is_an_error_of_the_device(tmp_path: Path) -> None:
    def nothing() -> RadioDevice:
        raise DeviceError("nothing is plugged in")

    with pytest.raises(DeviceError, match="nothing is plugged in"):
        survey.survey_device(nothing, plan_to(None), Recorded(), pace=PACE, journal=Journal(tmp_path))


def test_a_captive_page_is_not_taken_for_the_responder(tmp_path: Path) -> None:
    with hilink_bench() as bench:
        port = int(bench.uri.rpartition(":")[2])
        found = surveyed(bench, plan_to(port, Technology.G4), tmp_path)

    one = only(found)
    assert (one.outcome, verdicts(one)) == (Outcome.ERROR, ("not_measured",) * 3)
    assert one.reason is not None
    assert one.reason.startswith("registered in 4G, but the responder does not answer: 127.0.0.1:")
    assert "instead of opening the WebSocket" in one.reason
    assert found.restored is True


def test_a_target_that_nobody_answers_at_ends_each_technology_not_the_run(tmp_path: Path) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    with hilink_bench() as bench:
        found = surveyed(bench, plan_to(port, Technology.G3, Technology.G4), tmp_path)

    assert [one.outcome for one in found.technologies] == [Outcome.ERROR, Outcome.ERROR]
    assert all("is `perfkit responder --listen` running there" in (one.reason or "") for one in found.technologies)
    assert found.restored is True


def test_a_target_that_dies_after_the_first_look_keeps_the_signal(tmp_path: Path) -> None:
    with hilink_bench(rssi_dbm=-70) as bench, relayed(GOOD, GOOD) as (relay, responder):

        class Killer(Recorded):
            def step(self, technology: str, text: str, used_bytes: Callable[[], int]) -> None:
                if text == "signal 1 of 3":
                    responder.close()

        one = only(surveyed(bench, plan_to(relay.port, Technology.G4), tmp_path, watch=Killer()))

    assert (one.outcome, verdicts(one)) == (Outcome.ERROR, ("not_measured", "not_measured", "met"))


def test_a_budget_that_runs_out_leaves_the_gate_incomplete(tmp_path: Path) -> None:
    small = replace(QUICK, budget=Budget(14_000, 60.0))
    with hilink_bench() as bench, relayed(GOOD, GOOD) as (relay, _):
        one = only(surveyed(bench, plan_to(relay.port, Technology.G4, link=small), tmp_path))

    assert (one.verdicts.bandwidth.value, one.gate) == ("not_measured", Gate.INCOMPLETE)
    assert one.budget is not None
    assert (one.budget.max_bytes, one.budget.truncated) == (14_000, "bytes")
    assert one.bytes_used <= 14_000


# --- without a device --------------------------------------------------------------------------------------------------------


def wired(port: int, host: str = "127.0.0.1", **options: object) -> TechnologyResult:
    plan = SurveyPlan(Target(host, port), plans={"wired": QUICK, "4g": QUICK}, **options)  # type: ignore[arg-type]
    return only(survey_link(plan, Recorded()))


def test_a_wired_link_has_no_rssi_and_ipv6_alone_will_do() -> None:
    with Responder(ResponderConfig("::1", port=0)) as responder:
        one = wired(responder.port, "::1")

    assert (one.technology, verdicts(one), one.gate) == ("wired", ("met", "met", "not_applicable"), Gate.MET)


def test_a_mobile_link_without_a_device_cannot_be_complete() -> None:
    with Responder(ResponderConfig(port=0)) as responder:
        one = wired(responder.port, technologies=(Technology.G4,), is_mobile=True)

    assert (one.technology, verdicts(one), one.gate) == ("4g", ("met", "met", "not_measured"), Gate.INCOMPLETE)
    assert one.reasons.rssi == "there is no device to ask; add --dongle"


def test_a_name_is_not_resolved_through_another_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def query(name: str, bind: Callable[[socket.socket], None]) -> list[str]:
        asked.append(name)
        return []

    monkeypatch.setattr("perfkit_probes.path.query_through", query)
    one = wired(9310, "responder.example", interface="lo")

    assert asked == ["responder.example"]
    assert (one.outcome, one.reason) == (Outcome.ERROR, "responder.example has no address that lo can reach")


def test_an_interface_that_does_not_exist_is_named() -> None:
    one = wired(9310, interface="nowhere0")

    assert one.outcome is Outcome.ERROR
    assert one.reason is not None
    assert "nowhere0" in one.reason


def test_something_else_on_the_port_is_not_measured() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            client, _ = server.accept()
            with client:
                client.sendall(b"\x00\xff" * 40_000)

        thread = threading.Thread(target=babble)
        thread.start()
        one = wired(server.getsockname()[1])
        thread.join()

    assert one.outcome is Outcome.ERROR
    assert one.reason is not None
    assert "is this the responder's port?" in one.reason


# --- the path through the device -----------------------------------------------------------------------------------------------


def device_at(uri: str) -> HilinkDevice:
    interface = "eth7" if uri.endswith("?interface=eth7") else None
    return HilinkDevice(uri, interface=interface)


REMOTE = Target("192.0.2.10")


def test_two_dongles_with_one_address_have_to_be_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_path, "source_towards", lambda host: "192.168.8.100")
    monkeypatch.setattr(device_path, "interface_names", lambda: ["lo", "eth1", "eth2"])
    monkeypatch.setattr(device_path, "address_of", lambda name: None if name == "lo" else "192.168.8.100")

    with pytest.raises(UsageError, match=r"eth1 and eth2 both have the address 192\.168\.8\.100, as two dongles"):
        path_through(device_at("http://192.168.8.1"), REMOTE)
    assert path_through(device_at("http://192.168.8.1?interface=eth7"), REMOTE) == LinkPath(interface="eth7")
    assert path_through(device_at("http://192.168.8.1"), REMOTE, named="eth2") == LinkPath(interface="eth2")


def test_the_interface_that_leads_to_the_dongle_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_path, "source_towards", lambda host: "192.168.8.100")
    monkeypatch.setattr(device_path, "interface_names", lambda: ["lo", "eth1"])
    monkeypatch.setattr(device_path, "address_of", lambda name: "192.168.8.100" if name == "eth1" else None)
    assert path_through(device_at("http://192.168.8.1"), REMOTE) == LinkPath(interface="eth1")

    monkeypatch.setattr(device_path, "address_of", lambda name: None)  # a system that does not tell
    assert path_through(device_at("http://192.168.8.1"), REMOTE) == LinkPath(source="192.168.8.100")

    monkeypatch.setattr(device_path, "source_towards", lambda host: None)
    with pytest.raises(UsageError, match=r"no interface leads to the dongle at 192\.168\.8\.1"):
        path_through(device_at("http://192.168.8.1"), REMOTE)


def test_the_address_of_loopback_is_known() -> None:
    assert device_path.source_towards("127.0.0.1") == "127.0.0.1"
    assert device_path.address_of("lo") in {"127.0.0.1", None}
    assert device_path.address_of("nowhere0") is None


def test_a_stick_of_unknown_interface_is_refused_not_guessed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(device_path, "huawei_interfaces", list)
    with at_bench() as bench:
        plan = SurveyPlan(REMOTE, (Technology.G4,))
        with pytest.raises(UsageError, match=r"network interface of the stick at serial:.* is not known"):
            surveyed(bench, plan, tmp_path)
        assert bench.settings()[0] == "00"
        monkeypatch.setattr(device_path, "huawei_interfaces", lambda: [("wwan0", "")])
        with bench.open_device() as device:
            assert path_through(device, REMOTE) == LinkPath(interface="wwan0")


PROOF = PathProof("eth1", 1000, 2000, 1100, 2200, is_proven=True, reason="eth1 counted")


@pytest.mark.parametrize(
    ("after", "is_loopback", "proven", "words"),
    [
        (TrafficCounters(1_500, 2_600), False, True, "the dongle counted 1000 bytes up and 2100 down"),
        (TrafficCounters(600, 2_600), False, False, "did not pass through the dongle: the dongle counted 100 bytes up"),
        (TrafficCounters(600, 2_600), True, True, "eth1 counted"),
        (TrafficCounters(10, 20), False, True, "eth1 counted"),
        (None, False, True, "eth1 counted"),
    ],
    ids=["seen", "not seen", "loopback", "restarted", "no counters"],
)
def test_the_dongle_must_have_counted_the_bytes(
    after: TrafficCounters | None, is_loopback: bool, proven: bool, words: str
) -> None:
    found = cost_record(PROOF, TrafficCounters(500, 500), after, is_loopback=is_loopback)

    assert found.path_proven is proven
    assert words in found.path


def test_an_unproven_path_is_not_judged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    counters = iter([TrafficCounters(0, 0)] + [TrafficCounters(10, 10)] * 3)
    monkeypatch.setattr(survey, "is_loopback", lambda host: False)
    monkeypatch.setattr(HilinkDevice, "traffic_counters", lambda device: next(counters))
    with hilink_bench(rssi_dbm=-70) as bench, relayed(GOOD, GOOD) as (relay, _):
        plan = plan_to(relay.port, Technology.G4, link=replace(QUICK, require=None))
        one = only(surveyed(bench, plan, tmp_path))

    assert verdicts(one) == ("not_measured", "not_measured", "met")
    assert (one.reasons.latency or "").startswith("the packets did not pass through the dongle")
    assert one.latency is not None  # what was seen stays in the document


# --- plans -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("technology", "max_bytes"), [("2g", 100_000), ("3g", 1_000_000), ("4g", 4_000_000), ("wired", 10_000_000)]
)
def test_budgets_of_the_technologies_hold_all_their_probes(technology: str, max_bytes: int) -> None:
    plan = plan_for(technology)

    assert plan.budget.max_bytes == max_bytes
    streams = 0 if plan.goodput is None else 2 * 1.12 * plan.goodput.max_bytes
    capacity = 0 if plan.capacity is None else plan.capacity.max_bytes
    assert capacity + streams + 60_000 <= max_bytes
    assert (plan.latency.silence_s > 0) == (technology != "wired")


def test_a_quick_plan_asks_the_gates_questions_only() -> None:
    plan = plan_for("4g", is_quick=True, max_bytes=200_000)

    assert (plan.capacity, plan.goodput, plan.latency.silence_s) == (None, None, 0.0)
    assert plan.require is not None
    assert plan.budget.max_bytes == 200_000


@pytest.mark.parametrize(
    ("technology", "kilobytes", "needed_bytes", "stream_s"),
    [
        ("2g", 100, 100_000 + 224_000, 30.0),  # 20 s at 5 kB/s and the reserve
        ("3g", 150, 1_000_000, 40.0),  # less than the short stream, which it replaces
        ("4g", 3_000, 4_000_000 + int(2 * 1.12 * 2_000_000), 40.0),
    ],
)
def test_a_sustained_stream_is_in_the_budget(
    technology: str, kilobytes: int, needed_bytes: int, stream_s: float
) -> None:
    plan = plan_for(technology, sustained_kilobytes=kilobytes, max_bytes=needed_bytes)

    assert plan.goodput is not None
    assert (plan.goodput.max_bytes, plan.goodput.target_s) == (kilobytes * 1000, stream_s)
    assert plan.goodput.is_sustained
    assert (plan.budget.max_bytes, plan.budget.max_seconds) == (needed_bytes, 60.0 + 2 * (stream_s + 20.0))
    with pytest.raises(UsageError, match="allow them, or send less"):
        plan_for(technology, sustained_kilobytes=kilobytes, max_bytes=needed_bytes - 1)


def test_a_budget_for_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="--max-bytes 500 allows no measurement"):
        plan_for("4g", max_bytes=500)


def test_a_device_without_a_choice_of_technologies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(HilinkDevice, "modes", lambda device: ())
    with hilink_bench() as bench, pytest.raises(DeviceError, match="does not tell which technologies it offers"):
        surveyed(bench, plan_to(None), tmp_path)


def test_readings_that_fail_now_and_then_are_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = HilinkDevice.signal
    calls: list[int] = []

    def stubborn(device: HilinkDevice) -> SignalReading:
        calls.append(1)
        if len(calls) != 2:
            raise DeviceError("no answer")
        return real(device)

    monkeypatch.setattr(HilinkDevice, "signal", stubborn)
    with hilink_bench(rssi_dbm=-70) as bench:
        found = surveyed(bench, plan_to(None, Technology.G4, Technology.G3), tmp_path)

    four, three = found.technologies
    assert four.rssi is not None
    assert (four.rssi.value_dbm, four.rssi.count) == (-70, 1)
    assert (three.verdicts.rssi.value, three.reasons.rssi) == ("not_measured", "no answer")


def test_bounds_and_sources_reach_the_document() -> None:
    now = Clock.now()
    readings = [
        SignalReading(now, None, value, bound=Bound.AT_LEAST, source=SignalSource.HCSQ, csq=31, hcsq=96)
        for value in (-25.0, -25.0)
    ]

    found = rssi_record(readings)

    assert (found.value_dbm, found.bound, found.source, found.csq, found.hcsq) == (-25.0, ">=", "^HCSQ", 31, 96)
