"""OCPP 2.0.1 and 2.1 by analogy: no official performance parameters are known for them (measurement rules 4.7)."""

from __future__ import annotations

import msgspec

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
    Fact,
    FirmwareOrDiagnostics,
    OtherReport,
    Place,
    RemoteStart,
    RemoteStop,
    Reserve,
    Reset,
    StatusReport,
    StatusReports,
    TransactionStart,
    TransactionStop,
    Trigger,
    id_tag,
)
from perfkit_analyzers.dialects.meter_values import MeterValue

version = "2.0.1"
has_station_connector = False
heartbeat_interval_key = "OCPPCommCtrlr.HeartbeatInterval"
remote_start_key = "AuthCtrlr.AuthorizeRemoteStart"
plugged_statuses = frozenset({"Occupied"})
cable_statuses = frozenset({"Occupied"})
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
            "UploadFailure",
            "BadMessage",
            "NotSupportedOperation",
            "PermissionDenied",
            "AcceptedCanceled",
        ),
    }
)
_TRIGGERED_ACTIONS = {
    "SignChargingStationCertificate": "SignCertificate",
    "SignV2GCertificate": "SignCertificate",
    "SignV2G20Certificate": "SignCertificate",
    "SignCombinedCertificate": "SignCertificate",
}


class _Evse(msgspec.Struct, frozen=True, rename="camel"):
    id: int
    connector_id: int | None = None


class _StatusNotification(msgspec.Struct, frozen=True, rename="camel"):
    evse_id: int
    connector_id: int
    connector_status: str
    timestamp: str | None = None


