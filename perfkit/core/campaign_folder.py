"""Where a certification campaign keeps its files, so that no command needs them listed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CampaignFolder:
    """The places in a campaign folder; `perfkit init` makes them, the commands take them with --campaign."""

    root: Path

    @property
    def pics(self) -> Path:
        """The PICS file of the DUT."""
        return self.root / "pics.yaml"

    @property
    def lab(self) -> Path:
        """Who measured, where and for whom: for the reports."""
        return self.root / "lab.yaml"

    @property
    def logs(self) -> Path:
        """OCTT logs, as files, folders and archives."""
        return self.root / "logs"

    @property
    def network(self) -> Path:
        """Documents of `perfkit network` (*.json) and records of `perfkit monitor` (*.jsonl)."""
        return self.root / "network"

    @property
    def results(self) -> Path:
        """What the analysis wrote."""
        return self.root / "results"

    @property
    def result(self) -> Path:
        """The result document of `perfkit analyze`."""
        return self.results / "result.json"

    @property
    def samples(self) -> Path:
        """Every row behind the result."""
        return self.results / "samples.csv"

    @property
    def coverage(self) -> Path:
        """The document of `perfkit coverage`."""
        return self.results / "coverage.json"

    @property
    def reports(self) -> Path:
        """Issued reports, one folder each; none is ever overwritten."""
        return self.root / "reports"
