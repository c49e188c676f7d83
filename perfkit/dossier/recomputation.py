"""Recomputes the result from the raw logs of a dossier, as `perfkit analyze` did, and compares figure by figure."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from perfkit.core.analysis_record import AnalysisDocument, PicsInfo
from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.errors import InputError, PerfkitError
from perfkit.core.pics.load import read_pics_and_digest
from perfkit.core.pics.model import Pics
from perfkit.core.policy import Policy
from perfkit.core.verification_record import Check, Difference, failed, not_checked, passed
from perfkit.core.version import VERSION
from perfkit.dossier import comparison
from perfkit.report.samples import COLUMNS, LINK_COLUMNS, CsvSamples
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.message import Role

if TYPE_CHECKING:
    from perfkit_analyzers.totals import Record

RESULT = "results/result.json"
SAMPLES = "results/samples.csv"
MAX_RESULT_BYTES = 1 << 30
_CLOCK_SWITCHES = ("log_clock", "log_clock_offset_s", "log_clock_tolerance_s")
# When and where it was computed; where the files lay then. Everything else has to be the same.
PROVENANCE = ("/provenance", "/tool/version", "/pics/path")


@dataclass(frozen=True, slots=True)
class StoredResult:
    """The result document of the dossier: as it stands there, and decoded."""

    content: bytes
    plain: dict[str, object]
    document: AnalysisDocument

    @property
    def version(self) -> str:
        """The perfkit that computed it, by its own statement."""
        return self.document.tool.version


class OtherVersionError(InputError):
    """A result that another version wrote, in another form."""


def read_result(campaign: CampaignFolder) -> StoredResult:
    """The result document in results/.

    Raises:
        OtherVersionError: another version of perfkit wrote it, in another form.
        InputError: it is missing, no JSON, or not a document of `perfkit analyze`.
    """
    path = campaign.result
    if not path.is_file():
        raise InputError(f"{RESULT} is missing or damaged")
    if path.stat().st_size > MAX_RESULT_BYTES:
        raise InputError(f"{RESULT} is larger than any result ({MAX_RESULT_BYTES >> 30} GiB)")
    content = path.read_bytes()
    plain: object = None
    try:
        plain = json.loads(content)
        document = msgspec.convert(plain, AnalysisDocument)
    except (ValueError, RecursionError) as error:  # msgspec.ValidationError is a ValueError
        what = " ".join(str(error).split())
        other = _other_version(plain)
        if other is not None:
            raise OtherVersionError(
                f"perfkit {other} computed {RESULT}, in a form that this perfkit {VERSION} does not read ({what}); "
                f"verify with perfkit {other}"
            ) from None
        raise InputError(f"{RESULT} is no result document: {what}") from None
    return StoredResult(content, cast("dict[str, object]", plain), document)


def _other_version(plain: object) -> str | None:
    """The version that a document of perfkit says it is of, where it is not this one."""
    tool = plain.get("tool") if isinstance(plain, dict) else None
    version = tool.get("version") if isinstance(tool, dict) else None
    return version if isinstance(version, str) and version != VERSION else None


def check_result(campaign: CampaignFolder, stored: StoredResult) -> Iterator[Check]:
    """The checks of result.json and samples.csv against what the raw logs give now."""
    with tempfile.TemporaryFile() as samples:
        columns = COLUMNS if stored.document.network is None else (*COLUMNS, *LINK_COLUMNS)
        writer = CsvSamples(samples, columns)
        try:
            document = _recomputed(campaign, stored.document, writer)
        except PerfkitError as error:
            sentence = f"the raw data do not give a result any more: {_local(str(error), campaign)}"
            yield failed("figures", RESULT, sentence, [Difference(RESULT, sentence)])
            yield not_checked("samples", SAMPLES, "nothing could be recomputed")
            return
        writer.finish()
        moved = _Moved.between(campaign, document, stored.document)
        yield _figures(document, stored, moved)
        samples.seek(0)
        text = (line.decode() for line in samples)
        yield _samples(campaign, text, moved, stored.version)


def _recomputed(campaign: CampaignFolder, original: AnalysisDocument, writer: CsvSamples) -> AnalysisDocument:
    """The document that the raw data give, with the options that the original states."""
    pics, pics_info = _pics(campaign, original)

    def take(_: Role | None, record: Record) -> None:
        writer.write(record)

    analysis = analyze(
        [str(campaign.logs)],
        pics=pics,
        pics_info=pics_info,
        role=Role(original.dut.type) if original.dut.type_source == "option" and original.dut.type else None,
        sink=take,
        max_skipped_share=original.skipped.threshold,
        network=_network(campaign, original),
    )
    return analysis.document


def _network(campaign: CampaignFolder, original: AnalysisDocument) -> list[Path]:
    """The records of the link that the original was joined with."""
    if original.network is None:
        return []
    here = campaign.network_files()
    stated = [info.path for info in original.network.monitors] + [info.path for info in original.network.checks]
    found = [next((path for path in here if _same_end(name, path, campaign)), None) for name in stated]
    missing = next((name for name, path in zip(stated, found, strict=True) if path is None), None)
    if missing is not None:
        raise InputError(f"{missing} is missing, a record of the link with which the result was computed")
    return [path for path in found if path is not None]


def _same_end(stated: str, path: Path, campaign: CampaignFolder) -> bool:
    relative = path.relative_to(campaign.root).as_posix()
    return stated == relative or stated.endswith(f"/{relative}")


def _pics(campaign: CampaignFolder, original: AnalysisDocument) -> tuple[Pics | None, PicsInfo | None]:
    if original.pics is None:
        return _with_clock(Pics(), original), None
    if not campaign.pics.is_file():
        raise InputError("pics.yaml is missing, with which the result was computed")
    pics, sha256 = read_pics_and_digest(campaign.pics)
    return _with_clock(pics, original), PicsInfo(str(campaign.pics), sha256)


def _with_clock(pics: Pics, original: AnalysisDocument) -> Pics:
    """The PICS with the log's clock as the original states it: options of `perfkit analyze` may have set it."""
    written, stated = pics.policy.as_written(), original.policy.values
    changed = {key: stated[key] for key in _CLOCK_SWITCHES if key in stated and stated[key] != written.get(key)}
    if not changed:
        return pics
    values = {key: None if value == "null" else value for key, value in changed.items()}
    try:
        policy = msgspec.convert({**msgspec.structs.asdict(pics.policy), **values}, Policy, strict=False)
    except msgspec.ValidationError as error:
        raise InputError(f"{RESULT} states a log clock that is none ({error})") from None
    return msgspec.structs.replace(pics, policy=policy)


