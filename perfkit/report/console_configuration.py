"""Who the DUT says it is, and its configuration keys, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.configuration_record import ConfigurationInfo, ConfigurationKey, Severity
from perfkit.report.console_blocks import bullets, heading, indented, plain_table, text
from perfkit.report.wording import NOTHING, counted

if TYPE_CHECKING:
    from rich.console import RenderableType


def dut_facts(document: AnalysisDocument) -> Iterator[tuple[str, str]]:
    """One line on the identity and one on the configuration; nothing where the logs tell nothing."""
    identity, configuration = document.identity, document.configuration
    if identity.seen:
        last = identity.seen[-1]
        said = " ".join(part for part in (last.vendor, last.model, last.serial, last.firmware) if part)
        boots = counted(sum(seen.boots for seen in identity.seen), "BootNotification")
        yield "DUT", f"{said} by {boots}{_agreement(document)}"
    if configuration.reason is None:
        yield "keys", _keys_in_short(configuration)


def _agreement(document: AnalysisDocument) -> str:
    compared = [one for one in document.identity.comparisons if one.agrees is not None]
    if not compared:
        return ""
    differing = [one.field for one in compared if not one.agrees]
    return f"; not as in the PICS: {', '.join(differing)}" if differing else "; as in the PICS"


def _keys_in_short(configuration: ConfigurationInfo) -> str:
    severities = Counter(finding.severity for finding in configuration.findings)
    parts = [counted(len(configuration.keys), "key")]
    if configuration.vendor_keys:
        parts.append(f"{len(configuration.vendor_keys)} of the vendor")
    parts += [counted(severities[severity], severity.value) for severity in Severity if severities[severity]]
    return f"{', '.join(parts)}{'; --full lists them' if configuration.keys or configuration.findings else ''}"


def configuration_blocks(configuration: ConfigurationInfo) -> Iterable[RenderableType]:
    """Every key with its last known value, and every finding."""
    if configuration.reason is not None:
        return
    yield heading("Configuration of the DUT")
    yield indented(_keys(configuration.keys))
    if configuration.vendor_keys:
        yield heading("Keys of the vendor")
        yield indented(_keys(configuration.vendor_keys))
    if configuration.unknown_keys:
        yield heading("Keys that the DUT does not know")
        yield indented(text(", ".join(configuration.unknown_keys)))
    if configuration.findings:
        yield heading("Findings on the configuration")
        yield bullets(
            f"{finding.severity.value}: {finding.message} [{finding.clause}]"
            + (f" ({finding.place.file}:{finding.place.line})" if finding.place else "")
            for finding in configuration.findings
        )


def _keys(keys: Sequence[ConfigurationKey]) -> RenderableType:
    table = plain_table("Key", "Value", "Access", ">read", ">changed", "Where")
    for key in keys:
        access = {True: "read-only", False: "settable", None: NOTHING}[key.read_only]
        table.add_row(
            text(key.key),
            text(NOTHING if key.value is None else key.value),
            text(access),
            text(str(key.reads)),
            text(f"{key.accepted_changes} of {key.changes}" if key.changes else NOTHING),
            text(f"{key.place.file}:{key.place.line}"),
        )
    return table
