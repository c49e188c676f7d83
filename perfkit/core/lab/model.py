"""A laboratory file as values; None or empty: not stated. The text fields go into the report as they are written."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit.core.decision_rule import DecisionRule


class Recorder(StrEnum):
    """Who ran the tests and recorded the logs."""

    LABORATORY = "laboratory"
    VENDOR = "vendor"
    OTHER = "other"


class Person(msgspec.Struct, frozen=True):
    """Somebody who worked on the report; `authorises` says whether they sign for it."""

    name: str
    role: str | None = None
    authorises: bool = False


class Equipment(msgspec.Struct, frozen=True):
    """A piece of equipment with its identification and its calibration."""

    name: str
    identification: str | None = None
    calibration: str | None = None


class Opinion(msgspec.Struct, frozen=True):
    """An opinion or interpretation and who stands for it."""

    text: str
    author: str | None = None


class ReportSection(msgspec.Struct, frozen=True):
    """What the report is called."""

    id: str | None = None
    title: str | None = None


class Laboratory(msgspec.Struct, frozen=True):
    """The laboratory. `logo` and `fonts` are paths, relative to the file."""

    name: str | None = None
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    accreditation: str | None = None
    logo: str | None = None
    fonts: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()


class Customer(msgspec.Struct, frozen=True):
    """Who ordered the test."""

    name: str | None = None
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()


class Test(msgspec.Struct, frozen=True, rename={"tested_from": "from", "tested_to": "to"}):
    """Circumstances of the test; the days are ISO 8601."""

    __test__ = False  # not a class of tests for pytest

    place: str | None = None
    received: str | None = None
    condition: str | None = None
    tested_from: str | None = None
    tested_to: str | None = None
    logs_recorded_by: Recorder | None = None
    network_measured_by: Recorder | None = None
    sampling: str | None = None
    environment: str | None = None
    deviations: tuple[str, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    clock_traceability: str | None = None


class Agreement(msgspec.Struct, frozen=True):
    """The decision rule and when it was agreed with the customer."""

    rule: DecisionRule = DecisionRule.NONE
    agreed: str | None = None


class Lab(msgspec.Struct, frozen=True):
    """A whole laboratory file; `source` is the name it was read under. `Lab()` is what holds without a file."""

    report: ReportSection = ReportSection()
    laboratory: Laboratory = Laboratory()
    customer: Customer = Customer()
    test: Test = Test()
    decision_rule: Agreement = Agreement()
    opinions: tuple[Opinion, ...] = ()
    schema: str | None = None
    source: str | None = None
