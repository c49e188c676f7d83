"""What must come out: one row per candidate and the figures over them, computed from the scenario alone."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from generator.octt import Line

RESPONSE = "response_timeout"
TRIGGERED = "triggered_function_timeout"
AUTHORIZE = "authorize_response_time"
REMOTE_START = "remote_start_authorization_time"
REMOTE_STOP = "remote_stop_authorization_time"
STOP_COMBINATION = "RemoteStopTransaction/StopTransaction"
PARAMETERS = {
    "charging_station": (TRIGGERED, RESPONSE, REMOTE_START, REMOTE_STOP),
    "csms": (RESPONSE, AUTHORIZE),
}


@dataclass(eq=False)
class Row:
    """The fate of one candidate. The scenario gives value or reason; the lines get their numbers later."""

    parameter: str
    kind: str  # observation, censored, exclusion
    request: Line
    begin: Line
    end: Line | None = None
    combination: str | None = None  # None: undefined, a stratum of what never happened
    value_ms: int | None = None
    reason: str | None = None
    flags: tuple[str, ...] = ()
    in_headline: bool = False
    net_ms: int | None = None  # value minus the tool's answer to a nested Authorize
    first_ms: int | None = None  # of a set of connectors: when the first had changed
    test_case: str = ""
    file: str = ""

    def document(self) -> dict[str, object]:
        """The row as expected.json writes it."""
        return {
            "test_case": self.test_case,
            "file": self.file,
            "request_line": self.request.number,
            "from_line": self.begin.number,
            "to_line": self.end.number if self.end else None,
            "kind": self.kind,
            "combination": self.combination,
            "value_ms": self.value_ms,
            "reason": self.reason,
            "flags": sorted(self.flags),
            "in_headline": self.in_headline,
            "net_ms": self.net_ms,
            "first_ms": self.first_ms,
        }


@dataclass
class Ledger:
    """The rows of one run, and the checks that the scenario agrees with the time line it laid out."""

    rows: list[Row] = field(default_factory=list)

    def observe(self, row: Row) -> None:
        """Enter a value.

        Raises:
            ValueError: the time line does not hold the value that the scenario states.
        """
        if row.end is None or row.end.at_ms - row.begin.at_ms != row.value_ms:
            raise ValueError(f"{row.parameter}: the scenario says {row.value_ms} ms, the time line does not: {row}")
        row.in_headline = True
        self.rows.append(row)

    def settle(self, test_case: str, file: str, verdict: str | None) -> None:
        """Complete the rows of a finished run; values of a run that did not pass leave the headline."""
        for row in self.rows:
            row.test_case, row.file = test_case, file
            if verdict not in (None, "PASS"):
                row.in_headline = False
                if row.kind != "exclusion":
                    row.flags = (*row.flags, "VERDICT")


def summary(rows: list[Row]) -> dict[str, object]:
    """Figures over the observations in the headline (p95: nearest rank); counts over all rows."""
    headline = [row.value_ms for row in rows if row.kind == "observation" and row.in_headline]
    values = sorted(value for value in headline if value is not None)
    count = len(values)
    observed = [row for row in rows if row.kind == "observation"]
    combinations = []
    for name in sorted({row.combination for row in observed if row.combination}):
        members = [row for row in observed if row.combination == name]
        combinations.append(
            {
                "name": name,
                "count": len(members),
                "headline_count": sum(row.in_headline for row in members),
                "max_ms": max(row.value_ms or 0 for row in members),
                "headline_max_ms": max((row.value_ms or 0 for row in members if row.in_headline), default=None),
            }
        )
    exclusions = Counter(row.reason for row in rows if row.kind == "exclusion")
    return {
        "count": count,
        "min_ms": values[0] if values else None,
        "median_ms": median(values) if values else None,
        "mean_ms": round(sum(values) / count, 6) if values else None,
        "p95_ms": values[-(-95 * count // 100) - 1] if values else None,
        "max_ms": values[-1] if values else None,
        "outside_headline": len(observed) - count,
        "unanswered": sum(row.kind == "censored" for row in rows),
        "exclusions": [{"reason": str(reason), "count": n} for reason, n in sorted(exclusions.items(), key=str)],
        "combinations": combinations,
    }


def expected(role: str, rows: list[Row]) -> dict[str, object]:
    """Everything expected for one role, rows in the order of files and lines."""
    rows = sorted(rows, key=lambda row: (row.file, row.request.number))
    return {
        key: {
            "summary": summary([row for row in rows if row.parameter == key]),
            "rows": [row.document() for row in rows if row.parameter == key],
        }
        for key in PARAMETERS[role]
    }


def to_json(document: object, indent: int = 0) -> str:
    """JSON with one innermost object or list per line, so that a changed value shows as one changed line."""
    inner = list(document.values()) if isinstance(document, dict) else document
    if not isinstance(inner, list) or not any(_is_deep(item) for item in inner):
        return json.dumps(document, ensure_ascii=False)
    pad = " " * (indent + 1)
    if isinstance(document, dict):
        body = [f"{pad}{json.dumps(key)}: {to_json(value, indent + 1)}" for key, value in document.items()]
        return "{\n" + ",\n".join(body) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + to_json(item, indent + 1) for item in inner) + "\n" + " " * indent + "]"


def _is_deep(item: object) -> bool:
    return isinstance(item, dict) or (isinstance(item, list) and any(isinstance(part, dict) for part in item))
