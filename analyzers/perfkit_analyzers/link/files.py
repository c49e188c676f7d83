"""The files behind `--network`: records of the monitor, results of the network check; anything else is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from perfkit.core.errors import InputError
from perfkit.core.monitor_reader import MonitorReader
from perfkit.core.monitor_record import Session
from perfkit.core.network_join_record import CheckedTechnology, MonitorFile, NetworkCheck
from perfkit.core.network_record import SCHEMA, NetworkDocument, TechnologyResult
from perfkit_analyzers.link.series import SessionSeries
from perfkit_analyzers.link.wording import session_info
from perfkit_analyzers.readers.table import open_log

_HEAD_BYTES = 4096
_MONITOR_LINE = re.compile(rb'^(?:\xef\xbb\xbf)?\s*\{"record"', re.MULTILINE)
"""A line of a record; the first may be a header that was cut."""
_LARGEST_DOCUMENT_BYTES = 64 << 20
_WANTED = "--network takes records of `perfkit monitor` and results of `perfkit network`"


class LinkFiles(msgspec.Struct):
    """What was read."""

    sessions: list[SessionSeries]
    monitors: list[MonitorFile]
    checks: list[NetworkCheck]


class _Kind(msgspec.Struct):
    """The beginning of any JSON document of perfkit."""

    schema: str | None = None


def read_link_files(paths: Sequence[Path]) -> LinkFiles:
    """Everything that was recorded of the link; a file that is named twice, or copied, counts once.

    So does a session that is in two files because one was copied while it was still written: the longer one counts.

    Raises:
        InputError: a file cannot be read, or is neither a record nor a result.
    """
    files = LinkFiles([], [], [])
    seen: set[str] = set()
    for path in paths:
        sha256 = _digest(path)
        if sha256 in seen:
            continue
        seen.add(sha256)
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        if _MONITOR_LINE.search(head):
            _read_monitor(path, sha256, files)
        else:
            files.checks.append(_read_check(path, sha256, head))
    files.checks.sort(key=lambda check: check.started)
    files.sessions = _without_copies(files.sessions)
    return files


def _without_copies(sessions: Sequence[SessionSeries]) -> list[SessionSeries]:
    longest: dict[tuple[str, str, datetime], SessionSeries] = {}
    for one in sessions:
        key = (one.session.session, one.session.host, one.session.time)
        if key not in longest or one.samples > longest[key].samples:
            longest[key] = one
    return list(longest.values())


def _digest(path: Path) -> str:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; {_WANTED}, or the campaign with --campaign")
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None


def _read_monitor(path: Path, sha256: str, files: LinkFiles) -> None:
    sessions: list[SessionSeries] = []
    name = path.as_posix()
    with path.open("rb") as stream:
        reader = MonitorReader(stream, name)
        for entry in reader:
            if isinstance(entry.record, Session):
                sessions.append(SessionSeries(name, entry.line, entry.record))
            else:
                sessions[-1].take(entry.line, entry.record)
    for session in sessions:
        session.finish()
    files.sessions += sessions
    files.monitors.append(
        MonitorFile(
            path=name,
            sha256=sha256,
            sessions=[session_info(session) for session in sessions],
            lines=reader.line_count,
            unreadable_count=reader.unreadable_count,
            cut=reader.cut_count,
            unreadable=[str(line) for line in reader.unreadable],
        )
    )


def _read_check(path: Path, sha256: str, head: bytes) -> NetworkCheck:
    if not head.strip():
        raise InputError(f"{path} is empty; {_WANTED}")
    if path.stat().st_size > _LARGEST_DOCUMENT_BYTES or not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise InputError(f"{path} is {_what(path)}; {_WANTED}")
    content = path.read_bytes()
    try:
        schema = msgspec.json.decode(content, type=_Kind).schema
    except msgspec.MsgspecError:
        raise InputError(f"{path} is {_what(path)}; {_WANTED}") from None
    if schema != SCHEMA:
        named = f"a document of schema {schema!r}" if schema else "a JSON document without schema"
        raise InputError(f"{path} is {named}; {_WANTED} ({SCHEMA})")
    try:
        document = msgspec.json.decode(content, type=NetworkDocument)
    except msgspec.MsgspecError as error:
        raise InputError(f"{path} is no result of `perfkit network` that this version reads: {error}") from None
    return _check(path, sha256, document)


def _what(path: Path) -> str:
    """What a file is that is not wanted here."""
    with path.open("rb") as stream:
        opened = open_log(stream, path.as_posix())
    return "neither" if opened is None else "a message log, and logs are named before the options"


def _check(path: Path, sha256: str, document: NetworkDocument) -> NetworkCheck:
    return NetworkCheck(
        path=path.as_posix(),
        sha256=sha256,
        label=document.label,
        host=document.host,
        started=document.started,
        gate=document.gate,
        technologies=[_technology(one) for one in document.technologies],
        seconds_before_first_run=None,
    )


def _technology(one: TechnologyResult) -> CheckedTechnology:
    require = one.bandwidth.require if one.bandwidth is not None else None
    reasons = (one.reason, one.reasons.bandwidth, one.reasons.latency, one.reasons.rssi)
    return CheckedTechnology(
        technology=one.technology,
        label=one.label,
        operator=one.operator,
        gate=one.gate,
        latency_median_ms=one.latency.median_ms if one.latency is not None else None,
        rssi_dbm=one.rssi.value_dbm if one.rssi is not None else None,
        rssi_bound=one.rssi.bound if one.rssi is not None else None,
        delivered_up_kB_s=require.up_detail.delivered_kB_s if require is not None else None,
        delivered_down_kB_s=require.down_detail.delivered_kB_s if require is not None else None,
        reasons=[reason for reason in reasons if reason],
    )
