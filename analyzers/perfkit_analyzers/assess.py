"""From inputs and a PICS to the result document: reads, adds up, and has it worded."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from perfkit.core.errors import InputError
from perfkit.core.pics.model import Pics, ProductSubtype
from perfkit_analyzers.campaign import Campaign, RecordSink, SkippedSink
from perfkit_analyzers.message import Role
from perfkit_analyzers.reading import Progress, Reading, read_in_order, read_on_all_processors
from perfkit_analyzers.runs import Dut
from perfkit_analyzers.totals import CampaignTotals, Record

if TYPE_CHECKING:
    from perfkit.core.analysis_record import AnalysisDocument, PicsInfo
    from perfkit_analyzers.link.link import Link

MAX_SKIPPED_SHARE = 0.05
"""Share of skipped lines, among lines that are messages or skipped, above which no result is given."""


class Analysis(msgspec.Struct):
    """The result document, and whether too many lines were skipped for its figures to be trusted."""

    document: AnalysisDocument
    too_many_skipped: bool


def analyze(  # noqa: PLR0913 - the public entry: all but the paths are options by keyword
    paths: Sequence[str],
    *,
    pics: Pics | None = None,
    pics_info: PicsInfo | None = None,
    role: Role | None = None,
    sink: RecordSink | None = None,
    skipped_sink: SkippedSink | None = None,
    stdin: BinaryIO | None = None,
    max_skipped_share: float = MAX_SKIPPED_SHARE,
    progress: Progress | None = None,
    network: Sequence[Path] = (),
) -> Analysis:
    """The result of reading every log below `paths`.

    `role` (an option of the user) wins over the PICS, which wins over the logs. `sink` gets the rows of the
    analysed role in order: at once when the role is known beforehand, else when all is read; `skipped_sink` gets every
    skipped line, of which the document lists the first. `network` are records of the link; the logs are then read
    twice, first for their clocks.

    Raises:
        InputError: an input cannot be read, a named file is no log, or there is no log at all.
    """
    began = time.monotonic()
    pics = pics or Pics()
    known_role = role or (Role(pics.dut.type.value) if pics.dut.type else None)
    sorter = _RecordSorter(known_role, sink)
    link = _link(network, paths, pics)
    join = link.join if link else None
    dut, rows = _dut(pics, known_role), sorter.take if sink else None
    followed = Campaign(dut, pics.policy, sink=rows, skipped_sink=skipped_sink, link=join)
    if sink or skipped_sink or link:
        reading = read_in_order(followed, paths, stdin, progress)
    else:
        reading = read_on_all_processors(followed, paths, stdin, progress, meanwhile=_prepare_the_document)
    campaign = followed.totals
    if not reading.inputs:
        raise _no_log(paths, reading)
    chosen = known_role or _commonest_role(campaign)
    sorter.choose(chosen)
    from perfkit_analyzers.result_document import Asked, result_document

    source = "option" if role else "pics" if known_role else "logs" if chosen else None
    document = result_document(
        campaign, reading, Asked(pics, pics_info, chosen, source, max_skipped_share), join, began
    )
    stated = link.stated_in(document, chosen) if link else document
    return Analysis(stated, document.skipped.share > max_skipped_share)


def _prepare_the_document() -> None:
    """Import what only the document needs, and have Python remember what system this is, which starts a process."""
    import platform

    import perfkit_analyzers.result_document  # noqa: F401 - it takes as long as reading ten megabytes

    platform.platform()


def _link(network: Sequence[Path], paths: Sequence[str], pics: Pics) -> Link | None:
    if not network:
        return None
    from perfkit_analyzers.link.link import Link

    return Link(network, paths, pics.policy)


def _no_log(paths: Sequence[str], reading: Reading) -> InputError:
    count = len(reading.ignored)
    looked = f"{count} file{'s were' if count > 1 else ' was'} looked at" if count else "no file was found"
    named = ", ".join(map(str, paths))
    return InputError(f"{named}: no OCTT log ({looked}); name a log, or a folder or archive with logs")


def _dut(pics: Pics, role: Role | None) -> Dut:
    is_mode_1_2 = pics.dut.product_subtype is ProductSubtype.MODE_1_2_ONLY
    return Dut(role, pics.dut.connectors, is_mode_1_2)


class _RecordSorter:
    """Hands rows on at once when the role is known, else keeps them until it is chosen."""

    def __init__(self, role: Role | None, sink: RecordSink | None) -> None:
        self._role = role
        self._sink = sink
        self._held: list[tuple[Role | None, Record]] = []

    def take(self, role: Role | None, record: Record) -> None:
        if self._role is None:
            self._held.append((role, record))
        elif self._sink is not None:
            self._sink(role, record)

    def choose(self, role: Role | None) -> None:
        if self._sink is not None:
            for held_role, record in self._held:
                if held_role is role:
                    self._sink(held_role, record)
        self._held.clear()


def _commonest_role(campaign: CampaignTotals) -> Role | None:
    """Role of most runs; the charging station in a tie, None when no run tells."""
    return (
        max(Role, key=lambda r: campaign.by_role[r].runs)
        if len(campaign.by_role) > 1
        else next(iter(campaign.by_role), None)
    )
