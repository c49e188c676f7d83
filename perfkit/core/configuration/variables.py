"""Variables of OCPP 2.x against the characteristics that the station itself reports (2.0.1 part 2, 2.50 and 2.54)."""

from __future__ import annotations

import msgspec

from perfkit.core.configuration.standard_key import members


class Characteristics(msgspec.Struct, frozen=True, rename="camel"):
    """VariableCharacteristicsType of a NotifyReport."""

    data_type: str
    unit: str | None = None
    min_limit: float | None = None
    max_limit: float | None = None
    values_list: str | None = None

    def fault(self, value: str) -> str | None:
        """What is wrong with a value, as the end of a sentence; None if nothing is."""
        if self.data_type == "boolean":
            return None if value.lower() in {"true", "false"} else "is neither true nor false"
        if self.data_type in {"integer", "decimal"}:
            return self._fault_of_number(value)
        if self.values_list is None or self.data_type not in {"OptionList", "MemberList", "SequenceList"}:
            return None
        allowed = members(self.values_list)
        held = [value.strip()] if self.data_type == "OptionList" else members(value)
        odd = [member for member in held if member not in allowed]
        return f"holds {', '.join(odd)}, which is not among {self.values_list}" if odd else None

    def _fault_of_number(self, value: str) -> str | None:
        try:
            number = float(value)
        except ValueError:
            return f"is not of type {self.data_type}"
        if self.data_type == "integer" and not number.is_integer():
            return "is not a whole number"
        if self.min_limit is not None and number < self.min_limit:
            return f"is less than {self.min_limit:g}"
        return f"is more than {self.max_limit:g}" if self.max_limit is not None and number > self.max_limit else None
