"""What must be said of the DUT beside its figures: changes in the course of testing, contradictions to the PICS."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.configuration_record import ConfigurationInfo, IdentityInfo, PayloadTimes, Severity
from perfkit.core.pics.model import Pics
from perfkit.core.plan.findings import MILLISECONDS_CLAUSE, milliseconds_remark


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
        yield f"{sentence} ({MILLISECONDS_CLAUSE})"
    faults = sum(finding.severity is Severity.FAULT for finding in keys.findings)
    if faults:
        often = "once" if faults == 1 else f"{faults} times"
        yield f"the configuration of the DUT contradicts the standard, the PICS or itself {often} (4.2)"
