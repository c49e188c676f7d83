"""What the README shows is what the command prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.cli.main import main

ROOT = Path(__file__).parents[1]


def test_the_table_in_the_readme_is_the_one_of_the_sample_campaign(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command, _, shown = readme.partition("```console\n$ perfkit ")[2].partition("\n")
    shown = shown.partition("```")[0]
    assert len(shown.splitlines()) > 5
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "120")

    assert main(command.split()) == 0
    assert capsys.readouterr().out.startswith(shown)
