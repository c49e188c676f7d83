"""Rows of a sample: observations, censored observations and exclusions, with the codes that explain them.

Words: RFC 2330 calls the single result a singleton and the set a sample; a censored observation is one of which only a
lower bound is known. The rule ids are those of docs/method.md.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit.core.link_state import LinkAt


class RowKind(StrEnum):
    """What became of a candidate."""

    OBSERVATION = "observation"
    CENSORED = "censored"  # no answer: the value is only a lower bound
    EXCLUSION = "exclusion"


class Code(StrEnum):
    """A code with the sentence and the rule that explain it: `Code.NOOP.sentence`, `Code.NOOP.rule`."""

    rule: str
    sentence: str

    def __new__(cls, code: str, rule: str = "", sentence: str = "") -> Code:
        """Make a member whose value is the code alone."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.rule = rule
        member.sentence = sentence
        return member


class Reason(Code):
    """Why a candidate is not (only) a value."""

    NOT_IN_A4 = "NOT_IN_A4", "T", "the request is not in the list of Appendix A.4"
    REJECTED = "REJECTED", "T1", "the request was not accepted"
    NOT_IMPLEMENTED = "NOT_IMPLEMENTED", "T1", "the station does not implement the requested message"
    OCCUPIED = "OCCUPIED", "T1", "the connector was occupied"
    FAULTED = "FAULTED", "T1/S", "the connector was or became faulted"
    UNAVAILABLE = "UNAVAILABLE", "T1", "the connector was unavailable"
    SCHEDULED = "SCHEDULED", "T5", "the change was put off until the transaction ends"
    CALL_ERROR = "CALL_ERROR", "T1", "the request was answered by a CALLERROR"
    NO_CONF = "NO_CONF", "T1", "the request was never answered"
    CLOCK_STEP = "CLOCK_STEP", "P6", "the clock of the log was stepped inside the interval"
    DISCONNECT = "DISCONNECT", "T7/S", "the connection was lost inside the interval"
    NO_RESP_DISCONNECT = "NO_RESP_DISCONNECT", "P5", "the connection was lost before the answer"
    HANDSHAKE = "HANDSHAKE", "R2", "the wait contains the connection handshake"
    DUP_ID = "DUP_ID", "P4", "retransmitted with the same id; the later one took the answer"
    REBOOT = "REBOOT", "T8", "the station was rebooting"
    FW_DIAG = "FW_DIAG", "T8", "inside a firmware or diagnostics sequence"
    NOOP = "NOOP", "T4", "the connector already had the wanted status: silence is legal"
    STATE_UNKNOWN = "STATE_UNKNOWN", "T4", "the connector's status was not known, so silence may be legal"
    OPERATOR = "OPERATOR", "T9", "an operator was asked to act inside the interval"
    NO_STATUS = "NO_STATUS", "T7", "the caused message never came"
    SET_INCOMPLETE = "SET_INCOMPLETE", "T2", "not every connector that had to change reported"
    WAIT_PLUG = "WAIT_PLUG", "S", "the cable was not plugged in before the request"
    PLUG_STATE_UNKNOWN = "PLUG_STATE_UNKNOWN", "S", "it is not known whether the cable was plugged in"
    CONNECTION_TIMEOUT = "CONNECTION_TIMEOUT", "S", "the connector fell back to Available (ConnectionTimeOut)"
    AUTH_REFUSED = "AUTH_REFUSED", "S", "a nested Authorize was not accepted"
    QUEUED = "QUEUED", "Q", "the message was queued while the station was offline"
    NO_START = "NO_START", "S", "no matching StartTransaction followed"
    NO_STOP = "NO_STOP", "E", "no matching StopTransaction followed"
    UNKNOWN_TX = "UNKNOWN_TX", "E", "the transaction was not started in this log"
    OTHER_REASON = "OTHER_REASON", "E", "the transaction was stopped for another reason"
    REASON_ABSENT = "REASON_ABSENT", "E", "StopTransaction gave no reason, which means Local"
    NETWORK = "NETWORK", "N3", "a threshold of the link was missed during the interval"


class Flag(Code):
    """What a reader should know of a row that counts."""

    CALL_ERROR = "CALL_ERROR", "P2", "the answer is a CALLERROR"
    PROTO_OVERLAP = "PROTO_OVERLAP", "P3", "sent while an earlier CALL of the same side was open"
    DUP_ID = "DUP_ID", "P4", "its message id was in use by another open CALL"
    ORDER_ANOMALY = "ORDER_ANOMALY", "T3", "the message came before the answer; counted from the request"
    TARGET_ALT = "TARGET_ALT", "T2", "another status than the usual one was accepted because the cable is in"
    PERIODIC_POSSIBLE = "PERIODIC_POSSIBLE", "T2", "a periodic message was due at that time as well"
    CONTEXT_ABSENT = "CONTEXT_ABSENT", "T2", "MeterValues without a reading context"
    SET_PARTIAL = "SET_PARTIAL", "T2", "connectors of unknown status did not report"
    MIN_STATUS_DURATION = (
        "MIN_STATUS_DURATION",
        "T6",
        "MinimumStatusDuration was not 0: a fault of the set-up",
    )
    REASON_ABSENT = "REASON_ABSENT", "E", "StopTransaction gave no reason"
    NETWORK = "NETWORK", "N3", "a threshold of the link was missed during the interval"
    NETWORK_UNCERTAIN = "NETWORK_UNCERTAIN", "N4", "a threshold of the link may have been missed during the interval"
    VERDICT = "VERDICT", "9", "the run's verdict is not PASS; outside the headline"


class Row(msgspec.Struct, frozen=True, gc=False):
    """What became of one candidate.

    Lines: `request_line` is the candidate's CALL, `from_line` where the interval starts, `to_line` where it ends
    (for an exclusion the line that decided; None if there is none). Values in nanoseconds: `value_ns` is None for
    exclusions and a lower bound for censored rows; `from_request_ns` counts from the request, `first_ns` to the
    first member of a set, `net_ns` without the tool's own nested answers. `separate` rows never enter the headline.
    `link` is how the link was, None where nobody asked.
    """

    parameter: str
    kind: RowKind
    combination: str
    request_line: int
    from_line: int
    to_line: int | None
    value_ns: int | None = None
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()
    from_request_ns: int | None = None
    first_ns: int | None = None
    net_ns: int | None = None
    separate: bool = False
    phase: str | None = None
    station: str | None = None
    stamp_ns: int | None = None
    link: LinkAt | None = None
