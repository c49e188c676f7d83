"""What a report is made from: the documents as read, the rows behind them, and what the command line found beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.coverage_record import CoverageDocument
from perfkit.core.decision_rule import DecisionRule
from perfkit.core.lab.model import Lab
from perfkit.core.network_record import NetworkDocument
from perfkit.core.pics.model import Pics
from perfkit.report.content.model import Amendment, DocumentInfo, Logo
from perfkit.report.sample_rows import SampleRecord

Document = TypeVar("Document")


@dataclass(frozen=True, slots=True)
class Read(Generic[Document]):
    """A document with the file it came from: `id` is its name in figures ("analysis", "network-1")."""

    id: str
    path: Path
    content: bytes
    document: Document


@dataclass(frozen=True, slots=True)
class SequenceMessage:
    """One OCPP message inside an interval, for a sequence diagram. `from_dut` says who sent it."""

    line: int
    stamp_ns: int
    from_dut: bool
    kind: str
    action: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to be embedded in a PDF. `relationship` is PDF's: source, data, alternative or supplement."""

    name: str
    media_type: str
    content: bytes
    description: str
    relationship: str


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """Everything a renderer may need besides the content.

    `samples` are the rows of samples.csv, in its order; None when it is not at hand. `raw_lines` are lines of the logs
    by file and number, `sequences` the messages inside the interval of a row, by row number; both are empty when the
    logs are not at hand. `monitor` are the paths of `perfkit monitor` records. `pics` is the file that the analysis
    used, None when it is not at hand. `lab_document` names the file behind `lab`. `issued` is the only clock a renderer
    may use. `attachments` are what a PDF embeds: the result documents (free of secrets) and the executed notebook.
    `fonts` are files of the laboratory, for characters that the report's own fonts lack.
    """

    issued: datetime
    analysis: Read[AnalysisDocument] | None
    network: tuple[Read[NetworkDocument], ...] = ()
    samples: Read[tuple[SampleRecord, ...]] | None = None
    monitor: tuple[Path, ...] = ()
    raw_lines: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    sequences: Mapping[int, tuple[SequenceMessage, ...]] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    pics: Pics | None = None
    lab: Lab = field(default_factory=Lab)
    lab_document: DocumentInfo | None = None
    logo: Logo | None = None
    fonts: tuple[Path, ...] = ()
    amendment: Amendment | None = None
    decision_rule: DecisionRule = DecisionRule.NONE
    coverage: Read[CoverageDocument] | None = None
