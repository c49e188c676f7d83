"""The checklist of `perfkit verify` as text; rich is imported when something is rendered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from perfkit.core.verification_record import Check, Difference, SignatureInfo, State, VerificationDocument
from perfkit.report.console_blocks import bullets, facts, heading, indented, text
from perfkit.report.console_page import page

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN_DIFFERENCES = 10
MARKS = {State.OK: "OK", State.FAILED: "FAILED", State.UNDECIDED: "UNDECIDED", State.NOT_CHECKED: "not checked"}
_STYLES = {State.OK: "green", State.FAILED: "bold red", State.UNDECIDED: "bold yellow", State.NOT_CHECKED: "yellow"}


def render(document: VerificationDocument, *, width: int, colour: bool, full: bool = False) -> str:
    """The checklist in at most `width` columns; `full` with every difference that the document holds."""
    return page(_blocks(document, full=full), width=width, colour=colour)


def _blocks(document: VerificationDocument, *, full: bool) -> Iterable[RenderableType]:
    yield text(f"Verification of {document.path}", "bold")
    yield facts(_origin(document))
    yield heading("Checks")
    yield _checklist(document.checks, full=full)
    if document.signatures:
        yield heading("Signatures")
        for signature in document.signatures:
            yield facts(_signature(signature))
    yield ""
    yield text(verdict(document), _verdict_style(document))


def _checklist(checks: Iterable[Check], *, full: bool) -> RenderableType:
    from rich.console import Group
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    for check in checks:
        shown = check.differences if full else check.differences[:SHOWN_DIFFERENCES]
        lines: list[RenderableType] = [text(f"{check.subject}: {_sentence(check)}")]
        if shown:
            lines.append(bullets([difference_text(difference) for difference in shown]))
        if check.count > len(shown):
            lines.append(text(f"  ... and {check.count - len(shown):,} more", "dim"))
        table.add_row(text(MARKS[check.state], _STYLES[check.state]), Group(*lines))
    return indented(table)


def _origin(document: VerificationDocument) -> Iterable[tuple[str, str]]:
    dossier = document.dossier
    yield "packed", f"{dossier.packed_on or 'on an unknown day'} by {dossier.packed_by or 'an unknown program'}"
    if dossier.result_version is not None:
        yield "computed", f"by perfkit {dossier.result_version}; recomputed by perfkit {document.tool.version}"
    if dossier.identifiers:
        yield "reports", ", ".join(dossier.identifiers)
    yield "holds", f"{dossier.files:,} files, {dossier.bytes:,} bytes"


def _sentence(check: Check) -> str:
    return f"because {check.sentence}" if check.state is State.NOT_CHECKED else check.sentence


def difference_text(difference: Difference) -> str:
    """One difference in one line.

    Examples:
        >>> difference_text(Difference("/a/max_s", "max_s", "0.6", "0.7"))
        '/a/max_s (max_s): 0.7 in the dossier, 0.6 computed'
        >>> difference_text(Difference("data/x.log", "is missing"))
        'data/x.log: is missing'
    """
    if difference.expected is None and difference.found is None:
        return f"{difference.where}: {difference.what}"
    found = "not" if difference.found is None else difference.found
    expected = "not" if difference.expected is None else difference.expected
    return f"{difference.where} ({difference.what}): {found} in the dossier, {expected} computed"


def _signature(signature: SignatureInfo) -> Iterable[tuple[str, str]]:
    yield "signer", f"{signature.signer}, in {signature.file}"
    yield "certificate", f"issued by {signature.issuer}, valid {signature.valid_from} to {signature.valid_until}"
    yield "fingerprint", f"SHA-256 {signature.certificate_sha256}"
    yield "signed", f"{signature.signed_at or 'at an unknown time'}, by the signer's own clock"


def verdict(document: VerificationDocument) -> str:
    """What the checks amount to, in one sentence."""
    states = [check.state for check in document.checks]
    failures, undecided = states.count(State.FAILED), states.count(State.UNDECIDED)
    if failures:
        return f"ALTERED: {failures} of {len(states)} checks failed."
    if undecided:
        return "UNDECIDED: figures differ, and another version of perfkit computed them."
    left = states.count(State.NOT_CHECKED)
    rest = f"; {left} of {len(states)} could not be made" if left else ""
    if not document.complete:
        rest += ", some for want of a library (see above)"
    return f"UNALTERED by every check that was made{rest}."


def _verdict_style(document: VerificationDocument) -> str:
    if not document.unaltered:
        return "bold red"
    return "bold green" if document.complete else "bold yellow"
