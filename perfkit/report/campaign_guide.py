"""The README.md of a campaign folder: what goes where, and the commands of a campaign in their order."""

from __future__ import annotations

from perfkit.core.pics.model import DutType

_PLACES = (
    ("pics.yaml", "the PICS of the DUT: what it is, the values that its vendor states, the switches of the method"),
    ("lab.yaml", "the laboratory, its customer and the circumstances of the test: for reports"),
    ("logs/", "logs of OCTT: files, folders and archives, as OCTT wrote them"),
    ("network/", "results of `perfkit network` (*.json) and records of `perfkit monitor` (*.jsonl)"),
    ("results/", "result.json and samples.csv of the last analysis; earlier ones are kept in results/earlier/"),
)
_BESIDE = {DutType.CHARGING_STATION: "beside the station", DutType.CSMS: "beside OCTT, and once more beside the CSMS"}


def campaign_guide(name: str, dut_type: DutType) -> str:
    """The text, in Markdown; commands are to be run in the folder that holds the campaign `name`."""
    places = "\n".join(f"| `{place}` | {what} |" for place, what in _PLACES)
    return f"""# Campaign {name}

| place | what |
|---|---|
{places}

Every command finds its inputs here and puts its outputs here with `--campaign {name}`, run in the folder above.

1. State what the DUT is and what its vendor states:

       perfkit pics check {name}/pics.yaml

2. Before the runs, {_BESIDE[dut_type]}: is the link good enough?

       perfkit responder --listen 0.0.0.0:9310                                        # beside OCTT
       perfkit network --dongle --to octt.lab --label before --campaign {name}

3. During the runs: how is the link at each moment? Start it before OCTT, end it with Ctrl-C after the last test case.

       perfkit monitor --dongle --to octt.lab --campaign {name}

4. Put the logs of OCTT into `{name}/logs/`, then:

       perfkit analyze --campaign {name}

   If it says that the log's clock is not known, add `--log-clock UTC` (or `+02:00`, `Europe/Berlin`: what the log of
   OCTT shows), or state `log_clock` in the section `policy` of pics.yaml.

An analysis may be repeated at any time: the result before it is moved to `results/earlier/` and never lost.
"""
