"""The verdict of a run, from its `[verdict]` lines and its footer."""

from __future__ import annotations

from typing import Final

# ISO/IEC 9646 and TTCN-3 order; a word that is in neither ranks with INCONC.
_SEVERITY: Final = {"NONE": 0, "PASS": 1, "PASSED": 1, "INCONC": 2, "FAIL": 3, "FAILED": 3, "ERROR": 4}


class Verdicts:
    """Collects what is said about the result; the worst counts when the sources differ."""

    __slots__ = ("footer", "lines", "notes")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.footer: str | None = None
        self.notes: list[str] = []

    def add_line(self, words: str) -> None:
        """Note a `[verdict]` line."""
        if words:
            self.lines.append(words.upper())

    def final(self) -> tuple[str | None, tuple[str, ...]]:
        """The verdict (None if no source told) and the notes."""
        said = self.lines + ([self.footer] if self.footer else [])
        notes = list(self.notes)
        if len(set(said)) > 1:
            notes.append(f"verdicts differ ({', '.join(dict.fromkeys(said))}); the worst counts")
        worst = max(said, key=lambda word: _SEVERITY.get(word, 2), default=None)
        return worst, tuple(notes)
