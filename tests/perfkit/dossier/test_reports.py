"""Verification of issued reports. The PDF here is set by these tests from report.json, not by perfkit's own template."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst

from perfkit.cli.main import main
from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.errors import UsageError
from perfkit.core.verification_record import Check, State, VerificationDocument
from perfkit.dossier.report_figures import lines_of, read_content
from perfkit.dossier.verify import Options, verify
from perfkit.signing import library
from perfkit.signing.key import read_signing_key
from perfkit.signing.sign import sign_pdf
from tests.perfkit.dossier.campaigns import make_campaign, make_dossier
from tests.perfkit.signing import certificates
from tests.perfkit.signing.certificates import PASSPHRASE, self_signed

REPORT = "REPORT-1"
ISSUED = datetime(2026, 6, 12, 9, 0, tzinfo=UTC)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def set_pdf(folder: Path, result: bytes, *, change: Callable[[str], str] = str, head: str = REPORT) -> bytes:
    """A PDF with the identification on each page, every row of the content that belongs on paper, and the result embedded."""
    rows = [
        change(" ".join(cell.text for cell in line.cells))
        for line in lines_of(read_content(folder / "report.json", "report.json"))
        if line.on_paper
    ]
    source = "".join(f"#text({quoted(row)})\n\n" for row in rows)
    (folder / "embedded.json").write_bytes(result)
    source += (
        '#pdf.attach("result.json", read("embedded.json", encoding: none), '
        'relationship: "source", mime-type: "application/json", description: "result")'
    )
    (folder / "main.typ").write_text(
        f"#set page(height: 20cm, header: text({quoted(head)}))\n{source}", encoding="utf-8"
    )
    made: bytes = typst.compile(folder / "main.typ", pdf_standards=["a-3b"], timestamp=ISSUED)
    for name in ("main.typ", "embedded.json"):
        (folder / name).unlink()
    return made


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> CampaignFolder:
    campaign = make_campaign(tmp_path_factory.mktemp("reports") / "c")
    (campaign.lab).write_text(f"schema: perfkit.lab/1\nreport:\n  id: {REPORT}\n")
    words = ["report", str(campaign.root), "--format", "html", "--time", ISSUED.isoformat()]
    assert main(words) == 0
    folder = campaign.reports / REPORT
    (folder / f"{REPORT}.pdf").write_bytes(set_pdf(folder, campaign.result.read_bytes()))
    return campaign


def verified(
    campaign: CampaignFolder,
    tmp_path: Path,
    change: Callable[[Path], object] = lambda folder: None,
    options: Options | None = None,
) -> VerificationDocument:
    """What is said of a dossier whose report was changed before packing, so that its hashes fit."""
    copy = CampaignFolder(tmp_path / campaign.root.name)
    shutil.copytree(campaign.root, copy.root)
    change(copy.reports / REPORT)
    make_dossier(copy, tmp_path / "d.zip")
    return verify(tmp_path / "d.zip", options)


def check(document: VerificationDocument, key: str) -> Check:
    return next(check for check in document.checks if check.key == key)


def rewrite(path: Path, pattern: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, new, text, count=1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


def test_a_report_as_it_was_issued(campaign: CampaignFolder, tmp_path: Path) -> None:
    document = verified(campaign, tmp_path)
    states = {check.key: check.state for check in document.checks}
    assert states == {
        "container": State.OK, "description": State.OK, "files": State.OK, "figures": State.OK, "samples": State.OK,
        "content": State.OK, "html": State.OK, "pdf": State.OK, "embedded": State.OK, "signature": State.NOT_CHECKED,
    }  # fmt: skip
    assert "it is not signed" in check(document, "signature").sentence
    assert document.dossier.identifiers == [REPORT]


def test_a_campaign_without_a_report_says_so(campaign: CampaignFolder, tmp_path: Path) -> None:
    document = verified(campaign, tmp_path, shutil.rmtree)
    assert check(document, "report").state is State.NOT_CHECKED
    assert document.unaltered


def test_a_figure_of_the_page_that_was_changed_is_named(campaign: CampaignFolder, tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        rewrite(folder / f"{REPORT}.html", r"(<data [^>]*/measured_s\"[^>]*>)[^<]*", r"\g<1>0.001 s")

    html = check(verified(campaign, tmp_path, change), "html")
    assert html.state is State.FAILED
    assert any(one.found == "0.001 s" and one.where.endswith("/measured_s") for one in html.differences)


def test_a_figure_that_was_taken_off_the_page_is_named(campaign: CampaignFolder, tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        rewrite(folder / f"{REPORT}.html", r"<data [^>]*/measured_s\"[^>]*>([^<]*)</data>", r"\1")

    html = check(verified(campaign, tmp_path, change), "html")
    assert [one.what for one in html.differences] == ["is not on the page"]


def test_a_printed_figure_that_was_changed_is_named(campaign: CampaignFolder, tmp_path: Path) -> None:
    parameter = next(one for one in json.loads(campaign.result.read_text())["parameters"] if one["measured_s"])
    headline = parameter["headline"]

    def change(folder: Path) -> None:
        forged = set_pdf(folder, campaign.result.read_bytes(), change=lambda row: row.replace(headline, "0.001 s", 1))
        (folder / f"{REPORT}.pdf").write_bytes(forged)

    pdf = check(verified(campaign, tmp_path, change), "pdf")
    assert pdf.state is State.FAILED
    assert any(headline in (one.expected or "") for one in pdf.differences)


def test_a_page_of_another_report_is_named(campaign: CampaignFolder, tmp_path: Path) -> None:
    """With the same figures: an amendment and what it amends, say."""

    def change(folder: Path) -> None:
        (folder / f"{REPORT}.pdf").write_bytes(set_pdf(folder, campaign.result.read_bytes(), head="REPORT-2"))
        rewrite(folder / f"{REPORT}.html", f"{REPORT}</title>", "REPORT-2</title>")

    document = verified(campaign, tmp_path, change)
    html, pdf = check(document, "html"), check(document, "pdf")
    assert (html.state, [one.what for one in html.differences]) == (State.FAILED, ["identification"])
    assert (pdf.state, {one.what for one in pdf.differences}) == (State.FAILED, {"identification"})


def test_another_embedded_result_is_named(campaign: CampaignFolder, tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        (folder / f"{REPORT}.pdf").write_bytes(set_pdf(folder, campaign.result.read_bytes() + b" "))

    document = verified(campaign, tmp_path, change)
    assert check(document, "pdf").state is State.OK
    embedded = check(document, "embedded")
    assert embedded.state is State.FAILED
    assert len({embedded.differences[0].expected, embedded.differences[0].found}) == 2


def test_an_altered_result_is_not_said_to_have_the_digest_of_the_embedded_one(
    campaign: CampaignFolder, tmp_path: Path
) -> None:
    document = verified(
        campaign, tmp_path, lambda folder: rewrite(folder.parents[1] / "results/result.json", "}", "} ")
    )
    (difference,) = check(document, "embedded").differences
    assert difference.found != difference.expected


@pytest.mark.parametrize(
    ("pattern", "new", "what"),
    [
        (r"(\"value\": ?)\d+(\.\d+)?", r"\g<1>77.7", "the value"),
        (r"(\"text\": ?\")[^\"]*(\",\s*\"tone\": ?\"[a-z]+\",\s*\"figure\": ?\{)", r"\g<1>77.7 s\g<2>", "the printed text"),
        (r"(\"pointer\": ?\")[^\"]*", r"\g<1>/nowhere", "no such value"),
        (r"(\"sha256\": ?\")[0-9a-f]{8}", r"\g<1>00000000", "made from another"),
    ],
)  # fmt: skip
def test_content_that_was_changed_is_named(
    campaign: CampaignFolder, tmp_path: Path, pattern: str, new: str, what: str
) -> None:
    content = check(
        verified(campaign, tmp_path, lambda folder: rewrite(folder / "report.json", pattern, new)), "content"
    )
    assert content.state is State.FAILED
    assert what in content.differences[0].what


@pytest.mark.parametrize("content", ["", "{}", "[]"])
def test_content_that_is_none(campaign: CampaignFolder, tmp_path: Path, content: str) -> None:
    document = verified(campaign, tmp_path, lambda folder: (folder / "report.json").write_text(content))
    assert check(document, "content").state is State.FAILED


def test_a_pdf_that_is_none(campaign: CampaignFolder, tmp_path: Path) -> None:
    document = verified(campaign, tmp_path, lambda folder: (folder / f"{REPORT}.pdf").write_bytes(b"%PDF-1.7 no"))
    assert check(document, "pdf").state is State.FAILED
    assert check(document, "signature").state is State.FAILED


@pytest.fixture
def signer(monkeypatch: pytest.MonkeyPatch) -> certificates.Issued:
    monkeypatch.setattr(certificates, "NOW", ISSUED)
    return self_signed(curve=True)


def sign(folder: Path, signer: certificates.Issued) -> Path:
    key = read_signing_key(signer.write_pkcs12(folder.parent.parent.parent / "lab.p12"), PASSPHRASE)
    path = folder / f"{REPORT}.pdf"
    path.write_bytes(sign_pdf(path.read_bytes(), key, signed_at=ISSUED))
    return path


def test_a_signed_report(campaign: CampaignFolder, tmp_path: Path, signer: certificates.Issued) -> None:
    document = verified(campaign, tmp_path, lambda folder: sign(folder, signer))
    assert document.unaltered
    assert check(document, "signature").state is State.OK
    assert check(document, "signer").state is State.NOT_CHECKED
    (signature,) = document.signatures
    assert signature.signer == "Invented Test Laboratory"
    assert signature.signed_at == "2026-06-12T09:00:00+00:00"


def test_a_signed_report_of_somebody_known_and_of_a_stranger(
    campaign: CampaignFolder, tmp_path: Path, signer: certificates.Issued
) -> None:
    known, stranger = tmp_path / "known.pem", tmp_path / "stranger.pem"
    known.write_bytes(signer.issuer_pem())
    stranger.write_bytes(self_signed("Somebody", curve=True).issuer_pem())
    for number, (certificate, state) in enumerate([(known, State.OK), (stranger, State.FAILED)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        document = verified(campaign, folder, lambda report: sign(report, signer), Options(trust=[certificate]))
        assert check(document, "signer").state is state


def test_a_signed_report_that_was_altered(
    campaign: CampaignFolder, tmp_path: Path, signer: certificates.Issued
) -> None:
    def change(folder: Path) -> None:
        path = sign(folder, signer)
        data = bytearray(path.read_bytes())
        data[data.index(b"/CreationDate") + len("/CreationDate(D:20")] ^= 1
        path.write_bytes(data)

    signature = check(verified(campaign, tmp_path, change), "signature")
    assert signature.state is State.FAILED
    assert "altered after it was signed" in signature.differences[0].what


def test_without_the_extras_it_says_what_to_install(
    campaign: CampaignFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(library, "is_installed", lambda: False)
    monkeypatch.setitem(__import__("sys").modules, "pypdf", None)
    document = verified(campaign, tmp_path)
    assert (document.unaltered, document.complete) == (True, False)
    for key in ("pdf", "signature"):
        assert check(document, key).state is State.NOT_CHECKED
        assert "pip install 'perfkit[report,sign]'" in check(document, key).sentence
    assert main(["verify", str(tmp_path / "d.zip")]) == 2
    assert "want of a library" in capsys.readouterr().out
    with pytest.raises(UsageError, match="pip install"):
        verify(tmp_path / "d.zip", Options(trust=[tmp_path / "x.pem"]))
