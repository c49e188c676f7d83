"""The configuration keys of the DUT, which the test procedure wants in the report (4.2), and what is odd about them."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.configuration_record import ConfigurationInfo, ConfigurationKey, Severity
from perfkit.report.content.blocks import cell, columns, paragraph
from perfkit.report.content.model import Block, Cell, Section, Table, Tone
from perfkit.report.wording import NOTHING, counted

HIDDEN = "not shown (secret)"
EMPTY = "(empty)"


def configuration_section(document: AnalysisDocument) -> Section | None:
    """Keys with their last known values; None where nothing was collected."""
    info = document.configuration
    if info.reason is not None and not info.keys:
        return None
    return Section("configuration", "", "Configuration of the DUT", tuple(_blocks(info)))


def _blocks(info: ConfigurationInfo) -> Iterator[Block]:
    read = info.complete_read
    if read is None:
        yield paragraph("All keys were never read at once, so no key can be said to be missing.", Tone.CAUTION)
    else:
        yield paragraph(f"All keys were read at {read.file}:{read.line}; later changes are taken into account.")
    for key, caption, keys in (
        ("keys", "Standard keys", info.keys),
        ("vendor-keys", "Keys of the vendor", info.vendor_keys),
    ):
        if keys:
            yield _table(f"configuration-{key}", caption, keys)
    if info.unknown_keys:
        yield paragraph(f"Keys that the DUT does not know: {', '.join(info.unknown_keys)}.")
    if info.optional_functionalities:
        yield _optional(info)
    if info.findings:
        yield _findings(info)


def _table(key: str, caption: str, keys: list[ConfigurationKey]) -> Table:
    return Table(
        key=key,
        caption=f"{caption} ({counted(len(keys), 'key')})",
        columns=columns("Key", "Value", "Access", "Profile", ">Changes", "Known from"),
        rows=tuple(_row(entry) for entry in keys),
        wide=True,
    )


def _row(entry: ConfigurationKey) -> tuple[Cell, ...]:
    access = entry.access or NOTHING
    if entry.read_only is not None:
        access = "read only" if entry.read_only else "read and write"
    return (
        cell(entry.key),
        _value(entry),
        cell(access),
        cell(entry.profile or NOTHING),
        cell(str(entry.accepted_changes)),
        cell(f"{entry.place.file}:{entry.place.line}", Tone.MUTED),
    )


def _value(entry: ConfigurationKey) -> Cell:
    """The value as the DUT gave it; none and an empty one are told apart."""
    if entry.is_secret:
        return cell(HIDDEN, Tone.MUTED)
    if entry.value is None:
        return cell(NOTHING, Tone.MUTED)
    return cell(entry.value) if entry.value else cell(EMPTY, Tone.MUTED)


def _optional(info: ConfigurationInfo) -> Table:
    words = {True: "implemented", False: "not implemented"}
    return Table(
        key="optional-functionalities",
        caption="Optional functionalities (test procedure 7.1.4)",
        columns=columns("Key", "Profile", "Implemented", "Value if read only", "Meaning"),
        rows=tuple(
            (
                cell(entry.key),
                cell(entry.profile),
                cell("not known" if entry.implemented is None else words[entry.implemented]),
                cell(entry.read_only_value or NOTHING),
                cell(entry.description, Tone.MUTED),
            )
            for entry in info.optional_functionalities
        ),
        wide=True,
    )


def _findings(info: ConfigurationInfo) -> Table:
    return Table(
        key="configuration-findings",
        caption="What is odd about the configuration",
        columns=columns("Kind", "Key", "Finding", "Clause", "Where"),
        rows=tuple(
            (
                cell(entry.severity, Tone.ALARM if entry.severity is Severity.FAULT else Tone.CAUTION),
                cell(entry.key or NOTHING),
                cell(entry.message),
                cell(entry.clause),
                cell(NOTHING if entry.place is None else f"{entry.place.file}:{entry.place.line}", Tone.MUTED),
            )
            for entry in info.findings
        ),
    )
