"""What runs on Windows and macOS, as far as another system can see it: nothing imported or named that they lack."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
POSIX_ALONE = """
import importlib, os, pkgutil, signal, socket, sys, time
import multiprocessing.popen_fork, multiprocessing.popen_spawn_posix, subprocess, zmq
import serial.tools.list_ports  # has a part of its own for each system

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name in {"curses", "fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}:
            raise ImportError(f"there is no {name} on Windows")

for name in ("fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Lacking())
lacking = {
    os: ("O_DIRECTORY", "SCHED_FIFO", "chown", "killpg", "mkfifo", "openpty", "pread", "sched_setscheduler", "setns"),
    signal: ("SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGUSR1", "alarm", "pthread_sigmask", "setitimer"),
    socket: ("AF_NETLINK", "AF_PACKET", "AF_UNIX", "MSG_DONTWAIT", "MSG_ERRQUEUE", "SO_BINDTODEVICE", "SO_REUSEPORT"),
    time: ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC", "CLOCK_REALTIME", "clock_gettime", "clock_gettime_ns", "tzset"),
}
for module, names in lacking.items():
    for name in names:
        vars(module).pop(name, None)
"""
IMPORTING = """
import perfkit, perfkit_analyzers, perfkit_probes

for package in (perfkit, perfkit_analyzers, perfkit_probes):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
"""
ANALYSING = """
from perfkit.cli.main import main

sys.exit(main(["analyze", "sample_logs/csms", "--pics", "sample_logs/perf-csms.yaml"]))
"""
SPAWNING = """
import multiprocessing, sys
from pathlib import Path
from perfkit_analyzers import reading
from perfkit.cli.main import main

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    reading.os.cpu_count = lambda: 2
    reading.PARALLEL_BYTES, reading.PART_BYTES = (1, 1) if sys.argv[1] == "parts" else (1 << 40, 1 << 40)
    sys.exit(main(["analyze", *sys.argv[2:]]))
else:
    Path(__file__).with_suffix(".spawned").touch()
"""


def python(*words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(120)
def test_every_module_is_imported_where_nothing_is_of_posix() -> None:
    python("-c", POSIX_ALONE + IMPORTING)


@pytest.mark.timeout(120)
def test_a_campaign_is_measured_where_nothing_is_of_posix() -> None:
    words = ("sample_logs/csms", "--pics", "sample_logs/perf-csms.yaml")

    assert python("-c", POSIX_ALONE + ANALYSING) == python("-m", "perfkit", "analyze", *words)


@pytest.mark.timeout(120)
def test_processes_that_are_spawned_read_as_this_one_does(tmp_path: Path) -> None:
    """Windows and macOS do not fork: a further process knows only what is handed to it."""
    program, log = tmp_path / "program.py", tmp_path / "long.log"
    program.write_text(SPAWNING, encoding="utf-8")
    logs = sorted((ROOT / "sample_logs" / "csms").glob("*.log"))
    log.write_bytes(b"\n".join(path.read_bytes() for path in logs))

    in_parts = python(str(program), "parts", str(log))

    assert program.with_suffix(".spawned").exists()
    assert in_parts == python(str(program), "whole", str(log))
    assert "Response time Authorize" in in_parts
