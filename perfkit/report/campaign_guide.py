"""The README.md of a campaign folder: what goes where, and the commands of a campaign in their order."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from perfkit.core.pics.model import DutType

_PLACES = (
    ("pics.yaml", "the PICS of the DUT: what it is, the values that its vendor states, the switches of the method"),
    ("lab.yaml", "the laboratory, its customer and the circumstances of the test: for reports"),
    ("logs/", "logs of OCTT: files, folders and archives, as OCTT wrote them"),
    ("network/", "results of `perfkit network` (*.json) and records of `perfkit monitor` (*.jsonl)"),
    ("results/", "what the last analysis and coverage wrote; earlier analyses are kept in results/earlier/"),
    ("reports/", "issued reports, one folder each"),
)


class _Link(NamedTuple):
    """Where the link is measured, where the far end is, and the options for it."""

    near: str
    far: str
    options: str


_LINKS = {
    DutType.CHARGING_STATION: _Link("beside the station", "beside OCTT", "--dongle --to octt.lab"),
    DutType.CSMS: _Link("beside OCTT", "beside the CSMS", "--to csms.lab"),
}


def campaign_guide(name: str, dut_type: DutType) -> str:
    """The text, in Markdown; commands are to be run in the folder that holds the campaign `name`."""
    places = "\n".join(f"| `{place}` | {what} |" for place, what in _PLACES)
    link, folder = _LINKS[dut_type], shlex.quote(name)
    return f"""# Campaign {name}

| place | what |
|---|---|
{places}

With `--campaign {folder}` a command finds its inputs here and puts its outputs here; run it in the folder above.

1. State what the DUT is and what its vendor states, and who measures; then see what there is to test:

       perfkit pics check {folder}/pics.yaml
       perfkit plan --campaign {folder}

2. Before the runs, {link.near}: is the link good enough?

       perfkit responder --listen 0.0.0.0:9310     # {link.far}
       perfkit network {link.options} --label before --campaign {folder}

3. During the runs: how is the link at each moment? Start it before OCTT, end it with Ctrl-C after the last test case.

       perfkit monitor {link.options} --campaign {folder}

4. Put the logs of OCTT into `logs/`, then:

       perfkit analyze --campaign {folder}
       perfkit coverage --campaign {folder}

   If the analysis says that the log's clock is not known, add `--log-clock UTC` (or `+02:00`, `Europe/Berlin`: what the
   log of OCTT shows), or state `log_clock` in the section `policy` of pics.yaml.

5. For the customer:

       perfkit report --campaign {folder}
       perfkit dossier {folder} --out dossier.zip

An analysis may be repeated at any time: the result before it is moved to `results/earlier/` and never lost.
"""
