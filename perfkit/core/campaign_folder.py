"""Where a certification campaign keeps its files, so that no command needs them listed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from perfkit.core.errors import UsageError


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
    def guide(self) -> Path:
        """What goes where, and the commands of a campaign in their order."""
        return self.root / "README.md"

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
    def earlier_results(self) -> Path:
        """What earlier analyses wrote, one folder each; a new analysis moves the last one here."""
        return self.results / "earlier"

    @property
    def coverage(self) -> Path:
        """The document of `perfkit coverage`."""
        return self.results / "coverage.json"

    @property
    def reports(self) -> Path:
        """Issued reports, one folder each; none is ever overwritten."""
        return self.root / "reports"

    def network_files(self) -> list[Path]:
        """Documents and records in network/ by name; [] where there is none."""
        found = (path for path in self.network.glob("*") if path.suffix in {".json", ".jsonl"} and path.is_file())
        return sorted(path for path in found if not path.name.startswith("."))

    def existing(self) -> CampaignFolder:
        """The folder itself.

        Raises:
            UsageError: it is missing, or a file.
        """
        if not self.root.exists():
            raise UsageError(f"{self.root} does not exist; `perfkit init {self.root}` makes a campaign folder")
        if not self.root.is_dir():
            raise UsageError(f"{self.root} is a file; --campaign names the folder of a campaign")
        return self

    def existing_pics(self) -> Path:
        """The PICS file.

        Raises:
            UsageError: it is missing.
        """
        if not self.pics.is_file():
            raise UsageError(f"{self.pics} is missing; `perfkit pics new {self.pics}` writes a template")
        return self.pics

    def existing_logs(self) -> Path:
        """The folder of the logs.

        Raises:
            UsageError: it is missing, or there is nothing in it.
        """
        if not self.logs.is_dir():
            raise UsageError(f"{self.logs} is missing; make this folder and put the logs of OCTT there")
        if not any(self.logs.iterdir()):
            raise UsageError(f"{self.logs} is empty; put the logs of OCTT there (files, folders or archives)")
        return self.logs
