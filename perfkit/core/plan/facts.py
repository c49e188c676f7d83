"""What a PICS states, and what follows from it, as facts for the conditions of Appendix C."""

from __future__ import annotations

from typing import cast

import msgspec

from perfkit.core.pics.expression import Facts
from perfkit.core.pics.model import CertificateScope, Pics

_PROFILES = ("firmware_management", "smart_charging", "reservation", "local_auth_list_management", "remote_trigger")
_SECTIONS = ("dut", "communication", "features", "limits", "profiles", "security")


def stated_facts(pics: Pics) -> dict[str, object]:
    """What is stated, by full key; an empty list is not stated. The product subtype is "none" unless stated (A)."""
    values = cast(dict[str, dict[str, object]], msgspec.to_builtins(pics))
    return {
        f"{section}.{key}": value
        for section in _SECTIONS
        for key, value in values[section].items()
        if value is not None and value not in ([], ())
    }


def facts_of(pics: Pics) -> Facts:
    """The stated facts and those that the test procedure lets one conclude.

    A full certificate contains every profile (A.1); Core is part of both certificates (A.1); who fills in the PICS of
    A.2 applies for the security certificate.
    """
    facts = stated_facts(pics)
    facts["profiles.core"] = True
    if pics.profiles.certificate is CertificateScope.FULL:
        facts |= {f"profiles.{profile}": True for profile in _PROFILES}
    facts.setdefault("security.certificate", any(key.startswith("security.") for key in facts))
    return facts