class _Component(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    evse: _Evse | None = None


class _Variable(msgspec.Struct, frozen=True, rename="camel"):
    name: str


class _EventData(msgspec.Struct, frozen=True, rename="camel"):
    component: _Component
    variable: _Variable
    actual_value: str | None = None
    timestamp: str | None = None


class _NotifyEvent(msgspec.Struct, frozen=True, rename="camel"):
    event_data: list[_EventData]


class _MeterValues(msgspec.Struct, frozen=True, rename="camel"):
    evse_id: int
    meter_value: list[MeterValue] = []


class _IdToken(msgspec.Struct, frozen=True, rename="camel"):
    id_token: str


class _Authorize(msgspec.Struct, frozen=True, rename="camel"):
    id_token: _IdToken


class _TransactionInfo(msgspec.Struct, frozen=True, rename="camel"):
    transaction_id: str
    remote_start_id: int | None = None
    stopped_reason: str | None = None


class _TransactionEvent(msgspec.Struct, frozen=True, rename="camel"):
    event_type: str
    trigger_reason: str
    transaction_info: _TransactionInfo
    timestamp: str | None = None
    offline: bool = False
    evse: _Evse | None = None
    id_token: _IdToken | None = None


class _RequestStart(msgspec.Struct, frozen=True, rename="camel"):
    id_token: _IdToken
    remote_start_id: int
    evse_id: int | None = None


class _RequestStop(msgspec.Struct, frozen=True, rename="camel"):
    transaction_id: str


class _ReserveNow(msgspec.Struct, frozen=True, rename="camel"):
    id: int
    evse_id: int | None = None


class _CancelReservation(msgspec.Struct, frozen=True, rename="camel"):
    reservation_id: int


class _ChangeAvailability(msgspec.Struct, frozen=True, rename="camel"):
    operational_status: str
    evse: _Evse | None = None


class _TriggerMessage(msgspec.Struct, frozen=True, rename="camel"):
    requested_message: str
    evse: _Evse | None = None


class _SetVariable(msgspec.Struct, frozen=True, rename="camel"):
    component: _Component
    variable: _Variable
    attribute_value: str


class _SetVariables(msgspec.Struct, frozen=True, rename="camel"):
    set_variable_data: list[_SetVariable]


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    status: str | None = None


def _place(evse: _Evse | None) -> Place:
    if evse is None:
        return WHOLE_STATION
    return (evse.id,) if evse.connector_id is None else (evse.id, evse.connector_id)


def _availability_event(payload: _NotifyEvent) -> Fact | None:
    """G01.FR.07: connectors may report their AvailabilityState by NotifyEvent instead of StatusNotification."""
    reports = tuple(
        StatusReport(_place(event.component.evse), event.actual_value, event.timestamp)
        for event in payload.event_data
        if event.variable.name == "AvailabilityState" and event.actual_value and len(_place(event.component.evse)) == 2
    )
    return StatusReports(reports) if len(reports) > 1 else next(iter(reports), None)


def _transaction_event(payload: _TransactionEvent) -> Fact:
    """The event that answers a remote request (rules 4.7); others matter only as messages."""
    info = payload.transaction_info
    identifier = id_tag(payload.id_token.id_token) if payload.id_token else None
    asked = info.remote_start_id if payload.trigger_reason == "RemoteStart" else None
    start = TransactionStart(
        _place(payload.evse), identifier, payload.timestamp, asked, info.transaction_id, payload.offline
    )
    if asked is not None:
        return start
    if payload.trigger_reason == "RemoteStop" or payload.event_type == "Ended":
        stopped = payload.trigger_reason == "RemoteStop"
        reason = "Remote" if stopped and payload.event_type != "Ended" else info.stopped_reason
        return TransactionStop(info.transaction_id, reason, payload.timestamp, payload.event_type, payload.offline)
    if payload.event_type == "Started":
        return start
    return OtherReport(payload.trigger_reason)


def _trigger(payload: _TriggerMessage) -> Trigger:
    requested = payload.requested_message
    caused = _TRIGGERED_ACTIONS.get(requested, requested)
    return Trigger(caused, _place(payload.evse), extended=requested == "CustomTrigger")


def _variables(payload: _SetVariables) -> ConfigurationWrite:
    return ConfigurationWrite(
        tuple((f"{d.component.name}.{d.variable.name}", d.attribute_value) for d in payload.set_variable_data)
    )


calls = {
    "StatusNotification": translator(
        _StatusNotification,
        lambda p: StatusReport((p.evse_id, p.connector_id), p.connector_status, p.timestamp),
    ),
    "NotifyEvent": translator(_NotifyEvent, _availability_event),
    "MeterValues": translator(_MeterValues, lambda p: meter_report((p.evse_id,), p.meter_value)),
    "TransactionEvent": translator(_TransactionEvent, _transaction_event),
    "Authorize": translator(_Authorize, lambda p: AuthorizeAsked(id_tag(p.id_token.id_token))),
    "BootNotification": constant(Booted()),
    "Heartbeat": constant(OtherReport()),
    "SignCertificate": constant(OtherReport()),
    "FirmwareStatusNotification": translator(_Status, lambda p: OtherReport(p.status)),
    "PublishFirmwareStatusNotification": translator(_Status, lambda p: OtherReport(p.status)),
    "LogStatusNotification": translator(_Status, lambda p: OtherReport(p.status)),
    "RequestStartTransaction": translator(
        _RequestStart,
        lambda p: RemoteStart(
            (p.evse_id,) if p.evse_id else WHOLE_STATION, id_tag(p.id_token.id_token), p.remote_start_id
        ),
    ),
    "RequestStopTransaction": translator(_RequestStop, lambda p: RemoteStop(p.transaction_id)),
    "ReserveNow": translator(_ReserveNow, lambda p: Reserve((p.evse_id,) if p.evse_id else WHOLE_STATION, p.id)),
    "CancelReservation": translator(_CancelReservation, lambda p: CancelReservation(p.reservation_id)),
    "ChangeAvailability": translator(
        _ChangeAvailability, lambda p: ChangeAvailability(_place(p.evse), p.operational_status == "Operative")
    ),
    "TriggerMessage": translator(_TriggerMessage, _trigger),
    "Reset": constant(Reset()),
    "UpdateFirmware": constant(FirmwareOrDiagnostics("FirmwareStatusNotification")),
    "GetLog": constant(FirmwareOrDiagnostics("LogStatusNotification")),
    "GetVariables": constant(ConfigurationRead()),
    "SetVariables": translator(_SetVariables, _variables),
}


class _AuthorizeAnswer(msgspec.Struct, frozen=True, rename="camel"):
    id_token_info: _Status


class _BootAnswer(msgspec.Struct, frozen=True, rename="camel"):
    status: str | None = None
    interval: int | None = None


class _GotVariable(msgspec.Struct, frozen=True, rename="camel"):
    component: _Component
    variable: _Variable
    attribute_value: str | None = None


class _VariablesAnswer(msgspec.Struct, frozen=True, rename="camel"):
    get_variable_result: list[_GotVariable] = []


class _SetResult(msgspec.Struct, frozen=True, rename="camel"):
    attribute_status: str


class _SetAnswer(msgspec.Struct, frozen=True, rename="camel"):
    set_variable_result: list[_SetResult] = []


def _variables_answer(payload: _VariablesAnswer) -> Answer:
    values = ((f"{r.component.name}.{r.variable.name}", r.attribute_value) for r in payload.get_variable_result)
    return Answer(configuration=tuple((key, value) for key, value in values if value is not None))


def _set_answer(payload: _SetAnswer) -> Answer:
    accepted = all(result.attribute_status == "Accepted" for result in payload.set_variable_result)
    return Answer("Accepted" if accepted else "Rejected")


_status_answer = answer_translator(_Status, lambda p: Answer(p.status))

answers = {
    "Authorize": answer_translator(_AuthorizeAnswer, lambda p: Answer(p.id_token_info.status)),
    "BootNotification": answer_translator(_BootAnswer, lambda p: Answer(p.status, interval_s=p.interval)),
    "GetVariables": answer_translator(_VariablesAnswer, _variables_answer),
    "SetVariables": answer_translator(_SetAnswer, _set_answer),
    "NotifyReport": _status_answer,  # nothing in it; it makes the report an exchange that is noted
    **dict.fromkeys(
        (
            *("RequestStartTransaction", "RequestStopTransaction", "ReserveNow", "CancelReservation"),
            *("ChangeAvailability", "TriggerMessage", "Reset", "UpdateFirmware", "GetLog"),
        ),
        _status_answer,
    ),
}
