"""The rules of the redaction: which fields and keys hold what.

Clauses: "1.6 n" is OCPP 1.6 edition 2; "1.6 security" the whitepaper "Improved security for OCPP 1.6-J" edition 3;
"2.x T" the data type or message T of OCPP 2.0.1 or 2.1 part 2. Secrets by name: perfkit/core/secrets.py.
"""

from __future__ import annotations

from perfkit.redaction.rule import FieldRule, Kind, WordRule

FIELDS: tuple[FieldRule, ...] = (
    FieldRule("idtag", Kind.ID_TOKEN, "1.6 7.28 IdToken"),
    FieldRule("parentidtag", Kind.ID_TOKEN, "1.6 7.27 IdTagInfo"),
    FieldRule("idtoken", Kind.ID_TOKEN, "2.x IdTokenType"),
    FieldRule("additionalidtoken", Kind.ID_TOKEN, "2.x AdditionalInfoType"),
    FieldRule("emaid", Kind.ID_TOKEN, "2.x Authorize, ISO 15118"),
    FieldRule("evccid", Kind.ID_TOKEN, "2.x IdTokenType, ISO 15118"),
    FieldRule("vehicleid", Kind.ID_TOKEN, "2.1 NotifyEVChargingNeeds"),
    FieldRule("customeridentifier", Kind.ID_TOKEN, "2.x CustomerInformation"),
    FieldRule("chargepointserialnumber", Kind.SERIAL, "1.6 6.3 BootNotification.req"),
    FieldRule("chargeboxserialnumber", Kind.SERIAL, "1.6 6.3 BootNotification.req"),
    FieldRule("meterserialnumber", Kind.SERIAL, "1.6 6.3 BootNotification.req"),
    FieldRule("serialnumber", Kind.SERIAL, "2.x ChargingStationType, CertificateHashDataType"),
    FieldRule("iccid", Kind.SIM, "1.6 6.3 BootNotification.req; 2.x ModemType"),
    FieldRule("imsi", Kind.SIM, "1.6 6.3 BootNotification.req; 2.x ModemType"),
    FieldRule("imei", Kind.SIM, "not in OCPP; vendors' data"),
    FieldRule("msisdn", Kind.SIM, "not in OCPP; vendors' data"),
    FieldRule("chargeboxidentity", Kind.STATION, "OCPP-J 1.6 3.1.1"),
    FieldRule("chargeboxid", Kind.STATION, "OCPP-J 1.6 3.1.1"),
    FieldRule("chargepointid", Kind.STATION, "OCPP-J 1.6 3.1.1"),
    FieldRule("chargingstationid", Kind.STATION, "OCPP-J 2.0.1 3.1.1"),
    FieldRule("stationid", Kind.STATION, "OCPP-J 2.0.1 3.1.1"),
    FieldRule("identity", Kind.STATION, "2.1 NetworkConnectionProfileType"),
    FieldRule("filename", Kind.STATION, "1.6 6.18 GetDiagnostics.conf; 2.x GetLogResponse"),
    FieldRule("apn", Kind.ADDRESS, "2.x APNType"),
    FieldRule("apnusername", Kind.PERSON, "2.x APNType"),
    FieldRule("server", Kind.ADDRESS, "2.x VPNType"),
    FieldRule("user", Kind.PERSON, "2.x VPNType"),
    FieldRule("group", Kind.PERSON, "2.x VPNType"),
    FieldRule("csr", Kind.CERTIFICATE, "1.6 security SignCertificate.req; 2.x SignCertificateRequest"),
    FieldRule("certificate", Kind.CERTIFICATE, "1.6 security InstallCertificate.req; 2.x AuthorizeRequest"),
    FieldRule("certificatechain", Kind.CERTIFICATE, "1.6 security CertificateSigned.req; 2.x CertificateSignedRequest"),
    FieldRule("signingcertificate", Kind.CERTIFICATE, "1.6 security SignedUpdateFirmware.req; 2.x FirmwareType"),
    FieldRule("signature", Kind.CERTIFICATE, "1.6 security SignedUpdateFirmware.req; 2.x FirmwareType"),
    FieldRule("issuernamehash", Kind.CERTIFICATE, "1.6 security CertificateHashDataType; 2.x CertificateHashDataType"),
    FieldRule("issuerkeyhash", Kind.CERTIFICATE, "1.6 security CertificateHashDataType; 2.x CertificateHashDataType"),
    FieldRule("exirequest", Kind.CERTIFICATE, "2.x Get15118EVCertificateRequest"),
    FieldRule("exiresponse", Kind.CERTIFICATE, "2.x Get15118EVCertificateResponse"),
    FieldRule("ocspresult", Kind.CERTIFICATE, "2.x GetCertificateStatusResponse"),
    FieldRule("signedmeterdata", Kind.CERTIFICATE, "2.x SignedMeterValueType"),
    FieldRule("publickey", Kind.CERTIFICATE, "2.x SignedMeterValueType"),
    FieldRule("data", Kind.FREE_TEXT, "1.6 6.15 DataTransfer.req; 2.x DataTransfer, NotifyCustomerInformation"),
)

