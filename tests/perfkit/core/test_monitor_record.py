from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import msgspec
import pytest

from perfkit.core import monitor_record
from perfkit.core.errors import InputError
from perfkit.core.monitor_reader import MonitorReader, is_monitor_record
from perfkit.core.monitor_record import Event, EventKind, Sample, Session, decode, encode, json_schema
from perfkit.core.monitor_verdict import latency_verdict, rssi_verdict
from perfkit.core.network_record import THRESHOLDS, Verdict
from perfkit_probes.monitor.moments import Moment
from tests.probes.monitor.bench import START_NS, active, header_at, heard, sample_at

SAMPLE_RECORD = Path(__file__).parents[3] / "sample_logs" / "network" / "monitor.jsonl"
NOW = Moment(START_NS, 1_000_000_000_000, 1_000_000_000_000)
HEADER = encode(header_at(NOW))
SAMPLE = encode(sample_at(NOW, 0, latency=active()))
EVENT = encode(Event(NOW.time, NOW.monotonic_s, EventKind.SESSION_END, "over"))


def read(*lines: bytes) -> tuple[list[tuple[int, str, str]], MonitorReader]:
    reader = MonitorReader(lines, "link.jsonl")
    return [(one.line, type(one.record).__name__, one.session.session) for one in reader], reader


def test_a_line_holds_no_nulls_and_utc_to_the_millisecond() -> None:
    moment = Moment(START_NS + 281_999_999, 1_500_499_999, None)
    assert (moment.time, moment.monotonic_s) == (datetime(2026, 6, 8, 5, 0, 0, 281_000, UTC), 1.5)
    line = encode(sample_at(moment, 7, latency=active(61.25)))
    assert json.loads(line) == {
        "record": "sample",
        "time": "2026-06-08T05:00:00.281000Z",
        "monotonic_s": 1.5,
        "number": 7,
        "spent_bytes": 0,
        "latency": {
            "value_ms": 61.25,
            "origin": "active",
            "method": "UDP echo",
            "packet_bytes": 84,
            "count": 1,
            "sent": 1,
        },
    }
    assert line.endswith(b"\n")
    assert decode(line) == sample_at(moment, 7, latency=active(61.25))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="timezone"):
        decode(SAMPLE.replace(b"00Z", b"00"))


def test_the_schema_describes_every_line_of_the_sample_record() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    lines = SAMPLE_RECORD.read_bytes().splitlines()
    assert len(lines) > 600
    for line in lines[:40] + lines[110:140] + [HEADER, SAMPLE, EVENT]:
        validator.validate(json.loads(line))
    broken = json.loads(SAMPLE)
    broken["latency"]["value_ms"] = "fast"
    assert not validator.is_valid(broken)


def test_the_sample_record_is_as_the_monitor_writes_it() -> None:
    lines = SAMPLE_RECORD.read_bytes().splitlines(keepends=True)
    reader = MonitorReader(lines, "monitor.jsonl")
    for entry in reader:
        assert encode(entry.record) == lines[entry.line - 1]
    assert (reader.line_count, reader.unreadable_count) == (len(lines), 0)


def test_every_record_type_has_a_docstring_and_is_frozen() -> None:
    structs = [
        one for one in vars(monitor_record).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)
    ]
    assert len(structs) >= 10
    assert [
        one.__name__
        for one in structs
        if not one.__doc__ or not (one is msgspec.Struct or one.__struct_config__.frozen)
    ] == []


def test_entries_know_their_line_and_session() -> None:
    second = encode(header_at(NOW, session="second"))
    entries, reader = read(HEADER, SAMPLE, b"\n", second, SAMPLE, EVENT)
    assert entries == [
        (1, "Session", "0a1b2c3d"),
        (2, "Sample", "0a1b2c3d"),
        (4, "Session", "second"),
        (5, "Sample", "second"),
        (6, "Event", "second"),
    ]
    assert (reader.line_count, reader.unreadable_count) == (6, 0)


@pytest.mark.parametrize("length", [1, 20, SAMPLE.index(b"monotonic_s") + 18, SAMPLE.index(b"}") + 1, len(SAMPLE) - 2])
def test_half_a_line_is_counted_and_shown_and_is_not_the_end(length: int) -> None:
    entries, reader = read(HEADER, SAMPLE[:length] + b"\n", SAMPLE, SAMPLE[:length])
    assert [line for line, _, _ in entries] == [1, 3]
    assert (reader.unreadable_count, reader.cut_count) == (2, 2)
    assert str(reader.unreadable[0]) == ("link.jsonl:2: half a line, written when the power went or perfkit was killed")


def test_what_a_power_cut_leaves_of_a_file_system_block_is_half_a_line() -> None:
    entries, reader = read(HEADER, b"\0" * 4096 + b"\n", SAMPLE)
    assert (len(entries), reader.cut_count) == (2, 1)


@pytest.mark.parametrize(
    "line",
    [SAMPLE.replace(b":61.2", b":NaN"), SAMPLE.replace(b"UDP", b"\xff"), b"a note\n"],
    ids=["NaN", "bytes", "text"],
)
def test_a_whole_line_that_is_no_json_is_not_called_half_a_line(line: bytes) -> None:
    assert line not in (SAMPLE, HEADER)
    _, reader = read(HEADER, line)
    assert (reader.unreadable_count, reader.cut_count) == (1, 0)
    assert str(reader.unreadable[0]).startswith("link.jsonl:2: no JSON: ")


