from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from perfkit.cli import analyze, progress
from perfkit.cli.main import main
from perfkit_analyzers import assess
from tests.vectors import octt

COMPLETE = octt(
    """
    12:00:00.100 > 1 Authorize {"idTag": "A1"}
    12:00:00.400 < 1 {"idTagInfo": {"status": "Accepted"}}
    """,
    test_case="TC_003_CSMS",
)
"""A CSMS: Authorize answered after 300 ms, so both its parameters are measured. U is 20.4 ms."""

WITHOUT_AUTHORIZE = octt(
    '12:00:00.100 > 1 Heartbeat {}\n12:00:00.400 < 1 {"currentTime": "x"}', test_case="TC_003_CSMS"
)

EXCLUDED = octt(
    """
    12:00:00.100 > 1 Authorize {"idTag": "A1"}
    12:00:00.200 [info] Disconnected from System Under Test
    """,
    test_case="TC_003_CSMS",
)

UNREADABLE = octt(
    """
    12:00:00.100 > 1 Heartbeat {}
    12:00:00.400 < 1 {}
    12:00:00.500 [msg-out] [2, "cut
    """,
    test_case="TC_003_CSMS",
)

Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Work in an empty folder; write a file there and give its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)

    def put(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return put


def pics(stated: str) -> str:
    return f"schema: perfkit.pics/1\ndut:\n  type: csms\nperformance:\n  authorize_response_time: {stated}\n"


@pytest.mark.parametrize(
    ("log", "stated", "options", "exit_code"),
    [
        (COMPLETE, None, [], 0),
        (COMPLETE, None, ["--strict"], 0),
        (COMPLETE, "0.2", [], 0),
        (COMPLETE, "0.2", ["--strict"], 1),
        (COMPLETE, "0.29", ["--strict"], 1),  # above, inside the uncertainty: the value decides
        (COMPLETE, "0.31", ["--strict"], 0),  # within, inside the uncertainty
        (COMPLETE, "0.2", ["--strict", "--role", "charging_station"], 4),
        (WITHOUT_AUTHORIZE, None, [], 4),
        (WITHOUT_AUTHORIZE, "0.2", ["--strict"], 4),
        (EXCLUDED, None, [], 4),
        (UNREADABLE, None, [], 3),
        (UNREADABLE, "0.2", ["--strict"], 3),
        (UNREADABLE, None, ["--max-skipped", "40"], 4),
        (COMPLETE, "soon", [], 2),
        (COMPLETE, None, ["--max-skipped", "101"], 2),
        (COMPLETE, None, ["--role", "toaster"], 2),
        (COMPLETE, None, ["--unknown"], 2),
        (COMPLETE, None, ["--json", "--explain", "1"], 2),
        (COMPLETE, None, ["--json", "--list-skipped"], 2),
        (COMPLETE, None, ["--explain", "0"], 2),
    ],
)
def test_exit_code(write: Write, log: str, stated: str | None, options: list[str], exit_code: int) -> None:
    words = ["analyze", write("a.log", log), *options]
    if stated is not None:
        words += ["--pics", write("perf.yaml", pics(stated))]

    assert main(words) == exit_code


def test_exceeded_in_an_incomplete_campaign_is_incomplete(write: Write) -> None:
    log = octt('12:00:00.100 > 1 Heartbeat {}\n12:00:00.400 < 1 {"currentTime": "x"}', test_case="TC_003_CSMS")
    stated = "schema: perfkit.pics/1\nperformance:\n  response_timeout: 0.1\n"

    assert main(["analyze", write("a.log", log), "--pics", write("p.yaml", stated), "--strict"]) == 4


def test_table_shows_what_was_measured(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", write("a.log", COMPLETE), "--pics", write("perf.yaml", pics("250 ms"))])

    out, err = capsys.readouterr()
    row = next(line for line in out.splitlines() if line.startswith("Response time Authorize"))
    assert row.split() == [
        "Response",
        "time",
        "Authorize",
        "0.300",
        "s",
        "250",
        "ms",
        "1",
        "above",
        "(single",
        "observation)",
    ]
    assert "\x1b" not in out
    assert err == ""


def test_json_is_one_document(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", write("a.log", COMPLETE), "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "perfkit.analysis/1"
    assert {p["key"]: p["measured_s"] for p in document["parameters"] if p["applicable"]} == {
        "response_timeout": 0.3,
        "authorize_response_time": 0.3,
    }


def test_too_many_skipped_lines_give_no_figures(
    write: Write, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    options = ["--json", "--out", "results", "--samples", "s.csv", "--junit", "j.xml"]

    assert main(["analyze", write("a.log", UNREADABLE), *options]) == 3

    out, err = capsys.readouterr()
    assert out == ""
    assert "1 of 3 lines that should be messages could not be read (33.3 %, allowed are 5.0 %)" in err
    assert "a.log:4: " in err
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["a.log"]


def test_skipped_lines_are_listed_with_their_places(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    for options, exit_code in ((["--max-skipped", "50%"], 4), ([], 3)):
        assert main(["analyze", write("a.log", UNREADABLE), "--list-skipped", *options]) == exit_code

        (line,) = capsys.readouterr().out.splitlines()
        assert line.startswith("a.log:4: ")
        assert '[2, "cut' in line


@pytest.mark.parametrize(("options", "exit_code"), [(["--max-skipped", "100"], 4), ([], 3)])
def test_every_skipped_line_is_listed_however_many_there_are(
    options: list[str], exit_code: int, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    log = "[12:00:00.000] [info]  x\n[12:00:00.000] [info]  y\n" + "cut\n" * 1500
    assert main(["analyze", write("a.log", log), "--list-skipped", *options]) == exit_code

    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"a.log:{number}: not a line of this format: cut" for number in range(3, 1503)]


def test_excluded_requests_are_listed_with_both_ends(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", write("a.log", EXCLUDED), "--list-excluded"])

    authorize, response = sorted(capsys.readouterr().out.splitlines())
    sentence = "Authorize: the connection was lost before the answer (row "
    assert authorize.startswith(f"a.log:2-3: NO_RESP_DISCONNECT authorize_response_time {sentence}")
    assert response.startswith(f"a.log:2-3: NO_RESP_DISCONNECT response_timeout {sentence}")


def test_quiet_prints_nothing(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", write("a.log", COMPLETE), "--quiet"]) == 0

    assert capsys.readouterr() == ("", "")


def test_full_lists_the_inputs(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", write("a.log", COMPLETE), "--full"])

    assert "SHA-256" in capsys.readouterr().out


def test_explain_shows_the_raw_lines_also_inside_an_archive(
    write: Write, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("sub/a.log", COMPLETE)

    assert main(["analyze", "logs.zip", "--explain", "1"]) == 0

    out = capsys.readouterr().out
    assert "logs.zip!/sub/a.log:2\n    [12:00:00.100] [msg-out]" in out
    assert "logs.zip!/sub/a.log:3\n    [12:00:00.400] [msg-in]" in out
    assert "end - request = 0.3 s" in out


def test_explain_of_a_row_that_does_not_exist_says_which_do(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", write("a.log", COMPLETE), "--explain", "3"]) == 2

    assert capsys.readouterr().err == "perfkit: error: row 3 does not exist; the rows are 1 to 2\n"


def test_standard_input_is_read_but_not_explained(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(COMPLETE.encode())))
    assert main(["analyze", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["inputs"][0]["path"] == "-"

    assert main(["analyze", "-", "--explain", "1"]) == 2
    assert "save it to a file first" in capsys.readouterr().err


def test_all_outputs_are_written_together(write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["analyze", write("a.log", COMPLETE), "--out", "new/results", "--samples", "s.csv", "--junit", "j.xml"]
    assert main([*words, "--json"]) == 0

    printed = json.loads(capsys.readouterr().out)
    result = json.loads((tmp_path / "new/results/result.json").read_text())
    assert result == printed
    samples = (tmp_path / "s.csv").read_text()
    assert (tmp_path / "new/results/samples.csv").read_text() == samples
    assert [row["value_s"] for row in csv.DictReader(io.StringIO(samples))] == ["0.3", "0.3"]
    assert (tmp_path / "j.xml").read_text().startswith("<?xml")
    assert main([*words, "--quiet"]) == 0  # its own files are replaced


def test_foreign_result_is_not_replaced(write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results").mkdir()
    foreign = tmp_path / "results" / "result.json"
    foreign.write_text('{"mine": true}')

    assert main(["analyze", write("a.log", COMPLETE), "--out", "results"]) == 2

    assert "was not written by perfkit" in capsys.readouterr().err
    assert foreign.read_text() == '{"mine": true}'


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--samples", "missing/s.csv"], "missing/s.csv cannot be written: No such file or directory"),
        (["--samples", "s.txt"], "samples are written as .csv or .parquet, not as '.txt'"),
        (["--junit", "."], ". is a folder; name a file"),
        (["--junit", "a.log"], "a.log is an input"),
        (["--junit", "perf.yaml"], "perf.yaml is an input"),
        (["--out", "a.log"], "a.log cannot be made a folder"),
        (["--samples", "s.csv", "--junit", "./s.csv"], "s.csv is named twice as an output"),
    ],
)
def test_wrong_output_fails_before_anything_is_read(
    write: Write, options: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log, stated = write("a.log", COMPLETE), write("perf.yaml", pics("1"))
    monkeypatch.setattr(assess, "analyze", None)  # to call it would be a defect

    assert main(["analyze", log, "--pics", stated, *options]) == 2

    assert message in capsys.readouterr().err
    assert Path(log).read_text() == COMPLETE
    assert sorted(path.name for path in Path().iterdir()) == ["a.log", "perf.yaml"]


def test_interrupted_run_leaves_nothing(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = write("a.log", COMPLETE)

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(assess, "analyze", interrupt)

    assert main(["analyze", log, "--samples", "s.csv", "--junit", "j.xml"]) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["a.log"]


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PNG, "not a log of a known format"),
        (b"", "the file is empty"),
        (b"PK\x03\x04" + bytes(300), "damaged or incomplete"),
        (b"nothing to see here\n" * 300, "not a log of a known format"),
    ],
    ids=["png", "empty", "truncated zip", "garbage"],
)
def test_what_is_no_log_is_one_sentence(
    write: Write, content: bytes, message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "thing").write_bytes(content)

    assert main(["analyze", "thing"]) == 3

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"perfkit: error: thing: {message}")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "message", "exit_code"),
    [
        (["missing.log"], "missing.log: does not exist", 3),
        (["folder"], "folder: holds no files", 3),
        (["a.log", "--pics", "folder"], "folder: cannot be read: Is a directory", 2),
        (["a.log", "--pics", "missing.yaml"], "missing.yaml: cannot be read: No such file", 2),
    ],
)
def test_wrong_path_is_one_sentence(
    write: Write, words: list[str], message: str, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.log", COMPLETE)
    Path("folder").mkdir()

    assert main(["analyze", *words]) == exit_code

    assert capsys.readouterr().err.startswith(f"perfkit: error: {message}")


def test_reader_that_has_enough_ends_it_quietly_after_the_files_are_written(write: Write, tmp_path: Path) -> None:
    log = write("a.log", COMPLETE * 300)
    pipe = f"{sys.executable} -m perfkit analyze {log} --full --samples s.csv | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", pipe], capture_output=True, text=True, check=True)

    assert done.stderr == ""
    assert done.stdout.splitlines()[1] in {"0", "141"}
    assert len((tmp_path / "s.csv").read_text().splitlines()) == 601


def test_progress_appears_only_for_who_waits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr("perfkit.cli.progress.time.monotonic", lambda: now[0])
    monkeypatch.setattr(progress, "is_terminal", lambda stream: True)

    with progress.Progress(wanted=True) as shown:
        shown.update(1_000_000, None, "a.log")
        assert capsys.readouterr().err == ""
        now[0] = 102.0
        shown.update(2_000_000, None, "b\x1b.log")
        assert capsys.readouterr().err == "\r\x1b[Kreading  2 MB  1 MB/s  b\\x1b.log"
        shown.update(3_000_000, None, "c.log")  # at once
        assert capsys.readouterr().err == ""
    assert capsys.readouterr().err == "\r\x1b[K"


@pytest.mark.parametrize(("wanted", "terminal"), [(False, True), (True, False)])
def test_progress_is_silent_for_pipes_and_when_quiet(
    wanted: bool, terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr("perfkit.cli.progress.time.monotonic", lambda: now[0])
    monkeypatch.setattr(progress, "is_terminal", lambda stream: terminal)

    with progress.Progress(wanted=wanted) as shown:
        now[0] = 200.0
        shown.update(2_000_000, None, "b.log")

    assert capsys.readouterr().err == ""


def test_help_names_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", "--help"])

    assert analyze.EXIT_CODES in capsys.readouterr().out


def test_hostile_names_stay_text_in_every_output(
    write: Write, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answer = r'12:00:00.400 < 1 {"idTagInfo": {"status": "=1+1[red]\u001b[31m"}}'
    frames = f'12:00:00.100 > 1 Authorize {{"idTag": "A1"}}\n{answer}'
    log = write("=a[bold]\n\x1b[31m.log", octt(frames, test_case="TC_003_CSMS").replace("Title", "[/]\x1b[31m<&>"))
    outputs = ["--samples", "s.csv", "--junit", "j.xml", "--out", "o"]

    assert main(["analyze", log, "--full", *outputs]) == 0

    out, err = capsys.readouterr()
    assert all(character.isprintable() or character == "\n" for character in out + err)
    assert "Authorize/=1+1[red]\\x1b[31m" in out
    assert "=a[bold]\\n\\x1b[31m.log" in out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "s.csv").read_text(), newline="")))
    assert {row["file"] for row in rows} == {f"'{log}"}
    assert json.loads((tmp_path / "o" / "result.json").read_text())["inputs"][0]["path"] == log
    fromstring((tmp_path / "j.xml").read_bytes())  # noqa: S314 - our own text
    for number in ("1", "2"):
        main(["analyze", log, "--explain", number])
        assert all(character.isprintable() or character == "\n" for character in capsys.readouterr().out)
