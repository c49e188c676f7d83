from __future__ import annotations

import csv
import io
import sys

import pytest

from perfkit.core.errors import UsageError
from perfkit.core.sample import Flag, Reason, RowKind
from perfkit.report.samples import COLUMNS, SampleRow, sample_writer
from tests.perfkit.report.documents import HOSTILE, Sample, response_row

EXCLUDED = Sample(
    2,
    response_row(None, kind=RowKind.EXCLUSION, reason=Reason.HANDSHAKE, to_line=None),
    test_case=None,
    verdict=None,
    in_headline=False,
)


def written(*samples: SampleRow, suffix: str = ".csv") -> bytes:
    stream = io.BytesIO()
    writer = sample_writer(suffix, stream)
    for sample in samples:
        writer.write(sample)
    writer.finish()
    return stream.getvalue()


def rows(*samples: SampleRow) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(*samples).decode("utf-8"), newline="")))


def test_header_names_the_columns_even_without_rows() -> None:
    assert written().decode() == (
        "number,parameter,kind,combination,value_s,from_request_s,first_s,net_s,in_headline,reason,flags,phase,station,"
        "test_case,verdict,file,request_line,from_line,to_line,time\n"
    )


def test_observation_is_written_exactly() -> None:
    row = response_row(
        1_000_000_001, from_request_ns=2_500_000_000, first_ns=0, net_ns=90_000_000, phase="main", station="CS-1"
    )

    assert rows(Sample(12, row, flags=(Flag.DUP_ID, Flag.VERDICT))) == [
        {
            "number": "12",
            "parameter": "response_timeout",
            "kind": "observation",
            "combination": "Reset",
            "value_s": "1.000000001",
            "from_request_s": "2.5",
            "first_s": "0",
            "net_s": "0.09",
            "in_headline": "true",
            "reason": "",
            "flags": "DUP_ID VERDICT",
            "phase": "main",
            "station": "CS-1",
            "test_case": "TC_001_CS",
            "verdict": "PASS",
            "file": "a.log",
            "request_line": "3",
            "from_line": "3",
            "to_line": "5",
            "time": "00:00:01.000000",
        }
    ]


def test_none_is_an_empty_field() -> None:
    (row,) = rows(EXCLUDED)

    empty = {name for name, value in row.items() if value == ""}
    assert empty == {
        *("value_s", "from_request_s", "first_s", "net_s", "flags", "phase", "station", "test_case", "verdict"),
        "to_line",
    }
    assert (row["reason"], row["in_headline"]) == ("HANDSHAKE", "false")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_text_that_a_spreadsheet_would_compute_is_marked(start: str) -> None:
    (row,) = rows(Sample(1, response_row(-5_000_000, station=f"{start}1+1"), file=f"{start}a.log"))

    assert row["station"] == f"'{start}1+1"
    assert row["file"] == f"'{start}a.log"
    assert row["value_s"] == "-0.005"


def test_hostile_text_comes_back_with_the_surrogate_escaped() -> None:
    (row,) = rows(Sample(1, response_row(), file=HOSTILE))

    assert row["file"] == HOSTILE.replace("\ud800", "\\ud800")


def test_carriage_return_does_not_end_a_record() -> None:
    (row,) = rows(Sample(1, response_row(), file="a\rb.log"))

    assert row["file"] == "a\\rb.log"


def test_parquet_is_typed_and_null_for_none() -> None:
    from pyarrow.parquet import read_table

    table = read_table(io.BytesIO(written(Sample(1, response_row(), file=HOSTILE), EXCLUDED, suffix=".PARQUET")))

    assert [(field.name, str(field.type)) for field in table.schema] == [
        (column.name, {"float64": "double"}.get(column.arrow, column.arrow)) for column in COLUMNS
    ]
    assert table.column("value_s").to_pylist() == [0.612, None]
    assert table.column("to_line").to_pylist() == [5, None]
    assert table.column("in_headline").to_pylist() == [True, False]
    assert table.column("file").to_pylist() == [HOSTILE.replace("\ud800", "\\ud800"), "a.log"]


def test_parquet_of_many_rows_keeps_all_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyarrow.parquet import read_table

    monkeypatch.setattr("perfkit.report.samples._PARQUET_ROWS", 3)

    table = read_table(io.BytesIO(written(*(Sample(n, response_row()) for n in range(8)), suffix=".parquet")))

    assert table.column("number").to_pylist() == list(range(8))


def test_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    with pytest.raises(UsageError, match=r"pip install 'perfkit\[frames\]'"):
        sample_writer(".parquet", io.BytesIO())


@pytest.mark.parametrize(("suffix", "shown"), [(".xlsx", "'.xlsx'"), ("", "a file without suffix")])
def test_other_suffix_is_refused(suffix: str, shown: str) -> None:
    with pytest.raises(UsageError, match=rf"\.csv or \.parquet, not as .*{shown}"):
        sample_writer(suffix, io.BytesIO())
