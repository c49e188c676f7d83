"""Pieces of logs for the tests, written here and nowhere copied from."""

from __future__ import annotations

import io
from collections.abc import Sequence

from perfkit_analyzers.message import (
    LineTally,
    LogEvent,
    Narration,
    NarrationKind,
    Skipped,
    TestCaseEnded,
    TestCaseStarted,
)
from perfkit_analyzers.ocpp_message import OcppMessage
from perfkit_analyzers.readers.octt_text import OcttTextReader

RULE = "-" * 106


def header(
    test_case: str = "TC_010_CS", start: str = "02-03-2026 10:15:00", end: str = "02-03-2026 10:16:00", sut: str = "CS"
) -> str:
    return (
        f"Test Case Name : {test_case} \nTest Case Description : Start from afar \nTest Start Time : {start} \n"
        f"Test End Time : {end} \nSystem Under Test (SUT) : {sut} \nCommunication Medium : WEBSOCKET\n"
        f"OCPP Version : OCPP 1.6\nBuild Number : Release_2026-01_v1\nConfiguration : bench_a \n"
        f"Certification Profile : [Core, Reservation] \n{RULE}\n"
    )


def heartbeat(clock: str, message_id: str = "h1") -> str:
    return f'[{clock}] [msg-in]  [2,"{message_id}","Heartbeat",{{}}]\n'


def read_octt(text: str | bytes, name: str = "x.log") -> tuple[list[LogEvent], LineTally]:
    data = text.encode() if isinstance(text, str) else text
    reader = OcttTextReader(io.BytesIO(data), name)
    events = list(reader)
    return events, reader.tally


def messages(events: Sequence[LogEvent]) -> list[OcppMessage]:
    return [event for event in events if isinstance(event, OcppMessage)]


def skipped(events: Sequence[LogEvent]) -> list[Skipped]:
    return [event for event in events if isinstance(event, Skipped)]


def narration(events: Sequence[LogEvent], kind: NarrationKind) -> list[Narration]:
    return [event for event in events if isinstance(event, Narration) and event.kind is kind]


def runs(events: Sequence[LogEvent]) -> list[TestCaseStarted]:
    return [event for event in events if isinstance(event, TestCaseStarted)]


def endings(events: Sequence[LogEvent]) -> list[TestCaseEnded]:
    return [event for event in events if isinstance(event, TestCaseEnded)]
