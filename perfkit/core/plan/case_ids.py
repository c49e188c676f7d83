"""Test case ids as logs write them, and as Appendix C has them."""

from __future__ import annotations

import difflib
import re

from perfkit.core.plan.table import KNOWN_TEST_CASES, RESET_TEST

_SUFFIX = re.compile(r"_(?:CSMS|CS)\Z")
_RESET = re.compile(r"(?:TC_)?000(?:_?RESET)?\Z", re.IGNORECASE)
_LEGACY = re.compile(r"TC_(?:CS|CP)_V16_(?P<number>\d{3}(?:_\d+)?)")
_NUMBER = re.compile(r"\ATC_0*(?P<number>\d+)")
_OF_2X = re.compile(r"TC_[A-Z]_")


def base_id(test_case: str) -> str:
    """The id without the side that is tested; every spelling of the reset between test cases is one.

    Examples:
        >>> base_id("TC_010_CS"), base_id("tc_023_1_csms"), base_id("TC_000_RESET_CS")
        ('TC_010', 'TC_023_1', '000_RESET')
    """
    plain = _SUFFIX.sub("", test_case.strip().upper())
    return RESET_TEST if _RESET.match(plain) else plain


def nearest_known(test_case: str) -> str | None:
    """The id of Appendix C that was probably meant; None if none is near.

    Examples:
        >>> nearest_known("TC_CP_V16_012_REMOTE_STOP"), nearest_known("TC_0010_CS"), nearest_known("TC_E_44_CS")
        ('TC_012', 'TC_010', None)
        >>> nearest_known("TC_3_CS"), nearest_known("TC_0990_CS")
        ('TC_003', None)
    """
    plain = base_id(test_case)
    if old := _LEGACY.match(plain):
        plain = f"TC_{old['number']}"
    plain = _NUMBER.sub(lambda found: f"TC_{found['number']:0>3}", plain)
    if plain in KNOWN_TEST_CASES:
        return plain
    near = [] if is_of_2x(plain) else difflib.get_close_matches(plain, sorted(KNOWN_TEST_CASES), n=1, cutoff=0.8)
    return near[0] if near else None


def is_of_2x(test_case: str) -> bool:
    """True for the id of a test case of OCPP 2.x (`TC_E_44_CS`)."""
    return _OF_2X.match(test_case) is not None
