from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.analyze import BenchmarkError, check_agreement, peak_bytes, process_tree, run

WAITING_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
FORTY_MIB = "block = b'x' * (40 << 20); import time; time.sleep(0.5)"


def _outputs(*, grep: int, straightforward: int, perfkit: tuple[int, ...]) -> dict[str, str]:
    return {
        "grep": f"{grep}\n",
        "straightforward": f"msg-in x\nmessages={straightforward} unanswered=0\n",
        "perfkit": json.dumps({"inputs": [{"messages": count} for count in perfkit]}),
    }


def test_equal_counts_agree() -> None:
    check_agreement(_outputs(grep=5, straightforward=5, perfkit=(2, 3)))


def test_other_count_is_refused() -> None:
    with pytest.raises(BenchmarkError, match=r"disagree on the number of messages: .*'perfkit': 4"):
        check_agreement(_outputs(grep=5, straightforward=5, perfkit=(4,)))


def test_output_is_kept_and_failure_refused() -> None:
    assert run([sys.executable, "-c", "print(4)"]).output == "4\n"
    with pytest.raises(BenchmarkError, match="exit code 3 from"):
        run([sys.executable, "-c", "raise SystemExit(3)"])


def test_tree_has_children() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING_CHILD], stdin=subprocess.PIPE) as process:
        while len(process_tree(process.pid)) < 2:
            assert process.poll() is None
        process.communicate(b"\n")


def test_peak_is_the_sum_when_several_processes_run() -> None:
    one = [sys.executable, "-c", FORTY_MIB]
    two = "import subprocess, sys; all_ = [subprocess.Popen(sys.argv[1:]) for _ in '12']; [p.wait() for p in all_]"

    alone_bytes = peak_bytes(one)
    together_bytes = peak_bytes([sys.executable, "-c", two, *one])

    assert 40 << 20 < alone_bytes < 70 << 20
    assert 80 << 20 < together_bytes < 140 << 20
