from __future__ import annotations

from pathlib import Path

from perfkit.core.monitor_record import GapCause, InterfaceCount
from perfkit_probes.monitor.sources.interface import InterfaceSource

TABLE = """\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
  eth1: 2310450    7312    1    2    0     0          0         0   410220    3140    3    4    0     0       0          0
"""


def test_the_counters_of_the_interface(tmp_path: Path) -> None:
    table = tmp_path / "dev"
    table.write_text(TABLE)
    reading = InterfaceSource(lambda: "eth1", 10.0, table).read()
    assert reading.value == InterfaceCount("eth1", 2_310_450, 410_220, 7312, 3140, errors=4, dropped=6)


def test_an_interface_that_is_gone_or_not_known_and_a_system_that_does_not_show(tmp_path: Path) -> None:
    table = tmp_path / "dev"
    table.write_text(TABLE)
    gone = InterfaceSource(lambda: "wwan0", 10.0, table).read()
    assert (gone.reason, gone.cause) == ("there is no interface wwan0 at present", GapCause.DEVICE_AWAY)
    assert InterfaceSource(lambda: None, 10.0, table).read().cause is GapCause.NOT_TOLD
    hidden = InterfaceSource(lambda: "eth1", 10.0, tmp_path / "none").read()
    assert hidden.reason == "this system does not show the counters of interfaces"
