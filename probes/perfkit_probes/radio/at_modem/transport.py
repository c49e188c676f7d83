"""Bytes to and from a serial port. The one module that imports pyserial, itself imported only when a port is opened."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Protocol

import serial  # noqa: TID253 - this module is itself imported only when a port is opened

from perfkit.core.errors import DeviceError

_BAUD = 115_200  # by convention; without meaning on USB
_WRITE_TIMEOUT_S = 5.0


class AtTransport(Protocol):
    """A byte stream to a modem; conversation tests put their own in its place."""

    @property
    def name(self) -> str:
        """Port as the user knows it."""

    def write(self, data: bytes) -> None:
        """Send bytes; raises DeviceError when the port is gone."""

    def read(self, timeout_s: float) -> bytes:
        """Return the bytes that are there, waiting for the first; b"" after the timeout."""

    def close(self) -> None:
        """Give the port back; may be called twice."""


class SerialTransport:
    """A serial port held by this process alone where the system can do that."""

    def __init__(self, port: str) -> None:
        """Open the port; raises DeviceError with who holds it or which right is missing."""
        self._port = port
        try:
            self._serial = serial.Serial(
                port,
                _BAUD,
                timeout=0,
                write_timeout=_WRITE_TIMEOUT_S,
                exclusive=None if sys.platform == "win32" else True,
            )
        except (serial.SerialException, OSError, ValueError) as error:
            raise DeviceError(_why_not_open(port, error)) from error

    @property
    def name(self) -> str:
        """Port as the user knows it."""
        return self._port

    def write(self, data: bytes) -> None:
        """Send bytes."""
        try:
            self._serial.write(data)
        except (serial.SerialException, OSError) as error:
            raise DeviceError(self._gone(error)) from error

    def read(self, timeout_s: float) -> bytes:
        """Return the bytes that are there, waiting for the first."""
        try:
            self._serial.timeout = timeout_s
            first: bytes = self._serial.read(1)
            return first + self._serial.read(self._serial.in_waiting) if first else b""
        except (serial.SerialException, OSError, TypeError) as error:  # TypeError: the port was closed meanwhile
            raise DeviceError(self._gone(error)) from error

    def close(self) -> None:
        """Give the port back."""
        try:
            self._serial.close()
        except (serial.SerialException, OSError) as error:
            raise DeviceError(self._gone(error)) from error

    def _gone(self, error: Exception) -> str:
        return f"{self._port} does not answer any more ({str(error)[:100]}); was the dongle pulled?"


def _why_not_open(port: str, error: Exception) -> str:
    if not os.path.exists(port) and sys.platform != "win32":
        return f"there is no serial port {port}; is the dongle plugged in? `perfkit dongle detect` lists the ports"
    if "ermission" in str(error) or "denied" in str(error):
        return (
            f"{port} may not be opened ({_short(error)}): on Linux add yourself to the group of the port, usually "
            "dialout, and log in again; on Windows close the program that holds it"
        )
    holders = port_holders(port)
    if holders:
        return (
            f"{port} is held by {', '.join(holders)}; stop that program for the test"
            " (ModemManager: mmcli -m any --inhibit, in another terminal)"
        )
    return f"{port} cannot be opened ({_short(error)})"


def _short(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno).lower()
    return str(error)[:120]


def port_holders(port: str) -> list[str]:
    """Return the programs that hold a port open, e.g. "ModemManager (512)"; [] where the system does not tell."""
    target = os.path.realpath(port)
    holders = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) != target:
                continue
            process = link.parent.parent
            name = (process / "comm").read_text().strip()
        except OSError:
            continue
        if process.name != str(os.getpid()):
            holders.append(f"{name} ({process.name})")
    return sorted(set(holders))
