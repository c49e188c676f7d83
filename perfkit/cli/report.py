"""`perfkit report`: what a laboratory attaches to a certificate, from the results of a campaign.

Exit codes: 0 written; 2 the command, the laboratory file or what is there already forbids it; 3 an input cannot be
read. What the figures are does not matter here: `perfkit analyze` says it with its own exit codes.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.cli.sign_option import add_sign_arguments, read_key
from perfkit.core.decision_rule import DecisionRule
from perfkit.core.errors import UsageError
from perfkit.report.formats import FORMAT_NAMES

if TYPE_CHECKING:
    from perfkit.cli.report_folder import ReportFolder
    from perfkit.cli.report_sources import Sources
    from perfkit.core.analysis_record import AnalysisDocument
    from perfkit.report.content.model import ReportContent
    from perfkit.report.inputs import Attachment, Read, ReportInputs
    from perfkit.signing.key import SigningKey

EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
EXIT_CODES = """\
exit codes:
  0  written (whatever the figures are; the exit code of `perfkit analyze` judges them)
  2  the command or the laboratory file is invalid, or the report is already issued
  3  an input cannot be read
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `perfkit report`."""
    parser.epilog = EXIT_CODES
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="campaign folder, or result documents (one report each)"
    )
    parser.add_argument(
        "--format",
        type=_formats,
        default=("html",),
        metavar="LIST",
        help=f"any of {','.join(FORMAT_NAMES)} (default: html)",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to; each report gets a folder of its own there")
    inputs = parser.add_argument_group("inputs")
    inputs.add_argument("--campaign", type=Path, metavar="DIR", help="results, network, lab.yaml and reports in DIR")
    inputs.add_argument("--lab", type=Path, metavar="FILE", help="the laboratory file (perfkit schema lab)")
    inputs.add_argument(
        "--network", type=Path, nargs="+", metavar="FILE", help="documents of `perfkit network`, records of `monitor`"
    )
    inputs.add_argument("--coverage", type=Path, metavar="FILE", help="document of `perfkit coverage`")
    inputs.add_argument("--samples", type=Path, metavar="FILE", help="samples.csv (default: the one beside the result)")
    issue = parser.add_argument_group("the issue")
    issue.add_argument(
        "--decision-rule",
        choices=[rule.value for rule in DecisionRule],
        help="state conformity by this rule of ILAC-G8 (default: what the laboratory file says, else none)",
    )
    issue.add_argument("--amends", metavar="ID", help="the issued report that this one replaces; needs --reason")
    issue.add_argument("--reason", metavar="TEXT", help="why it is replaced")
    issue.add_argument(
        "--time", type=_moment, metavar="TIME", help=f"time of issue, ISO 8601 (default: ${EPOCH_VARIABLE}, else now)"
    )
    add_sign_arguments(parser)


def _formats(text: str) -> tuple[str, ...]:
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMAT_NAMES]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"{text!r}: the formats are {', '.join(FORMAT_NAMES)}")
    return tuple(name for name in FORMAT_NAMES if name in names)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time like 2026-06-12T09:00:00+02:00") from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)


def run(arguments: argparse.Namespace) -> int:
    """Read everything, write the reports, print their paths; 0."""
    _refuse_contradictions(arguments)
    from perfkit.cli.report_sources import find_sources

    sources = find_sources(arguments)
    parent = arguments.out or sources.reports
    if parent is None:
        raise UsageError("name the folder for the report with --out DIR")
    key = read_key(arguments)
    analyses: list[Read[AnalysisDocument] | None] = [*sources.analyses] or [None]
    if len(analyses) > 1 and arguments.amends is not None:
        raise UsageError("--amends is about one report; name one result")
    for analysis in analyses:
        inputs = _inputs(arguments, sources, analysis)
        for path in _issue(arguments, inputs, parent, key=key):
            print(path)
    return 0


def _refuse_contradictions(arguments: argparse.Namespace) -> None:
    if (arguments.amends is None) != (arguments.reason is None):
        raise UsageError("an amendment needs both --amends ID and --reason TEXT")
    if arguments.reason is not None and not (arguments.reason.strip() and arguments.amends.strip()):
        raise UsageError("--amends and --reason must not be empty")
    if arguments.sign is not None and "pdf" not in arguments.format:
        raise UsageError("--sign signs the PDF; add pdf to --format")


def _issued_at(arguments: argparse.Namespace) -> datetime:
    if arguments.time is not None:
        moment: datetime = arguments.time
        return moment
    epoch = os.environ.get(EPOCH_VARIABLE)
    if not epoch:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{EPOCH_VARIABLE}={epoch!r} is not a number of seconds since 1970") from None


def _inputs(arguments: argparse.Namespace, sources: Sources, analysis: Read[AnalysisDocument] | None) -> ReportInputs:
    """Everything for one report; says on stderr which logs are not at hand."""
    from perfkit.cli.report_fonts import found_fonts
    from perfkit.cli.report_logo import read_logo
    from perfkit.cli.report_logs import raw_material
    from perfkit.cli.report_sources import lab_document, pics_of, samples_of
    from perfkit.core.lab.load import read_lab
    from perfkit.core.lab.model import Lab
    from perfkit.report.content.model import Amendment
    from perfkit.report.content.rows import traced_rows
    from perfkit.report.inputs import ReportInputs

    lab = Lab() if sources.lab is None else read_lab(sources.lab)
    rule = DecisionRule(arguments.decision_rule) if arguments.decision_rule else lab.decision_rule.rule
    inputs = ReportInputs(
        issued=_issued_at(arguments),
        analysis=analysis,
        network=tuple(sources.network),
        coverage=sources.coverage[0] if sources.coverage else None,
        monitor=tuple(sources.monitor),
        lab=lab,
        lab_document=None if sources.lab is None else lab_document(sources.lab),
        decision_rule=rule,
        amendment=None if arguments.amends is None else Amendment(arguments.amends.strip(), arguments.reason.strip()),
    )
    if sources.lab is not None:
        inputs = replace(inputs, fonts=found_fonts(sources.lab, lab.laboratory.fonts))
    if sources.lab is not None and lab.laboratory.logo:
        inputs = replace(inputs, logo=read_logo(sources.lab, lab.laboratory.logo, lab.laboratory.name))
    if analysis is None:
        return inputs
    samples = samples_of(analysis, arguments.samples)
    material = raw_material(
        analysis.document, traced_rows(analysis.document, samples.document if samples else None), sources.folders
    )
    for absent in material.absent:
        print(f"perfkit: {absent} is not there or has changed; its lines are not in the report", file=sys.stderr)
    return replace(
        inputs,
        samples=samples,
        pics=pics_of(analysis, sources),
        raw_lines=material.raw_lines,
        sequences=material.sequences,
    )


def _issue(arguments: argparse.Namespace, inputs: ReportInputs, parent: Path, *, key: SigningKey | None) -> list[Path]:
    """Render and write; the paths of the files written.

    Raises:
        UsageError: the report is already issued with another content, or in these formats.
    """
    from perfkit.cli.report_folder import ReportFolder
    from perfkit.report.content.build import build_content
    from perfkit.report.content.identification import report_id
    from perfkit.report.table import FORMATS

    folder = ReportFolder(parent, report_id(inputs))
    issued = folder.issued()
    if issued is not None:
        inputs = replace(inputs, issued=datetime.fromisoformat(issued.issued))
    content = build_content(inputs)
    if content.amendment is not None and content.id == content.amendment.amends:
        raise UsageError(f"an amendment needs an identification of its own, not {content.id}; change report.id")
    _refuse_issued(folder, content, issued, arguments.format)
    files = {FORMATS[name].suffix: data for name, data in _rendered(arguments.format, content, inputs).items()}
    if key is not None:
        from perfkit.signing.sign import sign_pdf

        files[FORMATS["pdf"].suffix] = sign_pdf(files[FORMATS["pdf"].suffix], key, signed_at=inputs.issued)
    if issued is None:
        folder.issue(content, files)
    else:
        folder.add(files)
    return [folder.file(suffix) for suffix in files]


def _refuse_issued(
    folder: ReportFolder, content: ReportContent, issued: ReportContent | None, names: tuple[str, ...]
) -> None:
    """An issued report may only get further formats of the very same content."""
    from perfkit.report.table import FORMATS

    if issued is None:
        return
    advice = f"an issued report is not overwritten; amend it with --amends {content.id} --reason TEXT"
    if issued != content:
        raise UsageError(f"report {content.id} is issued in {folder.path} with another content; {advice}")
    there = [name for name in names if folder.has(FORMATS[name].suffix)]
    if there:
        raise UsageError(f"report {content.id} is issued in {folder.path} as {', '.join(there)}; {advice}")


def _rendered(names: tuple[str, ...], content: ReportContent, inputs: ReportInputs) -> dict[str, bytes]:
    """The formats by name; what another embeds is rendered before it."""
    from perfkit.report.table import FORMATS, renderer

    embedded = {FORMATS[name].embeds for name in names} - {None}
    done: dict[str, bytes] = {}
    attachments = _documents(inputs)
    for name in FORMATS:
        if name not in names and name not in embedded:
            continue
        if sys.stderr.isatty():
            print(f"perfkit: writing {name} ...", file=sys.stderr)
        beside = [*attachments, _notebook(done[FORMATS[name].embeds or ""])] if FORMATS[name].embeds else attachments
        done[name] = renderer(name)(content, replace(inputs, attachments=tuple(beside)))
    return {name: done[name] for name in names}


def _documents(inputs: ReportInputs) -> list[Attachment]:
    """The documents as attachments. One that holds a secret is attached without it."""
    from perfkit.core.clean_document import document_without_secrets
    from perfkit.report.inputs import Attachment

    reads = [inputs.analysis, *inputs.network, inputs.coverage]
    attachments: list[Attachment] = []
    for read in reads:
        if read is None:
            continue
        content = document_without_secrets(read.content)
        taken = {attachment.name for attachment in attachments}
        name = read.path.name if read.path.name not in taken else f"{read.id}-{read.path.name}"
        attachments.append(Attachment(name, "application/json", content, f"document {read.id}", "source"))
    return attachments


def _notebook(content: bytes) -> Attachment:
    from perfkit.report.inputs import Attachment

    return Attachment("notebook.ipynb", "application/x-ipynb+json", content, "executed notebook", "supplement")