def _local(text: str, campaign: CampaignFolder) -> str:
    """Names within the dossier instead of those in a temporary folder."""
    return text.replace(f"{campaign.root.as_posix()}/", "")


@dataclass(frozen=True, slots=True)
class _Moved:
    """Rewrites the paths of a text as they were where the original was computed."""

    here: str
    there: str

    @classmethod
    def between(cls, campaign: CampaignFolder, now: AnalysisDocument, original: AnalysisDocument) -> _Moved:
        """From what stands before the path of an input in both documents."""
        here = f"{campaign.root.as_posix()}/"
        names = [info.path.removeprefix(here) for info in now.inputs]
        stated = [info.path for info in original.inputs]
        there = next((path[: -len(name)] for name in names for path in stated if path.endswith(f"/{name}")), "")
        return cls(here, there)

    def text(self, text: str) -> str:
        """The text with the paths of there; also inside JSON strings, whose escapes differ for odd names only."""
        return text.replace(self.here, self.there)


def _figures(document: AnalysisDocument, stored: StoredResult, moved: _Moved) -> Check:
    expected = json.loads(moved.text(json.dumps(msgspec.to_builtins(document), ensure_ascii=False)))
    differing = list(comparison.differences(expected, stored.plain, leave_out=PROVENANCE))
    if not differing:
        figures = _count_figures(stored.plain)
        sentence = f"recomputed from the raw data: all {figures:,} figures, and every other statement, are the same"
        return passed("figures", RESULT, sentence)
    return _altered("figures", RESULT, "values", differing, stored.version)


def _altered(key: str, subject: str, what: str, differing: list[Difference], version: str) -> Check:
    """Figures that differ: altered, or of another method where another version computed them."""
    count = f"{what} that differ from what the raw data give: {len(differing):,}"
    if version == VERSION:
        return failed(key, subject, count, differing)
    sentence = (
        f"{count}; but perfkit {version} computed the result and this is perfkit {VERSION}, whose method may differ: "
        f"verify with perfkit {version} to tell that from an alteration"
    )
    return failed(key, subject, sentence, differing, undecided=True)


def _count_figures(value: object) -> int:
    if isinstance(value, list):
        return sum(_count_figures(item) for item in value)
    if isinstance(value, dict):
        return sum(_count_figures(item) for item in cast("dict[str, object]", value).values())
    return isinstance(value, int | float) and not isinstance(value, bool)


def _samples(campaign: CampaignFolder, recomputed: Iterator[str], moved: _Moved, version: str) -> Check:
    if not campaign.samples.is_file():
        return not_checked("samples", SAMPLES, "the dossier holds no samples.csv")
    with campaign.samples.open(encoding="utf-8", errors="replace", newline="") as stored:
        expected = csv.reader(moved.text(line) for line in recomputed)
        differing, rows = _rows_compared(expected, _readable(csv.reader(stored)))
    if differing:
        return _altered("samples", SAMPLES, "fields", differing, version)
    return passed("samples", SAMPLES, f"recomputed from the raw data: all {rows:,} rows are the same")


def _rows_compared(expected: Iterator[list[str]], found: Iterator[list[str]]) -> tuple[list[Difference], int]:
    """What differs, and how many rows were compared."""
    header, stated = next(expected, []), next(found, [])
    if stated != header:
        return [Difference(f"{SAMPLES}:1", "the columns", ",".join(header), ",".join(stated))], 0
    differing: list[Difference] = []
    number = 1
    for number, (one, other) in enumerate(zip_longest(expected, found), 2):
        differing.extend(_fields_compared(f"{SAMPLES}:{number}", header, one, other))
    return differing, number - 1


def _fields_compared(
    place: str, header: list[str], expected: list[str] | None, found: list[str] | None
) -> Iterator[Difference]:
    if expected is None or found is None or len(expected) != len(found):
        yield Difference(place, "the row", *(",".join(row) if row is not None else None for row in (expected, found)))
        return
    for name, one, other in zip(header, expected, found, strict=False):
        if one != other:
            yield Difference(place, name, one, other)


def _readable(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows up to one that is no CSV."""
    try:
        yield from rows
    except csv.Error:
        return
