from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfkit.core.errors import UsageError
from perfkit.core.monitor_record import Event, EventKind, Gap, GapCause, Quantity, Sample, Session
from perfkit_probes.monitor.moments import Moment
from perfkit_probes.monitor.record_file import AppendedFile, RecordFile
from tests.probes.monitor.bench import DrivenClock, FakeDisk, header_at, records_in, sample_at

ROOT = Path(__file__).parents[3]


def test_what_is_written_is_on_the_disk_at_once_and_kept_within_ten_seconds() -> None:
    clock, disk = DrivenClock(), FakeDisk()
    file = RecordFile(disk)
    file.write([header_at(clock.now())], clock.now())
    assert (disk.appended.count(b"\n"), disk.syncs) == (1, 1)
    for number in range(9):
        clock.sleep(1)
        file.write([sample_at(clock.now(), number)], clock.now())
    assert (disk.appended.count(b"\n"), disk.syncs) == (10, 1)
    clock.sleep(1)
    file.write([sample_at(clock.now(), 9)], clock.now())
    assert disk.syncs == 2
    file.write([Event(clock.now().time, 0.0, EventKind.CLOCK_STEP, "")], clock.now())
    assert disk.syncs == 3


def filled(disk: FakeDisk, clock: DrivenClock, **options: int) -> RecordFile:
    """A file whose disk takes the header, one sample and 20 bytes of the next."""
    file = RecordFile(disk, **options)
    file.write([header_at(clock.now()), sample_at(clock.now(), 0)], clock.now())
    disk.room_bytes = 20
    return file


def state_of(file: RecordFile) -> tuple[str | None, int]:
    return file.trouble, file.waiting_lines


def test_a_full_disk_is_said_once_and_loses_nothing_while_memory_has_room() -> None:
    clock, disk = DrivenClock(), FakeDisk()
    file = filled(disk, clock)
    said: list[list[Event]] = []
    for number in range(1, 100):
        clock.sleep(10)
        said.append(file.write([sample_at(clock.now(), number)], clock.now()))
    assert [event.kind for events in said for event in events] == [EventKind.DISK_FULL]
    assert state_of(file) == ("No space left on device", 100)
    disk.room_bytes = 1 << 40
    clock.sleep(10)
    assert [event.kind for event in file.write([], clock.now())] == [EventKind.DISK_ROOM]
    assert state_of(file) == (None, 0)
    records, reader = records_in(bytes(disk.appended))
    assert [one.number for one in records if isinstance(one, Sample)] == list(range(100))
    assert [one.kind for one in records if isinstance(one, Event)] == [EventKind.DISK_FULL, EventKind.DISK_ROOM]
    assert reader.unreadable_count == 0


def test_what_memory_cannot_hold_is_counted_in_a_gap() -> None:
    clock, disk = DrivenClock(), FakeDisk()
    file = filled(disk, clock, backlog_lines=5)
    moments: dict[int, Moment] = {}
    for number in range(1, 21):
        clock.sleep(10)
        moments[number] = clock.now()
        file.write([sample_at(clock.now(), number)], clock.now())
    assert file.waiting_lines == 5
    disk.room_bytes = 1 << 40
    clock.sleep(10)
    file.write([sample_at(clock.now(), 21)], clock.now())
    records, _ = records_in(bytes(disk.appended))
    kept = [one.number for one in records if isinstance(one, Sample)]
    (gap,) = [one for one in records if isinstance(one, Gap)]
    # The first write of the full disk waits with its event: 4 samples and the event make 5 lines.
    assert kept == [0, 1, 2, 3, 4]
    assert (gap.quantity, gap.cause, gap.lost_samples) == (Quantity.ALL, GapCause.DISK_FULL, 17)
    assert (gap.start, gap.end, gap.seconds) == (moments[4].time, clock.now().time, 170.0)
    file.write([sample_at(clock.now(), 22)], clock.now())
    records, _ = records_in(bytes(disk.appended))
    assert [one.number for one in records if isinstance(one, Sample)] == [*kept, 22]


def test_a_disk_that_is_full_again_at_once_is_tried_again() -> None:
    clock, disk = DrivenClock(), FakeDisk()
    file = filled(disk, clock)
    file.write([sample_at(clock.now(), 1)], clock.now())
    for _ in range(20):
        disk.room_bytes += 50
        file.write([], clock.now())
    assert state_of(file) == (None, 0)
    disk.room_bytes = 1 << 40
    file.write([sample_at(clock.now(), 2)], clock.now())
    records, reader = records_in(bytes(disk.appended))
    assert [one.number for one in records if isinstance(one, Sample)] == [0, 1, 2]
    assert [one.kind for one in records if isinstance(one, Event)] == [EventKind.DISK_FULL, EventKind.DISK_ROOM]
    assert reader.unreadable_count == 0


