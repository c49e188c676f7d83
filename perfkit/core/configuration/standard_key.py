"""What the standard says of a configuration key, and whether a value is one of those."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class KeyType(StrEnum):
    """Type of a value; on the wire each is a text."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    STRING = "string"
    LIST = "list"  # comma separated


_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")


@dataclass(frozen=True, slots=True)
class StandardKey:
    """A row of the table.

    `access`: R, RW, W (may be set and not read) or R/RW (the station's choice). `item`: what each member of a list
    looks like. `maximum_key` names the key that limits the number of members. `read_only_by_procedure`: the test
    procedure lets a station fix it, although the standard says RW.
    """

    key: str
    type: KeyType
    access: str
    required: bool
    profile: str
    clause: str
    description: str
    unit: str | None = None
    minimum: int = 0
    maximum: int | None = None
    item: re.Pattern[str] | None = None
    maximum_key: str | None = None
    read_only_by_procedure: bool = False

    def fault(self, value: str) -> str | None:
        """What is wrong with a value, as the end of a sentence; None if nothing is."""
        if self.type is KeyType.BOOLEAN:
            return None if value.lower() in {"true", "false"} else "is neither true nor false"
        if self.type is KeyType.INTEGER:
            return self._fault_of_number(value)
        if self.type is KeyType.LIST and self.item is not None:
            odd = [member for member in members(value) if not self.item.match(member)]
            return f"lists {', '.join(odd)}, which the standard does not know" if odd else None
        return None

    def _fault_of_number(self, value: str) -> str | None:
        if not _INTEGER.match(value.strip()):
            return "is not a whole number"
        number = int(value)
        if number < self.minimum:
            return f"is less than {self.minimum}"
        return f"is more than {self.maximum}" if self.maximum is not None and number > self.maximum else None


def members(value: str) -> list[str]:
    """The members of a comma separated list.

    Examples:
        >>> members("Core, RemoteTrigger"), members("")
        (['Core', 'RemoteTrigger'], [])
    """
    return [part.strip() for part in value.split(",") if part.strip()]
