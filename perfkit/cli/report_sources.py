"""The files behind a report: found by what is named, told apart by their schema, read and checked."""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from perfkit.core.analysis_record import SCHEMA as ANALYSIS
from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.coverage_record import SCHEMA as COVERAGE
from perfkit.core.coverage_record import CoverageDocument
from perfkit.core.document_text import plain_document
from perfkit.core.errors import InputError, PicsError, UsageError
from perfkit.core.lab.table import SCHEMA_ID as LAB
from perfkit.core.network_record import SCHEMA as NETWORK
from perfkit.core.network_record import NetworkDocument
from perfkit.core.pics.load import load_pics
from perfkit.core.pics.model import Pics
from perfkit.core.sample import RowKind
from perfkit.report.content.model import DocumentInfo
from perfkit.report.inputs import Read
from perfkit.report.sample_rows import SampleRecord, read_sample_rows

_TYPES: dict[str, type[msgspec.Struct]] = {
    ANALYSIS: AnalysisDocument,
    NETWORK: NetworkDocument,
    COVERAGE: CoverageDocument,
}
_MONITOR_SUFFIX = ".jsonl"

Document = TypeVar("Document")


@dataclass(slots=True)
class Sources:
    """What was found. `folders` are where the logs of the results may be."""

    analyses: list[Read[AnalysisDocument]] = field(default_factory=list)
    network: list[Read[NetworkDocument]] = field(default_factory=list)
    coverage: list[Read[CoverageDocument]] = field(default_factory=list)
    monitor: list[Path] = field(default_factory=list)
    lab: Path | None = None
    pics: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    reports: Path | None = None


def find_sources(arguments: argparse.Namespace) -> Sources:
    """Everything that the arguments name, and what lies in the campaign folders among it.

    Raises:
        UsageError: nothing to report, or a campaign folder is missing.
        InputError: a file is not a document of perfkit.
    """
    sources = Sources()
    campaign = [] if arguments.campaign is None else [arguments.campaign]
    for path in [*arguments.paths, *campaign]:
        if path.is_dir() or path in campaign:
            _add_campaign(sources, CampaignFolder(path).existing())
        else:
            _add_file(sources, path)
    for path in [*(arguments.network or []), *([arguments.coverage] if arguments.coverage is not None else [])]:
        _add_file(sources, path)
    sources.lab = arguments.lab or sources.lab
    if not sources.analyses and not sources.network:
        raise UsageError("nothing to report: name a campaign folder, or documents of `perfkit analyze` or `network`")
    if len(sources.coverage) > 1:
        raise UsageError(f"{sources.coverage[1].path} is a second coverage document; a report takes one")
    return sources


def _add_campaign(sources: Sources, campaign: CampaignFolder) -> None:
    if campaign.result.is_file():
        _add_file(sources, campaign.result)
    elif not campaign.network_files():
        raise UsageError(
            f"{campaign.root} holds no result; `perfkit analyze --campaign {campaign.root}` makes {campaign.result}"
        )
    for path in campaign.network_files():
        _add_file(sources, path)
    if campaign.coverage.is_file():
        _add_file(sources, campaign.coverage)
    if campaign.lab.is_file():
        sources.lab = campaign.lab
    sources.pics.append(campaign.pics)
    sources.folders += [campaign.root, campaign.root.parent]
    sources.reports = sources.reports or campaign.reports


def _add_file(sources: Sources, path: Path) -> None:
    if path.suffix == _MONITOR_SUFFIX:
        sources.monitor.append(path)
        return
    content = _content(path)
    document = _document(content, path)
    if isinstance(document, AnalysisDocument):
        _refuse_again(sources.analyses, path, content)
        sources.analyses.append(Read("analysis", path, content, document))
        sources.folders.append(path.parent)
    elif isinstance(document, NetworkDocument):
        if content not in (read.content for read in sources.network):
            sources.network.append(Read(f"network-{len(sources.network) + 1}", path, content, document))
    elif isinstance(document, CoverageDocument):
        sources.coverage.append(Read("coverage", path, content, document))


def _refuse_again(reads: list[Read[AnalysisDocument]], path: Path, content: bytes) -> None:
    for read in reads:
        if read.content == content:
            raise UsageError(f"{path} is the same result as {read.path}; name it once")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None


def _document(content: bytes, path: Path) -> msgspec.Struct:
    """The document in a file, by its schema."""
    try:
        top = plain_document(content)
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error}); name result documents of perfkit") from None
    schema = top.get("schema") if isinstance(top, dict) else None
    if not isinstance(schema, str) or schema not in _TYPES:
        raise InputError(f"{path}: its schema is {schema!r}, a report is made of {', '.join(_TYPES)}")
    try:
        return msgspec.convert(top, _TYPES[schema])
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: not a {schema} document as this perfkit writes it: {error}") from None


def lab_document(path: Path) -> DocumentInfo:
    """The laboratory file with its digest, as the report names it."""
    return DocumentInfo("lab", str(path), LAB, hashlib.sha256(_content(path)).hexdigest())


def samples_of(analysis: Read[AnalysisDocument], named: Path | None) -> Read[tuple[SampleRecord, ...]] | None:
    """The rows of a result: the file that is named, else samples.csv beside it; None when there is none.

    Raises:
        InputError: it is no samples.csv, or not that of this result.
    """
    path = named or analysis.path.with_name("samples.csv")
    if named is None and not path.is_file():
        return None
    content = _content(path)
    rows = read_sample_rows(content, str(path))
    counted = Counter(row.parameter for row in rows if row.in_headline and row.kind is RowKind.OBSERVATION)
    for parameter in analysis.document.parameters:
        found = counted.pop(parameter.key, 0)
        if found != parameter.count:
            raise InputError(
                f"{path} does not belong to {analysis.path}: {found} observations of {parameter.key}, not "
                f"{parameter.count}; both come from one run of `perfkit analyze --out DIR`"
            )
    return Read("samples", path, content, rows)


def pics_of(analysis: Read[AnalysisDocument], sources: Sources) -> Pics | None:
    """The PICS that the analysis used, as far as it is at hand unchanged."""
    info = analysis.document.pics
    if info is None:
        return None
    for path in [Path(info.path), *sources.pics]:
        try:
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == info.sha256:
                return load_pics(content.decode("utf-8"), str(path))
        except (OSError, UnicodeDecodeError, PicsError):
            continue
    return None
