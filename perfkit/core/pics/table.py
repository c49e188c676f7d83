"""The table of everything a PICS file may say.

The reader, the template, the JSON Schema and docs/pics.md are made from it; a new key is one row in
measurement_fields.py or conformance_fields.py and one attribute in model.py.
"""

from __future__ import annotations

from perfkit.core.pics.conformance_fields import FEATURES, LIMITS, PROFILES, SECURITY
from perfkit.core.pics.field import Exclusion, Field, Section
from perfkit.core.pics.kinds import Choice
from perfkit.core.pics.measurement_fields import COMMUNICATION, DOCUMENT, DUT, PERFORMANCE, POLICY
from perfkit.core.pics.model import DutType

SCHEMA_ID = "perfkit.pics/1"

TOP_LEVEL = (
    Field(
        "schema",
        Choice((SCHEMA_ID,), {"perfkit/pics/1": SCHEMA_ID}),
        "Format of this file.",
        "docs/pics.md",
        SCHEMA_ID,
        ("version", "$schema"),
    ),
)

SECTIONS = (
    Section("document", "Test procedure", "title page", DOCUMENT),
    Section("dut", "General information about the DUT", "A", DUT, ("general", "device")),
    Section(
        "communication",
        "Communication technology of the measurement",
        "A.4",
        COMMUNICATION,
        ("communication_technology", "network"),
        shorthand="technology",
    ),
    Section(
        "performance",
        "Stated values of the performance parameters",
        "A.4",
        PERFORMANCE,
        ("stated", "stated_values", "performance_measurement", "values", "parameters"),
    ),
    Section("policy", "Switches of the method", "docs/method.md", POLICY, ("switches",)),
    Section("features", "Optional features", "A", FEATURES, ("optional_features", "optional")),
    Section("limits", "Other relevant settings and limits", "A", LIMITS, ("settings",)),
    Section("profiles", "Feature profiles of the OCPP 1.6 certificate", "A.1", PROFILES, ("feature_profiles",)),
    Section("security", "Security certificate", "A.2", SECURITY),
)

FIELDS: dict[tuple[str, str], Field] = {("", field.key): field for field in TOP_LEVEL}
FIELDS |= {(section.name, field.key): field for section in SECTIONS for field in section.fields}


def _only_for(dut_type: DutType, *keys: str) -> tuple[Exclusion, ...]:
    other = DutType.CSMS if dut_type is DutType.CHARGING_STATION else DutType.CHARGING_STATION
    named = "a charging station" if dut_type is DutType.CHARGING_STATION else "a CSMS"
    reason = f"is stated only for {named} (A.4), and dut.type is {other.value}; write null"
    return tuple(Exclusion("dut", "type", (other.value,), ("performance", key), reason) for key in keys)


EXCLUSIONS = (
    *_only_for(
        DutType.CHARGING_STATION,
        "triggered_function_timeout",
        "remote_start_authorization_time",
        "remote_stop_authorization_time",
    ),
    *_only_for(DutType.CSMS, "authorize_response_time"),
    Exclusion(
        "dut",
        "type",
        ("csms",),
        ("dut", "product_subtype"),
        "belongs to a charging station (A, Product subtype), and dut.type is csms; write none",
        ("none",),
    ),
    *(
        Exclusion(
            "dut",
            "type",
            ("csms",),
            ("dut", key),
            "is stated only for a charging station (A), and dut.type is csms; write null",
        )
        for key in ("sockets", "fixed_cable")
    ),
    *(
        Exclusion(
            "dut",
            "type",
            ("csms",),
            ("security", key),
            "is stated only for a charging station (A.2, Supported "
            "cipher suites): a CSMS supports all four, and dut.type is csms; write null",
        )
        for key in ("cipher_suites_ecdhe_ecdsa", "cipher_suites_rsa")
    ),
    Exclusion(
        "communication",
        "technology",
        ("wifi", "ethernet"),
        ("communication", "mobile_generations"),
        "needs communication.technology: mobile, because only one technology is measured (A.4); write null",
    ),
)
