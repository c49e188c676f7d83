"""The parts of OCPP 1.6 payloads that a measurement needs; other members are skipped.

Apart from their meaning (`ocpp16`), because compiled modules must not define classes with options (CONTRIBUTING.md).
"""

from __future__ import annotations

import msgspec

from perfkit_analyzers.dialects.meter_values import MeterValue


class StatusNotification(msgspec.Struct, frozen=True, rename="camel"):
    """StatusNotification.req."""

    connector_id: int
    status: str
    timestamp: str | None = None


class MeterValues(msgspec.Struct, frozen=True, rename="camel"):
    """MeterValues.req."""

    connector_id: int
    meter_value: list[MeterValue] = []


class StartTransaction(msgspec.Struct, frozen=True, rename="camel"):
    """StartTransaction.req."""

    connector_id: int
    id_tag: str
    timestamp: str | None = None


class StopTransaction(msgspec.Struct, frozen=True, rename="camel"):
    """StopTransaction.req."""

    transaction_id: int
    reason: str | None = None
    timestamp: str | None = None


class IdTag(msgspec.Struct, frozen=True, rename="camel"):
    """A request that names an identifier."""

    id_tag: str


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """A payload with a status."""

    status: str | None = None


class RemoteStart(msgspec.Struct, frozen=True, rename="camel"):
    """RemoteStartTransaction.req."""

    id_tag: str
    connector_id: int | None = None


class RemoteStop(msgspec.Struct, frozen=True, rename="camel"):
    """RemoteStopTransaction.req."""

    transaction_id: int


class ReserveNow(msgspec.Struct, frozen=True, rename="camel"):
    """ReserveNow.req."""

    connector_id: int
    reservation_id: int


class CancelReservation(msgspec.Struct, frozen=True, rename="camel"):
    """CancelReservation.req."""

    reservation_id: int


class ChangeAvailability(msgspec.Struct, frozen=True, rename="camel"):
    """ChangeAvailability.req."""

    connector_id: int
    type: str


class TriggerMessage(msgspec.Struct, frozen=True, rename="camel"):
    """TriggerMessage.req, ExtendedTriggerMessage.req."""

    requested_message: str
    connector_id: int | None = None


class ChangeConfiguration(msgspec.Struct, frozen=True, rename="camel"):
    """ChangeConfiguration.req."""

    key: str
    value: str


class IdTagInfo(msgspec.Struct, frozen=True, rename="camel"):
    """idTagInfo."""

    status: str | None = None


class AuthorizeAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Authorize.conf."""

    id_tag_info: IdTagInfo


class StartAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """StartTransaction.conf."""

    transaction_id: int | None = None
    id_tag_info: IdTagInfo = IdTagInfo()


class BootAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """BootNotification.conf."""

    status: str | None = None
    interval: int | None = None


class KeyValue(msgspec.Struct, frozen=True, rename="camel"):
    """One configuration key."""

    key: str
    value: str | None = None


class ConfigurationAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """GetConfiguration.conf."""

    configuration_key: list[KeyValue] = []
