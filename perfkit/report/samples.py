"""One row per observation, censored observation and exclusion, as CSV or Parquet (`perfkit analyze --samples`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, Protocol

from perfkit.core.errors import UsageError
from perfkit.core.link_state import LinkAt
from perfkit.core.sample import Flag, Row

if TYPE_CHECKING:
    from pyarrow import Schema

Value = str | int | float | bool | None

_PARQUET_ROWS = 20_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the log's own clock has no zone
_FIRST_DATED_NS = 366 * 86_400 * 10**9
"""Stamps without a day count from midnight; OCPP is younger than 1971."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t")


class SampleRow(Protocol):
    """A row with the run that it belongs to."""

    @property
    def number(self) -> int:
        """Number for `--explain`."""

    @property
    def row(self) -> Row:
        """The row."""

    @property
    def file(self) -> str:
        """Input it comes from."""

    @property
    def test_case(self) -> str | None:
        """Test case of the run."""

    @property
    def verdict(self) -> str | None:
        """Verdict of the run."""

    @property
    def in_headline(self) -> bool:
        """Whether the value enters the headline."""

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Flags of the row and of its run."""


class SampleWriter(Protocol):
    """Takes rows one by one."""

    def write(self, sample: SampleRow) -> None:
        """Take in a row."""

    def finish(self) -> None:
        """Write what is held back; the stream stays open."""


def _seconds(value_ns: int | None) -> float | None:
    return None if value_ns is None else value_ns / 1e9


def log_clock(stamp_ns: int | None) -> str | None:
    """A stamp on the log's own clock, ISO 8601 to the microsecond without zone; no day where the log tells none.

    Examples:
        >>> log_clock(1_780_896_100_108_000_000), log_clock(19_300_108_000_000), log_clock(None)
        ('2026-06-08T05:21:40.108000', '05:21:40.108000', None)
    """
    if stamp_ns is None:
        return None
    moment = _EPOCH + timedelta(microseconds=stamp_ns // 1000)
    text = moment.isoformat(timespec="microseconds")
    return text if stamp_ns >= _FIRST_DATED_NS else text.partition("T")[2]


class Column:
    """A column: its name, its Arrow type, and how a row fills it. Columns of seconds keep their nanoseconds for CSV."""

    def __init__(self, name: str, arrow: str, value: Callable[[SampleRow], Value], *, in_ns: bool = False) -> None:
        self.name = name
        self.arrow = arrow
        self.value = value
        self.in_ns = in_ns


COLUMNS: tuple[Column, ...] = (
    Column("number", "int64", lambda sample: sample.number),
    Column("parameter", "string", lambda sample: sample.row.parameter),
    Column("kind", "string", lambda sample: sample.row.kind.value),
    Column("combination", "string", lambda sample: sample.row.combination),
    Column("value_s", "float64", lambda sample: sample.row.value_ns, in_ns=True),
    Column("from_request_s", "float64", lambda sample: sample.row.from_request_ns, in_ns=True),
    Column("first_s", "float64", lambda sample: sample.row.first_ns, in_ns=True),
    Column("net_s", "float64", lambda sample: sample.row.net_ns, in_ns=True),
    Column("in_headline", "bool", lambda sample: sample.in_headline),
    Column("reason", "string", lambda sample: sample.row.reason.value if sample.row.reason else None),
    Column("flags", "string", lambda sample: " ".join(flag.value for flag in sample.flags) or None),
    Column("phase", "string", lambda sample: sample.row.phase),
    Column("station", "string", lambda sample: sample.row.station),
    Column("test_case", "string", lambda sample: sample.test_case),
    Column("verdict", "string", lambda sample: sample.verdict),
    Column("file", "string", lambda sample: sample.file),
    Column("request_line", "int64", lambda sample: sample.row.request_line),
    Column("from_line", "int64", lambda sample: sample.row.from_line),
    Column("to_line", "int64", lambda sample: sample.row.to_line),
    Column("time", "string", lambda sample: log_clock(sample.row.stamp_ns)),
)


def _link_column(name: str, arrow: str, value: Callable[[LinkAt], Value]) -> Column:
    def of_row(sample: SampleRow) -> Value:
        return None if sample.row.link is None else value(sample.row.link)

    return Column(name, arrow, of_row)


LINK_COLUMNS: tuple[Column, ...] = (
    _link_column("link", "string", lambda link: link.status.value),
    _link_column("link_missed", "string", lambda link: " ".join(link.missed) or None),
    _link_column("link_latency_ms", "float64", lambda link: link.latency_ms.value if link.latency_ms else None),
    _link_column("link_rssi_dbm", "float64", lambda link: link.rssi_dbm.value if link.rssi_dbm else None),
    _link_column("link_technology", "string", lambda link: link.technology),
    _link_column("link_samples", "int64", lambda link: link.samples),
    _link_column("link_tolerance_s", "float64", lambda link: link.tolerance_s),
)
"""How the link was (docs/method.md 12), where records of it were given."""


def sample_values(sample: SampleRow, columns: Sequence[Column] = COLUMNS) -> dict[str, Value]:
    """The row as column: value; durations in seconds, None where there is none."""
    return {column.name: _value(column, sample) for column in columns}


def _value(column: Column, sample: SampleRow) -> Value:
    value = column.value(sample)
    if isinstance(value, str):
        return encodable(value)
    return _seconds(value) if column.in_ns and isinstance(value, int) else value


def encodable(text: str) -> str:
    """`text` with what no encoding has (halves of surrogates in file names) written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def sample_writer(suffix: str, stream: BinaryIO, columns: Sequence[Column] = COLUMNS) -> SampleWriter:
    """The writer for a file name's suffix, `.csv` or `.parquet`.

    Raises:
        UsageError: another suffix, or Parquet without the extra `frames`.
    """
    if suffix.lower() == ".csv":
        return CsvSamples(stream, columns)
    if suffix.lower() == ".parquet":
        return ParquetSamples(stream, columns)
    raise UsageError(f"samples are written as .csv or .parquet, not as {suffix or 'a file without suffix'!r}")


