"""Runs inside a namespace: python -m tests.probes.link_client ADDRESS PLAN, prints one JSON object with what was measured."""

from __future__ import annotations

import dataclasses
import enum
import json
import sys

from perfkit_probes.budget import Budget
from perfkit_probes.capacity import CapacityPlan
from perfkit_probes.goodput import GoodputPlan
from perfkit_probes.latency import LatencyPlan
from perfkit_probes.link import LinkPlan, measure_link
from perfkit_probes.path import LinkPath, Target
from perfkit_probes.require import RequirePlan


def plain(value: object) -> object:
    """Enums as their value, dataclasses as dictionaries."""
    if isinstance(value, enum.Enum):
        return value.value
    return str(value)


def main(words: list[str]) -> None:
    address, wanted = words
    asked = json.loads(wanted)
    plan = LinkPlan(
        Budget(asked.get("max_bytes", 20_000_000), 90.0),
        latency=LatencyPlan(),
        require=RequirePlan() if asked.get("require") else None,
        capacity=CapacityPlan() if asked.get("capacity") else None,
        goodput=GoodputPlan(asked["goodput"]) if asked.get("goodput") else None,
    )
    found = measure_link(Target(address), LinkPath(interface=asked.get("interface", "tun0")), plan)
    sys.stdout.write(json.dumps(dataclasses.asdict(found), default=plain))


if __name__ == "__main__":
    main(sys.argv[1:])
