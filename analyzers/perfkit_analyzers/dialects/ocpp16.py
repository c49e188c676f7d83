"""OCPP 1.6 (edition 2, errata 4.0) with the messages of the security white paper (edition 3)."""

from __future__ import annotations

import msgspec

from perfkit_analyzers.dialects.base import MeterValue, answer_translator, constant, meter_report, translator
from perfkit_analyzers.dialects.facts import (
    WHOLE_STATION,
    Answer,
    AuthorizeAsked,
    Booted,
    CancelReservation,
    ChangeAvailability,
    ConfigurationRead,
    ConfigurationWrite,
    FirmwareOrDiagnostics,
    OtherReport,
    Place,
    RemoteStart,
    RemoteStop,
    Reserve,
    Reset,
    StatusReport,
    TransactionStart,
    TransactionStop,
    Trigger,
    id_tag,
)

version = "1.6"
has_station_connector = True
heartbeat_interval_key = "HeartbeatInterval"
remote_start_key = "AuthorizeRemoteTxRequests"
plugged_statuses = frozenset({"Preparing"})
cable_statuses = frozenset({"Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing"})
final_report_statuses = frozenset(
    {
        *(
            "Installed",
            "InstallationFailed",
            "DownloadFailed",
            "InvalidSignature",
            "InstallVerificationFailed",
        ),
        *(
            "Uploaded",
            "UploadFailed",
            "UploadFailure",
            "BadMessage",
            "NotSupportedOperation",
            "PermissionDenied",
        ),
    }
)


def connector_place(connector_id: int | None) -> Place:
    """Place of a request's connectorId: absent and 0 are the whole station."""
    return (connector_id,) if connector_id else WHOLE_STATION


class _StatusNotification(msgspec.Struct, frozen=True, rename="camel"):
    connector_id: int
    status: str
    timestamp: str | None = None


class _MeterValues(msgspec.Struct, frozen=True, rename="camel"):
    connector_id: int
    meter_value: list[MeterValue] = []


class _StartTransaction(msgspec.Struct, frozen=True, rename="camel"):
    connector_id: int
    id_tag: str
    timestamp: str | None = None


class _StopTransaction(msgspec.Struct, frozen=True, rename="camel"):
    transaction_id: int
    reason: str | None = None
    timestamp: str | None = None


class _IdTag(msgspec.Struct, frozen=True, rename="camel"):
    id_tag: str


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    status: str | None = None


class _RemoteStart(msgspec.Struct, frozen=True, rename="camel"):
    id_tag: str
    connector_id: int | None = None


class _RemoteStop(msgspec.Struct, frozen=True, rename="camel"):
    transaction_id: int


class _ReserveNow(msgspec.Struct, frozen=True, rename="camel"):
    connector_id: int
    reservation_id: int


class _CancelReservation(msgspec.Struct, frozen=True, rename="camel"):
    reservation_id: int


class _ChangeAvailability(msgspec.Struct, frozen=True, rename="camel"):
    connector_id: int
    type: str


class _TriggerMessage(msgspec.Struct, frozen=True, rename="camel"):
    requested_message: str
    connector_id: int | None = None


class _ChangeConfiguration(msgspec.Struct, frozen=True, rename="camel"):
    key: str
    value: str


