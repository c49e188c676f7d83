from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.errors import InputError
from perfkit.core.monitor_record import Record, encode
from perfkit.core.network_record import Gate
from perfkit.report.result_json import result_json
from perfkit_analyzers.link.files import read_link_files
from tests.analyzers.link.records import ended, sample, session, step, write
from tests.perfkit.report.network_documents import DOCUMENT
from tests.vectors import octt


def test_sessions_of_a_record_are_read_with_what_they_were(tmp_path: Path) -> None:
    records: list[Record] = [session(name="a"), sample(0, 40.0), sample(10, 41.0), ended(12)]
    path = write(
        tmp_path / "m.jsonl", [*records, session(100, name="b", mobile=True), sample(100, 42.0), step(105, -2)]
    )
    files = read_link_files([path])
    first, second = files.monitors[0].sessions

    assert (first.session, first.line, first.samples, first.ended, first.device) == ("a", 1, 2, True, None)
    assert (first.start, first.end) == ("2026-06-08T12:00:00.000Z", "2026-06-08T12:00:12.000Z")
    assert (second.session, second.line, second.ended, second.device) == ("b", 5, False, "E3372h")
    assert (second.clock_steps, second.clock_error_s) == (1, 2.0)
    assert files.monitors[0].unreadable_count == 0


def test_a_half_written_line_is_counted_and_shown(tmp_path: Path) -> None:
    path = write(tmp_path / "m.jsonl", [session(), sample(0, 40.0)])
    with path.open("ab") as stream:
        stream.write(encode(sample(10, 41.0))[:40])
    monitor = read_link_files([path]).monitors[0]

    assert (monitor.lines, monitor.unreadable_count, monitor.cut) == (3, 1, 1)
    assert monitor.unreadable[0].startswith(f"{path.as_posix()}:3: half a line")
    assert monitor.sessions[0].samples == 1


@pytest.mark.parametrize("before", [b"{\n", b'{"rec\n', encode(session())[:300] + b"\n", b"\xef\xbb\xbf", b"\n"])
def test_a_record_is_known_whatever_a_crash_or_an_editor_left_before_it(tmp_path: Path, before: bytes) -> None:
    path = write(tmp_path / "m.jsonl", [session(), sample(0, 40.0)])
    path.write_bytes(before + path.read_bytes())

    (monitor,) = read_link_files([path]).monitors
    assert [one.samples for one in monitor.sessions] == [1]


def test_a_check_is_read_with_its_gate_and_reasons(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    path.write_text(result_json(DOCUMENT))
    (check,) = read_link_files([path]).checks

    assert (check.gate, check.started, check.path) == (DOCUMENT.gate, DOCUMENT.started, path.as_posix())
    assert [one.technology for one in check.technologies] == [one.technology for one in DOCUMENT.technologies]
    missed = next(one for one in check.technologies if one.gate is not Gate.MET)
    assert missed.reasons


def test_a_file_that_is_named_twice_or_copied_counts_once(tmp_path: Path) -> None:
    path = write(tmp_path / "m.jsonl", [session(), sample(0, 40.0)])
    copy = write(tmp_path / "copy.jsonl", [session(), sample(0, 40.0)])

    assert len(read_link_files([path, path, copy]).sessions) == 1


@pytest.mark.parametrize("names", [["early", "late"], ["late", "early"]])
def test_a_session_that_was_copied_while_it_was_written_counts_once(tmp_path: Path, names: list[str]) -> None:
    begun: list[Record] = [session(), sample(0, 40.0)]
    write(tmp_path / "early", begun)
    write(tmp_path / "late", [*begun, sample(10, 41.0), ended(12), session(100, name="two"), sample(100, 40.0)])

    files = read_link_files([tmp_path / name for name in names])
    assert [(one.session.session, one.samples) for one in files.sessions] == [("one", 2), ("two", 1)]
    assert len(files.monitors) == 2


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.jsonl", "", r"empty.jsonl is empty; --network takes records of `perfkit monitor`"),
        (
            "a.log",
            octt("12:00:00.100 > 1 ClearCache {}\n12:00:00.400 < 1 {}"),
            r"a.log is a message log, and logs are named",
        ),
        ("notes.txt", "a walk by the sea\n", r"notes.txt is neither; --network takes"),
        ("cut.json", '{"schema": "perfkit.network/1", ', r"cut.json is neither"),
        ("other.json", '{"a": 1}', r"other.json is a JSON document without schema"),
        (
            "result.json",
            '{"schema": "perfkit.analysis/1"}',
            r"document of schema 'perfkit.analysis/1'; .*perfkit.network/1",
        ),
        (
            "old.json",
            '{"schema": "perfkit.network/1"}',
            r"old.json is no result of `perfkit network` that this version",
        ),
        (
            "m.jsonl",
            '{"record":"session","schema":"perfkit.monitor/9"}\n',
            r"m.jsonl:1: schema 'perfkit.monitor/9' is not known to this version of perfkit",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_sentence(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    path = tmp_path / name
    path.write_text(content)

    with pytest.raises(InputError, match=sentence) as caught:
        read_link_files([path])
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.jsonl: cannot be read \(No such file"):
        read_link_files([tmp_path / "absent.jsonl"])
    with pytest.raises(InputError, match=r"is a folder; --network takes .* or the campaign with --campaign"):
        read_link_files([tmp_path])
