"""The protocol of a dialect: one version of OCPP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec

from perfkit_analyzers.dialects.facts import Answer, Fact, MeterReport, Place
from perfkit_analyzers.dialects.meter_values import MeterValue

REMEMBERED_ANSWERS: Final = 256
REMEMBERED_BYTES: Final = 16_384
"""Answers remembered per kind, and the longest of them."""

Translate = Callable[[bytes], Fact | None]
TranslateAnswer = Callable[[bytes], Answer]


class Dialect(Protocol):
    """What the messages of one OCPP version mean. Actions that no rule needs are absent from the tables."""

    version: str
    calls: dict[str, Translate]
    answers: dict[str, TranslateAnswer]
    plugged_statuses: frozenset[str]
    cable_statuses: frozenset[str]
    has_station_connector: bool
    heartbeat_interval_key: str
    remote_start_key: str
    final_report_statuses: frozenset[str]


def translator(struct: type[msgspec.Struct], build: Callable[..., Fact | None]) -> Translate:
    """Translation of a payload: decoded to `struct` (unknown members skipped), then built.

    The returned function raises msgspec.ValidationError or DecodeError on a payload of another shape.
    """
    decode = msgspec.json.Decoder(struct, strict=False).decode

    def translate(payload: bytes) -> Fact | None:
        return build(decode(payload))

    return translate


def answer_translator(struct: type[msgspec.Struct], build: Callable[..., Answer]) -> TranslateAnswer:
    """The same for the payload of an answer. Most answers say what another has said, word by word."""
    decode = msgspec.json.Decoder(struct, strict=False).decode
    known: dict[bytes, Answer] = {}
    latest, latest_answer = b"", Answer()

    def translate(payload: bytes) -> Answer:
        nonlocal latest, latest_answer
        if payload == latest:  # costs less than the hash of a long payload
            return latest_answer
        answer = known.get(payload)
        if answer is None:
            answer = build(decode(payload))
            if len(payload) > REMEMBERED_BYTES:
                return answer
            if len(known) >= REMEMBERED_ANSWERS:
                known.clear()
            known[payload] = answer
        latest, latest_answer = payload, answer
        return answer

    return translate


def constant(fact: Fact) -> Translate:
    """Translation of a CALL that means the same whatever its payload."""
    return lambda _: fact


def meter_report(place: Place, values: Sequence[MeterValue]) -> MeterReport:
    """The report of a MeterValues payload: every reading context given, and the time of the first element."""
    contexts = frozenset(s.context for value in values for s in value.sampled_value if s.context)
    return MeterReport(place, contexts, values[0].timestamp if values else None)