calls = {
    "StatusNotification": translator(
        _StatusNotification, lambda p: StatusReport((p.connector_id,), p.status, p.timestamp)
    ),
    "MeterValues": translator(_MeterValues, lambda p: meter_report((p.connector_id,), p.meter_value)),
    "StartTransaction": translator(
        _StartTransaction, lambda p: TransactionStart((p.connector_id,), id_tag(p.id_tag), p.timestamp)
    ),
    "StopTransaction": translator(
        _StopTransaction, lambda p: TransactionStop(str(p.transaction_id), p.reason, p.timestamp)
    ),
    "Authorize": translator(_IdTag, lambda p: AuthorizeAsked(id_tag(p.id_tag))),
    "BootNotification": constant(Booted()),
    "Heartbeat": constant(OtherReport()),
    "DiagnosticsStatusNotification": translator(_Status, lambda p: OtherReport(p.status)),
    "FirmwareStatusNotification": translator(_Status, lambda p: OtherReport(p.status)),
    "SignedFirmwareStatusNotification": translator(_Status, lambda p: OtherReport(p.status)),
    "LogStatusNotification": translator(_Status, lambda p: OtherReport(p.status)),
    "RemoteStartTransaction": translator(
        _RemoteStart, lambda p: RemoteStart(connector_place(p.connector_id), id_tag(p.id_tag))
    ),
    "RemoteStopTransaction": translator(_RemoteStop, lambda p: RemoteStop(str(p.transaction_id))),
    "ReserveNow": translator(_ReserveNow, lambda p: Reserve(connector_place(p.connector_id), p.reservation_id)),
    "CancelReservation": translator(_CancelReservation, lambda p: CancelReservation(p.reservation_id)),
    "ChangeAvailability": translator(
        _ChangeAvailability,
        lambda p: ChangeAvailability(connector_place(p.connector_id), p.type == "Operative"),
    ),
    "TriggerMessage": translator(
        _TriggerMessage, lambda p: Trigger(p.requested_message, connector_place(p.connector_id))
    ),
    "ExtendedTriggerMessage": translator(
        _TriggerMessage,
        lambda p: Trigger(p.requested_message, connector_place(p.connector_id), extended=True),
    ),
    "Reset": constant(Reset()),
    "UpdateFirmware": constant(FirmwareOrDiagnostics("FirmwareStatusNotification")),
    "SignedUpdateFirmware": constant(FirmwareOrDiagnostics("SignedFirmwareStatusNotification")),
    "GetDiagnostics": constant(FirmwareOrDiagnostics("DiagnosticsStatusNotification")),
    "GetLog": constant(FirmwareOrDiagnostics("LogStatusNotification")),
    "GetConfiguration": constant(ConfigurationRead()),
    "ChangeConfiguration": translator(_ChangeConfiguration, lambda p: ConfigurationWrite(((p.key, p.value),))),
}


class _IdTagInfo(msgspec.Struct, frozen=True, rename="camel"):
    status: str | None = None


class _AuthorizeAnswer(msgspec.Struct, frozen=True, rename="camel"):
    id_tag_info: _IdTagInfo


class _StartAnswer(msgspec.Struct, frozen=True, rename="camel"):
    transaction_id: int | None = None
    id_tag_info: _IdTagInfo = _IdTagInfo()


class _BootAnswer(msgspec.Struct, frozen=True, rename="camel"):
    status: str | None = None
    interval: int | None = None


class _KeyValue(msgspec.Struct, frozen=True, rename="camel"):
    key: str
    value: str | None = None


class _ConfigurationAnswer(msgspec.Struct, frozen=True, rename="camel"):
    configuration_key: list[_KeyValue] = []


def _start_answer(payload: _StartAnswer) -> Answer:
    transaction = None if payload.transaction_id is None else str(payload.transaction_id)
    return Answer(payload.id_tag_info.status, transaction_id=transaction)


_CONFIGURATION_READ = frozenset(
    {"AuthorizeRemoteTxRequests", "HeartbeatInterval", "MinimumStatusDuration", "NumberOfConnectors"}
)
"""Configuration keys that a rule reads."""


def _configuration_answer(payload: _ConfigurationAnswer) -> Answer:
    entries = [entry for entry in payload.configuration_key if entry.key in _CONFIGURATION_READ]
    return Answer(configuration=tuple([(entry.key, entry.value) for entry in entries if entry.value is not None]))


_status_answer = answer_translator(_Status, lambda p: Answer(p.status))

answers = {
    "Authorize": answer_translator(_AuthorizeAnswer, lambda p: Answer(p.id_tag_info.status)),
    "StartTransaction": answer_translator(_StartAnswer, _start_answer),
    "BootNotification": answer_translator(_BootAnswer, lambda p: Answer(p.status, interval_s=p.interval)),
    "GetConfiguration": answer_translator(_ConfigurationAnswer, _configuration_answer),
    **dict.fromkeys(
        (
            *(
                "RemoteStartTransaction",
                "RemoteStopTransaction",
                "ReserveNow",
                "CancelReservation",
                "ChangeAvailability",
            ),
            *(
                "TriggerMessage",
                "ExtendedTriggerMessage",
                "Reset",
                "ChangeConfiguration",
                "SignedUpdateFirmware",
                "GetLog",
            ),
            *("UpdateFirmware", "GetDiagnostics"),
        ),
        _status_answer,
    ),
}
