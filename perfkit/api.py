"""For notebooks: `from perfkit.api import analyze, read_results`. The columns are described in docs/api.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from perfkit.core.analysis_record import AnalysisDocument, PicsInfo
from perfkit.core.errors import InputError, UsageError
from perfkit.core.pics.load import read_pics_and_digest
from perfkit.core.pics.model import Pics
from perfkit.core.sample import RowKind
from perfkit.report import frames
from perfkit.report.listing import too_many_skipped
from perfkit.report.notebook.results import read_results as read_results
from perfkit.report.samples import sample_values
from perfkit_analyzers import assess
from perfkit_analyzers.exchange import Exchange
from perfkit_analyzers.message import Role
from perfkit_analyzers.ocpp_message import Direction, OcppMessage
from perfkit_analyzers.totals import Record
from perfkit_analyzers.traffic import Seen, read_traffic

if TYPE_CHECKING:
    from pandas import DataFrame

MESSAGE_TYPES: frames.Types = {
    "file": "text",
    "run": "integer",
    "test_case": "text",
    "line": "integer",
    "time": "time",
    "direction": "text",
    "type": "text",
    "message_id": "text",
    "action": "text",
    "error_code": "text",
    "station": "text",
    "payload": "text",
}

EXCHANGE_TYPES: frames.Types = {
    "file": "text",
    "run": "integer",
    "test_case": "text",
    "call_line": "integer",
    "answer_line": "integer",
    "call_time": "time",
    "direction": "text",
    "action": "text",
    "message_id": "text",
    "ending": "text",
    "response_time_s": "number",
    "waited_s": "number",
    "error_code": "text",
    "flags": "text",
    "clock_step": "boolean",
    "handshake": "boolean",
    "station": "text",
    "call_payload": "text",
    "answer_payload": "text",
}


def analyze(
    *paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    pics: str | os.PathLike[str] | None = None,
    role: str | None = None,
    max_skipped_share: float = assess.MAX_SKIPPED_SHARE,
    network: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
) -> Measurements:
    """What `perfkit analyze PATHS --pics PICS --network FILES` computes, as tables.

    `paths` are logs, folders and archives, or lists of them; `role` ("charging_station" or "csms") wins over the PICS.
    `network` are records of `perfkit monitor` and results of `perfkit network`; the clock of the logs is taken from
    their messages, or from the section `policy` of the PICS.

    Raises:
        PicsError: the PICS file is invalid.
        InputError: an input cannot be read, or more than `max_skipped_share` of its messages could not be.
        UsageError: no path, standard input, an unknown role, or pandas is not installed.
    """
    names = [name for group in paths for name in _names(group)]
    if not names or "-" in names:
        raise UsageError("name logs, folders or archives; standard input can be read once only")
    if role is not None and role not in list(Role):
        raise UsageError(f"role {role!r} is not one of {', '.join(Role)}")
    frames.load_pandas()
    stated, pics_info = (None, None) if pics is None else _read_pics(os.fspath(pics))
    records: list[Record] = []
    analysis = assess.analyze(
        names,
        pics=stated,
        pics_info=pics_info,
        role=Role(role) if role else None,
        sink=lambda _, record: records.append(record),
        max_skipped_share=max_skipped_share,
        network=[Path(name) for name in _names(network)],
    )
    if analysis.too_many_skipped:
        raise InputError(f"{too_many_skipped(analysis.document)}; a larger max_skipped_share allows more")
    return Measurements(names, analysis.document, records)


def _names(group: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> list[str]:
    return [os.fspath(group)] if isinstance(group, str | os.PathLike) else [os.fspath(path) for path in group]


def _read_pics(path: str) -> tuple[Pics, PicsInfo]:
    pics, sha256 = read_pics_and_digest(path)
    return pics, PicsInfo(path, sha256)


class Measurements:
    """The result of an analysis. `document` is the result, schema `perfkit.analysis/1`.

    Each table is made when it is first asked for. `messages` and `exchanges` read the inputs once more.
    """

    def __init__(self, paths: Sequence[str], document: AnalysisDocument, records: Sequence[Record]) -> None:
        self.document = document
        self._paths = paths
        self._records = records

    @cached_property
    def result(self) -> dict[str, object]:
        """The document as plain dictionaries and lists, as `--json` prints it."""
        return cast("dict[str, object]", msgspec.to_builtins(self.document))

    @cached_property
    def parameters(self) -> DataFrame:
        """One row per performance parameter: stated, measured, statistics in seconds, uncertainty, where from."""
        return frames.parameters_frame(self.document)

    @cached_property
    def combinations(self) -> DataFrame:
        """One row per parameter and combination, statistics in seconds."""
        return frames.combinations_frame(self.document)

    @cached_property
    def observations(self) -> DataFrame:
        """One row per value in seconds, observations and censored ones (`kind`); columns as in --samples."""
        return self._rows(lambda kind: kind is not RowKind.EXCLUSION)

    @cached_property
    def exclusions(self) -> DataFrame:
        """One row per excluded request with its reason; columns as in --samples, `value_s` is NaN."""
        return self._rows(lambda kind: kind is RowKind.EXCLUSION)

    def _rows(self, wanted: Callable[[RowKind], bool]) -> DataFrame:
        rows = (
            list(sample_values(record, frames.SAMPLE_COLUMNS).values())
            for record in self._records
            if wanted(record.row.kind)
        )
        return frames.frame(rows, frames.SAMPLE_TYPES)

    @cached_property
    def runs(self) -> DataFrame:
        """One row per run of a test case, also those left out."""
        return frames.runs_frame(self.document)

    @cached_property
    def skipped(self) -> DataFrame:
        """One row per line that could not be read, the first thousand."""
        return frames.skipped_frame(self.document)

    @cached_property
    def messages(self) -> DataFrame:
        """One row per OCPP message, also of runs left out; `time` on the log's own clock, `payload` is JSON text."""
        return frames.frame(_message_rows(read_traffic(self._paths)), MESSAGE_TYPES)

    @cached_property
    def exchanges(self) -> DataFrame:
        """One row per CALL of either side; `response_time_s` is NaN without an answer, `waited_s` is the wait then."""
        return frames.frame(_exchange_rows(read_traffic(self._paths)), EXCHANGE_TYPES)


