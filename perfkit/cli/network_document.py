"""The frame around what was measured: tool, host, time, target, and the notes that a reader of the result needs."""

from __future__ import annotations

import platform
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import ToolInfo
from perfkit.core.network_record import SCHEMA, THRESHOLDS, NetworkDocument, Outcome, TechnologyResult
from perfkit.core.version import VERSION
from perfkit_probes.gate import overall

if TYPE_CHECKING:
    from perfkit_probes.survey import Survey, SurveyPlan


class Frame:
    """Begins when it is made."""

    def __init__(self, label: str | None, plan: SurveyPlan) -> None:
        """Keep the time."""
        self._label, self._plan = label, plan
        self._started, self._begun_s = datetime.now(UTC), time.monotonic()

    def document(self, survey: Survey) -> NetworkDocument:
        """The result document."""
        target = self._plan.target
        return NetworkDocument(
            schema=SCHEMA,
            tool=ToolInfo("perfkit", VERSION),
            started=self._started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self._begun_s, 3),
            host=platform.node(),
            interface=survey.interface,
            device=survey.device,
            label=self._label,
            target=None if target is None else str(target),
            thresholds=THRESHOLDS,
            technologies=survey.technologies,
            gate=overall(survey.technologies),
            restored=survey.restored,
            restore_reason=survey.restore_reason,
            settings=survey.settings,
            notes=_notes(survey.technologies),
            merged=[],
        )


def _notes(technologies: list[TechnologyResult]) -> list[str]:
    absent = [one.technology.upper() for one in technologies if one.outcome is Outcome.NO_SERVICE]
    if not absent:
        return []
    names, others = ", ".join(absent), len(absent) < len(technologies)
    judged = "the gate is judged on the others" if others else "there is nothing to judge"
    return [f"no service in {names} at this place: a result, not a failure; {judged}"]
