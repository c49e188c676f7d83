from __future__ import annotations

import io

import pytest

from perfkit.core.errors import InputError
from perfkit.core.sample import Flag, Reason, RowKind
from perfkit.report.sample_rows import read_sample_rows
from perfkit.report.samples import COLUMNS, CsvSamples
from tests.perfkit.report.documents import Sample, response_row

HEADER = ",".join(column.name for column in COLUMNS)


def written(*samples: Sample) -> bytes:
    stream = io.BytesIO()
    writer = CsvSamples(stream)
    for sample in samples:
        writer.write(sample)
    writer.finish()
    return stream.getvalue()


def test_rows_come_back_as_they_were_written() -> None:
    excluded = response_row(None, kind=RowKind.EXCLUSION, reason=Reason.CLOCK_STEP, to_line=None)
    content = written(
        Sample(1, response_row(612_000_001), flags=(Flag.CALL_ERROR, Flag.DUP_ID)),
        Sample(2, excluded, in_headline=False, test_case=None, verdict=None),
    )
    first, second = read_sample_rows(content, "samples.csv")

    assert (first.number, first.value_s, first.in_headline) == (1, 0.612000001, True)
    assert (first.flags, first.reason) == ((Flag.CALL_ERROR, Flag.DUP_ID), None)
    assert (second.kind, second.reason, second.value_s) == (RowKind.EXCLUSION, Reason.CLOCK_STEP, None)
    assert (second.test_case, second.to_line, second.in_headline) == (None, None, False)


@pytest.mark.parametrize("name", ["=1+1.log", "+a", "-a", "@a", 'a,"b"\n.log', "日本 語.log", "'quoted'"])
def test_names_that_a_spreadsheet_would_compute_come_back(name: str) -> None:
    (row,) = read_sample_rows(written(Sample(1, response_row(), file=name)), "samples.csv")

    assert row.file == name


def test_a_further_column_of_a_later_version_is_passed_over() -> None:
    lines = written(Sample(1, response_row())).decode().splitlines()
    content = f"{lines[0]},later\n{lines[1]},x\n".encode()

    assert [row.number for row in read_sample_rows(content, "s")] == [1]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match=r"s\.csv is not a samples\.csv of `perfkit analyze --out DIR`"):
        read_sample_rows(content, "s.csv")


@pytest.mark.parametrize("row", ["1,x", "x" + "," * (len(COLUMNS) - 1), "1" + "," * (len(COLUMNS) - 1)])
def test_a_damaged_row_is_named_by_its_line(row: str) -> None:
    with pytest.raises(InputError, match=r"s\.csv:2: not a row of samples\.csv"):
        read_sample_rows(f"{HEADER}\n{row}\n".encode(), "s.csv")
