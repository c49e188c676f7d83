"""What one writes first: `python benchmarks/straightforward.py FILE`, the reference that perfkit has to beat.

One regular expression per line, `json.loads` per frame, a dictionary of open requests. It does a part of what
`perfkit analyze` does: response times per action and the last status of each connector; no phases, no policy, no
exclusions, no trace back to the lines. It is written for reading, as an engineer would, and not slowed on purpose.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

LINE = re.compile(r"\[(\d\d):(\d\d):(\d\d)[:.](\d{3})\] \[(msg-in|msg-out)\]\s+(.*)")
DAY_MS = 86_400_000


@dataclass
class Findings:
    """What was found: `times_ms[direction, action]` are the answers' delays, by the direction of the request."""

    messages: int = 0
    times_ms: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    unanswered: int = 0
    statuses: dict[int, str] = field(default_factory=dict)
    status_changes: int = 0


def analyze(lines: Iterable[str]) -> Findings:
    """Read an OCTT text log line by line."""
    findings = Findings()
    pending: dict[tuple[str, str], tuple[int, str]] = {}
    for line in lines:
        match = LINE.match(line)
        if match is None:
            continue
        hour, minute, second, millisecond, direction, text = match.groups()
        stamp_ms = ((int(hour) * 60 + int(minute)) * 60 + int(second)) * 1000 + int(millisecond)
        frame = json.loads(text)
        findings.messages += 1
        if frame[0] == 2:
            pending[direction, frame[1]] = stamp_ms, frame[2]
            if frame[2] == "StatusNotification":
                note_status(findings, frame[3])
            continue
        asked = "msg-out" if direction == "msg-in" else "msg-in"
        request = pending.pop((asked, frame[1]), None)
        if request is not None:
            sent_ms, action = request
            findings.times_ms[asked, action].append((stamp_ms - sent_ms) % DAY_MS)
    findings.unanswered = len(pending)
    return findings


def note_status(findings: Findings, payload: dict[str, object]) -> None:
    """Keep the last status of a connector and count the changes."""
    connector, status = payload["connectorId"], payload["status"]
    if isinstance(connector, int) and isinstance(status, str):
        findings.status_changes += findings.statuses.get(connector) != status
        findings.statuses[connector] = status


def main() -> int:
    """Print count, median and maximum per action, in milliseconds."""
    with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
        findings = analyze(file)
    for (direction, action), times_ms in sorted(findings.times_ms.items()):
        median_ms = statistics.median(times_ms)
        print(f"{direction:7} {action:28} n={len(times_ms)} median={median_ms:g} max={max(times_ms)}")
    print(f"messages={findings.messages} unanswered={findings.unanswered} status_changes={findings.status_changes}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
