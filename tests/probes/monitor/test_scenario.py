"""An emulated dongle, an emulated link and a responder whose states change at known times, recorded and read back.

The monitor's clock is driven by the test, so that the times are exact however busy the machine is; the dongle's answers
and the packets are real.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from perfkit.core.monitor_record import Event, Gap, Record, Sample, Session
from perfkit.core.monitor_verdict import latency_verdict, rssi_verdict
from perfkit.core.network_record import THRESHOLDS, Verdict
from perfkit_probes.emulators.link_relay import LinkRelay, RelaySetting
from perfkit_probes.emulators.link_shaper import LinkSetting
from perfkit_probes.emulators.radio import Phase
from perfkit_probes.monitor.allowance import Allowance
from perfkit_probes.monitor.radio_link import RadioLink
from perfkit_probes.monitor.record_file import AppendedFile, RecordFile
from perfkit_probes.monitor.responder_link import ResponderLink, Way
from perfkit_probes.monitor.runner import AtOnce
from perfkit_probes.monitor.sampler import Outlets, Sampler
from perfkit_probes.monitor.sources.base import Source
from perfkit_probes.monitor.sources.probe import ProbeSource
from perfkit_probes.monitor.sources.signal import SignalSource
from perfkit_probes.path import Target
from perfkit_probes.responder import Responder, ResponderConfig
from tests.probes.monitor.bench import DrivenClock, Kept, header_at, records_in
from tests.probes.monitor.sources.test_probe import LeapingClock
from tests.probes.radio.devices import Bench, hilink_bench

GOOD, SLOW = LinkSetting(1_000_000, 0.001, 60_000), LinkSetting(1_000_000, 0.52, 60_000)


class Stage:
    """The emulated world; what happens in it by the second of the record."""

    def __init__(self, bench: Bench, held: contextlib.ExitStack) -> None:
        self.bench, self.held = bench, held
        self.responder = Responder(ResponderConfig(port=0))
        self.responder.start()
        self.port = self.responder.port
        self.relay = held.enter_context(LinkRelay(RelaySetting(GOOD, GOOD), ("127.0.0.1", self.port)))
        held.callback(self.stop_responder)

    def plug_in(self) -> None:
        self.bench.radio.plug_in()
        while self.bench.radio.snapshot().phase is not Phase.CONNECTED:
            time.sleep(0.01)

    def stop_responder(self) -> None:
        self.responder.close()

    def restart_responder(self) -> None:
        self.responder = Responder(ResponderConfig(port=self.port))
        self.responder.start()

    def acts(self) -> dict[int, Callable[[], object]]:
        radio, relay = self.bench.radio, self.relay

        def link(setting: LinkSetting) -> Callable[[], object]:
            def act() -> None:
                relay.up.setting = relay.down.setting = setting

            return act

        return {
            35: lambda: radio.be_heard_at(-90),
            65: lambda: radio.be_heard_at(-70),
            95: link(SLOW),
            115: link(GOOD),
            155: radio.unplug,
            195: self.plug_in,
            235: self.stop_responder,
            285: self.restart_responder,
        }


def recorded(path: Path, seconds: int) -> tuple[list[Record], Kept]:
    clock, leaping, kept = DrivenClock(), LeapingClock(), Kept()
    with contextlib.ExitStack() as held:
        stage = Stage(held.enter_context(hilink_bench(rssi_dbm=-70)), held)
        target, allowance = Target("127.0.0.1", stage.relay.port), Allowance(1_000_000)
        radio = RadioLink(stage.bench.open_device, target)
        radio.open()
        link = ResponderLink(Way(target, lambda: radio.path), allowance, leaping)
        sources: list[Source] = [ProbeSource(link, 10.0), SignalSource(radio, 10.0)]
        file = held.enter_context(RecordFile(AppendedFile(path)))
        file.write([header_at(clock.now())], clock.now())
        sampler = Sampler(sources, Outlets(file, kept), clock=clock, allowance=allowance, runner=AtOnce())
        acts = stage.acts()
        for second in range(seconds):
            acts.get(second, lambda: None)()
            sampler.tick()
            clock.sleep(1)
            leaping.leap_ns += 1_000_000_000
        sampler.end("the stage is dark")
    records, reader = records_in(path.read_bytes())
    assert reader.unreadable_count == 0
    return records, kept


def test_exactly_the_looks_inside_a_spell_are_flagged(tmp_path: Path) -> None:
    records, kept = recorded(tmp_path / "link.jsonl", 341)
    begun = records[0]
    assert isinstance(begun, Session)
    samples = {round((one.time - begun.time).total_seconds()): one for one in records if isinstance(one, Sample)}
    assert sorted(samples) == list(range(0, 341, 10))
    found = {
        name: sorted(at for at, one in samples.items() if judge(one, THRESHOLDS) is verdict)
        for name, judge, verdict in [
            ("weak", rssi_verdict, Verdict.NOT_MET),
            ("no signal", rssi_verdict, Verdict.NOT_MEASURED),
            ("slow", latency_verdict, Verdict.NOT_MET),
            ("no latency", latency_verdict, Verdict.NOT_MEASURED),
        ]
    }
    # Unplugged at 155: the probe at 160 still goes out, over the loopback that stands for the dongle, before the dongle
    # is asked; at 200 the dongle answers again after the probe had found it away. The responder is gone from 235 to 285;
    # it was tried at 240, 250, 260 and 280, then put off by 40 s.
    assert found == {
        "weak": [40, 50, 60],
        "no signal": [160, 170, 180, 190],
        "slow": [100, 110],
        "no latency": [170, 180, 190, 200, 240, 250, 260, 270, 280, 290, 300, 310],
    }
    happened = [
        (round((one.time - begun.time).total_seconds()), one.kind.value) for one in records if isinstance(one, Event)
    ]
    assert happened == [
        (160, "device_away"),
        (210, "device_back"),
        (240, "responder_away"),
        (320, "responder_back"),
        (341, "session_end"),
    ]
    gaps = [
        (one.quantity.value, one.cause.value, round((one.start - begun.time).total_seconds()), one.seconds)
        for one in records
        if isinstance(one, Gap)
    ]
    assert gaps == [
        ("signal", "device_away", 150, 50.0),
        ("latency", "device_away", 160, 50.0),
        ("latency", "responder_away", 230, 90.0),
    ]
    assert [one for one in kept.shown if isinstance(one, Sample)] == [one for one in records if isinstance(one, Sample)]
