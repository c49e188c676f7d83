"""How one row came about: raw lines, arithmetic, every rule that was applied (`perfkit analyze --explain`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from perfkit.core.analysis_record import AnalysisDocument, ParameterResult, RunInfo
from perfkit.core.sample import Flag, RowKind
from perfkit.report.link_wording import clock_text as clock_text_of_runs
from perfkit.report.link_wording import link_lines
from perfkit.report.printable import printable
from perfkit.report.rules import rules_of
from perfkit.report.samples import SampleRow, exact_seconds
from perfkit.report.wording import NOTHING, counted

_INDENT = "  "
_LABEL_COLUMNS = 14


def render(sample: SampleRow, document: AnalysisDocument, raw_lines: Mapping[int, str]) -> str:
    """The row as text. `raw_lines` holds the lines of its file by number; what is missing there is said."""
    parameter = next(entry for entry in document.parameters if entry.key == sample.row.parameter)
    run = _run_of(sample, document)
    sections = (
        (f"Row {sample.number}: {parameter.name}, {sample.row.combination}", _fate(sample, document)),
        (f"Definition ({parameter.clause})", [parameter.definition]),
        (f"Lines of {sample.file}", _lines(sample, raw_lines)),
        ("Arithmetic", _arithmetic(sample, run)),
        ("Link during the interval (docs/method.md 12)", _link(sample, document, run)),
        ("Rules (docs/method.md)", _rules(sample, document)),
        ("Run", _run(sample, run)),
        ("Counts in", _contribution(sample, parameter)),
    )
    text = []
    for title, lines in sections:
        shown = list(lines)
        text += [printable(title), *(_INDENT + printable(line) for line in shown), ""] if shown else []
    return "\n".join(text)


def _labelled(label: str, content: str) -> str:
    return f"{label:<{_LABEL_COLUMNS}}{content}"


def _run_of(sample: SampleRow, document: AnalysisDocument) -> RunInfo | None:
    line = sample.row.request_line
    return next(
        (run for run in document.runs if run.file == sample.file and run.first_line <= line <= run.last_line), None
    )


def _fate(sample: SampleRow, document: AnalysisDocument) -> Iterator[str]:
    """What became of it, in one line."""
    row = sample.row
    if row.kind is RowKind.EXCLUSION and row.reason is not None:
        yield f"excluded, {row.reason}: {row.reason.sentence}"
    elif row.kind is RowKind.CENSORED:
        why = row.reason.sentence if row.reason else "no answer came"
        yield f"more than {exact_seconds(row.value_ns or 0)} s, a lower bound: {why}"
    else:
        yield f"{exact_seconds(row.value_ns or 0)} s"
    if document.basis != "OCPP 1.6":
        yield "by analogy: no official parameter exists for OCPP 2.x"


def _lines(sample: SampleRow, raw_lines: Mapping[int, str]) -> Iterator[str]:
    """Each end of the interval with its number and its text."""
    row = sample.row
    places = [("request", row.request_line)]
    if row.from_line != row.request_line:
        places.append(("start", row.from_line))
    if row.to_line is not None and row.to_line not in {row.request_line, row.from_line}:
        places.append(("decided by" if row.kind is RowKind.EXCLUSION else "end", row.to_line))
    for label, number in places:
        yield _labelled(label, f"{sample.file}:{number}")
        yield _INDENT + raw_lines.get(number, "(the line cannot be read any more)")


def _arithmetic(sample: SampleRow, run: RunInfo | None) -> Iterator[str]:
    """Stamps of the log's own clock and their differences."""
    row = sample.row
    dated = run is not None and run.date_source is not None
    if row.stamp_ns is not None:
        yield _labelled("request", clock_text(row.stamp_ns, dated=dated))
    if row.value_ns is None:
        yield "no value: the row is excluded"
        return
    since_request_ns = row.value_ns if row.from_request_ns is None else row.from_request_ns
    start_name = "request"
    if row.stamp_ns is not None:
        end_ns = row.stamp_ns + since_request_ns
        if row.value_ns != since_request_ns:
            start_name = "start"
            yield _labelled("start", clock_text(end_ns - row.value_ns, dated=dated))
        yield _labelled("end", clock_text(end_ns, dated=dated))
    relation = ">=" if row.kind is RowKind.CENSORED else "="
    yield _labelled("value", f"end - {start_name} {relation} {exact_seconds(row.value_ns)} s")
    extras = (
        ("from request", row.from_request_ns, "end - request"),
        ("first member", row.first_ns, "the first of several connectors"),
        ("net", row.net_ns, "without the tool's own answers in between"),
    )
    for label, value_ns, meaning in extras:
        if value_ns is not None:
            yield _labelled(label, f"{exact_seconds(value_ns)} s ({meaning})")


