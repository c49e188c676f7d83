"""`perfkit schema`: the JSON Schemas of the result documents."""

from __future__ import annotations

import argparse
import importlib
import json

SCHEMAS: dict[str, str] = {
    "analysis": "perfkit.core.analysis_record",
    "coverage": "perfkit.core.coverage_record",
    "lab": "perfkit.core.lab.schema",
    "monitor": "perfkit.core.monitor_record",
    "network": "perfkit.core.network_record",
    "plan": "perfkit.core.plan_record",
    "redaction": "perfkit.core.redaction_record",
    "verification": "perfkit.core.verification_record",
    "report": "perfkit.report.content.model",
}
"""Name of a document: the module whose `json_schema()` describes it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the argument of `perfkit schema`."""
    parser.add_argument("document", choices=sorted(SCHEMAS), help="the result of this command")


def run(arguments: argparse.Namespace) -> int:
    """Print the schema; 0."""
    module = importlib.import_module(SCHEMAS[arguments.document])
    print(json.dumps(module.json_schema(), indent=2))
    return 0
