"""The rules of docs/method.md that every row of a parameter went through, in the words of `--explain`."""

from __future__ import annotations

from collections.abc import Mapping

Rule = tuple[str, str]

_PAIRING: tuple[Rule, ...] = (
    ("P1", "a CALL and its answer belong together by run, connection, sender and message id"),
    ("P2", "CALLRESULT and CALLERROR both end a wait for an answer"),
)
_TRIGGERED_STARTS = {
    "conf": ("T1", "starts at the DUT's answer to the request, which must be Accepted (policy triggered_start: conf)"),
    "req": ("T1", "starts at the request; its answer must be Accepted (policy triggered_start: req)"),
}
_TRIGGERED_ENDS = {
    "last": (
        "T2",
        "ends at the message that the request causes; of several connectors at the last (policy multi: last)",
    ),
    "first": (
        "T2",
        "ends at the message that the request causes; of several connectors at the first (policy multi: first)",
    ),
}
_WINDOW = ("T7", "the wait ends with the next request of the same kind, a disconnection, a reset or the run")
_STATIC: dict[str, tuple[Rule, ...]] = {
    "response_timeout": (
        ("R1", "starts at a CALL of the tool, ends at the DUT's answer; the combination is the action"),
        *_PAIRING,
    ),
    "authorize_response_time": (
        ("R4", "starts at Authorize.req of the tool, ends at Authorize.conf; the combination names idTagInfo.status"),
        *_PAIRING,
    ),
    "remote_start_authorization_time": (
        ("S", "starts at RemoteStartTransaction.req, ends at StartTransaction.req with the same idTag and connectorId"),
        ("S", "the answer must be Accepted, the cable in before, no prompt, reset, fault or disconnection between"),
        *_PAIRING,
    ),
    "remote_stop_authorization_time": (
        ("E", "starts at RemoteStopTransaction.req, ends at StopTransaction.req with the same transactionId"),
        ("E", "the answer must be Accepted, the reason Remote, no prompt or disconnection between"),
        *_PAIRING,
    ),
}


def rules_of(parameter: str, policy: Mapping[str, str]) -> tuple[Rule, ...]:
    """(id, sentence) of the rules for start and end of a parameter; `policy` as written in a PICS file."""
    if parameter == "triggered_function_timeout":
        return (
            _TRIGGERED_STARTS[policy["triggered_start"]],
            _TRIGGERED_ENDS[policy["multi"]],
            _WINDOW,
            *_PAIRING,
        )
    return _STATIC[parameter]
