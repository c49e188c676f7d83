"""Variables of OCPP 2.0.1 and 2.1, named `Component.Variable`, from GetVariables, SetVariables and NotifyReport."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from perfkit.core.configuration.history import Configuration, KeyHistory
from perfkit.core.configuration.variables import Characteristics
from perfkit.core.configuration_record import ConfigurationFinding, ConfigurationKey, KeyEventKind, Severity
from perfkit_analyzers.dut.noted_runs import place
from perfkit_analyzers.noted import Noted
from perfkit_analyzers.totals import RunSummary

_UNKNOWN = frozenset({"UnknownComponent", "UnknownVariable", "NotSupportedAttributeType"})
_CLAUSE = "OCPP 2.0.1 part 2, VariableCharacteristicsType and MutabilityEnumType"


class _Evse(msgspec.Struct, frozen=True, rename="camel"):
    id: int
    connector_id: int | None = None


class _Component(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    instance: str | None = None
    evse: _Evse | None = None

    @property
    def words(self) -> str:
        """`Connector[2.1]`: instance and EVSE stand in brackets."""
        numbers = [str(n) for n in (self.evse.id, self.evse.connector_id) if n is not None] if self.evse else []
        inside = [part for part in (self.instance, ".".join(numbers)) if part]
        return f"{self.name}[{','.join(inside)}]" if inside else self.name


class _Variable(msgspec.Struct, frozen=True):
    name: str
    instance: str | None = None

    @property
    def words(self) -> str:
        return f"{self.name}[{self.instance}]" if self.instance else self.name


class _Named(msgspec.Struct, frozen=True, rename="camel"):
    component: _Component
    variable: _Variable
    attribute_type: str = "Actual"
    attribute_value: str | None = None
    attribute_status: str = "Accepted"

    @property
    def key(self) -> str:
        return _key(self.component, self.variable, self.attribute_type)


class _GetAnswer(msgspec.Struct, frozen=True, rename="camel"):
    get_variable_result: list[_Named] = []


class _SetRequest(msgspec.Struct, frozen=True, rename="camel"):
    set_variable_data: list[_Named] = []


class _SetAnswer(msgspec.Struct, frozen=True, rename="camel"):
    set_variable_result: list[_Named] = []


class _Attribute(msgspec.Struct, frozen=True):
    type: str = "Actual"
    value: str | None = None
    mutability: str = "ReadWrite"


class _Reported(msgspec.Struct, frozen=True, rename="camel"):
    component: _Component
    variable: _Variable
    variable_attribute: list[_Attribute] = []
    variable_characteristics: Characteristics | None = None


class _Report(msgspec.Struct, frozen=True, rename="camel"):
    report_data: list[_Reported] = []


def _key(component: _Component, variable: _Variable, attribute: str) -> str:
    suffix = "" if attribute == "Actual" else f" ({attribute})"
    return f"{component.words}.{variable.words}{suffix}"


class Variables:
    """Takes noted exchanges of 2.x into a configuration, and remembers what the station says of its variables."""

    def __init__(self, gathered: Configuration) -> None:
        """Nothing has been seen."""
        self.seen = False
        self._gathered = gathered
        self._characteristics: dict[str, Characteristics] = {}
        self._write_only: set[str] = set()

    def take_read(self, run: RunSummary, item: Noted) -> None:
        """GetVariables."""
        self.seen = True
        if item.error_code is not None:
            return
        where = place(run, item.answer_line)
        for result in msgspec.json.decode(item.answer, type=_GetAnswer, strict=False).get_variable_result:
            if result.attribute_status in _UNKNOWN:
                self._gathered.unknown[result.key] = where
            elif result.attribute_status == "Accepted":
                history = self._gathered.history(result.key)
                history.read(result.attribute_value, where, read_only=history.read_only, times=item.times)

    def take_change(self, run: RunSummary, item: Noted) -> None:
        """SetVariables: each variable has a status of its own; a CALLERROR is that of all."""
        self.seen = True
        where = place(run, item.request_line)
        wanted = msgspec.json.decode(item.request, type=_SetRequest, strict=False).set_variable_data
        if item.error_code is not None:
            status = dict.fromkeys((entry.key for entry in wanted), item.error_code)
        else:
            results = msgspec.json.decode(item.answer, type=_SetAnswer, strict=False).set_variable_result
            status = {result.key: result.attribute_status for result in results}
        for entry in wanted:
            answered = status.get(entry.key, "(no status)")
            if answered in _UNKNOWN:
                self._gathered.unknown[entry.key] = where
            self._gathered.history(entry.key).change(entry.attribute_value, answered, where)

    def take_report(self, run: RunSummary, item: Noted) -> None:
        """NotifyReport."""
        self.seen = True
        where = place(run, item.request_line)
        for reported in msgspec.json.decode(item.request, type=_Report, strict=False).report_data:
            for attribute in reported.variable_attribute:
                key = _key(reported.component, reported.variable, attribute.type)
                if reported.variable_characteristics is not None:
                    self._characteristics[key] = reported.variable_characteristics
                if attribute.mutability == "WriteOnly":
                    self._write_only.add(key)
                read_only = attribute.mutability == "ReadOnly"
                self._gathered.history(key).read(attribute.value, where, read_only=read_only, times=item.times)
                self._gathered.unknown.pop(key, None)

    def record(self, history: KeyHistory) -> ConfigurationKey | None:
        """The variable as the result document has it, with the type that the station reports; None for a 1.6 key."""
        if not self.seen:
            return None
        record = history.record(None)
        characteristics = self._characteristics.get(history.key)
        if characteristics is None:
            return record
        return msgspec.structs.replace(record, type=characteristics.data_type, unit=characteristics.unit)

    def findings(self) -> Iterator[ConfigurationFinding]:
        """Values that are not what the station itself says of the variable."""
        for key, history in self._gathered.histories.items():
            characteristics = self._characteristics.get(key)
            for event in history.events:
                is_read = event.kind is KeyEventKind.READ
                if event.value is None or not (is_read or event.status == "Accepted") or history.is_secret:
                    continue
                fault = characteristics.fault(event.value) if characteristics else None
                if fault is not None:
                    verb = "reads" if is_read else "was set to"
                    message = f"{key} {verb} {event.value!r}, which {fault} (by its own characteristics)"
                    yield ConfigurationFinding(Severity.FAULT, key, message, _CLAUSE, event.place)
            if key in self._write_only and any(e.kind is KeyEventKind.READ and e.value for e in history.events):
                message = f"{key} can be read, and the station says that it is WriteOnly"
                yield ConfigurationFinding(Severity.FAULT, key, message, _CLAUSE, history.place)
