"""What an analysis says, without what names somebody: for comparing a campaign with its redacted copy."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from perfkit.cli.main import main

IDENTITIES = frozenset(
    {
        "provenance",
        "sha256",
        "serial",
        "text",
        "pics",
        "ignored_inputs",
        "seen",
        "stated",
        "host",
        "target",
        "uri",
        "gaps",
    }
)


def analysis(campaign: Path, work: Path) -> tuple[Any, list[list[str]]] | None:
    """The result document and the rows, files by their number; None where the logs give no result."""
    pics = campaign / "pics.yaml"
    words = ["analyze", str(campaign / "logs"), "--out", str(work), "--quiet", "--max-skipped", "100"]
    network = [str(path) for path in sorted((campaign / "network").glob("*"))]
    words += ["--pics", str(pics)] if pics.exists() else []
    words += ["--network", *network] if network else []
    if main(words) not in {0, 4}:
        return None
    text = (work / "result.json").read_text().replace(f"{campaign}/network/", "")
    rows = (work / "samples.csv").read_text()
    for number, info in enumerate(json.loads(text)["inputs"]):
        written = json.dumps(info["path"])[1:-1]
        text, rows = text.replace(written, f"<{number}>"), rows.replace(info["path"], f"<{number}>")
    return _without_identities(json.loads(text)), list(csv.reader(io.StringIO(rows)))


def _without_identities(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_identities(item)
            for name, item in value.items()
            if name not in IDENTITIES and not (name == "configuration" and isinstance(item, str))
        }
    if isinstance(value, list):
        return [_without_identities(item) for item in value]
    return value
