"""What a PICS says, as frozen values. None always means: not stated.

The attributes are the keys of the file (fields.py holds their meaning, range and clause); where a key is a name of
OCPP or of the PICS form, the attribute is the same name in Python's spelling (`C-02` → `offline_unknown_ids`).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit.core.policy import Policy


class DutType(StrEnum):
    """Kind of the DUT; the values are those of `perfkit_analyzers.message.Role`."""

    CHARGING_STATION = "charging_station"
    CSMS = "csms"


class ProductSubtype(StrEnum):
    """Product subtype of Appendix A; Mode 1/2-only stations may use the status flow of Appendix D."""

    NONE = "none"
    MODE_1_2_ONLY = "mode_1_2_only"


class Sockets(StrEnum):
    """Socket(s) / connector(s) of Appendix A."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class RfidReaders(StrEnum):
    """RFID readers of Appendix A."""

    NONE = "none"
    SINGLE = "single"
    ONE_PER_EVSE = "one_per_evse"


class Technology(StrEnum):
    """Communication technology of Appendix A.4; only one is measured."""

    WIFI = "wifi"
    ETHERNET = "ethernet"
    MOBILE = "mobile"


class MobileGeneration(StrEnum):
    """Generation of the mobile network, as the test procedure names them (6.2)."""

    G2 = "2g"
    G3 = "3g"
    G4 = "4g"


class YesNoBoth(StrEnum):
    """Answer to feature C-06: the configuration key can be set to both values, or is fixed to one."""

    YES = "yes"
    NO = "no"
    BOTH = "both"


class PowerFailureStop(StrEnum):
    """When a station stops its transactions at a power failure (Appendix C, TC_032_1 and TC_032_2)."""

    BEFORE = "before"
    AFTER = "after"
    BOTH = "both"


class ChargingRateUnits(StrEnum):
    """Answer to feature SC-1."""

    AMPERE = "A"
    WATT = "W"
    BOTH = "both"


class ChargingRateUnit(StrEnum):
    """A value of ChargingScheduleAllowedChargingRateUnit (OCPP 1.6, 9.4.2)."""

    CURRENT = "Current"
    POWER = "Power"


class FileTransferProtocol(StrEnum):
    """A value of SupportedFileTransferProtocols (OCPP 1.6, 9.1); SFTP is not on the form but is in use."""

    HTTP = "http"
    HTTPS = "https"
    FTP = "ftp"
    FTPS = "ftps"
    SFTP = "sftp"


class CertificateScope(StrEnum):
    """Column of Appendix A.1."""

    FULL = "full"
    SUBSET = "subset"


class Document(msgspec.Struct, frozen=True):
    """The test procedure that the PICS belongs to."""

    id: str | None = None
    edition: str | None = None


class Dut(msgspec.Struct, frozen=True):
    """General information about the DUT (Appendix A). `firmware` is the OCPP software version of the form."""

    type: DutType | None = None
    product_subtype: ProductSubtype = ProductSubtype.NONE
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    connectors: int | None = None
    sockets: Sockets | None = None
    fixed_cable: bool | None = None
    milliseconds: bool | None = None
    communication_technologies: tuple[Technology, ...] = ()
    rfid_readers: RfidReaders | None = None


class Communication(msgspec.Struct, frozen=True):
    """The technology that the performance is measured with (Appendix A.4); generations are empty if not stated."""

    technology: Technology | None = None
    mobile_generations: tuple[MobileGeneration, ...] = ()


class StatedValue(msgspec.Struct, frozen=True):
    """A duration as the vendor stated it; `2.50` has 2 decimals, `2500 ms` has 3 (of the second)."""

    value_s: float
    decimals: int
    text: str


class StatedValues(msgspec.Struct, frozen=True):
    """The performance parameters of Appendix A.4."""

    triggered_function_timeout: StatedValue | None = None
    response_timeout: StatedValue | None = None
    authorize_response_time: StatedValue | None = None
    remote_start_authorization_time: StatedValue | None = None
    remote_stop_authorization_time: StatedValue | None = None

    def by_key(self) -> dict[str, StatedValue | None]:
        """Every parameter's key with what is stated for it."""
        return {key: getattr(self, key) for key in self.__struct_fields__}


class Features(msgspec.Struct, frozen=True):
    """Optional features (Appendix A)."""

    offline_unknown_ids: bool | None = msgspec.field(name="C-02", default=None)
    max_energy_on_invalid_id: bool | None = msgspec.field(name="C-03", default=None)
    authorization_cache: bool | None = msgspec.field(name="C-04", default=None)
    minimum_status_duration: bool | None = msgspec.field(name="C-05", default=None)
    stop_tx_on_ev_side_disconnect: YesNoBoth | None = msgspec.field(name="C-06", default=None)
    local_start: bool | None = msgspec.field(name="C-07", default=None)
    local_stop: bool | None = msgspec.field(name="C-08", default=None)
    reserve_charging_station: bool | None = msgspec.field(name="R-1", default=None)
    charging_rate_units: ChargingRateUnits | None = msgspec.field(name="SC-1", default=None)
    power_failure_stop: PowerFailureStop | None = None


class Limits(msgspec.Struct, frozen=True, rename="pascal"):
    """Other relevant settings and limits (Appendix A); intervals in seconds. `other` holds free lines."""

    get_configuration_max_keys: int | None = None
    meter_values_aligned_data_max_length: int | None = None
    meter_values_sampled_data_max_length: int | None = None
    meter_value_sample_interval_minimum: int | None = None
    meter_value_sample_interval_maximum: int | None = None
    heartbeat_interval_minimum: int | None = None
    heartbeat_interval_maximum: int | None = None
    stop_transaction_max_meter_values: int | None = None
    stop_txn_aligned_data_max_length: int | None = None
    stop_txn_sampled_data_max_length: int | None = None
    web_socket_ping_interval: int | None = None
    local_auth_list_max_length: int | None = None
    send_local_list_max_length: int | None = None
    charge_profile_max_stack_level: int | None = None
    charging_schedule_allowed_charging_rate_unit: tuple[ChargingRateUnit, ...] = ()
    charging_schedule_max_periods: int | None = None
    supported_file_transfer_protocols: tuple[FileTransferProtocol, ...] = ()
    other: tuple[str, ...] = msgspec.field(name="other", default=())


class Profiles(msgspec.Struct, frozen=True):
    """Feature profiles of the OCPP 1.6 certificate (Appendix A.1)."""

    certificate: CertificateScope | None = None
    core: bool | None = None
    firmware_management: bool | None = None
    smart_charging: bool | None = None
    reservation: bool | None = None
    local_auth_list_management: bool | None = None
    remote_trigger: bool | None = None


class Security(msgspec.Struct, frozen=True):
    """Security certificate (Appendix A.2): the two rows of cipher suites, and the security profiles.

    `public_certificates`: those for the tests have been handed in.
    """

    certificate: bool | None = None
    cipher_suites_ecdhe_ecdsa: bool | None = None
    cipher_suites_rsa: bool | None = None
    profile_1: bool | None = None
    profile_2: bool | None = None
    profile_3: bool | None = None
    public_certificates: bool | None = None


class Pics(msgspec.Struct, frozen=True):
    """A whole PICS file; `source` is the name it was read under. `Pics()` is what holds without a file."""

    document: Document = Document()
    dut: Dut = Dut()
    communication: Communication = Communication()
    performance: StatedValues = StatedValues()
    policy: Policy = Policy()
    features: Features = Features()
    limits: Limits = Limits()
    profiles: Profiles = Profiles()
    security: Security = Security()
    schema: str | None = None
    source: str | None = None