def _message_rows(traffic: Iterator[Seen]) -> Iterator[Sequence[object]]:
    for seen in traffic:
        message = seen.what
        if isinstance(message, OcppMessage):
            yield (
                *(seen.file, seen.run, seen.test_case, message.line, message.stamp_ns),
                *(_direction(message), message.type.name, message.message_id, message.action),
                *(message.error_code, message.station, _text(message)),
            )


def _exchange_rows(traffic: Iterator[Seen]) -> Iterator[Sequence[object]]:
    for seen in traffic:
        exchange = seen.what
        if isinstance(exchange, Exchange):
            yield _exchange_row(seen, exchange)


def _exchange_row(seen: Seen, exchange: Exchange) -> Sequence[object]:
    call, answer = exchange.call, exchange.answer
    elapsed_s = (exchange.end_ns - call.stamp_ns) / 1e9
    return (
        *(seen.file, seen.run, seen.test_case, call.line, answer.line if answer else None, call.stamp_ns),
        *(_direction(call), call.action, call.message_id, exchange.ending.value),
        *((elapsed_s, None) if answer else (None, elapsed_s)),
        answer.error_code if answer else None,
        " ".join(flag.value for flag in exchange.flags) or None,
        *(exchange.clock_step, exchange.handshake, call.station),
        *(_text(call), _text(answer) if answer else None),
    )


def _direction(message: OcppMessage) -> str:
    """From the DUT to the tool, or from the tool to the DUT."""
    return {Direction.IN: "from DUT", Direction.OUT: "to DUT"}.get(message.direction, "unknown")


def _text(message: OcppMessage) -> str:
    return message.payload.decode(errors="replace")
