from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

import msgspec
import pypdf
import pytest

from perfkit.cli import report
from perfkit.cli.main import main
from perfkit.cli.report_folder import ReportFolder
from perfkit.core.errors import UsageError
from perfkit.core.version import VERSION
from perfkit.report.formats import FORMAT_NAMES
from perfkit.report.result_json import result_json
from perfkit.report.table import FORMATS, renderer
from tests.perfkit.report import network_documents
from tests.perfkit.report.documents import DOCUMENT
from tests.perfkit.report.fonts import font_of
from tests.perfkit.report.report_inputs import inputs_of

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "sample_logs"
LOGS = ("hd22_duo_TC_001_CS", "hd22_duo_TC_013_CS", "hd22_duo_TC_012_CS")
TIME = "2026-06-12T11:00:00+02:00"
SECRET = "a1b2c3d4e5f60718"  # noqa: S105 - invented, and looked for in every output


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A campaign folder with three logs, analysed; the current folder is the one above."""
    folder = tmp_path / "camp"
    (folder / "logs").mkdir(parents=True)
    (folder / "network").mkdir()
    for name in LOGS:
        (source,) = (SAMPLES / "charging_station").glob(f"{name}*")
        shutil.copy(source, folder / "logs")
    shutil.copy(SAMPLES / "perf.yaml", folder / "pics.yaml")
    (folder / "lab.yaml").write_text("laboratory: {name: Example Lab}\ncustomer: {name: Heliodyn}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    analyse()
    capsys.readouterr()
    return folder


def analyse() -> None:
    assert main(["analyze", "--campaign", "camp", "--quiet"]) in {0, 4}


def run(*words: str) -> int:
    return main(["report", *words])


def issued(folder: Path) -> Path:
    (found,) = (path for path in folder.iterdir() if not path.name.startswith("."))
    return found


def refused(capsys: pytest.CaptureFixture[str], *words: str, code: int = 2) -> str:
    capsys.readouterr()
    assert run(*words) == code
    caught = capsys.readouterr()
    assert caught.out == ""
    return caught.err


def test_a_campaign_becomes_a_report_in_its_own_folder(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("camp", "--format", "md,html", "--time", TIME) == 0

    folder = issued(campaign / "reports")
    names = [f"{folder.name}{suffix}" for suffix in (".html", ".md")]
    assert capsys.readouterr().out.splitlines() == [f"camp/reports/{folder.name}/{name}" for name in names]
    assert sorted(path.name for path in folder.iterdir()) == [*sorted(names), "report.json"]
    assert folder.name.startswith("PK-20260612-")
    text = (folder / names[1]).read_text()
    assert "| Laboratory | Example Lab |" in text
    assert "line 42, request: `" in text  # the log's own line
    assert json.loads((folder / "report.json").read_text())["schema"] == "perfkit.report/1"


def test_the_figures_are_those_of_the_result(campaign: Path) -> None:
    run("camp", "--format", "md", "--time", TIME)
    parameters = json.loads((campaign / "results" / "result.json").read_text())["parameters"]
    text = next(issued(campaign / "reports").glob("*.md")).read_text()
    (response,) = (entry for entry in parameters if entry["key"] == "response_timeout")

    row = f"| 0.021 | {response['count']} | {response['median_s']:.3f} | {response['p95_s']:.3f} | {response['max_s']:.3f} |"
    assert row in text


def test_the_same_inputs_and_time_give_the_same_bytes(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("camp", "--format", "md", "--out", "one", "--time", TIME)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1781254800")
    run("camp", "--format", "md", "--out", "two")
    one, two = (issued(Path(name)) for name in ("one", "two"))

    assert one.name == two.name
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in two.iterdir()
    }


def test_an_issued_report_is_never_overwritten(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("camp", "--format", "md", "--time", TIME)
    folder = issued(campaign / "reports")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    error = refused(capsys, "camp", "--format", "md", "--time", TIME)

    assert error == (
        f"perfkit: error: report {folder.name} is issued in camp/reports/{folder.name} as md; an issued report is not "
        f"overwritten; amend it with --amends {folder.name} --reason TEXT\n"
    )
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_report_with_the_laboratorys_own_number_is_not_overwritten_by_another_content(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (campaign / "lab.yaml").write_text("report: {id: EX/2026 7}\n")
    run("camp", "--format", "md", "--time", TIME)
    folder = issued(campaign / "reports")
    error = refused(capsys, "camp", "--format", "md", "--time", TIME, "--decision-rule", "simple")

    assert folder.name == "EX-2026-7"
    assert "report EX/2026 7 is issued in camp/reports/EX-2026-7 with another content" in error


def test_a_further_format_of_the_same_content_keeps_the_time_of_issue(campaign: Path) -> None:
    (campaign / "lab.yaml").write_text("report: {id: EX-7}\n")
    run("camp", "--format", "md", "--time", TIME)
    folder = issued(campaign / "reports")
    markdown = (folder / "EX-7.md").read_bytes()

    assert run("camp", "--format", "html", "--time", "2027-01-01T00:00:00Z") == 0
    assert (folder / "EX-7.md").read_bytes() == markdown
    assert "12 June 2026" in (folder / "EX-7.html").read_text()


def test_a_further_format_on_a_disk_without_second_names(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")  # as Linux says of FAT and exFAT

    (campaign / "lab.yaml").write_text("report: {id: EX-7}\n")
    run("camp", "--format", "md", "--time", TIME)
    monkeypatch.setattr(os, "link", refuse)

    assert run("camp", "--format", "html") == 0
    folder = campaign / "reports" / "EX-7"
    assert "12 June 2026" in (folder / "EX-7.html").read_text()
    with pytest.raises(UsageError, match=r"EX-7\.html exists and is not overwritten"):
        ReportFolder(campaign / "reports", "EX-7").add({".html": b"another"})
    assert sorted(path.name for path in folder.iterdir()) == ["EX-7.html", "EX-7.md", "report.json"]


def test_an_amendment_names_what_it_replaces_and_why(campaign: Path) -> None:
    run("camp", "--format", "md", "--time", TIME)
    first = issued(campaign / "reports").name

    assert run("camp", "--format", "md", "--time", TIME, "--amends", first, "--reason", "wrong | customer") == 0
    (second,) = (path for path in (campaign / "reports").iterdir() if path.name != first)
    text = next(second.glob("*.md")).read_text()
    assert f"This report amends and replaces report {first}. Reason: wrong \\| customer" in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--amends", "PK-1"], "an amendment needs both --amends ID and --reason TEXT"),
        (["--reason", "x"], "an amendment needs both"),
        (["--amends", "PK-1", "--reason", " "], "--amends and --reason must not be empty"),
        (["--sign", "key.p12"], "--sign signs the PDF; add pdf to --format"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    campaign: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert sentence in refused(capsys, "camp", *words)
    assert not (campaign / "reports").exists()


def test_an_amendment_needs_a_number_of_its_own(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (campaign / "lab.yaml").write_text("report: {id: EX-7}\n")

    error = refused(capsys, "camp", "--format", "md", "--amends", "EX-7", "--reason", "x")
    assert "an amendment needs an identification of its own, not EX-7; change report.id" in error


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--format", "docx"], "'docx': the formats are html, md, ipynb, pdf"),
        (["--format", ","], "the formats are"),
        (["--time", "yesterday"], "'yesterday' is not a time like"),
    ],
)
def test_a_value_that_is_none_is_refused(
    campaign: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert sentence in refused(capsys, "camp", *words)


def test_a_damaged_epoch_is_refused(
    campaign: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")

    assert "SOURCE_DATE_EPOCH='soon' is not a number of seconds" in refused(capsys, "camp", "--format", "md")


def test_everything_wrong_in_the_laboratory_file_is_said(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (campaign / "lab.yaml").write_text("laboratory: {nam: x}\ntest: {from: soon}\n")
    error = refused(capsys, "camp", "--format", "md")

    assert "camp/lab.yaml:1:14: unknown key 'laboratory.nam'; did you mean 'name'?" in error
    assert "camp/lab.yaml:2:14: test.from: expected a date" in error


def test_a_result_alone_is_enough_and_a_folder_must_be_named(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(campaign / "results" / "result.json", "result.json")
    error = refused(capsys, "result.json")

    assert "name the folder for the report with --out DIR" in error
    assert run("result.json", "--format", "md", "--out", "out", "--time", TIME) == 0
    assert "samples.csv, the list of all observations, was not at hand" in next(Path("out").glob("*/*.md")).read_text()


def test_every_result_gets_its_report(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", str(SAMPLES / "csms"), "--pics", str(SAMPLES / "perf-csms.yaml"), "--out", "second", "--quiet"])

    assert run("camp", "second/result.json", "--format", "md", "--out", "out", "--time", TIME) == 0
    assert len(list(Path("out").iterdir())) == 2
    assert "name it once" in refused(capsys, "camp", "camp/results/result.json", "--out", "out")


def test_samples_of_another_result_are_refused(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = campaign / "results" / "samples.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], *lines[2:]]) + "\n")

    error = refused(capsys, "camp", "--format", "md", code=3)
    assert "camp/results/samples.csv does not belong to camp/results/result.json" in error
    assert not (campaign / "reports").exists()


def test_a_log_that_has_changed_gives_no_lines(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (log,) = (campaign / "logs").glob("*TC_001*")
    log.write_text(log.read_text().replace("GetConfiguration", "GetKonfiguration"))
    assert run("camp", "--format", "md", "--time", TIME) == 0

    assert f"camp/logs/{log.name} is not there or has changed" in capsys.readouterr().err
    text = next(issued(campaign / "reports").glob("*.md")).read_text()
    assert "GetKonfiguration" not in text
    assert "line 42, request: the log was not at hand" in text


def test_a_campaign_that_was_moved_still_finds_its_logs(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.move("camp", "moved")
    assert run("moved", "--format", "md", "--time", TIME) == 0

    assert capsys.readouterr().err == ""


def test_lines_of_an_archive_are_found(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs = sorted((campaign / "logs").iterdir())
    with zipfile.ZipFile(campaign / "logs" / "all.zip", "w") as archive:
        for log in logs:
            archive.write(log, f"inner/{log.name}")
            log.unlink()
    analyse()
    capsys.readouterr()
    assert run("camp", "--format", "md", "--time", TIME) == 0

    assert capsys.readouterr().err == ""
    assert "line 42, request: `" in next(issued(campaign / "reports").glob("*.md")).read_text()


def test_secrets_of_the_logs_are_in_no_output(campaign: Path) -> None:
    (log,) = (campaign / "logs").glob("*TC_001*")
    text = log.read_text()
    call = next(line for line in text.splitlines() if '"GetConfiguration"' in line)
    payload = f'"ChangeConfiguration", {{"key":"AuthorizationKey","value":"{SECRET}"}}]'
    log.write_text(text.replace(call, call[: call.index('"GetConfiguration"')] + payload))
    analyse()
    assert run("camp", "--format", "md,html", "--time", TIME) == 0

    folder = issued(campaign / "reports")
    assert "AuthorizationKey" in next(folder.glob("*.md")).read_text()
    assert [path.name for path in folder.iterdir() if SECRET in path.read_text()] == []


def test_an_attached_document_loses_its_secret_and_another_stays_as_it_is() -> None:
    dirty = inputs_of(msgspec.structs.replace(DOCUMENT, warnings=[f"AuthorizationKey: {SECRET}"]))
    (attached,) = report._documents(dirty)
    (untouched,) = report._documents(inputs_of(DOCUMENT))

    assert SECRET.encode() not in attached.content
    assert untouched.content == result_json(DOCUMENT).encode()


def test_a_rendering_that_breaks_leaves_nothing(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise MemoryError("no more")

    monkeypatch.setattr("perfkit.report.markdown.render", broken)
    assert run("camp", "--format", "md") == 70

    assert not (campaign / "reports").exists()


def test_a_disk_that_is_full_leaves_nothing(
    campaign: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "cannot be written: No space left on device" in refused(capsys, "camp", "--format", "md")

    monkeypatch.undo()
    assert list((campaign / "reports").iterdir()) == []


def test_a_folder_that_is_no_report_is_left_alone(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (campaign / "lab.yaml").write_text("report: {id: EX-7}\n")
    (campaign / "reports" / "EX-7").mkdir(parents=True)
    (campaign / "reports" / "EX-7" / "note.txt").write_text("mine")

    error = refused(capsys, "camp", "--format", "md")
    assert "camp/reports/EX-7 exists and is no report of this perfkit; it is not overwritten" in error


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "not JSON"),
        ("[]", "its schema is None, a report is made of perfkit.analysis/1, perfkit.network/1, perfkit.coverage/1"),
        ('{"schema": ["x"]}', "its schema is ['x']"),
        ('{"schema": "perfkit.analysis/1"}', "not a perfkit.analysis/1 document as this perfkit writes it"),
    ],
)
def test_a_file_that_is_no_document_is_refused(
    campaign: Path, capsys: pytest.CaptureFixture[str], content: str, sentence: str
) -> None:
    Path("x.json").write_text(content)

    assert f"perfkit: error: x.json: {sentence}" in refused(capsys, "x.json", "--out", "out", code=3)


def test_what_powershell_redirects_is_refused_by_name(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = (campaign / "results" / "result.json").read_text()
    Path("x.json").write_bytes(result.encode("utf-16"))
    Path("y.json").write_bytes(result.encode("utf-8-sig"))

    assert "x.json: not JSON (the file is in UTF-16" in refused(capsys, "x.json", "--out", "out", code=3)
    assert run("y.json", "--out", "out", "--format", "md") == 0


def test_a_report_of_the_network_alone_and_of_both(campaign: Path) -> None:
    document = campaign / "network" / "before.json"
    document.write_text(result_json(network_documents.DOCUMENT))

    assert run(str(document), "--format", "md", "--out", "out", "--time", TIME) == 0
    assert "network of an OCPP test set-up" in next(Path("out").glob("*/*.md")).read_text()
    assert run("camp", "--format", "md", "--time", TIME) == 0
    assert "Measurement 1: 2026-01-02 12:00:00 UTC" in next(issued(campaign / "reports").glob("*.md")).read_text()


def test_nothing_to_report_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert "nothing to report: name a campaign folder" in refused(capsys)
    assert "holds no result; `perfkit analyze --campaign" in refused(capsys, str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("logo.svg", b"<svg><script>x</script></svg>", "holds a script or a link"),
        ("logo.svg", b"<svg><image href='http://example.org/x'/></svg>", "holds a script or a link"),
        ("logo.svg", b"<svg onload='x()'/>", "holds a script or a link"),
        ("logo.png", b"<svg/>", "is not what its name says"),
        ("logo.gif", b"GIF89a", "is no .svg, .png or .jpg"),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + b"x" * 600_000, "has more than 500 kB"),
        ("logo.svg", None, "cannot be read (No such file or directory)"),
    ],
)
def test_a_logo_that_cannot_be_printed_is_refused(
    campaign: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, sentence: str
) -> None:
    (campaign / "lab.yaml").write_text(f"laboratory: {{logo: {name}}}\n")
    if content is not None:
        (campaign / name).write_bytes(content)

    assert sentence in refused(capsys, "camp", "--format", "md")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("own.ttf", None, "own.ttf is not there"),
        ("own.ttf", b"no font", "own.ttf is not a font that can be read"),
        ("own.woff2", b"wOF2", "own.woff2 is no .ttf, .otf, .ttc"),
    ],
)
def test_a_font_that_cannot_be_used_is_refused(
    campaign: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, sentence: str
) -> None:
    (campaign / "lab.yaml").write_text(f"laboratory: {{fonts: [{name}]}}\n")
    if content is not None:
        (campaign / name).write_bytes(content)

    assert f"laboratory.fonts: camp/{sentence}" in refused(capsys, "camp", "--format", "md")


def test_a_font_that_only_matplotlib_takes_is_refused(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (campaign / "lab.yaml").write_text("laboratory: {name: 充電, fonts: [own.ttf]}\n", encoding="utf-8")
    font_of("充", campaign / "own.ttf")

    assert "own.ttf cannot be used for PDF; name another one" in refused(capsys, "camp", "--format", "pdf")


def test_a_font_of_the_laboratory_is_used_in_the_pdf(campaign: Path) -> None:
    (campaign / "lab.yaml").write_text("laboratory: {name: 充電, fonts: [own.ttf]}\n", encoding="utf-8")
    font_of("充", campaign / "own.ttf", psName="OneBox")
    assert run("camp", "--time", TIME, "--format", "pdf") == 0

    text = pypdf.PdfReader(next(issued(campaign / "reports").glob("*.pdf"))).pages[0].extract_text()
    assert "充[U+96FB]" in text


def test_a_logo_is_part_of_the_page(campaign: Path) -> None:
    (campaign / "lab.yaml").write_text("laboratory: {name: Lab, logo: logo.svg}\n")
    (campaign / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><rect width='1' height='1'/></svg>")
    assert run("camp", "--time", TIME) == 0

    text = next(issued(campaign / "reports").glob("*.html")).read_text()
    assert '<img src="data:image/svg+xml;base64,' in text
    assert 'alt="Logo of Lab"' in text


def test_a_missing_extra_says_what_to_install(
    campaign: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)

    error = refused(capsys, "camp")
    assert error == "perfkit: error: HTML needs the extra `report`: pip install 'perfkit[report]'\n"
    assert not (campaign / "reports").exists()


def test_every_format_has_a_name_and_its_line_in_the_table() -> None:
    assert list(FORMAT_NAMES) == list(FORMATS)
    order = list(FORMATS)
    assert all(entry.embeds is None or order.index(entry.embeds) < order.index(name) for name, entry in FORMATS.items())
    assert callable(renderer("md"))
    assert callable(renderer("html"))


def test_the_report_names_the_program_that_made_it(campaign: Path) -> None:
    run("camp", "--format", "md", "--time", TIME)

    content = json.loads((issued(campaign / "reports") / "report.json").read_text())
    assert content["tool"] == {"name": "perfkit", "version": VERSION}
    assert content["issued"] == "2026-06-12T09:00:00+00:00"
    digest = hashlib.sha256((campaign / "lab.yaml").read_bytes()).hexdigest()
    assert {"id": "lab", "path": "camp/lab.yaml", "schema": "perfkit.lab/1", "sha256": digest} in content["documents"]
