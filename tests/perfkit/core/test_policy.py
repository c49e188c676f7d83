"""The switches of the method and how a report names those that were changed."""

from __future__ import annotations

import msgspec
import pytest

from perfkit.core.policy import Aggregate, Difference, Inclusion, Policy, TriggeredStart


def test_the_default_policy_differs_in_nothing() -> None:
    assert Policy().differences() == []


def test_defaults_are_those_of_the_method() -> None:
    assert Policy().as_written() == {
        "triggered_start": "conf",
        "aggregate": "max",
        "trigger_fw_diag": "separate",
        "multi": "last",
        "verdicts": "pass",
        "digits": "null",
        "queue_tolerance_s": "4",
        "call_errors": "include",
        "reason_absent": "exclude",
        "network_jitter_s": "null",
        "tool_delay_s": "0.025",
        "network": "flag",
        "log_clock": "null",
        "log_clock_offset_s": "0",
        "log_clock_tolerance_s": "2",
    }


def test_differences_are_listed_in_the_order_of_the_switches() -> None:
    policy = Policy(
        tool_delay_s=0.0, digits=2, call_errors=Inclusion.EXCLUDE, aggregate=Aggregate.P95, network_jitter_s=0.0125
    )
    assert policy.differences() == [
        Difference("aggregate", "p95", "max"),
        Difference("digits", "2", "null"),
        Difference("call_errors", "exclude", "include"),
        Difference("network_jitter_s", "0.0125", "null"),
        Difference("tool_delay_s", "0", "0.025"),
    ]


def test_a_difference_reads_as_one_line() -> None:
    [difference] = Policy(triggered_start=TriggeredStart.REQ).differences()
    assert str(difference) == "triggered_start: req (default conf)"


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        Policy().digits = 3  # type: ignore[misc]


def test_a_policy_survives_json() -> None:
    policy = Policy(aggregate=Aggregate.MEDIAN, queue_tolerance_s=0.5)
    assert msgspec.json.decode(msgspec.json.encode(policy), type=Policy) == policy
