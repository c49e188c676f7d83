"""The rows of samples.csv as `perfkit analyze` wrote them, read back as values."""

from __future__ import annotations

import csv
import io

import msgspec

from perfkit.core.errors import InputError
from perfkit.core.sample import Flag, Reason, RowKind
from perfkit.report.samples import COLUMNS, FORMULA_STARTS


class SampleRecord(msgspec.Struct, frozen=True, gc=False):
    """One row; durations in seconds, None where there is none. The attributes are the columns of samples.csv."""

    number: int
    parameter: str
    kind: RowKind
    combination: str
    value_s: float | None
    from_request_s: float | None
    first_s: float | None
    net_s: float | None
    in_headline: bool
    reason: Reason | None
    flags: tuple[Flag, ...]
    phase: str | None
    station: str | None
    test_case: str | None
    verdict: str | None
    file: str
    request_line: int
    from_line: int
    to_line: int | None
    time: str | None = None


_REQUIRED = frozenset(info.name for info in msgspec.structs.fields(SampleRecord) if info.required)
_TEXTS = frozenset(column.name for column in COLUMNS if column.arrow == "string")


def read_sample_rows(content: bytes, name: str) -> tuple[SampleRecord, ...]:
    """The rows of a samples.csv; `name` stands for the file in errors.

    Raises:
        InputError: it is not such a file, or a row is damaged.
    """
    lines = csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
    rows = []
    try:
        header = next(lines, [])
        if not set(header) >= _REQUIRED:
            raise InputError(f"{name} is not a samples.csv of `perfkit analyze --out DIR`; columns are missing")
        for fields in lines:
            values = {key: _value(key, field) for key, field in zip(header, fields, strict=True)}
            rows.append(msgspec.convert(values, SampleRecord, strict=False))
    except (ValueError, csv.Error, msgspec.ValidationError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name}:{lines.line_num}: not a row of samples.csv: {error}") from None
    return tuple(rows)


def _value(name: str, field: str) -> object:
    """None for an empty field; texts without the apostrophe that keeps a spreadsheet from computing them."""
    if name == "flags":
        return field.split()
    if not field:
        return None
    if name in _TEXTS and field.startswith("'") and field[1:].startswith(FORMULA_STARTS):
        return field[1:]
    return field