def test_a_record_that_an_editor_gave_a_byte_order_mark_is_read() -> None:
    entries, reader = read(b"\xef\xbb\xbf" + HEADER, SAMPLE)
    assert (len(entries), reader.unreadable_count) == (2, 0)


def test_a_foreign_line_is_no_cut_and_only_the_first_are_kept() -> None:
    entries, reader = read(HEADER, *[b'{"record":"sample","number":"x"}\n'] * 100, SAMPLE)
    assert len(entries) == 2
    assert (reader.unreadable_count, reader.cut_count, len(reader.unreadable)) == (100, 0, 20)
    assert str(reader.unreadable[0]).startswith("link.jsonl:2: no record of perfkit.monitor/1: ")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "link.jsonl: empty, not a monitor's record"),
        ([b"hello\n"], "link.jsonl:1: this is not a record of `perfkit monitor`"),
        ([SAMPLE], "link.jsonl:1: this is not a record of `perfkit monitor`"),
        (
            [HEADER[:30]],
            "link.jsonl: no session in it (half a line, written when the power went or perfkit was killed)",
        ),
        (
            [HEADER.replace(b'"interval_s":10.0', b'"interval_s":0')],
            "link.jsonl: no session in it (no record of perfkit.monitor/1: Expected `float` > 0.0 - at `$.interval_s`)",
        ),
        ([HEADER, HEADER.replace(b"monitor/1", b"monitor/2")], "link.jsonl:2: schema 'perfkit.monitor/2' is not known"),
        ([b'{"record":"session","schema":"perfkit.monitor/9"}\n'], "link.jsonl:1: schema 'perfkit.monitor/9' is not"),
    ],
    ids=[
        "empty",
        "text",
        "no header",
        "half a header",
        "an interval of nothing",
        "later schema",
        "later schema with other fields",
    ],
)
def test_what_is_no_record_is_refused_with_its_place(lines: list[bytes], message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(*lines)
    assert str(caught.value).startswith(message)


def test_a_header_that_was_cut_is_passed_over_when_the_next_session_is_whole() -> None:
    entries, reader = read(HEADER[:30] + b"\n", HEADER, SAMPLE)
    assert ([line for line, _, _ in entries], reader.cut_count) == ([2, 3], 1)


def test_the_head_of_a_record_tells_it_from_other_files() -> None:
    assert is_monitor_record(HEADER[:64])
    assert not is_monitor_record(SAMPLE)
    assert not is_monitor_record(b'{"schema": "perfkit.network/1"')


@pytest.mark.parametrize(
    ("sample", "latency", "rssi"),
    [
        (sample_at(NOW, 0), None, None),
        (sample_at(NOW, 0, latency=active(1000.0), signal=heard(-81.0)), Verdict.MET, Verdict.MET),
        (sample_at(NOW, 0, latency=active(1000.1), signal=heard(-82.0)), Verdict.NOT_MET, Verdict.NOT_MET),
        (
            sample_at(NOW, 0, reasons={"latency": "no answer", "signal": "unplugged"}),
            Verdict.NOT_MEASURED,
            Verdict.NOT_MEASURED,
        ),
        (sample_at(NOW, 0, signal=heard(None, reason="hidden")), None, Verdict.NOT_MEASURED),
        (sample_at(NOW, 0, signal=heard(-51.0, bound=">=")), None, Verdict.MET),
        (sample_at(NOW, 0, signal=heard(-113.0, bound="<=")), None, Verdict.NOT_MEASURED),
        (sample_at(NOW, 0, signal=heard(-113.0, bound="<=", rsrp_dbm=-130.0)), None, Verdict.NOT_MET),
    ],
    ids=["not due", "just met", "just missed", "missing", "hidden", "top of scale", "floor or unknown", "floor"],
)
def test_a_sample_against_the_thresholds(sample: Sample, latency: Verdict | None, rssi: Verdict | None) -> None:
    assert latency_verdict(sample, THRESHOLDS) is latency
    assert rssi_verdict(sample, THRESHOLDS) is rssi


def test_a_derived_rssi_near_the_threshold_decides_nothing() -> None:
    def verdict(rssi_dbm: float) -> Verdict | None:
        signal = msgspec.structs.replace(heard(rssi_dbm), source="derived")
        return rssi_verdict(sample_at(NOW, 0, signal=signal), THRESHOLDS)

    assert [verdict(dbm) for dbm in (-84.1, -84.0, -78.0, -77.9)] == [
        Verdict.NOT_MET,
        Verdict.NOT_MEASURED,
        Verdict.NOT_MEASURED,
        Verdict.MET,
    ]


def test_a_session_may_be_read_that_a_newer_perfkit_of_the_same_schema_wrote() -> None:
    added = HEADER.replace(b'"host":', b'"new_field":1,"host":')
    entries, reader = read(added, SAMPLE)
    assert (len(entries), reader.unreadable_count) == (2, 0)
    assert isinstance(decode(added), Session)
