"""The checks of the issued reports: content, page, paper, and what is embedded and signed there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.clean_document import document_without_secrets
from perfkit.core.errors import InputError
from perfkit.core.verification_record import Check, Difference, SignatureInfo, failed, not_checked, passed
from perfkit.dossier.report_figures import CONTENT, Documents, Line, lines_of, read_content
from perfkit.dossier.report_text import PdfContent, html_differences, missing_rows, other_pages, pdf_content
from perfkit.dossier.signatures import integrity_check, signature_info, signer_check
from perfkit.signing import library

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

EMBEDDED_RESULT = "result.json"
INSTALL = "install it with pip install 'perfkit[report,sign]'"


@dataclass(frozen=True, slots=True)
class ReportChecks:
    """What was found in one report."""

    checks: list[Check]
    signatures: list[SignatureInfo]


def check_reports(
    campaign: CampaignFolder, digests: dict[str, Path], trusted: Sequence[Certificate] | None
) -> Iterator[ReportChecks]:
    """The checks of every report in reports/; `digests` are the files of the dossier by their SHA-256."""
    folders = sorted(path for path in campaign.reports.glob("*") if path.is_dir()) if campaign.reports.is_dir() else []
    for folder in folders:
        yield _Report(campaign, folder, digests, trusted).checked()
    if not folders:
        yield ReportChecks([not_checked("report", "reports/", "the dossier holds no report")], [])


class _Report:
    """One folder of reports/."""

    def __init__(
        self,
        campaign: CampaignFolder,
        folder: Path,
        digests: dict[str, Path],
        trusted: Sequence[Certificate] | None,
    ) -> None:
        self._folder = folder
        self._name = folder.relative_to(campaign.root).as_posix()
        self._result = campaign.result
        self._digests = digests
        self._trusted = trusted
        self._signatures: list[SignatureInfo] = []

    def checked(self) -> ReportChecks:
        """All checks of the report."""
        name = f"{self._name}/{CONTENT}"
        try:
            content = read_content(self._folder / CONTENT, name)
        except InputError as error:
            return ReportChecks([failed("content", name, str(error), [Difference(name, str(error))])], [])
        documents = Documents(content, self._digests)
        lines = list(lines_of(content))
        checks = [self._content(documents, name)]
        for path in sorted(self._folder.iterdir()):
            if path.suffix == ".html":
                checks.append(self._html(path, content.id, lines))
            elif path.suffix == ".pdf":
                checks += self._pdf(path, [line for line in lines if line.on_paper], documents)
        return ReportChecks(checks, self._signatures)

    def _subject(self, path: Path) -> str:
        return f"{self._name}/{path.name}"

    def _content(self, documents: Documents, name: str) -> Check:
        missing = list(documents.missing())
        if missing:
            return failed("content", name, "it was made from documents that are not those of the dossier", missing)
        count, differing = documents.compared()
        if differing:
            return failed("content", name, "figures that are not those of the results", differing)
        return passed("content", name, f"all {count:,} figures are those of the documents that it was made from")

    def _html(self, path: Path, report_id: str, lines: list[Line]) -> Check:
        differing = html_differences(path.read_text(encoding="utf-8", errors="replace"), report_id, lines)
        if differing:
            return failed("html", self._subject(path), "identification or figures not those of report.json", differing)
        count = sum(len(line.figures) for line in lines)
        return passed("html", self._subject(path), f"all {count:,} figures are those of report.json")

    def _pdf(self, path: Path, lines: list[Line], documents: Documents) -> Iterator[Check]:
        subject = self._subject(path)
        data = path.read_bytes()
        try:
            pdf = pdf_content(data, subject)
        except ImportError:
            reason = f"pypdf, which reads PDF, is not installed; {INSTALL}"
            yield not_checked("pdf", subject, reason, missing_extra=True)
        except InputError as error:
            yield failed("pdf", subject, str(error), [Difference(subject, str(error))])
        else:
            yield self._printed(subject, pdf, documents.content.id, lines)
            yield self._embedded(subject, pdf.attachments, documents)
        yield from self._signed(subject, data)

    def _printed(self, subject: str, pdf: PdfContent, report_id: str, lines: list[Line]) -> Check:
        others = other_pages(pdf.pages, report_id)
        if others:
            return failed("pdf", subject, "pages that do not bear the identification of the report", others)
        missing = missing_rows(pdf.text, lines)
        if missing:
            return failed("pdf", subject, "rows of report.json that are not printed so", missing)
        count = sum(len(line.figures) for line in lines)
        return passed("pdf", subject, f"all {count:,} figures that belong on paper are printed as in report.json")

    def _embedded(self, subject: str, attachments: dict[str, bytes], documents: Documents) -> Check:
        """The embedded result is the one that the report was made from, without secrets at most."""
        key, what = "embedded", f"{subject}, embedded {EMBEDDED_RESULT}"
        embedded = attachments.get(EMBEDDED_RESULT)
        stated = next((info.sha256 for info in documents.content.documents if info.id == "analysis"), None)
        if embedded is None or stated is None:
            return not_checked(key, what, "the PDF embeds no result")
        path = self._digests.get(stated, self._result)
        original = path.read_bytes() if path.is_file() else b""
        if embedded == original:
            return passed(key, what, "byte for byte the result of the dossier")
        if embedded == document_without_secrets(original):
            return passed(key, what, "the result of the dossier, without its secrets")
        difference = Difference(
            subject,
            "embedded SHA-256, and that of the result",
            hashlib.sha256(original).hexdigest(),
            hashlib.sha256(embedded).hexdigest(),
        )
        return failed(key, what, "not the result of the dossier", [difference])

    def _signed(self, subject: str, data: bytes) -> Iterator[Check]:
        if not library.is_installed():
            reason = f"pyHanko, which checks signatures, is not installed; {INSTALL}"
            yield not_checked("signature", subject, reason, missing_extra=True)
            return
        from perfkit.signing.check import check_signatures

        try:
            found = check_signatures(data, subject, self._trusted)
        except InputError as error:
            yield failed("signature", subject, str(error), [Difference(subject, str(error))])
            return
        if not found:
            yield not_checked("signature", subject, "it is not signed")
        for one in found:
            self._signatures.append(signature_info(subject, one))
            yield integrity_check(subject, one)
            yield signer_check(subject, one)