def _link(sample: SampleRow, document: AnalysisDocument, run: RunInfo | None) -> Iterator[str]:
    """How the link was; nothing where no record of it was given."""
    if sample.row.link is None:
        return
    for label, sentence in link_lines(sample.row.link):
        yield _labelled(label, sentence)
    if run is not None and document.network is not None:
        for place in run.clocks:
            yield _labelled("log clock", clock_text_of_runs(document.network.clocks[place]))


def clock_text(stamp_ns: int, *, dated: bool) -> str:
    """A stamp on the log's own clock, to what it resolves.

    Examples:
        >>> clock_text(86_400_000_000_000 + 1_500_000_000, dated=True), clock_text(3_600_000_000_000, dated=False)
        ('1970-01-02 00:00:01.500', '01:00:00.000')
    """
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=stamp_ns // 1000)
    finer = "microseconds" if stamp_ns % 1_000_000 else "milliseconds"
    day, _, time = moment.replace(tzinfo=None).isoformat(timespec=finer).partition("T")
    return f"{day} {time}" if dated else time


def _rules(sample: SampleRow, document: AnalysisDocument) -> Iterator[str]:
    """Rule ids with their sentences: of the parameter, the flags, the reason."""
    row = sample.row
    for rule, sentence in rules_of(row.parameter, document.policy.values):
        yield _labelled(rule, sentence)
    for flag in sample.flags:
        yield _labelled(flag.rule, f"{flag}: {flag.sentence}")
    if row.kind is RowKind.CENSORED and row.reason is None:
        yield _labelled("P5", "without an answer the wait is a lower bound")
    if row.reason is not None:
        yield _labelled(row.reason.rule, f"{row.reason}: {row.reason.sentence}")
    for switch in document.policy.differences:
        yield _labelled("policy", f"{switch.switch}: {switch.value} (default {switch.default})")


def _run(sample: SampleRow, run: RunInfo | None) -> Iterator[str]:
    title = f" {run.title}" if run is not None and run.title else ""
    yield _labelled("test case", f"{sample.test_case or 'not named'}{title}")
    yield _labelled("verdict", sample.verdict or "none")
    yield _labelled("phase", sample.row.phase or NOTHING)
    if sample.row.station is not None:
        yield _labelled("station", sample.row.station)
    if run is not None:
        yield _labelled("lines", f"{run.first_line}-{run.last_line}")


def _contribution(sample: SampleRow, parameter: ParameterResult) -> Iterator[str]:
    """What the row is part of."""
    row = sample.row
    if row.kind is RowKind.EXCLUSION:
        count = _excluded(sample, parameter)
        yield f"nothing; excluded as {row.reason}: {counted(count, 'request')} of this parameter"
        return
    if sample.in_headline:
        yield f"the headline of {parameter.name} and its combination {row.combination}"
    elif Flag.VERDICT in sample.flags:
        yield "nothing: set aside because of the run's verdict (policy verdicts)"
    else:
        yield f"its combination {row.combination}, which is shown apart from the headline"
    if parameter.measured_at is not None and parameter.measured_at.row == sample.number:
        yield f"it is the headline: {parameter.headline}"
    for combination in parameter.combinations:
        if combination.max_at is not None and combination.max_at.row == sample.number:
            yield f"it is the largest value of {combination.name}"


def _excluded(sample: SampleRow, parameter: ParameterResult) -> int:
    return next((group.count for group in parameter.exclusions if group.reason is sample.row.reason), 1)
