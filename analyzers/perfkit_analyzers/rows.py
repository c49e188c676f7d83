"""Rows with their numbers, which move when a part of the input is joined to what comes before it."""

from __future__ import annotations

import msgspec

from perfkit.core.sample import Row


class RowRef(msgspec.Struct, frozen=True):
    """Where a value came from: the row's number in this file and the row."""

    number: int
    row: Row


class Shift(msgspec.Struct, frozen=True):
    """How far rows of a part of the input move when it is joined to what comes before it."""

    rows: int = 0
    lines: int = 0

    def ref(self, ref: RowRef) -> RowRef:
        """A reference as it is in the whole."""
        if not self.rows and not self.lines:
            return ref
        row = ref.row
        moved = msgspec.structs.replace(
            row,
            request_line=row.request_line + self.lines,
            from_line=row.from_line + self.lines,
            to_line=None if row.to_line is None else row.to_line + self.lines,
        )
        return RowRef(ref.number + self.rows, moved)


STAY = Shift()
