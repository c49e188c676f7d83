"""Results of several ends of one link (a CSMS set-up is measured beside OCTT and beside the CSMS) as one document."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from perfkit.core.errors import UsageError
from perfkit.core.network_record import SCHEMA, MergedPart, NetworkDocument
from perfkit_probes.gate import is_consistent, worst

_LARGEST_FILE_BYTES = 20_000_000


def merged(paths: Sequence[Path]) -> NetworkDocument:
    """One document with the technologies of all, each with the label of its end; the worst gate decides.

    Raises:
        UsageError: Fewer than two files, one that is no result of `perfkit network`, one that was changed by hand, or
            the same measurement twice.
    """
    if len(paths) < 2:
        raise UsageError("--merge needs the results of at least two ends, e.g. --merge octt.json csms.json")
    read = [_read(path) for path in paths]
    parts = [part for _, part in read]
    documents = [document for document, _ in read]
    _refuse_repetitions(parts)
    first = min(documents, key=lambda document: document.started)
    restored = [document.restored for document in documents if document.restored is not None]
    labelled = zip(documents, parts, strict=True)
    return msgspec.structs.replace(
        first,
        seconds=sum(document.seconds for document in documents),
        host=_together([document.host for document in documents]) or "",
        interface=_together([document.interface for document in documents]),
        device=next((document.device for document in documents if document.device is not None), None),
        label=_together([part.label for part in parts]),
        target=_together([document.target for document in documents]),
        technologies=[
            msgspec.structs.replace(one, label=one.label or part.label)
            for document, part in labelled
            for one in document.technologies
        ],
        gate=worst(document.gate for document in documents),
        restored=all(restored) if restored else None,
        restore_reason=_together([document.restore_reason for document in documents]),
        settings={},
        notes=[f"{part.label}: {note}" for document, part in read for note in document.notes],
        merged=parts,
    )


def _read(path: Path) -> tuple[NetworkDocument, MergedPart]:
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise UsageError(f"{path} is larger than any result of `perfkit network`")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        document = msgspec.json.decode(data, type=NetworkDocument)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(f"{path} is no result of `perfkit network --json`: {error}") from error
    if document.schema != SCHEMA:
        raise UsageError(f"{path} has the schema {document.schema[:60]!r}; this perfkit merges {SCHEMA}")
    if not document.merged and not is_consistent(document):
        raise UsageError(f"{path} was changed after it was written: its gate does not follow from its verdicts")
    digest = hashlib.sha256(data).hexdigest()
    label = document.label or path.stem
    return document, MergedPart(str(path), digest, label, document.host, document.started, document.gate)


def _refuse_repetitions(parts: Sequence[MergedPart]) -> None:
    for number, part in enumerate(parts):
        for other in parts[:number]:
            if part.sha256 == other.sha256 or (part.started, part.host) == (other.started, other.host):
                raise UsageError(f"{other.path} and {part.path} are the same measurement; merge one of each end")
            if part.label == other.label:
                raise UsageError(f"{other.path} and {part.path} are both labelled {part.label!r}; measure with --label")


def _together(texts: Sequence[str | None]) -> str | None:
    """The different texts in their order, None when there are none."""
    known = list(dict.fromkeys(text for text in texts if text))
    return " + ".join(known) if known else None
