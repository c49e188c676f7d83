"""OCPP 1.6 (edition 2, errata 4.0) with the messages of the security white paper (edition 3)."""

from __future__ import annotations

from typing import Final

from perfkit_analyzers.dialects import ocpp16_payloads as shapes
from perfkit_analyzers.dialects.base import answer_translator, constant, meter_report, translator
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


calls = {
    "StatusNotification": translator(
        shapes.StatusNotification, lambda p: StatusReport((p.connector_id,), p.status, p.timestamp)
    ),
    "MeterValues": translator(shapes.MeterValues, lambda p: meter_report((p.connector_id,), p.meter_value)),
    "StartTransaction": translator(
        shapes.StartTransaction, lambda p: TransactionStart((p.connector_id,), id_tag(p.id_tag), p.timestamp)
    ),
    "StopTransaction": translator(
        shapes.StopTransaction, lambda p: TransactionStop(str(p.transaction_id), p.reason, p.timestamp)
    ),
    "Authorize": translator(shapes.IdTag, lambda p: AuthorizeAsked(id_tag(p.id_tag))),
    "BootNotification": constant(Booted()),
    "Heartbeat": constant(OtherReport()),
    "DiagnosticsStatusNotification": translator(shapes.Status, lambda p: OtherReport(p.status)),
    "FirmwareStatusNotification": translator(shapes.Status, lambda p: OtherReport(p.status)),
    "SignedFirmwareStatusNotification": translator(shapes.Status, lambda p: OtherReport(p.status)),
    "LogStatusNotification": translator(shapes.Status, lambda p: OtherReport(p.status)),
    "RemoteStartTransaction": translator(
        shapes.RemoteStart, lambda p: RemoteStart(connector_place(p.connector_id), id_tag(p.id_tag))
    ),
    "RemoteStopTransaction": translator(shapes.RemoteStop, lambda p: RemoteStop(str(p.transaction_id))),
    "ReserveNow": translator(shapes.ReserveNow, lambda p: Reserve(connector_place(p.connector_id), p.reservation_id)),
    "CancelReservation": translator(shapes.CancelReservation, lambda p: CancelReservation(p.reservation_id)),
    "ChangeAvailability": translator(
        shapes.ChangeAvailability,
        lambda p: ChangeAvailability(connector_place(p.connector_id), p.type == "Operative"),
    ),
    "TriggerMessage": translator(
        shapes.TriggerMessage, lambda p: Trigger(p.requested_message, connector_place(p.connector_id))
    ),
    "ExtendedTriggerMessage": translator(
        shapes.TriggerMessage,
        lambda p: Trigger(p.requested_message, connector_place(p.connector_id), extended=True),
    ),
    "Reset": constant(Reset()),
    "UpdateFirmware": constant(FirmwareOrDiagnostics("FirmwareStatusNotification")),
    "SignedUpdateFirmware": constant(FirmwareOrDiagnostics("SignedFirmwareStatusNotification")),
    "GetDiagnostics": constant(FirmwareOrDiagnostics("DiagnosticsStatusNotification")),
    "GetLog": constant(FirmwareOrDiagnostics("LogStatusNotification")),
    "GetConfiguration": constant(ConfigurationRead()),
    "ChangeConfiguration": translator(shapes.ChangeConfiguration, lambda p: ConfigurationWrite(((p.key, p.value),))),
}


def _start_answer(payload: shapes.StartAnswer) -> Answer:
    transaction = None if payload.transaction_id is None else str(payload.transaction_id)
    return Answer(payload.id_tag_info.status, transaction_id=transaction)


_CONFIGURATION_READ: Final = frozenset(
    {"AuthorizeRemoteTxRequests", "HeartbeatInterval", "MinimumStatusDuration", "NumberOfConnectors"}
)
"""Configuration keys that a rule reads."""


def _configuration_answer(payload: shapes.ConfigurationAnswer) -> Answer:
    entries = [entry for entry in payload.configuration_key if entry.key in _CONFIGURATION_READ]
    return Answer(configuration=tuple([(entry.key, entry.value) for entry in entries if entry.value is not None]))


_status_answer = answer_translator(shapes.Status, lambda p: Answer(p.status))

answers = {
    "Authorize": answer_translator(shapes.AuthorizeAnswer, lambda p: Answer(p.id_tag_info.status)),
    "StartTransaction": answer_translator(shapes.StartAnswer, _start_answer),
    "BootNotification": answer_translator(shapes.BootAnswer, lambda p: Answer(p.status, interval_s=p.interval)),
    "GetConfiguration": answer_translator(shapes.ConfigurationAnswer, _configuration_answer),
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
