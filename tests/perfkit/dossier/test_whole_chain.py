"""From the logs to a signed report in a verified dossier, with perfkit's own PDF: what a laboratory does."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from perfkit.cli.main import main
from perfkit.cli.sign_option import PASSPHRASE_VARIABLE
from tests.perfkit.dossier.campaigns import make_campaign
from tests.perfkit.signing import certificates


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_analyze_report_sign_pack_verify(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(certificates, "NOW", datetime.now(UTC))
    signer = certificates.issued_by_authority()
    (tmp_path / "authority.pem").write_bytes(signer.issuer_pem())
    key = signer.write_pkcs12(tmp_path / "lab.p12")
    monkeypatch.setenv(PASSPHRASE_VARIABLE, certificates.PASSPHRASE)
    campaign, dossier = make_campaign(tmp_path / "campaign"), tmp_path / "dossier.zip"

    assert main(["report", str(campaign.root), "--format", "html,pdf", "--sign", str(key)]) == 0
    assert main(["dossier", str(campaign.root), "--out", str(dossier)]) == 0
    capsys.readouterr()
    assert main(["verify", str(dossier), "--trust", str(tmp_path / "authority.pem"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {check["state"] for check in document["checks"]} == {"ok"}
    assert [check["key"] for check in document["checks"]] == [
        *("container", "description", "files", "figures", "samples"),
        *("content", "html", "pdf", "embedded", "signature", "signer"),
    ]

    with zipfile.ZipFile(dossier) as archive:
        archive.extractall(tmp_path / "unpacked")
    (pdf,) = (tmp_path / "unpacked").rglob("*.pdf")
    data = pdf.read_bytes()
    place = re.search(rb"CreateDate>20", data)  # of the metadata, which PDF/A keeps readable
    assert place is not None
    pdf.write_bytes(data[: place.end()] + bytes([data[place.end()] ^ 1]) + data[place.end() + 1 :])
    assert main(["verify", str(tmp_path / "unpacked")]) == 1
    said = capsys.readouterr().out
    assert f"{pdf.name}: was altered" in said
    assert "altered after it was signed" in said
