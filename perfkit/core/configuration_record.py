"""Parts of the result document: configuration keys (or variables) and identity of the DUT, as the logs show them."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LogPlace(msgspec.Struct, frozen=True):
    """A line of an input, and the test case of its run (None if the log does not tell)."""

    file: str
    line: int
    test_case: str | None = None


class Severity(StrEnum):
    """`fault`: contradicts the standard, the PICS or the log itself. `note`: worth a look, allowed."""

    FAULT = "fault"
    NOTE = "note"


class KeyEventKind(StrEnum):
    """How a value became known: read (GetConfiguration, GetVariables, NotifyReport) or asked for (Change, Set)."""

    READ = "read"
    CHANGE = "change"


class KeyEvent(msgspec.Struct, frozen=True):
    """One step in the history of a key. Reads of an unchanged value are counted and not listed.

    `status` is the answer to a change (`Accepted`, `RebootRequired`, `Rejected`, `NotSupported`, or the code of a
    CALLERROR), None for a read. `value` is None where the DUT gave none; a secret is masked.
    """

    kind: KeyEventKind
    value: str | None
    status: str | None
    read_only: bool | None
    place: LogPlace


class ConfigurationKey(msgspec.Struct, frozen=True):
    """A configuration key (1.6) or `Component.Variable` (2.x) of the DUT.

    `value` is the last known one (an accepted change counts), None if the key has none or may not be shown; `place` is
    where it became known. `read_only` is None where the log does not tell. `type`, `unit`, `access` (R, RW, W, R/RW),
    `required` and `profile` are the standard's, None for a key that is in none (`is_standard` false).
    `accepted_changes` counts changes that the DUT took. `history` lists the first steps; `history_left_out` the rest.
    """

    key: str
    value: str | None
    read_only: bool | None
    is_secret: bool
    place: LogPlace
    is_standard: bool
    type: str | None
    unit: str | None
    access: str | None
    required: bool | None
    profile: str | None
    source: str | None
    description: str | None
    reads: int
    changes: int
    accepted_changes: int
    history: list[KeyEvent]
    history_left_out: int


class ConfigurationFinding(msgspec.Struct, frozen=True):
    """What is wrong or odd about the configuration; `place` is None where nothing in the logs shows it."""

    severity: Severity
    key: str | None
    message: str
    clause: str
    place: LogPlace | None


class OptionalFunctionality(msgspec.Struct, frozen=True):
    """An optional or read-only standard key, as 7.1.4 of the test procedure wants it on the certificate.

    `implemented` is None where the logs cannot tell: the key was never seen and all keys were never read at once.
    `read_only_value` is what an implemented read-only key contains.
    """

    key: str
    profile: str
    implemented: bool | None
    is_read_only: bool | None
    read_only_value: str | None
    description: str


class ConfigurationInfo(msgspec.Struct, frozen=True):
    """All that the logs tell of the DUT's configuration.

    `reason` says why nothing is known, None if something is. `complete_read` is where all keys were read at once, None
    if they never were (then no key can be said to be missing). `unknown_keys` were answered as not known by the DUT.
    """

    reason: str | None
    complete_read: LogPlace | None
    keys: list[ConfigurationKey]
    vendor_keys: list[ConfigurationKey]
    unknown_keys: list[str]
    optional_functionalities: list[OptionalFunctionality]
    findings: list[ConfigurationFinding]


class SeenIdentity(msgspec.Struct, frozen=True):
    """What the DUT said of itself in successive BootNotifications with the same content.

    `boots` counts them; the first and the last are named. `in_firmware_test`: all of them came in runs of a firmware
    update test case.
    """

    vendor: str | None
    model: str | None
    serial: str | None
    firmware: str | None
    boots: int
    first: LogPlace
    last: LogPlace
    in_firmware_test: bool


class IdentityComparison(msgspec.Struct, frozen=True):
    """A field of the PICS beside what the logs show; `agrees` is None when one of them is silent."""

    field: str
    stated: str | None
    seen: list[str]
    agrees: bool | None


class IdentityChange(msgspec.Struct, frozen=True):
    """A field that differs from the BootNotification before.

    `full_retest`: the test procedure then asks for a full re-test (5.5); false for another serial number, which the
    laboratory judges, and for what a firmware update test case did to the DUT.
    """

    field: str
    before: str
    after: str
    place: LogPlace
    full_retest: bool
    explanation: str


class IdentityInfo(msgspec.Struct, frozen=True):
    """Who the DUT says it is. `reason`: why nothing is known; `in_time_order` is false without dates in the logs."""

    reason: str | None
    in_time_order: bool
    seen: list[SeenIdentity]
    comparisons: list[IdentityComparison]
    changes: list[IdentityChange]


class PayloadTimes(msgspec.Struct, frozen=True):
    """Time stamps that the DUT wrote into its messages: how many, and how many of them with a fraction of a second."""

    count: int
    with_fraction: int
    first_without: LogPlace | None


NO_CONFIGURATION = ConfigurationInfo(
    reason="not collected",
    complete_read=None,
    keys=[],
    vendor_keys=[],
    unknown_keys=[],
    optional_functionalities=[],
    findings=[],
)
NO_IDENTITY = IdentityInfo(reason="not collected", in_time_order=False, seen=[], comparisons=[], changes=[])
NO_TIMES = PayloadTimes(0, 0, None)
