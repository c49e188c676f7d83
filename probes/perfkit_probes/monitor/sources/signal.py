"""The radio signal, through the drivers of `perfkit_probes.radio`."""

from __future__ import annotations

from perfkit.core.errors import DeviceError, UsageError
from perfkit.core.monitor_record import EventKind, GapCause, Signal
from perfkit_probes.monitor.radio_link import RadioLink
from perfkit_probes.monitor.sources.base import Reading
from perfkit_probes.radio.base import SignalReading


class SignalSource:
    """One look at the radio each `period_s`."""

    name = "signal"
    may_wait = True

    def __init__(self, radio: RadioLink, period_s: float) -> None:
        self.period_s = period_s
        self._radio = radio

    def read(self) -> Reading:
        """The signal; a device that hides its RSSI gives a value without one, which says so."""
        try:
            reading = self._radio.signal()
        except (DeviceError, UsageError) as error:
            return Reading(reason=str(error), cause=GapCause.DEVICE_AWAY)
        other, self._radio.other = self._radio.other, None
        events = () if other is None else ((EventKind.DEVICE_BACK, other),)
        return Reading(signal_record(reading), events=events)

    def close(self) -> None:
        """Let go of the device."""
        self._radio.close()


def signal_record(reading: SignalReading) -> Signal:
    """A driver's reading as the record holds it."""
    return Signal(
        rssi_dbm=reading.rssi_dbm,
        bound=None if reading.bound is None else reading.bound.value,
        source=None if reading.source is None else reading.source.value,
        reason=reading.reason,
        technology=None if reading.technology is None else reading.technology.value,
        rat=reading.rat,
        operator=reading.operator,
        cell=reading.cell,
        band=reading.band,
        csq=reading.csq,
        hcsq=reading.hcsq,
        rsrp_dbm=reading.rsrp_dbm,
        rsrq_db=reading.rsrq_db,
        sinr_db=reading.sinr_db,
        rscp_dbm=reading.rscp_dbm,
        ecio_db=reading.ecio_db,
    )
