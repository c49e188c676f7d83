from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import shutil
import tarfile
import zipfile
from pathlib import Path

import jsonschema
import msgspec
import pytest

from perfkit.cli.main import main
from perfkit.core.errors import InputError, UsageError
from perfkit.core.lab.load import read_lab
from perfkit.core.network_record import NetworkDocument
from perfkit.core.pics.load import read_pics
from perfkit.core.redaction_record import RedactionDocument, json_schema
from perfkit.redaction import copy as copying
from perfkit.redaction.copy import Options, redact
from perfkit.redaction.leaks import RemainsError
from perfkit.redaction.rule import Kind
from perfkit.redaction.text import Redactor
from tests.perfkit.report.network_documents import DOCUMENT as NETWORK
from tests.test_sample_logs import SAMPLES

SECRET = b"a secret of the tests, 32 bytes."
TAG, SERIAL = "HELIO-0451", "HD22-000817"
HEADER = (
    "Test Case Name : TC_010_CS \nSystem Under Test (SUT) : CS \nConfiguration : acme_base(5b0c7d4e) \n" + "-" * 106
)
LOG = f"""{HEADER}
[06:40:02.194] [started_testcase]  Core_CS - TC_010_CS-x
[06:40:10.492] [msg-out]  [2, "a1", "RemoteStartTransaction", {{"connectorId":1,"idTag":"{TAG}"}}]
[06:40:10.904] [msg-in]  [3,"a1",{{"status":"Accepted"}}]
[06:40:11.000] [msg-in]  [2,"a2","BootNotification",{{"chargePointVendor":"Heliodyn","chargePointModel":"HD","chargePointSerialNumber":"{SERIAL}"}}]
[06:40:11.100] [msg-out]  [3, "a2", {{"status":"Accepted"}}]
[06:40:12.000] [verdict]  PASS
[06:40:12.000] [stopped_testcase]
"""


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    campaign = tmp_path / "campaign"
    (campaign / "logs").mkdir(parents=True)
    (campaign / "logs" / "acme_base_TC_010_CS2026-06-08T06_40_02.194000.log").write_text(LOG)
    return campaign


def copied(source: Path, target: Path, *, products: bool = False) -> RedactionDocument:
    document = redact(source, target, Options(SECRET, products=products))
    jsonschema.validate(msgspec.to_builtins(document), json_schema())
    return document