PRODUCT_FIELDS: tuple[FieldRule, ...] = (
    FieldRule("chargepointvendor", Kind.PRODUCT, "1.6 6.3 BootNotification.req"),
    FieldRule("chargepointmodel", Kind.PRODUCT, "1.6 6.3 BootNotification.req"),
    FieldRule("vendorname", Kind.PRODUCT, "2.x ChargingStationType"),
    FieldRule("model", Kind.PRODUCT, "2.x ChargingStationType"),
    FieldRule("firmwareversion", Kind.PRODUCT, "1.6 6.3 BootNotification.req; 2.x ChargingStationType"),
    FieldRule("metertype", Kind.PRODUCT, "1.6 6.3 BootNotification.req"),
    FieldRule("vendorid", Kind.PRODUCT, "1.6 6.15 DataTransfer.req; 2.x DataTransferRequest"),
    FieldRule("vendorerrorcode", Kind.PRODUCT, "1.6 6.51 StatusNotification.req"),
)
"""Only with --vendor-names: they say what was tested."""

PERFKIT_FIELDS: tuple[FieldRule, ...] = (
    FieldRule("host", Kind.STATION, "perfkit.network/1, perfkit.monitor/1"),
    FieldRule("target", Kind.ADDRESS, "perfkit.network/1, perfkit.monitor/1"),
    FieldRule("uri", Kind.ADDRESS, "perfkit.network/1 DeviceInfo"),
    FieldRule("key", Kind.SIM, "perfkit.network/1 DeviceInfo: digest of the device"),
    FieldRule("cell", Kind.SIM, "perfkit.network/1 SignalReading: where the station is"),
)
"""Of perfkit's own records of the link, beside the others."""

KEY_WORDS: tuple[WordRule, ...] = (
    WordRule(frozenset({"serial", "serialnumber"}), Kind.SERIAL),
    WordRule(frozenset({"imei", "iccid", "imsi", "msisdn", "simid"}), Kind.SIM),
    WordRule(
        frozenset(
            {"identity", "chargepointid", "chargeboxid", "stationid", "chargingstationid", "evseid", "cpid", "cbid"}
        ),
        Kind.STATION,
    ),
    WordRule(
        frozenset({
            "url", "uri", "endpoint", "host", "hostname", "server", "address", "addr", "ip", "ipaddress", "dns",
            "gateway", "mac", "macaddress", "ntp", "apn", "ssid", "bssid", "domain", "mail", "email",
        }),
        Kind.ADDRESS,
    ),
    WordRule(
        frozenset({
            "cponame", "organization", "organisation", "organizationname", "owner", "contact", "customer", "username",
        }),
        Kind.PERSON,
    ),
)  # fmt: skip
"""Configuration keys (1.6) and variables (2.x) by words of their names, e.g. CpoName (1.6 security), Identity (2.x)."""

LAB_KEPT: frozenset[str] = frozenset(
    {"schema", "logs_recorded_by", "network_measured_by", "rule", "agreed", "received", "from", "to", "authorises"}
)
"""Keys of lab.yaml that name nobody; every other text in it is replaced."""

PICS_FIELDS: dict[str, Kind] = {"serial": Kind.SERIAL}
PICS_PRODUCT_FIELDS: dict[str, Kind] = {"vendor": Kind.PRODUCT, "model": Kind.PRODUCT, "firmware": Kind.PRODUCT}

WORDS_OF_LOGS: frozenset[str] = frozenset(
    """
    action api authorize authorized available beta boot build call callerror callresult case central certificate
    certification charging cleared communication configuration configured connected connection connector continue core
    csms customer customers default description device diagnostics disconnected end entering event failed firmware
    following heartbeat ignoring info instance internal json keystore lab laboratory list local log main medium message
    name network number ocpp octt out pass passed preparation previous profile prompt protocol reached reason received
    request reset response result runs security server smart soap start started state station status step steps
    successfully support system test testcase testing time timeout tool transaction type under value verdict version
    waiting warning websocket
    """.split()  # noqa: SIM905 - reads better than a hundred literals
)
"""Words of OCTT's headers and narration, which the reading of a log depends on: nobody's name, even if it is one."""
