"""Appendix C of the OCPP 1.6 Test Procedure & Test Plans V1.2.0: every conformance test case, in the table's order."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.plan.core_profile import CORE
from perfkit.core.plan.optional_profiles import (
    FIRMWARE_BLOCK,
    LOCAL_LIST_BLOCK,
    RESERVATION_BLOCK,
    SMART_CHARGING_BLOCK,
    TRIGGER_BLOCK,
)
from perfkit.core.plan.row import Block, Group, Row
from perfkit.core.plan.security import SECURITY_BLOCK

BLOCKS: tuple[Block, ...] = (
    CORE,
    LOCAL_LIST_BLOCK,
    FIRMWARE_BLOCK,
    RESERVATION_BLOCK,
    TRIGGER_BLOCK,
    SMART_CHARGING_BLOCK,
    SECURITY_BLOCK,
)

FIRMWARE_TESTS = frozenset({"TC_044_1", "TC_044_2", "TC_044_3", "TC_080", "TC_081"})
"""Test cases that update the firmware of the DUT, or try to."""

RESET_TEST = "000_RESET"
"""The utility test case between two others (7.2.2)."""


def rows() -> Iterator[tuple[Block, Group, Row]]:
    """Every row with its block and group, in order."""
    for block in BLOCKS:
        for group in block.groups:
            for row in group.rows:
                yield block, group, row


KNOWN_TEST_CASES: frozenset[str] = frozenset(row.test_case for _, _, row in rows())
