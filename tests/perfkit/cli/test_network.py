from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import jsonschema
import msgspec
import pytest

from perfkit.cli import network
from perfkit.cli.main import main
from perfkit.core import network_record
from perfkit.core.errors import ProbeError
from perfkit.core.network_record import Gate, NetworkDocument
from perfkit.report.result_json import result_json
from perfkit_probes import survey
from perfkit_probes.emulators.radio import Fault
from perfkit_probes.link import LinkPlan
from perfkit_probes.path import LinkPath
from perfkit_probes.public_reference import LABEL, PublicReference, ReferencePlan
from perfkit_probes.radio import table
from perfkit_probes.radio.switching.journal import Journal
from perfkit_probes.radio.table import Finding
from perfkit_probes.responder import Responder, ResponderConfig
from tests.perfkit.report.network_documents import BROKEN, DOCUMENT, HOSTILE_DOCUMENT, SLOW, WIRED
from tests.probes.links import relayed
from tests.probes.radio.devices import hilink_bench
from tests.probes.surveys import GOOD, PACE, QUICK


@pytest.fixture(autouse=True)
def state_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("PERFKIT_RESPONDER_KEY", raising=False)
    return tmp_path / "state" / "perfkit"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulated dongle's pace, and the gate's questions only."""

    def plan(technology: str, **_options: object) -> LinkPlan:
        return QUICK

    monkeypatch.setattr(survey, "Pace", lambda: PACE)
    monkeypatch.setattr(survey, "plan_for", plan)


Document = dict[str, object]


@pytest.fixture
def schema(capsys: pytest.CaptureFixture[str]) -> Document:
    assert main(["schema", "network"]) == 0
    found: Document = json.loads(capsys.readouterr().out)
    return found


# --- measuring ---------------------------------------------------------------------------------------------------------


def test_gate_met_on_the_terminal_in_json_and_in_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, schema: Document
) -> None:
    out, junit = tmp_path / "result.json", tmp_path / "junit.xml"
    with hilink_bench(rssi_dbm=-70) as bench, relayed(GOOD, GOOD) as (relay, _):
        words = ["network", "--device", bench.uri, "--to", f"127.0.0.1:{relay.port}", "--technology", "4g"]
        code = main([*words, "--label", "octt", "--json", "--out", str(out), "--junit", str(junit)])
        settings = bench.settings()

    printed = capsys.readouterr()
    document = json.loads(printed.out)
    jsonschema.validate(document, schema)
    assert code == 0
    assert (document["schema"], document["gate"], document["restored"]) == ("perfkit.network/1", "met", True)
    assert (document["label"], document["target"]) == ("octt", f"127.0.0.1:{relay.port}")
    assert document["device"]["model"] == "E3372"
    assert [one["technology"] for one in document["technologies"]] == ["4g"]
    assert document["technologies"][0]["verdicts"] == {"bandwidth": "met", "latency": "met", "rssi": "met"}
    assert document["started"].endswith("+00:00")
    assert json.loads(out.read_text(encoding="utf-8")) == document
    assert fromstring(junit.read_bytes()).get("failures") == "0"  # noqa: S314 - our own text
    assert printed.err == "perfkit: at most 4G 250 kB (IP bytes, both directions) will be sent and received\n"
    assert settings[0] == "00"


def test_without_a_device_one_pass_over_the_link(capsys: pytest.CaptureFixture[str]) -> None:
    with Responder(ResponderConfig(port=0, key="secret")) as responder:
        assert main(["network", "--to", f"127.0.0.1:{responder.port}", "--key", "secret"]) == 0

    text = capsys.readouterr().out
    assert "no mobile link was named" in text
    assert text.endswith("Gate: met\n")


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"rssi_dbm": -82}, 1, "Gate: NOT MET"),
        ({"rssi_dbm": -81}, 4, "Gate: incomplete"),
        ({"hide_signal": True}, 4, "this firmware hides the RSSI"),
    ],
)
def test_signal_only(options: dict[str, object], code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with hilink_bench(**options) as bench:
        assert main(["network", "--device", bench.uri, "--technology", "4g"]) == code

    text = " ".join(capsys.readouterr().out.split())
    assert words in text
    assert "and add --to HOST:9310" in text


def test_no_service_is_a_note_and_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with hilink_bench(Fault.NO_2G) as bench:
        assert main(["network", "--device", bench.uri, "--technology", "2g"]) == 4

    text = " ".join(capsys.readouterr().out.split())
    assert "no service in 2G at this place: a result, not a failure; there is nothing to judge" in text


def test_no_dongle_says_what_to_plug_in_and_how_to_try(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(table, "detect", lambda: [Finding("http://192.168.8.1", "does not answer")])

    assert main(["network", "--dongle"]) == 3
    error = capsys.readouterr().err
    assert "http://192.168.8.1: does not answer" in error
    assert "plug a Huawei E3372h with a SIM card into a USB port" in error
    assert "`perfkit emulate dongle`" in error


def test_a_dongle_that_is_found_is_used(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with hilink_bench() as bench:
        monkeypatch.setattr(table, "detect", lambda: [Finding("eth1", "E3372, firmware 22", bench.uri)])
        assert main(["network", "--dongle", "--technology", "4g"]) == 4

    assert "found  eth1: E3372, firmware 22" in capsys.readouterr().err


def test_unreachable_target(capsys: pytest.CaptureFixture[str]) -> None:
    with Responder(ResponderConfig(port=0)) as responder:
        port = responder.port

    assert main(["network", "--to", f"127.0.0.1:{port}", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert (document["gate"], document["technologies"][0]["outcome"]) == ("incomplete", "error")


def test_a_dongle_that_was_not_put_back_is_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, state_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hilink_bench(Fault.BUSY_RESTORE) as bench:
        monkeypatch.setattr("perfkit_probes.radio.hilink.session.BUSY", -1)  # else it is waited for in real time
        assert main(["network", "--device", bench.uri, "--technology", "4g", "--json"]) == 3

    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert (document["restored"], document["technologies"][0]["outcome"]) == (False, "measured")
    assert "`perfkit dongle restore`" in printed.err
    assert len(Journal(state_home).entries()) == 1


def test_raw_answers_are_recorded(tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"
    with hilink_bench() as bench:
        main(["network", "--device", bench.uri, "--technology", "4g", "--record-raw", str(path)])

    text = path.read_text(encoding="utf-8")
    assert "net/net-mode" in text
    assert "860000000000013" not in text


@pytest.mark.parametrize(
    ("communication", "words", "found"),
    [
        ("technology: mobile, mobile_generations: [3g]", [], ["3g"]),
        ("technology: mobile, mobile_generations: [3g]", ["--technology", "4G"], ["4g"]),
        ("technology: ethernet", [], ["2g", "3g", "4g"]),
    ],
)
def test_technologies_by_option_before_pics_before_device(
    communication: str, words: list[str], found: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pics = tmp_path / "perf.yaml"
    pics.write_text(f"dut: {{type: charging_station}}\ncommunication: {{{communication}}}\n", encoding="utf-8")
    with hilink_bench() as bench:
        main(["network", "--device", bench.uri, "--pics", str(pics), "--json", *words])

    assert [one["technology"] for one in json.loads(capsys.readouterr().out)["technologies"]] == found


def test_a_mobile_dut_without_a_device_is_incomplete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pics = tmp_path / "perf.yaml"
    pics.write_text("communication: {technology: mobile, mobile_generations: [4g]}\n", encoding="utf-8")
    with Responder(ResponderConfig(port=0)) as responder:
        assert main(["network", "--to", f"127.0.0.1:{responder.port}", "--pics", str(pics), "--json"]) == 4

    one = json.loads(capsys.readouterr().out)["technologies"][0]
    assert (one["technology"], one["reasons"]["rssi"]) == ("4g", "there is no device to ask; add --dongle")


# --- the public reference ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("works", [True, False])
def test_the_public_reference_stands_beside_the_gate(
    works: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[ReferencePlan] = []

    def reference(path: LinkPath, plan: ReferencePlan) -> PublicReference:
        asked.append(plan)
        if not works:
            raise ProbeError("speedtest-cli says: no")
        return PublicReference(LABEL, "host.example", 80.0, 1.0, 1.0, 900_000, 100_000)

    monkeypatch.setattr(survey, "measure_public_reference", reference)
    monkeypatch.setattr(survey, "plan_for", lambda *_, **__: replace(QUICK, require=None))
    with Responder(ResponderConfig(port=0)) as responder:
        words = ["network", "--to", f"127.0.0.1:{responder.port}", "--speedtest", "--mini", "http://mini.example"]
        assert main(words) == 4

    text = " ".join(capsys.readouterr().out.split())
    assert asked == [ReferencePlan(None, "http://mini.example", is_metered=False, is_forced=False)]
    shown = "up 1.00 kB/s, down 1.00 kB/s, 80.0 ms, 1.00 MB" if works else "not measured: speedtest-cli says: no"
    assert f"public reference (speedtest-cli), not used for the gate: {shown}" in text
    assert "latency <= 1000 ms" in text
    assert "Gate: incomplete" in text


# --- usage -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "nothing to measure: --to HOST[:PORT] names the responder"),
        ("--to a:b:c:d/", "is not HOST, HOST:PORT"),
        ("--to a --technology 5g", "'5g' is none of 2g, 3g, 4g"),
        ("--to a --technology 3g,4g", "only a dongle can change between 3G, 4G"),
        ("--to a --record-raw f", "--record-raw keeps what a device answers"),
        ("--to a --server 5", "--server belongs to --speedtest"),
        ("--to a --speedtest --server 5 --mini u", "choose one"),
        ("--to a --technology 4g --speedtest", "this link is metered; add --force"),
        ("--dongle --to a --speedtest", "this link is metered; add --force"),
        ("--dongle --speedtest --force", "add --to HOST"),
        ("--to a --sustained 5", "--sustained 5: give kilobytes each way, 50 to 10000"),
        ("--to a --sustained 99 --quick", "--sustained and --quick contradict each other"),
        ("--dongle --sustained 99", "--sustained sends to a responder; add --to"),
        ("--device usb", '"usb" is no device'),
        ("--merge a.json", "at least two ends"),
        ("--merge a.json b.json --to h --quick", "leave out --to, --quick"),
        ("--to a --out x --junit x", "two outputs name the same file"),
        ("--to a --pics none.yaml", "none.yaml"),
    ],
)
def test_contradictions_are_refused(
    words: str, message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["network", *words.split()]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir() if path.name not in {"state"}] in ([], ["f"])


def test_a_budget_that_allows_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.undo()

    assert main(["network", "--to", "a", "--max-bytes", "10"]) == 2
    assert "--max-bytes 10 allows no measurement" in capsys.readouterr().err
    assert main(["network", "--to", "a", "--technology", "2g", "--max-bytes", "200000", "--sustained", "100"]) == 2
    # 100 kB for the usual probes, 2 x 100 kB with headers and acknowledgements (1.12) for the stream
    assert "with the other probes of 2g that is up to 324000 bytes" in capsys.readouterr().err


def test_the_running_line_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with hilink_bench() as bench:
        main(["network", "--device", bench.uri, "--technology", "4g"])

    shown = terminal.getvalue()
    assert "0 kB  signal 3 of 3" in shown
    assert shown.endswith("\r\x1b[K")
    assert max(len(line) for line in shown.replace("\x1b[K", "").split("\r")) <= 79


# --- both ends -------------------------------------------------------------------------------------------------------------


def written(folder: Path, **documents: NetworkDocument) -> list[str]:
    paths = []
    for name, document in documents.items():
        path = folder / f"{name}.json"
        path.write_text(result_json(document), encoding="utf-8")
        paths.append(str(path))
    return paths


def relabelled(label: str | None, started: str) -> NetworkDocument:
    return msgspec.structs.replace(WIRED, label=label, started=started)


def test_both_ends_met(tmp_path: Path, capsys: pytest.CaptureFixture[str], schema: Document) -> None:
    paths = written(tmp_path, octt=relabelled(None, "2026-01-02T14:00:00+00:00"), far=WIRED)

    assert main(["network", "--merge", *paths, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema)
    assert [one["label"] for one in document["technologies"]] == ["octt", "csms"]
    assert [part["label"] for part in document["merged"]] == ["octt", "csms"]
    assert (document["gate"], document["label"], document["restored"]) == ("met", "octt + csms", None)
    assert document["started"] == WIRED.started


def test_the_worse_end_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = written(tmp_path, a=WIRED, b=DOCUMENT)

    assert main(["network", "--merge", *paths]) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "2G [octt]" in text
    assert "Link [csms]" in text
    assert text.endswith("Gate: NOT MET")


def test_an_end_that_is_incomplete_leaves_it_so(tmp_path: Path) -> None:
    broken = msgspec.structs.replace(DOCUMENT, technologies=[BROKEN, WIRED.technologies[0]], gate=Gate.INCOMPLETE)

    assert main(["network", "--merge", *written(tmp_path, a=WIRED, b=broken)]) == 4


def test_merged_results_can_be_merged_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = written(tmp_path, a=WIRED, b=relabelled("b", "2026-01-03T00:00:00+00:00"))
    third = written(tmp_path, c=relabelled("c", "2026-01-04T00:00:00+00:00"))
    both = tmp_path / "both.json"

    assert main(["network", "--merge", *paths, "--out", str(both)]) == 0
    assert main(["network", "--merge", str(both), *third]) == 0
    assert "Link [c]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("perfkit.network/1", "perfkit.network/9"), "has the schema 'perfkit.network/9'"),
        (lambda text: text.replace('"gate": "not_met"', '"gate": "met"'), "was changed after it was written"),
        (lambda text: text[: len(text) // 2], "is no result of `perfkit network --json`"),
        (lambda _: "[" * 100_000, "is no result of `perfkit network --json`"),
        (lambda _: "{}", "is no result of `perfkit network --json`"),
        (lambda text: text.replace('"loss": 0.1', '"loss": "much"'), "is no result of `perfkit network --json`"),
    ],
)
def test_what_cannot_be_merged(
    change: Callable[[str], str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = written(tmp_path, a=WIRED, b=DOCUMENT)
    Path(second).write_text(change(Path(second).read_text(encoding="utf-8")), encoding="utf-8")

    assert main(["network", "--merge", first, second]) == 2
    error = capsys.readouterr().err
    assert f"b.json {message}" in error
    assert len(error.splitlines()) == 1


def test_the_same_measurement_twice_and_two_ends_of_one_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, copy = written(tmp_path, a=WIRED, b=WIRED)
    other = written(tmp_path, c=relabelled("csms", "2026-02-02T14:00:00+00:00"))[0]

    assert main(["network", "--merge", first, copy]) == 2
    assert "are the same measurement" in capsys.readouterr().err
    assert main(["network", "--merge", first, other]) == 2
    assert "are both labelled 'csms'" in capsys.readouterr().err
    assert main(["network", "--merge", first, str(tmp_path / "none.json")]) == 2
    assert "none.json cannot be read" in capsys.readouterr().err


# --- the document ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [DOCUMENT, WIRED, HOSTILE_DOCUMENT], ids=["dongle", "wired", "hostile"])
def test_documents_follow_the_schema(document: NetworkDocument, schema: Document) -> None:
    jsonschema.validate(json.loads(result_json(document)), schema)


def test_every_field_is_in_the_schema_and_required(schema: Document) -> None:
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    structs = [
        thing
        for thing in vars(network_record).values()
        if isinstance(thing, type) and issubclass(thing, msgspec.Struct)
    ]
    assert len(structs) == 20
    for struct in structs:
        assert set(definitions[struct.__name__]["required"]) == set(struct.__struct_fields__)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (WIRED, 0),
        (DOCUMENT, 1),
        (msgspec.structs.replace(DOCUMENT, technologies=[BROKEN], gate=Gate.INCOMPLETE), 3),
        (msgspec.structs.replace(DOCUMENT, technologies=[BROKEN, SLOW]), 1),
        (msgspec.structs.replace(WIRED, gate=Gate.INCOMPLETE), 4),
        (msgspec.structs.replace(WIRED, restored=False), 3),
    ],
)
def test_exit_codes(document: NetworkDocument, code: int) -> None:
    assert network.exit_code(document) == code


# --- interrupted -------------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform == "win32", reason="signals as on POSIX systems")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_put_the_dongle_back_and_say_so_in_one_line(number: signal.Signals, code: int, tmp_path: Path) -> None:
    words = ["-m", "perfkit", "network", "--technology", "2g", "--device"]
    with hilink_bench() as bench:
        child = subprocess.Popen(
            [sys.executable, *words, bench.uri], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
        )  # fmt: skip
        deadline_s = time.monotonic() + 100
        while bench.settings()[0] == "00" and time.monotonic() < deadline_s:
            time.sleep(0.02)
        changed = bench.settings()[0]
        child.send_signal(number)
        out, error = child.communicate(timeout=100)
        after = bench.settings()[0]

    assert (changed, after) == ("01", "00")
    assert (child.returncode, out) == (code, "")
    assert error == "perfkit: interrupted; nothing is left changed\n"


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform == "win32", reason="signals as on POSIX systems")
def test_a_link_without_a_device_is_interrupted_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts, and never says a word
        server.settimeout(100)
        child = subprocess.Popen(
            [sys.executable, "-m", "perfkit", "network", "--to", f"127.0.0.1:{server.getsockname()[1]}", "--out", "x.json"],
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path,
        )  # fmt: skip
        client, _ = server.accept()
        with client:
            child.send_signal(signal.SIGTERM)
            _, error = child.communicate(timeout=100)

    assert (child.returncode, error.splitlines()[-1]) == (143, "perfkit: interrupted; nothing is left changed")
    assert list(tmp_path.glob("*.json")) == []
