"""The radio device as the monitor holds it: opened when it is there, let go of when it is not, and known again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from perfkit.core.errors import DeviceError
from perfkit_probes.device_path import path_through
from perfkit_probes.path import LinkPath, Target
from perfkit_probes.radio.base import Identity, RadioDevice, SignalReading


class RadioLink:
    """A device that comes and goes; asked by one thread at a time.

    `path` is how packets leave through it, None while it is away or when there is no target. `identity` is that of the
    device that was seen last.
    """

    def __init__(
        self, open_device: Callable[[], RadioDevice], target: Target | None, *, interface: str | None = None
    ) -> None:
        self._open_device = open_device
        self._target = target
        self._named = interface
        self._device: RadioDevice | None = None
        self.identity: Identity | None = None
        self.uri: str | None = None
        self.path: LinkPath | None = None
        self.other: str | None = None

    def open(self) -> None:
        """Open the device unless it is open; `other` then says so if it is another one than before.

        Raises:
            DeviceError: it does not answer.
            UsageError: the network interface behind it is not known and has to be named.
        """
        if self._device is not None:
            return
        device = self._open_device()
        try:
            identity = device.identity()
            path = None if self._target is None else path_through(device, self._target, named=self._named)
        except BaseException:
            with suppress(DeviceError):
                device.close()
            raise
        is_other = self.identity is not None and self.identity.key != identity.key
        self.other = f"another device than before: {identity.model}, {device.uri}" if is_other else None
        self._device, self.identity, self.uri, self.path = device, identity, device.uri, path

    def signal(self) -> SignalReading:
        """One reading.

        Raises:
            DeviceError: the device does not answer; the next call opens it anew.
            UsageError: as `open`.
        """
        try:
            self.open()
            if self._device is None:
                raise DeviceError("the device is not open")
            return self._device.signal()
        except DeviceError:
            self.close()
            raise

    @property
    def interface(self) -> str | None:
        """The network interface behind the device, None where it is not known."""
        return self._named or (self.path.interface if self.path is not None else None)

    def close(self) -> None:
        """Let go of the device."""
        device, self._device, self.path = self._device, None, None
        if device is not None:
            with suppress(DeviceError):
                device.close()
