"""Measure `perfkit analyze`: `python benchmarks/analyze.py [10MB 100MB 1GB] [--rounds 5]` prints markdown tables.

Wall times are given as ratios to `grep -c msg` on the same file and to `straightforward.py`: all three run in turn,
round after round, as whole processes with their output in a pipe (into the null device GNU grep would stop at the
first match), and the medians are compared. CPU is user plus system time of a process and those it waited for. Peak
memory comes from one more run: the kernel's maximum for a single process; when several run at once, the largest sum
of their resident sets, looked at every 20 ms (pages they share count for each). Python's bytecode is kept between
runs, as it is for an installed program. Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generate_log import parse_size, write_log

ROOT = Path(__file__).parents[1]
PERFKIT = str(Path(sys.executable).with_name("perfkit"))
STRAIGHTFORWARD = [sys.executable, str(ROOT / "benchmarks" / "straightforward.py")]
SAMPLES = [PERFKIT, "analyze", str(ROOT / "sample_logs"), "--pics", str(ROOT / "sample_logs" / "perf.yaml")]
ENDED_WELL = {0, 4}  # 4: a parameter stayed unmeasured, as it may in a small log
MEBIBYTE = 1 << 20
LOOK_EVERY_S = 0.02
START_UP_ROUNDS = 15


class BenchmarkError(Exception):
    """A program failed, or two programs disagree on what is in the file."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process from start to end; `peak_bytes` is the largest of it and each of its children."""

    wall_s: float
    cpu_s: float
    peak_bytes: int
    output: str


def run(command: Sequence[str], watch: Callable[[int], None] | None = None) -> Run:
    """Run a command to its end, its output into a pipe; `watch` gets the process id at the start.

    Raises:
        BenchmarkError: it did not end well.
    """
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        if watch is not None:
            watch(process.pid)
        output = process.stdout.read() if process.stdout is not None else b""
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ENDED_WELL:
        raise BenchmarkError(f"exit code {process.returncode} from {' '.join(command)}")
    return Run(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output.decode())


def peak_bytes(command: Sequence[str]) -> int:
    """Peak memory of all processes that a command runs at once, in bytes."""
    watcher = TreeWatcher()
    finished = run(command, watcher.start)
    watcher.stop()
    return watcher.largest_sum_bytes or finished.peak_bytes


class TreeWatcher:
    """Looks at a process and its descendants until stopped."""

    def __init__(self) -> None:
        self.largest_sum_bytes = 0
        self.most_processes = 0
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pid: int) -> None:
        """Begin to look at `pid`."""
        self._thread = threading.Thread(target=self._look, args=(pid,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End looking."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self, pid: int) -> None:
        while not self._stopped.wait(LOOK_EVERY_S):
            resident = [resident_bytes(member) for member in process_tree(pid)]
            self.most_processes = max(self.most_processes, len(resident))
            self.largest_sum_bytes = max(self.largest_sum_bytes, sum(resident))


def process_tree(pid: int) -> list[int]:
    """A process and its living descendants."""
    members = [pid]
    for member in members:
        with contextlib.suppress(OSError):  # a process may end while it is looked at
            for children in Path(f"/proc/{member}/task").glob("*/children"):
                members += [int(child) for child in children.read_text().split()]
    return members


def resident_bytes(pid: int) -> int:
    """Resident set of a process; 0 when it has just ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def measure_file(path: Path, rounds: int) -> str:
    """One row of the table for one file."""
    commands = {
        "grep": ["grep", "-c", "msg", str(path)],
        "straightforward": [*STRAIGHTFORWARD, str(path)],
        "perfkit": [PERFKIT, "analyze", str(path), "--json"],
    }
    check_agreement({name: run(command).output for name, command in commands.items()})
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    wall_s = {name: statistics.median(one.wall_s for one in done) for name, done in runs.items()}
    cpu_s = statistics.median(one.cpu_s for one in runs["perfkit"])
    cells = [
        f"{path.stat().st_size / 1e6:.0f} MB {path.stem}",
        f"{wall_s['grep']:.3f}",
        f"{wall_s['straightforward']:.2f}",
        f"{wall_s['perfkit']:.2f}",
        f"{wall_s['perfkit'] / wall_s['grep']:.1f}",
        f"{wall_s['straightforward'] / wall_s['perfkit']:.1f}",
        f"{cpu_s:.2f}",
        f"{peak_bytes(commands['perfkit']) / MEBIBYTE:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def check_agreement(outputs: dict[str, str]) -> None:
    """Raise BenchmarkError unless all three counted the same messages: a wrong answer has no speed."""
    document = json.loads(outputs["perfkit"])
    counted = {
        "grep": int(outputs["grep"]),
        "straightforward": int(re.findall(r"messages=(\d+)", outputs["straightforward"])[0]),
        "perfkit": sum(source["messages"] for source in document["inputs"]),
    }
    if len(set(counted.values())) != 1:
        raise BenchmarkError(f"the programs disagree on the number of messages: {counted}")


def measure_start_up() -> str:
    """Wall time of `perfkit --help` as a ratio to an empty Python, in words."""
    empty = [sys.executable, "-c", "pass"]
    pairs = [(run(empty).wall_s, run([PERFKIT, "--help"]).wall_s) for _ in range(START_UP_ROUNDS)]
    empty_s, help_s = (statistics.median(column) for column in zip(*pairs, strict=True))
    return f"`perfkit --help`: {help_s / empty_s:.2f} x `python -c pass` ({empty_s * 1000:.0f} ms)"


def measure_samples(rounds: int) -> str:
    """CPU time of the sample campaign, in words."""
    run(SAMPLES)  # the first one compiles to bytecode
    cpu_s = statistics.median(run(SAMPLES).cpu_s for _ in range(rounds))
    return f"`perfkit analyze sample_logs/ --pics sample_logs/perf.yaml`: {cpu_s:.2f} s of CPU"


def report(sizes: Sequence[str], folder: Path, rounds: int) -> None:
    """Print everything as it comes."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {rounds} rounds\n")
    print(
        "| file | grep -c s | straightforward s | perfkit s | perfkit / grep | straightforward / perfkit "
        "| perfkit CPU s | perfkit peak MiB |\n|---|---|---|---|---|---|---|---|"
    )
    for size in sizes:
        for kind in ("cases", "single", "dense"):
            path = folder / f"{kind}.log"
            write_log(path, parse_size(size), dense=kind == "dense", single=kind == "single")
            print(measure_file(path, rounds), flush=True)
            path.unlink()
    print(f"\n{measure_start_up()}\n\n{measure_samples(rounds)}")


def main() -> int:
    """Measure the sizes that the command line names."""
    parser = argparse.ArgumentParser(description="Measure perfkit analyze beside grep and a straightforward program.")
    parser.add_argument("sizes", nargs="*", default=["10MB", "100MB", "1GB"], help="10MB 100MB 1GB")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the logs are written for the time of the measurement")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        try:
            report(arguments.sizes, Path(folder), arguments.rounds)
        except BenchmarkError as error:
            print(f"benchmark: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
