"""Verifies a dossier: every check in its order, none of which stops the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import ToolInfo
from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.errors import InputError
from perfkit.core.verification_record import (
    SCHEMA,
    Check,
    Difference,
    DossierInfo,
    SignatureInfo,
    State,
    VerificationDocument,
    failed,
    not_checked,
)
from perfkit.core.version import VERSION
from perfkit.dossier import bag, hashes
from perfkit.dossier.coverage_check import COVERAGE, check_coverage
from perfkit.dossier.opened import OpenedDossier, open_dossier
from perfkit.dossier.recomputation import RESULT, SAMPLES, OtherVersionError, StoredResult, check_result, read_result
from perfkit.dossier.reports import check_reports

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for: certificates to trust (PEM or DER files)."""

    trust: list[Path] = field(default_factory=list)


def verify(path: Path, options: Options | None = None) -> VerificationDocument:
    """The checklist over the dossier at a path: a ZIP, or the folder that came out of it.

    Raises:
        UsageError: a certificate to trust cannot be read.
        InputError: there is no dossier, or nothing of it can be read.
    """
    trusted = _trusted(options or Options())
    with open_dossier(path) as dossier:
        campaign = CampaignFolder((dossier.root / "data").absolute())
        stored, checks = _stored_result(campaign)
        reports = list(check_reports(campaign, hashes.by_digest(dossier), trusted))
        checks = [
            hashes.check_container(dossier),
            hashes.check_tag_files(dossier),
            hashes.check_payload(dossier),
            *checks,
            *(check_result(campaign, stored) if stored else ()),
            *([check_coverage(campaign)] if f"{bag.PAYLOAD}{COVERAGE}" in dossier.files else []),
            *(check for report in reports for check in report.checks),
        ]
        return _document(path, dossier, stored, checks, [one for report in reports for one in report.signatures])


def _trusted(options: Options) -> list[Certificate] | None:
    if not options.trust:
        return None
    from perfkit.signing.check import read_trusted

    return read_trusted(options.trust)


def _stored_result(campaign: CampaignFolder) -> tuple[StoredResult | None, list[Check]]:
    try:
        return read_result(campaign), []
    except InputError as error:
        sentence = str(error)
        is_other = isinstance(error, OtherVersionError)
        figures = failed("figures", RESULT, sentence, [Difference(RESULT, sentence)], undecided=is_other)
        return None, [figures, not_checked("samples", SAMPLES, "there is no result that they belong to")]


def _document(
    path: Path,
    dossier: OpenedDossier,
    stored: StoredResult | None,
    checks: list[Check],
    signatures: list[SignatureInfo],
) -> VerificationDocument:
    info = hashes.info_of(dossier)
    return VerificationDocument(
        schema=SCHEMA,
        tool=ToolInfo("perfkit", VERSION),
        path=str(path),
        dossier=DossierInfo(
            container=dossier.container,
            identifiers=info.get("External-Identifier", []),
            packed_by=next(iter(info.get("Bag-Software-Agent", [])), None),
            packed_on=next(iter(info.get("Bagging-Date", [])), None),
            result_version=stored.version if stored else None,
            files=len(dossier.files),
            bytes=sum(file.stat().st_size for file in dossier.files.values()),
        ),
        checks=checks,
        signatures=signatures,
        unaltered=all(check.state not in {State.FAILED, State.UNDECIDED} for check in checks),
        complete=not any(check.missing_extra for check in checks),
    )


def checks_of(document: VerificationDocument, state: State) -> Iterator[Check]:
    """The checks that came to this."""
    return (check for check in document.checks if check.state is state)
