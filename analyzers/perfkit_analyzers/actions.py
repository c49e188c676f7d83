"""Which side may send a CALL of an action: OCPP 1.6 edition 2 with the security white paper, 2.0.1, 2.1."""

from __future__ import annotations

from perfkit_analyzers.message import Role

# fmt: off
STATION_ACTIONS = frozenset({
    # 1.6
    "Authorize", "BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "Heartbeat",
    "LogStatusNotification", "MeterValues", "SecurityEventNotification", "SignCertificate",
    "SignedFirmwareStatusNotification", "StartTransaction", "StatusNotification", "StopTransaction",
    # 2.0.1
    "ClearedChargingLimit", "Get15118EVCertificate", "GetCertificateStatus", "NotifyChargingLimit",
    "NotifyCustomerInformation", "NotifyDisplayMessages", "NotifyEVChargingNeeds", "NotifyEVChargingSchedule",
    "NotifyEvent", "NotifyMonitoringReport", "NotifyReport", "PublishFirmwareStatusNotification",
    "ReportChargingProfiles", "ReservationStatusUpdate", "TransactionEvent",
    # 2.1
    "BatterySwap", "GetCertificateChainStatus", "NotifyDERAlarm", "NotifyDERStartStop", "NotifyPeriodicEventStream",
    "NotifyPriorityCharging", "NotifySettlement", "NotifyWebPaymentStarted", "OpenPeriodicEventStream",
    "ClosePeriodicEventStream", "PullDynamicScheduleUpdate", "ReportDERControl", "VatNumberValidation",
})
CSMS_ACTIONS = frozenset({
    # 1.6
    "CancelReservation", "CertificateSigned", "ChangeAvailability", "ChangeConfiguration", "ClearCache",
    "ClearChargingProfile", "DeleteCertificate", "ExtendedTriggerMessage", "GetCompositeSchedule", "GetConfiguration",
    "GetDiagnostics", "GetInstalledCertificateIds", "GetLocalListVersion", "GetLog", "InstallCertificate",
    "RemoteStartTransaction", "RemoteStopTransaction", "ReserveNow", "Reset", "SendLocalList", "SetChargingProfile",
    "SignedUpdateFirmware", "TriggerMessage", "UnlockConnector", "UpdateFirmware",
    # 2.0.1
    "ClearDisplayMessage", "ClearVariableMonitoring", "CostUpdated", "CustomerInformation", "GetBaseReport",
    "GetChargingProfiles", "GetDisplayMessages", "GetMonitoringReport", "GetReport", "GetTransactionStatus",
    "GetVariables", "PublishFirmware", "RequestStartTransaction", "RequestStopTransaction", "SetDisplayMessage",
    "SetMonitoringBase", "SetMonitoringLevel", "SetNetworkProfile", "SetVariableMonitoring", "SetVariables",
    "UnpublishFirmware",
    # 2.1
    "AFRRSignal", "AdjustPeriodicEventStream", "ChangeTransactionTariff", "ClearDERControl", "ClearTariffs",
    "GetDERControl", "GetPeriodicEventStream", "GetTariffs", "NotifyAllowedEnergyTransfer", "RequestBatterySwap",
    "SetDERControl", "SetDefaultTariff", "UpdateDynamicSchedule", "UsePriorityCharging",
})
# fmt: on


def initiator(action: str) -> Role | None:
    """The side that may send this CALL; None where both may (DataTransfer) and for an action not in the standards.

    Examples:
        >>> initiator("Heartbeat")
        <Role.CHARGING_STATION: 'charging_station'>
        >>> initiator("DataTransfer") is None
        True
    """
    if action in STATION_ACTIONS:
        return Role.CHARGING_STATION
    return Role.CSMS if action in CSMS_ACTIONS else None
