"""A laboratory in two network namespaces: an emulated link with a responder at its far end; needs root and Linux."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from perfkit.core.errors import DeviceError
from perfkit_probes.emulators.link_shaper import LinkSetting
from perfkit_probes.emulators.link_tun import TunLink, tun_link

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "probes")])}
RTT_MS = {"gprs": 833.60, "edge": 306.72, "3g": 80.42, "lte": 40.03}
LOSS = 0.02


@contextmanager
def lab(setting: LinkSetting, name: str) -> Iterator[TunLink]:
    """A link with a responder at its far end."""
    try:
        with tun_link(setting, setting, name=name) as link, far_responder(link):
            yield link
    except DeviceError as error:
        pytest.skip(f"namespaces are not permitted here: {error}")


@contextmanager
def far_responder(link: TunLink, listen: str | None = None) -> Iterator[None]:
    command = ["-m", "perfkit", "responder", "--listen", listen or link.addresses.far]
    with subprocess.Popen(
        ["ip", "netns", "exec", link.far, sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        cwd=ROOT,
    ) as process:
        try:
            assert process.stdout is not None
            assert b"responder listens" in process.stdout.readline()
            yield
        finally:
            process.terminate()


def measure(link: TunLink, address: str | None = None, **plan: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.probes.link_client", address or link.addresses.far, json.dumps(plan)]
    ran = subprocess.run(
        ["ip", "netns", "exec", link.near, *command],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=ROOT,
        timeout=150,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def required(payload_kB_s: float, loss: float = 0.0) -> LinkSetting:  # noqa: N803 - kB is the unit's symbol
    """A link that carries this payload in IP packets of 528 bytes."""
    return LinkSetting(payload_kB_s * 1056, 0.4, 30_000, loss)
