"""However a log is cut, ordered or read, the document stays the same."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import msgspec
import pytest

from benchmarks.generate_log import log_blocks
from perfkit.core.policy import Policy
from perfkit_analyzers import reading
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.campaign import Campaign
from perfkit_analyzers.dialects.table import DIALECTS, REPORTS
from perfkit_analyzers.message import Role
from perfkit_analyzers.readers.octt_text import SCANNER, OcttTextReader
from perfkit_analyzers.reading import Searched, cuts, read_on_all_processors
from perfkit_analyzers.runs import Dut
from perfkit_analyzers.totals import Record
from tests.oracle.campaigns import campaign
from tests.vectors import octt

MARKER = b"Test Case Name"


def document_of(paths: list[Path], **options: Any) -> dict[str, Any]:
    """The document without what differs between two runs."""
    document: dict[str, Any] = json.loads(msgspec.json.encode(analyze(list(map(str, paths)), **options).document))
    del document["provenance"]
    return document


def one_run(number: int, body: str, *, role: str = "CS", verdict: str = "PASS") -> str:
    name = f"TC_{number:03}_{role}"
    return (
        f"Test Case Name : {name}\nSystem Under Test (SUT) : {role}\n{'-' * 60}\n"
        + octt(body, test_case=name, verdict=verdict)
        + f"\nTest case result : {verdict}\n\n"
    )


BEGUN = """
    12:00:00.000 < s StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:00Z"}
    12:00:00.020 > s {"transactionId":10,"idTagInfo":{"status":"Accepted"}}
"""
STOPPED = """
    12:00:05.000 > 1 RemoteStopTransaction {"transactionId":10}
    12:00:05.050 < 1 {"status":"Accepted"}
    12:00:05.300 < x StopTransaction {"transactionId":10,"reason":"Remote","meterStop":9,"timestamp":"2024-05-17T12:00:05Z"}
"""


def long_log(seed: int, runs: int = 14) -> str:
    """Runs of every kind; each second one is stopped by the clean-up of the run after it."""
    rng = Random(seed)
    made = []
    for number in range(1, runs + 1):
        value = rng.randrange(100, 900)
        own = f'12:00:06.000 > 9 ClearCache\n12:00:06.{value} < 9 {{"status":"Accepted"}}\n%%% broken {number}\n12:00:08.000 < 77 {{}}'
        body = (STOPPED if number % 2 == 0 else BEGUN) + own
        role = "CSMS" if number % 7 == 0 else "CS"
        other = own if number == 7 else own.replace("ClearCache", "Heartbeat")  # run 7 contradicts its header
        made.append(one_run(number, body if role == "CS" else other, role=role, verdict=rng.choice(["PASS", "FAIL"])))
    return "".join(made)


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Cut however small a log is, in this process."""
    monkeypatch.setattr(reading, "PARALLEL_BYTES", 1)
    monkeypatch.setattr(reading, "PART_BYTES", 200)
    monkeypatch.setattr(reading, "ProcessPoolExecutor", lambda number, initializer: ThreadPoolExecutor(number))
    return monkeypatch


@pytest.mark.parametrize("processes", [2, 3, 8])
@pytest.mark.parametrize("seed", range(3))
def test_a_log_in_parts_is_the_log(
    seed: int, processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_parts: pytest.MonkeyPatch
) -> None:
    log, other = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text(long_log(seed))
    other.write_text(long_log(seed + 100, 3))
    in_parts.setattr("os.cpu_count", lambda: processes)
    parts: list[int] = []

    def counted(content: bytes, run_marker: bytes, number: int) -> list[Any]:
        made = cuts(content, run_marker, number)
        parts.append(len(made))
        return made

    in_parts.setattr(reading, "cuts", counted)
    cut = document_of([log, other])
    in_parts.setattr("os.cpu_count", lambda: 1)

    assert parts[0] == min(processes * reading.PARTS_PER_PROCESS, 14)  # there are 14 runs
    assert cut == document_of([log, other])
    assert cut == document_of([log, other], sink=lambda role, record: None)
    stop = next(entry for entry in cut["parameters"] if entry["key"] == "remote_stop_authorization_time")
    assert stop["count"] + stop["set_aside"] >= 5  # transactions are known across the cuts
    assert cut["skipped"]["count"] == 17