class CsvSamples:
    """UTF-8 with a header line; an empty field is "none"; seconds are exact, to the nanosecond.

    Text that a spreadsheet would take for a formula begins with an apostrophe.
    """

    def __init__(self, stream: BinaryIO, columns: Sequence[Column] = COLUMNS) -> None:
        self._columns = columns
        self._text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="")
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._writer.writerow([column.name for column in columns])

    def write(self, sample: SampleRow) -> None:
        """Write a row."""
        self._writer.writerow([_csv_field(column, sample) for column in self._columns])

    def finish(self) -> None:
        """Write what is held back and let go of the stream."""
        self._text.flush()
        self._text.detach()


def _csv_field(column: Column, sample: SampleRow) -> str:
    value = column.value(sample)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = value.replace("\r", "\\r")  # which would end the record unquoted (csv before Python 3.13)
        return f"'{text}" if text.startswith(FORMULA_STARTS) else text
    return exact_seconds(int(value)) if column.in_ns else str(value)


def exact_seconds(value_ns: int) -> str:
    """Nanoseconds as seconds without rounding.

    Examples:
        >>> exact_seconds(612_000_000), exact_seconds(2_000_000_000), exact_seconds(1), exact_seconds(-5_000_000)
        ('0.612', '2', '0.000000001', '-0.005')
    """
    whole, rest = divmod(abs(value_ns), 1_000_000_000)
    sign = "-" if value_ns < 0 else ""
    return f"{sign}{whole}.{rest:09d}".rstrip("0").rstrip(".")


class ParquetSamples:
    """Typed columns, null where there is none, written in groups of 20,000 rows."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column] = COLUMNS) -> None:
        try:
            from pyarrow.parquet import ParquetWriter
        except ImportError:
            raise UsageError(
                "Parquet needs the extra `frames`: pip install 'perfkit[frames]' (or write a .csv)"
            ) from None
        self._columns = columns
        self._schema = _arrow_schema(columns)
        self._writer = ParquetWriter(stream, self._schema)
        self._rows: list[dict[str, Value]] = []

    def write(self, sample: SampleRow) -> None:
        """Take in a row."""
        self._rows.append(sample_values(sample, self._columns))
        if len(self._rows) >= _PARQUET_ROWS:
            self._flush()

    def finish(self) -> None:
        """Write the rows held back and the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        from pyarrow import Table

        self._writer.write_table(Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []


def _arrow_schema(columns: Sequence[Column]) -> Schema:
    import pyarrow

    types = {
        "int64": pyarrow.int64(),
        "string": pyarrow.string(),
        "float64": pyarrow.float64(),
        "bool": pyarrow.bool_(),
    }
    return pyarrow.schema([(column.name, types[column.arrow]) for column in columns])
