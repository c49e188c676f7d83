"""The sample campaign: reproducible, readable by an independent check, and expected.json agrees with the text.

The last test compares perfkit with expected.json, which the generator computes from its scenario without perfkit.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import median

import msgspec
import pytest

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_logs"
WRITTEN = ("charging_station", "csms", "legacy", "network", "expected.json")
CURRENT = ("charging_station", "csms")  # folders of logs in the layout of the current tool
# What `perfkit analyze` is given for each folder: the station's PICS leaves out the runs of the CSMS by their role.
ANALYZED = {
    "charging_station": ("perf.yaml", SAMPLES),
    "csms": ("perf-csms.yaml", SAMPLES / "csms"),
    "legacy": ("perf-csms.yaml", SAMPLES / "legacy"),
}

BODY = re.compile(r"^\[(?:\d{4}-\d{2}-\d{2}T)?(\d{2}):(\d{2}):(\d{2})[:.](\d{3})\] \[([A-Za-z_-]+)\](?: {1,2}(.*))?$")
HEADER = re.compile(r"^(?:[A-Z][A-Za-z ()]+?\s*:\s?.*|-{20,}|)$")
LEGACY = re.compile(r"^15-Jun-2026 (\d{2}):(\d{2}):(\d{2})   INFO  - \[TC_CS_V16_003_REGULAR\] (.+)$")
DAY_MS = 86_400_000


class Row(msgspec.Struct):
    """A row of expected.json."""

    test_case: str
    file: str
    request_line: int
    from_line: int
    to_line: int | None
    kind: str
    combination: str | None
    value_ms: int | None
    reason: str | None
    flags: list[str]
    in_headline: bool
    net_ms: int | None
    first_ms: int | None


class Combination(msgspec.Struct):
    """Observations of one combination; the headline leaves out failed runs and separate rows."""

    name: str
    count: int
    headline_count: int
    max_ms: int
    headline_max_ms: int | None


class Exclusion(msgspec.Struct):
    """How many candidates one reason excludes."""

    reason: str
    count: int


class Summary(msgspec.Struct):
    """Figures of a parameter."""

    count: int
    min_ms: int | None
    median_ms: float | None
    mean_ms: float | None
    p95_ms: int | None
    max_ms: int | None
    outside_headline: int
    unanswered: int
    exclusions: list[Exclusion]
    combinations: list[Combination]


class Parameter(msgspec.Struct):
    """A parameter of expected.json."""

    summary: Summary
    rows: list[Row]


class Broken(msgspec.Struct):
    """A line that nobody can read."""

    file: str
    line: int


class Campaign(msgspec.Struct):
    """Everything expected for one role."""

    runs: int
    files: list[str]
    skipped: list[Broken]
    parameters: dict[str, Parameter]


EXPECTED = msgspec.json.decode((SAMPLES / "expected.json").read_bytes(), type=dict[str, Campaign])
EVERY_PARAMETER = [
    pytest.param(role, parameter, id=f"{role}-{key}")
    for role, campaign in EXPECTED.items()
    for key, parameter in campaign.parameters.items()
]


def lines_of(role: str, file: str) -> list[str]:
    return (SAMPLES / role / file).read_text(encoding="utf-8").split("\n")


def stamp_ms(line: str) -> int:
    match = BODY.match(line) or LEGACY.match(line)
    assert match is not None, line
    hour, minute, second = (int(part) for part in match.groups()[:3])
    milli = int(match[4]) if match.re is BODY else 0
    return ((hour * 60 + minute) * 60 + second) * 1000 + milli


def frame_of(line: str) -> list[object] | None:
    """The OCPP-J frame of a line; None where it holds none."""
    body, old = BODY.match(line), LEGACY.match(line)
    text = body[6] if body and body[5].startswith("msg-") else old[4] if old else ""
    frame = json.loads(text) if re.match(r"\[\d", text) else None
    return frame if isinstance(frame, list) else None


def test_the_generator_reproduces_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    command = [sys.executable, str(SAMPLES / "generate.py"), str(tmp_path)]
    subprocess.run(command, check=True, timeout=50, cwd=tmp_path)
    fresh = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    committed = {
        path.relative_to(SAMPLES): path.read_bytes()
        for top in WRITTEN
        for path in [SAMPLES / top, *(SAMPLES / top).rglob("*")]
        if path.is_file()
    }
    assert sorted(fresh) == sorted(committed)
    assert [path for path in fresh if fresh[path] != committed[path]] == []


def test_the_generator_shares_nothing_with_perfkit() -> None:
    sources = [*(SAMPLES / "generator").glob("*.py"), SAMPLES / "generate.py"]
    imports = [line for path in sources for line in path.read_text("utf-8").splitlines() if "import" in line.split()]
    assert any("generator" in line for line in imports)
    assert [line for line in imports if "perfkit" in line] == []


def test_the_samples_stay_small() -> None:
    sizes = [path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()]
    assert len(sizes) > 50
    assert sum(sizes) < 900_000


@pytest.mark.parametrize("role", CURRENT)
def test_every_line_is_of_the_layout_or_is_listed_as_broken(role: str) -> None:
    campaign = EXPECTED[role]
    assert campaign.files == sorted(path.name for path in (SAMPLES / role).iterdir())
    broken = []
    runs = 0
    for file in campaign.files:
        for number, line in enumerate(lines_of(role, file), 1):
            body = BODY.match(line)
            runs += body is not None and body[5] == "started_testcase"
            is_cut = body is not None and body[5].startswith("msg-") and not body[6].endswith("]")
            if is_cut or (body is None and not HEADER.match(line)):
                broken.append(Broken(file, number))
    assert broken == campaign.skipped
    assert runs == campaign.runs


@pytest.mark.parametrize("role", CURRENT)
def test_every_frame_is_one_call_or_one_answer_after_its_marker(role: str) -> None:
    cut = {(item.file, item.line) for item in EXPECTED[role].skipped}
    frames = 0
    for file in EXPECTED[role].files:
        lines = lines_of(role, file)
        for number, line in enumerate(lines, 1):
            body = BODY.match(line)
            if body is None or not body[5].startswith("msg-") or (file, number) in cut:
                continue
            frame = json.loads(body[6])
            frames += 1
            marker = BODY.match(lines[number - 2])
            assert marker is not None
            assert (marker[5], stamp_ms(line)) == (
                "REQUEST" if frame[0] == 2 else "RESPONSE",
                stamp_ms(lines[number - 2]),
            )
            assert len(frame) == {2: 4, 3: 3, 4: 5}[frame[0]]
    assert frames == {"charging_station": 618, "csms": 60}[role]


def test_the_legacy_log_has_whole_seconds_and_no_directions() -> None:
    campaign = EXPECTED["legacy"]
    assert campaign.files == ["TC_CS_V16_003_REGULAR.log"]
    *lines, end = lines_of("legacy", campaign.files[0])
    assert end == ""
    assert [line for line in lines if not LEGACY.match(line)] == []
    frames = [frame for line in lines if (frame := frame_of(line))]
    assert [frame[0] for frame in frames] == [2, 3] * 6
    sent_s = [int(str(frame[1])) / 1000 % 86400 for frame in frames[::2]]
    assert [stamp_ms(line) / 1000 - 7200 for line in lines if " [2, " in line] == sent_s


@pytest.mark.parametrize(("role", "parameter"), EVERY_PARAMETER)
def test_every_value_is_the_difference_of_the_two_stamps_it_names(role: str, parameter: Parameter) -> None:
    assert parameter.rows
    for row in parameter.rows:
        lines = lines_of(role, row.file)
        request = frame_of(lines[row.request_line - 1])
        assert request is not None
        assert request[0] == 2
        assert row.request_line <= row.from_line
        if row.kind != "exclusion":
            assert row.to_line is not None
            difference_ms = stamp_ms(lines[row.to_line - 1]) - stamp_ms(lines[row.from_line - 1])
            assert row.value_ms == difference_ms % DAY_MS, row
        if row.kind == "observation" and role in CURRENT:
            assert "[msg-out]" in lines[row.request_line - 1]
            assert "[msg-in]" in lines[(row.to_line or 0) - 1]


@pytest.mark.parametrize(("role", "parameter"), EVERY_PARAMETER)
def test_the_summary_is_that_of_the_rows(role: str, parameter: Parameter) -> None:
    del role
    summary, rows = parameter.summary, parameter.rows
    values = sorted(row.value_ms for row in rows if row.kind == "observation" and row.in_headline and row.value_ms)
    assert (summary.count, summary.min_ms, summary.max_ms) == (len(values), values[0], values[-1])
    assert summary.median_ms == median(values)
    assert summary.mean_ms == pytest.approx(sum(values) / len(values), abs=1e-6)
    at_or_below = [sum(other <= value for other in values) / len(values) for value in values]
    assert summary.p95_ms == min(value for value, share in zip(values, at_or_below, strict=True) if share >= 0.95)
    assert summary.unanswered == sum(row.kind == "censored" for row in rows)
    reasons = Counter(row.reason for row in rows if row.kind == "exclusion")
    assert {item.reason: item.count for item in summary.exclusions} == dict(reasons)
    assert len(rows) == summary.count + summary.outside_headline + summary.unanswered + reasons.total()


def test_every_call_of_the_tool_has_exactly_one_response_row() -> None:
    for role, campaign in EXPECTED.items():
        called = Counter(
            (file, number)
            for file in campaign.files
            for number, line in enumerate(lines_of(role, file), 1)
            if re.search(r"\] +\[2, ", line)  # the tool writes a blank after the comma, the others do not
        )
        rows = campaign.parameters["response_timeout"].rows
        assert Counter((row.file, row.request_line) for row in rows) == called


def test_the_campaign_holds_the_traps_of_the_measurement_rules() -> None:
    station = EXPECTED["charging_station"].parameters
    reasons = {row.reason for parameter in station.values() for row in parameter.rows if row.reason}
    assert reasons == {
        *("CLOCK_STEP", "HANDSHAKE", "NO_RESP_DISCONNECT"),
        *("NOOP", "NOT_IMPLEMENTED", "NO_STATUS", "REBOOT", "REJECTED", "SCHEDULED", "UNAVAILABLE"),
        *("CONNECTION_TIMEOUT", "FAULTED", "QUEUED", "WAIT_PLUG", "OPERATOR", "OTHER_REASON"),
    }
    flags = {flag for parameter in station.values() for row in parameter.rows for flag in row.flags}
    assert flags == {"CALL_ERROR", "ORDER_ANOMALY", "TARGET_ALT", "VERDICT"}
    # The one unanswered call must not set the headline.
    response = station["response_timeout"]
    assert [row.value_ms for row in response.rows if row.kind == "censored"] == [35]
    assert response.summary.max_ms == 862


def numbered(text: str) -> int | None:
    return int(text) if text else None


def milliseconds(text: str) -> float | None:
    return round(float(text) * 1000, 6) if text else None


def analyzed(role: str, folder: Path) -> tuple[dict[str, object], list[dict[str, str]]]:
    """The JSON document and the samples that `perfkit analyze` writes for a role."""
    pics, logs = ANALYZED[role]
    samples = folder / "samples.csv"
    command = [sys.executable, "-m", "perfkit", "analyze", str(logs), "--pics", str(SAMPLES / pics)]
    done = subprocess.run(
        [*command, "--json", "--samples", str(samples)],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    with samples.open(encoding="utf-8", newline="") as stream:
        return json.loads(done.stdout), list(csv.DictReader(stream))


def combinations(entries: list[dict[str, object]]) -> dict[str, tuple[int, float]]:
    """Count and maximum in milliseconds by name; separate ones (firmware, diagnostics) with their own."""
    return {str(e["name"]): (int(str(e["count"])), round(float(str(e["max_s"])) * 1000, 6)) for e in entries}


def comparable(sample: dict[str, str], row: Row) -> tuple[object, ...]:
    """What both sides state; the last line of values only: what decides an exclusion is a matter of view."""
    return (
        sample["kind"],
        milliseconds(sample["value_s"]),
        sample["reason"] if row.kind == "exclusion" else None,
        sorted(sample["flags"].split()),
        sample["combination"] if row.combination else None,
        numbered(sample["from_line"]),
        numbered(sample["to_line"]) if row.kind == "observation" else None,
        milliseconds(sample["first_s"]),
        milliseconds(sample["net_s"]) if sample["net_s"] != sample["value_s"] else None,
        sample["in_headline"] == "true" if row.kind != "exclusion" else False,
        sample["test_case"],
    )


def stated(row: Row) -> tuple[object, ...]:
    return (
        row.kind,
        row.value_ms,
        row.reason,
        row.flags,
        row.combination,
        row.from_line,
        row.to_line if row.kind == "observation" else None,
        row.first_ms,
        row.net_ms,
        row.in_headline,
        row.test_case,
    )


@pytest.mark.skipif(
    importlib.util.find_spec("perfkit.cli.analyze") is None, reason="perfkit analyze does not exist yet"
)
@pytest.mark.parametrize("role", sorted(EXPECTED))
def test_perfkit_measures_what_the_generator_expects(role: str, tmp_path: Path) -> None:
    document, samples = analyzed(role, tmp_path)
    got = {(sample["parameter"], Path(sample["file"]).name, sample["request_line"]): sample for sample in samples}
    assert len(got) == len(samples)
    parameters = document["parameters"]
    assert isinstance(parameters, list)
    measured = {item["key"]: item for item in parameters if item["applicable"]}
    assert sorted(measured) == sorted(EXPECTED[role].parameters)
    for key, parameter in EXPECTED[role].parameters.items():
        wanted = {(key, row.file, str(row.request_line)): row for row in parameter.rows}
        assert sorted(place for place in got if place[0] == key) == sorted(wanted)
        differences = {
            place: (comparable(got[place], row), stated(row))
            for place, row in wanted.items()
            if comparable(got[place], row) != stated(row)
        }
        assert differences == {}
        summary, item = parameter.summary, measured[key]
        assert (item["count"], item["unanswered"]) == (summary.count, summary.unanswered)
        for name in ("min", "median", "mean", "p95", "max"):
            assert item[f"{name}_s"] * 1000 == pytest.approx(getattr(summary, f"{name}_ms"), abs=1e-3), (key, name)
        excluded = {entry["reason"]: entry["count"] for entry in item["exclusions"]}
        assert excluded == {entry.reason: entry.count for entry in summary.exclusions}
        assert combinations(item["combinations"]) == {
            entry.name: (entry.headline_count or entry.count, entry.headline_max_ms or entry.max_ms)
            for entry in summary.combinations
        }
