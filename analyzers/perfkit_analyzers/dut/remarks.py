"""What must be said of the DUT beside its figures: changes in the course of testing, contradictions to the PICS."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.configuration_record import ConfigurationInfo, IdentityInfo, PayloadTimes, Severity
from perfkit.core.pics.model import Pics

_PAYLOAD_CLAUSE = "A, Support for milliseconds in OCPP messages"


def dut_remarks(who: IdentityInfo, keys: ConfigurationInfo, times: PayloadTimes, pics: Pics) -> Iterator[str]:
    """One sentence each, the gravest first."""
    for change in who.changes:
        alarm = "ALARM: " if change.full_retest else ""
        yield (
            f"{alarm}{change.field} of the DUT changed from {change.before} to {change.after} in "
            f"{change.place.test_case or 'a run without test case'} ({change.place.file}:{change.place.line}): "
            f"{change.explanation}"
        )
    for compared in who.comparisons:
        if compared.agrees is False:
            seen = " and ".join(compared.seen)
            yield f"the PICS states {compared.field} {compared.stated}, and the DUT says that it is {seen} (A)"
    if (sentence := milliseconds_remark(times, claimed=pics.dut.milliseconds)) is not None:
        yield f"{sentence} ({_PAYLOAD_CLAUSE})"
    faults = sum(finding.severity is Severity.FAULT for finding in keys.findings)
    if faults:
        often = "once" if faults == 1 else f"{faults} times"
        yield f"the configuration of the DUT contradicts the standard, the PICS or itself {often} (4.2; --full)"


def milliseconds_remark(times: PayloadTimes, *, claimed: bool | None) -> str | None:
    """Where what the PICS says of milliseconds is not what the messages show; None if it is, or nothing tells."""
    if not times.count:
        return None
    if claimed is True and not times.with_fraction:
        place = f" (first: {times.first_without.file}:{times.first_without.line})" if times.first_without else ""
        return f"the PICS claims milliseconds, and none of {times.count} time stamps of the DUT has them{place}"
    if claimed is False and times.with_fraction:
        return (
            f"the PICS says that the DUT sends no milliseconds, and {times.with_fraction} of {times.count} time stamps "
            "have them"
        )
    return None