def bytes_of(folder: Path) -> bytes:
    return b"".join(str(path).encode() + path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_copy_has_the_same_files_and_lines_and_no_identity(campaign: Path, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "perf.yaml", campaign / "pics.yaml")
    document = copied(campaign, tmp_path / "copy")
    everything = bytes_of(tmp_path / "copy")
    for identity in (TAG, SERIAL, "acme", "5b0c7d4e"):
        assert identity.encode() not in everything
    (log,) = (tmp_path / "copy" / "logs").iterdir()
    assert log.name.endswith("_TC_010_CS2026-06-08T06_40_02.194000.log")
    assert len(log.read_text().splitlines()) == len(LOG.splitlines())
    assert str(read_pics(tmp_path / "copy" / "pics.yaml").dut.serial) in log.read_text()
    assert (document.files, document.repeatable) == (2, False)
    assert {one.kind for one in document.replaced} >= {Kind.ID_TOKEN.value, Kind.SERIAL.value, Kind.STATION.value}
    assert not any(identity in str(document) for identity in (TAG, SERIAL))


def test_the_same_secret_gives_the_same_copy_and_another_does_not(campaign: Path, tmp_path: Path) -> None:
    for name, secret in (("1", SECRET), ("2", SECRET), ("3", b"another secret of the tests")):
        redact(campaign, tmp_path / name, Options(secret))
    contents = [next((tmp_path / name / "logs").iterdir()).read_bytes() for name in ("1", "2", "3")]
    assert contents[0] == contents[1] != contents[2]


def test_a_name_that_is_also_a_word_of_a_form_or_record_leaves_them_readable(campaign: Path, tmp_path: Path) -> None:
    """The names of members and keys, and the words of the PICS, stay what perfkit reads."""
    shutil.copy(SAMPLES / "perf.yaml", campaign / "pics.yaml")
    (campaign / "network").mkdir()
    network = json.dumps(msgspec.to_builtins(NETWORK))
    (campaign / "network" / "network-1.json").write_text(network)
    equipment = "".join(f"    - name: {name}\n" for name in ("dongle", "sockets", "mobile", "subset"))
    (campaign / "lab.yaml").write_text(f"schema: perfkit.lab/1\ntest:\n  equipment:\n{equipment}")

    copied(campaign, tmp_path / "copy")

    assert '"dongle_up_bytes"' in network
    msgspec.json.decode((tmp_path / "copy" / "network" / "network-1.json").read_bytes(), type=NetworkDocument)
    assert read_pics(tmp_path / "copy" / "pics.yaml").dut.sockets == read_pics(SAMPLES / "perf.yaml").dut.sockets
    assert "dongle" not in (tmp_path / "copy" / "lab.yaml").read_text()


def test_a_number_in_a_form_is_an_identity_too(campaign: Path, tmp_path: Path) -> None:
    (campaign / "pics.yaml").write_text(
        "schema: perfkit.pics/1\ndut:\n  type: charging_station\n  serial: 8004512345\n"
    )
    (campaign / "lab.yaml").write_text(
        "schema: perfkit.lab/1\nlaboratory: {contact: [31612345678]}\n"
        "test: {equipment: [{name: dongle, identification: 861234567890123}], received: 2026-06-05}\n"
    )

    copied(campaign, tmp_path / "copy")

    everything = bytes_of(tmp_path / "copy")
    for identity in (b"8004512345", b"31612345678", b"861234567890123"):
        assert identity not in everything
    assert read_lab(tmp_path / "copy" / "lab.yaml").test.received == "2026-06-05"
    assert str(read_pics(tmp_path / "copy" / "pics.yaml").dut.serial).isdigit()


def test_names_of_products_only_when_wanted(campaign: Path, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "perf.yaml", campaign / "pics.yaml")
    copied(campaign, tmp_path / "kept")
    copied(campaign, tmp_path / "gone", products=True)
    assert b"Heliodyn" in bytes_of(tmp_path / "kept")
    assert b"Heliodyn" not in bytes_of(tmp_path / "gone")
    read_pics(tmp_path / "gone" / "pics.yaml")


def test_a_laboratory_file_names_nobody_and_can_still_be_read(campaign: Path, tmp_path: Path) -> None:
    (campaign / "lab.yaml").write_text(
        """\
# our own campaign, ask Joe Miller
schema: perfkit.lab/1
report: {id: EX-2026-0117}
laboratory:
  name: "Miller \\"Test\\" Lab"   # the one in Example City
  address: [1 Example Street, 'Example: City']
  contact:
    - joe.miller@lab.example.org
  logo: acme-logo.svg
  fonts:
    - C:\\Users\\joe\\a.ttf # Joe's
    - b.ttf

  people: [{name: Joe Miller, role: head, authorises: yes}]
customer: {name: Acme Charging}
test:
  received: 2026-06-05
  condition: >
    new, seen by
    Joe Miller
decision_rule: {rule: simple, agreed: 2026-05-01}
"""
    )
    copied(campaign, tmp_path / "copy")
    text = (tmp_path / "copy" / "lab.yaml").read_text()
    for name in ("Miller", "Acme", "Example", "EX-2026", "joe"):
        assert name not in text
    lab = read_lab(tmp_path / "copy" / "lab.yaml")
    assert lab.test.received == "2026-06-05"
    assert lab.decision_rule.rule.value == "simple"
    assert lab.laboratory.people[0].authorises
    assert lab.laboratory.logo is None
    assert lab.laboratory.fonts == ()
    assert len(text.splitlines()) == len((campaign / "lab.yaml").read_text().splitlines())


def test_what_is_not_copied_is_listed(campaign: Path, tmp_path: Path) -> None:
    (campaign / "results").mkdir()
    (campaign / "results" / "result.json").write_text(TAG)
    (campaign / "notes.txt").write_text(f"tag {TAG}")
    (campaign / "logs" / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (campaign / "logs" / "result.json").write_text('{"schema": "perfkit.analysis/1"}')
    (campaign / "logs" / "link.log").symlink_to(campaign / "notes.txt")
    (campaign / ".hidden").write_text(TAG)
    document = copied(campaign, tmp_path / "copy")
    assert {one.path: one.reason.partition(" ")[0] for one in document.left_out} == {
        "results/": "made", "notes.txt": "no", "logs/photo.jpg": "no", "logs/result.json": "a", "logs/link.log": "a",
    }  # fmt: skip
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["logs"]


def nested(content: bytes) -> bytes:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as archive:
        entry = tarfile.TarInfo(f"{SERIAL}/run.log")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.tgz", inner.getvalue())
        archive.writestr("skip.bin", b"\0\1\2")
    return outer.getvalue()


def test_archives_in_archives_are_redacted_and_stay_what_they_are(campaign: Path, tmp_path: Path) -> None:
    (campaign / "logs" / "all.zip").write_bytes(nested(LOG.encode()))
    for suffix, pack in ((".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)):
        (campaign / "logs" / f"one.log{suffix}").write_bytes(pack(LOG.encode()))
    document = copied(campaign, tmp_path / "copy")
    logs = tmp_path / "copy" / "logs"
    packed = {path.name.rpartition(".")[2]: path for path in logs.iterdir()}
    texts = [gzip.decompress(packed["gz"].read_bytes()), bz2.decompress(packed["bz2"].read_bytes())]
    texts.append(lzma.decompress(packed["xz"].read_bytes()))
    with zipfile.ZipFile(packed["zip"]) as outer, tarfile.open(fileobj=io.BytesIO(outer.read("inner.tgz"))) as inner:
        (member,) = inner.getmembers()
        extracted = inner.extractfile(member)
        assert extracted is not None
        texts.append(extracted.read())
        assert SERIAL not in member.name
        assert outer.namelist() == ["inner.tgz"]
    assert len(set(texts)) == 1
    assert TAG.encode() not in texts[0]
    assert [one.path for one in document.left_out] == ["logs/all.zip!/skip.bin"]


@pytest.mark.parametrize("name", ["../evil.log", "/evil.log"])
def test_a_hostile_name_in_an_archive_is_refused(campaign: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(campaign / "logs" / "x.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), LOG)
    with pytest.raises(InputError, match="leads out of it"):
        copied(campaign, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_single_log(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text(LOG)
    copied(tmp_path / "x.log", tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["x.log"]


def test_names_keep_their_order(campaign: Path, tmp_path: Path) -> None:
    for number, configuration in enumerate(["zzz1", "mmm2", "aaa3", "bbb4", "yyy5"]):
        text = LOG.replace("acme_base", configuration).replace("06:40", f"07:{number:02d}")
        (campaign / "logs" / f"{configuration}_TC_010_CS2026-06-08T06_40_02.194000.log").write_text(text)
    copied(campaign, tmp_path / "copy")

    def stamps(folder: Path) -> list[str]:
        return [path.read_text().splitlines()[4][:6] for path in sorted(folder.iterdir())]

    assert stamps(tmp_path / "copy" / "logs") == stamps(campaign / "logs")


def test_a_gap_in_the_replacing_is_noticed_and_nothing_is_left(
    campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Redactor, "_known", lambda *_: iter(()))
    monkeypatch.setattr(Redactor, "_without_embedded", lambda _, text: text)
    log = next((campaign / "logs").iterdir())
    log.write_text(LOG + f"[06:40:13.000] [info]  the card {TAG} again\n")
    with pytest.raises(RemainsError, match=r"\.log:\d+: a value of the original \(id token\) would remain") as caught:
        copied(campaign, tmp_path / "copy")
    assert TAG not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["campaign"]


def test_a_field_that_was_not_replaced_is_noticed(
    campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = next((campaign / "logs").iterdir())
    log.write_text(LOG.replace(TAG, "T1"))  # too short to be looked for everywhere
    monkeypatch.setattr(Redactor, "redact", lambda self, text, rules: text.replace(SERIAL, "X"))
    monkeypatch.setattr(copying._Writer, "_name", lambda self, name: "x.log")
    with pytest.raises(RemainsError, match="would remain"):
        copied(campaign, tmp_path / "copy")


def test_what_cannot_be_done(campaign: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        copied(tmp_path / "none", tmp_path / "copy")
    with pytest.raises(UsageError, match="exists; name a new folder"):
        copied(campaign, tmp_path)
    with pytest.raises(UsageError, match="is inside"):
        copied(campaign, campaign / "copy")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds nothing to redact"):
        copied(tmp_path / "empty", tmp_path / "copy")


def test_the_command(campaign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key"
    key.write_bytes(SECRET)
    assert main(["redact", str(campaign), "--out", str(tmp_path / "a"), "--key", str(key)]) == 0
    said = capsys.readouterr().out
    assert "id token" in said
    assert TAG not in said
    assert main(["redact", str(campaign), "--out", str(tmp_path / "b"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "perfkit.redaction/1"
    assert main(["redact", str(campaign), "--out", str(tmp_path / "c"), "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    key.write_bytes(b"short")
    assert main(["redact", str(campaign), "--out", str(tmp_path / "d"), "--key", str(key)]) == 2
    assert "5 bytes are no key" in capsys.readouterr().err


def test_a_result_of_perfkit_network_names_no_host_and_keeps_its_figures(campaign: Path, tmp_path: Path) -> None:
    from perfkit.core.network_record import NetworkDocument
    from perfkit.report.result_json import result_json
    from tests.perfkit.report.network_documents import DOCUMENT

    (campaign / "network").mkdir()
    (campaign / "network" / "network-1.json").write_text(result_json(DOCUMENT))
    copied(campaign, tmp_path / "copy")
    content = (tmp_path / "copy" / "network" / "network-1.json").read_bytes()
    again = msgspec.json.decode(content, type=NetworkDocument)
    assert DOCUMENT.device is not None
    assert again.device is not None
    assert (again.host != DOCUMENT.host, again.device.key != DOCUMENT.device.key) == (True, True)
    assert again.device.model == DOCUMENT.device.model
    for one, other in zip(again.technologies, DOCUMENT.technologies, strict=True):
        assert (one.latency, one.bandwidth, one.verdicts, one.gate) == (
            *(other.latency, other.bandwidth, other.verdicts, other.gate),
        )
