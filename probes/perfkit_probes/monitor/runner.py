"""How a source is asked that may let one wait: in a thread of its own, so that a silent dongle delays nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from perfkit_probes.monitor.sources.base import Reading


class Runner(Protocol):
    """Begins a reading and hands out what will hold it."""

    def start(self, name: str, read: Callable[[], Reading]) -> Future[Reading]:
        """Begin to read the source called `name`."""


class InThread:
    """Each reading in a thread that does not keep the process from ending."""

    def start(self, name: str, read: Callable[[], Reading]) -> Future[Reading]:
        """Begin; an exception of `read` is kept in the future."""
        future: Future[Reading] = Future()
        threading.Thread(target=_fulfil, args=(future, read), name=f"monitor-{name}", daemon=True).start()
        return future


class AtOnce:
    """Reads before it returns: for sources that never wait."""

    def start(self, name: str, read: Callable[[], Reading]) -> Future[Reading]:
        """Read; an exception of `read` is kept in the future."""
        future: Future[Reading] = Future()
        _fulfil(future, read)
        return future


def _fulfil(future: Future[Reading], read: Callable[[], Reading]) -> None:
    try:
        future.set_result(read())
    except Exception as error:  # noqa: BLE001 - a defect in one source must not end the record of the others
        future.set_exception(error)