@pytest.mark.parametrize("seed", range(12))
def test_generated_campaigns_in_parts(seed: int, tmp_path: Path, in_parts: pytest.MonkeyPatch) -> None:
    rng = Random(seed)
    text = "".join(campaign(rng, disturbance=0.5) for _ in range(5))
    log = tmp_path / "a.log"
    log.write_text(text)
    in_parts.setattr("os.cpu_count", lambda: 6)
    cut = document_of([log])
    in_parts.setattr("os.cpu_count", lambda: 1)

    assert cut == document_of([log])


def test_what_the_file_name_tells_belongs_to_the_first_run_of_the_file_only(
    tmp_path: Path, in_parts: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "bench_a_TC_001_CS2026-03-01T12_00_00.000802.log"
    log.write_text(long_log(1))
    in_parts.setattr("os.cpu_count", lambda: 4)
    cut = document_of([log])
    assert [run["configuration"] for run in cut["runs"]] == ["bench_a"] + [None] * 13
    in_parts.setattr("os.cpu_count", lambda: 1)
    assert cut == document_of([log])


@pytest.mark.parametrize("way", ["in order", "side by side", "in parts"])
def test_a_log_that_lies_there_several_times_counts_once(
    way: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if way == "in parts":
        request.getfixturevalue("in_parts")
    content = one_run(1, BEGUN + STOPPED).encode()
    (tmp_path / "a.log").write_bytes(content)
    (tmp_path / "b.log").write_bytes(content)
    (tmp_path / "c.log.gz").write_bytes(gzip.compress(content))
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("e.log", content)
        archive.writestr("other.log", one_run(1, BEGUN + STOPPED.replace("12:00:05.050", "12:00:05.051")))
    in_order = {"sink": lambda _role, _record: None}
    found = document_of([tmp_path], **(in_order if way == "in order" else {}))

    names = [info["path"].removeprefix(tmp_path.as_posix()) for info in found["inputs"]]
    assert names == ["/a.log", "/d.zip!/other.log"]
    copies = {
        ignored["path"].removeprefix(tmp_path.as_posix()): ignored["copy_of"] for ignored in found["ignored_inputs"]
    }
    assert copies == dict.fromkeys(["/b.log", "/c.log.gz!/c.log", "/d.zip!/e.log"], (tmp_path / "a.log").as_posix())
    assert len(found["runs"]) == 2
    count = {parameter["key"]: parameter["count"] for parameter in found["parameters"]}
    assert count["response_timeout"] == 2


def test_what_can_be_read_once_only_always_counts(tmp_path: Path) -> None:
    content = one_run(1, BEGUN + STOPPED).encode()
    (tmp_path / "a.log").write_bytes(content)
    options: list[dict[str, Any]] = [{}, {"sink": lambda _role, _record: None}]
    for sink in options:
        found = document_of([tmp_path / "a.log", Path("-")], stdin=io.BytesIO(content), **sink)
        assert [info["path"] for info in found["inputs"]] == [(tmp_path / "a.log").as_posix(), "-"]


@pytest.mark.parametrize("parts", [1, 2, 3, 5, 40])
def test_cuts_join_to_the_whole_and_begin_at_runs(parts: int) -> None:
    content = long_log(1).encode()
    made = cuts(content, MARKER, parts)

    assert made[0].start == made[0].warm_up == 0
    assert made[-1].end == len(content)
    assert len(made) == min(parts, 14) or parts == 40
    assert len(made) <= 14
    for before, after in pairwise(made):
        assert before.end == after.start
        assert content.startswith(MARKER, after.start)
        assert content[after.start - 1 : after.start] == b"\n"
        # the warm-up is exactly the run before
        assert content.startswith(MARKER, after.warm_up)
        assert content.count(MARKER, after.warm_up, after.start) == 1


def test_a_log_without_a_header_is_one_part() -> None:
    assert len(cuts(b"[12:00:00.000] [info]  x\n" * 99, MARKER, 8)) == 1


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_files_changes_no_statistics(seed: int, tmp_path: Path) -> None:
    paths = []
    for number in range(4):
        paths.append(tmp_path / f"{number}.log")
        paths[-1].write_text(campaign(Random(seed * 10 + number)))
    forth, back = document_of(paths), document_of(paths[::-1])
    names = (
        "count",
        "min_s",
        "median_s",
        "mean_s",
        "p95_s",
        "max_s",
        "headline",
        "unanswered",
        "set_aside",
        "uncertainty_s",
    )

    for one, other in zip(forth["parameters"], back["parameters"], strict=True):
        assert [one[name] for name in names] == [other[name] for name in names]
        assert {(g["reason"], g["count"]) for g in one["exclusions"]} == {
            (g["reason"], g["count"]) for g in other["exclusions"]
        }
        assert [{**c, "max_at": None} for c in one["combinations"]] == [
            {**c, "max_at": None} for c in other["combinations"]
        ]


def test_searching_block_by_block_finds_what_bytes_find() -> None:
    random = Random(7)
    for _ in range(3000):
        data = bytes(random.choice(b"ab\n") for _ in range(random.randrange(60)))
        wanted = bytes(random.choice(b"ab\n") for _ in range(random.randrange(1, 5)))
        searched = Searched(io.BytesIO(data), len(data), random.randrange(len(wanted), 20))
        start, end = random.randrange(61), random.randrange(len(data) + 1)
        assert searched.find(wanted, start) == data.find(wanted, start), (data, wanted, start)
        assert searched.rfind(wanted, 0, end) == data.rfind(wanted, 0, end), (data, wanted, end)


def _told(log: bytes, brief: frozenset[str]) -> tuple[list[Record], dict[Role, dict[int, int]], list[object]]:
    """Rows, times of the tool and what is said of each run."""
    records: list[Record] = []
    campaign = Campaign(Dut(), Policy(), sink=lambda _, record: records.append(record))
    reader = OcttTextReader(io.BytesIO(log), "x.log")
    reader.tell_in_brief(brief)
    campaign.read("x.log", reader)
    runs = [(run.result.messages, run.result.anomalies, run.result.last_stamp_ns) for run in campaign.totals.runs]
    return records, {role: totals.tool_times.counts() for role, totals in campaign.totals.by_role.items()}, [*runs]


@pytest.mark.skipif(SCANNER == "python", reason="the Python loop tells no answer in brief")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_answers_told_in_brief_change_nothing(seed: int) -> None:
    source = Random(seed)
    lines = b"".join(log_blocks(150_000, seed=seed, dense=True)).splitlines(keepends=True)
    damaged = b"".join(line * source.choice([0, *[1] * 30, 2]) for line in lines)

    assert _told(damaged, REPORTS) == _told(damaged, frozenset())


def test_answers_to_reports_mean_nothing_in_any_dialect() -> None:
    for dialect in DIALECTS:
        assert dialect.calls.keys() >= REPORTS
        assert not REPORTS & dialect.answers.keys()


class _Pool(ThreadPoolExecutor):
    handed_out: ClassVar[list[str]] = []

    def submit(self, *arguments: Any, **options: Any) -> Any:
        self.handed_out.append("a part")
        return super().submit(*arguments, **options)


def test_meanwhile_comes_once_all_parts_are_handed_out(tmp_path: Path, in_parts: pytest.MonkeyPatch) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(long_log(len(name)) + name)
    in_parts.setattr("os.cpu_count", lambda: 2)
    in_parts.setattr(reading, "ProcessPoolExecutor", lambda number, initializer: _Pool(number))
    in_parts.setattr(_Pool, "handed_out", [])
    followed = Campaign(Dut(), Policy())

    read_on_all_processors(
        followed, [str(tmp_path)], None, None, meanwhile=lambda: _Pool.handed_out.append("meanwhile")
    )

    assert _Pool.handed_out == ["a part"] * (len(_Pool.handed_out) - 1) + ["meanwhile"]
    assert len(_Pool.handed_out) > 3
    assert len(followed.totals.runs) == 28


def test_there_is_no_meanwhile_where_nobody_else_reads(tmp_path: Path, in_parts: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.log").write_text(long_log(1))
    in_parts.setattr("os.cpu_count", lambda: 1)

    read_on_all_processors(Campaign(Dut(), Policy()), [str(tmp_path)], None, None, meanwhile=pytest.fail)


def test_what_words_the_result_is_not_imported_before_the_logs_are_read() -> None:
    program = (
        "import sys, perfkit_analyzers.assess, perfkit.cli.analyze, perfkit.cli.analysis_outputs; "
        "print(*(name for name in sys.modules if name.startswith('perfkit')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    late = ("result_document", "results", "findings", "dut.", "link.clock", "link.history", "link.link", "link.summary")
    unwanted = (*(f"perfkit_analyzers.{name}" for name in late), "perfkit.core.plan", "perfkit.core.analysis_record")

    assert "perfkit_analyzers.campaign" in done.stdout.split()
    assert [name for name in done.stdout.split() if name.startswith(unwanted)] == []
