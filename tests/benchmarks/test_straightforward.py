from __future__ import annotations

from benchmarks.straightforward import analyze

LOG = """\
Test Case Name : TC_010_CS
[23:59:59:900] [REQUEST]
[23:59:59:900] [msg-out]  [2, "7", "TriggerMessage", {"requestedMessage":"StatusNotification"}]
[00:00:00:150] [msg-in]  [3,"7",{"status":"Accepted"}]
[00:00:00.200] [msg-in]  [2,"7","StatusNotification",{"connectorId":1,"status":"Available"}]
[00:00:00.212] [msg-out]  [3, "7", {}]
[00:00:01:000] [msg-in]  [2,"8","StatusNotification",{"connectorId":1,"status":"Available"}]
[00:00:01:020] [msg-out]  [3, "8", {}]
[00:00:02:000] [msg-out]  [2, "9", "GetConfiguration", {}]
[00:00:03:000] [msg-in]  [4,"unknown","InternalError","",{}]
"""


def test_times_statuses_and_what_stays_open() -> None:
    findings = analyze(LOG.splitlines())

    assert findings.times_ms == {
        ("msg-out", "TriggerMessage"): [250],
        ("msg-in", "StatusNotification"): [12, 20],
    }
    assert (findings.messages, findings.unanswered) == (8, 1)
    assert (findings.statuses, findings.status_changes) == ({1: "Available"}, 1)
