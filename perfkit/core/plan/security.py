"""Appendix C, OCPP 1.6 Security: one block."""

from __future__ import annotations

from perfkit.core.plan.conditions import (
    PROFILE_1,
    PROFILE_1_OR_2,
    PROFILE_2,
    PROFILE_2_OR_3,
    PROFILE_3,
    SECURITY_CERTIFICATE,
    SEVERAL_PROFILES,
)
from perfkit.core.plan.row import Block, C, Group, M, Row

SECURITY_BLOCK = Block(
    "Security",
    "A.2; Appendix C, OCPP 1.6 Security",
    (
        Group(
            "Secure connection setup",
            (
                Row(
                    "TC_073",
                    None,
                    "Update Charge Point Password for HTTP Basic Authentication",
                    C,
                    C,
                    when=PROFILE_1_OR_2,
                    when_csms=PROFILE_1_OR_2,
                ),
                Row(
                    "TC_074",
                    None,
                    "Update Charge Point Certificate by request of Central System",
                    C,
                    C,
                    when=PROFILE_3,
                    when_csms=PROFILE_3,
                ),
                Row(
                    "TC_075_1",
                    None,
                    "Install a certificate on the Charge Point - ManufacturerRootCertificate",
                    C,
                    C,
                    when=PROFILE_2_OR_3,
                    when_csms=PROFILE_2_OR_3,
                ),
                Row(
                    "TC_075_2",
                    None,
                    "Install a certificate on the Charge Point - CentralSystemRootCertificate",
                    C,
                    C,
                    when=PROFILE_2_OR_3,
                    when_csms=PROFILE_2_OR_3,
                ),
                Row(
                    "TC_076",
                    None,
                    "Delete a specific certificate from the Charge Point",
                    C,
                    C,
                    when=PROFILE_2_OR_3,
                    when_csms=PROFILE_2_OR_3,
                ),
            ),
        ),
        Group(
            "Security event/logging",
            (
                Row(
                    "TC_077",
                    None,
                    "Invalid ChargePointCertificate Security Event",
                    C,
                    C,
                    when=PROFILE_3,
                    when_csms=PROFILE_3,
                ),
                Row(
                    "TC_078",
                    None,
                    "Invalid CentralSystemCertificate Security Event",
                    C,
                    C,
                    when=PROFILE_2_OR_3,
                    when_csms=PROFILE_2_OR_3,
                ),
                Row("TC_079", None, "Get Security Log", M, M),
            ),
        ),
        Group(
            "Secure firmware update",
            (
                Row("TC_080", None, "Secure Firmware Update", M, M),
                Row("TC_081", None, "Secure Firmware Update - Invalid Signature", M, M),
            ),
        ),
        Group(
            "Upgrade security profile",
            (
                Row("TC_083", None, "Upgrade security profile", M, when=SEVERAL_PROFILES),
                Row("TC_084", None, "Downgrade security profile - Rejected", M, when=SEVERAL_PROFILES),
            ),
        ),
        Group(
            "Setup connection with security profiles",
            (
                Row(
                    "TC_085",
                    None,
                    "Basic Authentication - Valid username/password combination",
                    C,
                    C,
                    when=PROFILE_1,
                    when_csms=PROFILE_1,
                ),
                Row(
                    "TC_086",
                    None,
                    "TLS - server-side certificate - Valid certificate",
                    C,
                    C,
                    when=PROFILE_2,
                    when_csms=PROFILE_2,
                ),
                Row(
                    "TC_087",
                    None,
                    "TLS - Client-side certificate - valid certificate",
                    C,
                    C,
                    when=PROFILE_3,
                    when_csms=PROFILE_3,
                ),
            ),
        ),
    ),
    SECURITY_CERTIFICATE,
)
