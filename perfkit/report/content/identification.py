"""The identification of a report: unique for what it is made from and the day of its issue."""

from __future__ import annotations

import hashlib

from perfkit.report.inputs import ReportInputs

PREFIX = "PK"
DIGEST_CHARACTERS = 8


def report_id(inputs: ReportInputs) -> str:
    """The laboratory's own identification, else `PK-20261122-1a2b3c4d`: day of issue and digest of all inputs.

    The digest covers the documents, the records of the link, the laboratory file, the decision rule and the
    amendment: a report with another content has another identification, and the same content on the same day the same.
    """
    if inputs.lab.report.id:
        return inputs.lab.report.id
    digest = hashlib.sha256()
    for part in _parts(inputs):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return f"{PREFIX}-{inputs.issued:%Y%m%d}-{digest.hexdigest()[:DIGEST_CHARACTERS]}"


def _parts(inputs: ReportInputs) -> list[bytes]:
    parts = [read.content for read in (inputs.analysis, inputs.samples, inputs.coverage) if read is not None]
    parts += [read.content for read in inputs.network]
    parts += [path.read_bytes() for path in inputs.monitor]
    parts.append(repr(inputs.lab).encode())
    parts.append(inputs.logo.data if inputs.logo is not None else b"")
    parts.append(inputs.decision_rule.encode())
    if inputs.amendment is not None:
        parts += [inputs.amendment.amends.encode(), inputs.amendment.reason.encode()]
    return parts