class BrokenDisk(FakeDisk):
    def sync(self) -> None:
        raise OSError(errno.EIO, "Input/output error")


def test_a_disk_that_does_not_keep_what_it_took_is_said() -> None:
    clock = DrivenClock()
    file = RecordFile(BrokenDisk())
    (event,) = file.write([header_at(clock.now())], clock.now())
    assert event.detail == "the record cannot be written: Input/output error; lines wait in memory"


def test_a_second_start_appends_a_session_after_half_a_line(tmp_path: Path) -> None:
    path, clock = tmp_path / "link.jsonl", DrivenClock()
    for _ in range(2):
        with RecordFile(AppendedFile(path)) as file:
            file.write([header_at(clock.now()), sample_at(clock.now(), 0)], clock.now())
        with path.open("ab") as stream:
            stream.write(b'{"record":"sample","time":"2026-06-0')
    records, reader = records_in(path.read_bytes())
    assert [type(one) for one in records] == [Session, Sample, Session, Sample]
    assert [(one.line, one.is_cut) for one in reader.unreadable] == [(3, True), (6, True)]


@pytest.mark.skipif(sys.platform == "win32", reason="flock is of POSIX")
def test_two_monitors_do_not_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "link.jsonl"
    with RecordFile(AppendedFile(path)), pytest.raises(UsageError, match="is being written by another"):
        AppendedFile(path)
    AppendedFile(path).close()


def test_a_place_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        AppendedFile(tmp_path)


def test_a_file_that_holds_something_else_is_not_spoilt(tmp_path: Path) -> None:
    path = tmp_path / "perf.yaml"
    path.write_text("schema: perfkit.pics/1\n")
    with pytest.raises(UsageError, match="is no record of `perfkit monitor`; choose another file"):
        AppendedFile(path)
    assert path.read_text() == "schema: perfkit.pics/1\n"


def test_a_new_file_goes_away_when_nothing_was_written_and_any_other_stays(tmp_path: Path) -> None:
    new, empty = tmp_path / "new.jsonl", tmp_path / "empty.jsonl"
    empty.touch()
    AppendedFile(new).close()
    AppendedFile(empty).close()
    assert [one.name for one in tmp_path.iterdir()] == (
        ["empty.jsonl"] if os.name == "posix" else ["empty.jsonl", "new.jsonl"]
    )


def test_a_session_follows_a_header_that_was_cut(tmp_path: Path) -> None:
    path, clock = tmp_path / "link.jsonl", DrivenClock()
    path.write_bytes(b'{"record":"sess')
    with RecordFile(AppendedFile(path)) as file:
        file.write([header_at(clock.now())], clock.now())
    records, reader = records_in(path.read_bytes())
    assert ([type(one) for one in records], reader.cut_count) == ([Session], 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
def test_a_real_full_device_is_no_crash() -> None:
    clock = DrivenClock()
    disk = AppendedFile(Path("/dev/full"))
    file = RecordFile(disk)
    (event,) = file.write([header_at(clock.now())], clock.now())
    assert (event.kind, file.waiting_lines) == (EventKind.DISK_FULL, 2)
    file.close()


WRITER = """
import sys
from pathlib import Path
from perfkit_probes.monitor.record_file import AppendedFile, RecordFile
from tests.probes.monitor.bench import DrivenClock, header_at, sample_at
clock = DrivenClock()
with RecordFile(AppendedFile(Path(sys.argv[1]))) as file:
    file.write([header_at(clock.now())], clock.now())
    for number in range(1_000_000):
        clock.sleep(1)
        file.write([sample_at(clock.now(), number)], clock.now())
        print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_kill_9_at_any_moment_loses_at_most_the_sample_being_written(tmp_path: Path) -> None:
    path, dice = tmp_path / "link.jsonl", random.Random(4)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "probes")])}
    confirmed: list[int] = []
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=environment, cwd=ROOT
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()  # it writes
            time.sleep(dice.uniform(0.0, 0.05))
            process.send_signal(signal.SIGKILL)
            confirmed.append(int(process.stdout.read().split(b"\n")[-2] or 0))
    sessions: list[list[int]] = []
    records, reader = records_in(path.read_bytes())
    for record in records:
        if isinstance(record, Session):
            sessions.append([])
        elif isinstance(record, Sample):
            sessions[-1].append(record.number)
    assert len(sessions) == len(confirmed)
    for numbers, last in zip(sessions, confirmed, strict=True):
        # Everything that was confirmed is there; the one being written when the end came may be.
        assert numbers == list(range(len(numbers)))
        assert last <= numbers[-1] <= last + 1
    assert reader.unreadable_count == reader.cut_count <= len(confirmed)
