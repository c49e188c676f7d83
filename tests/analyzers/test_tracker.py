from __future__ import annotations

from perfkit_analyzers.runs import Anomalies, AnomalyKind
from tests.conversation import told
from tests.vectors import RESPONSE, value


def test_ten_lines_of_an_anomaly_are_listed_all_are_counted() -> None:
    anomalies = Anomalies()
    for line in range(1, 13):
        anomalies.add(AnomalyKind.ORPHAN, line)
    anomalies.add(AnomalyKind.RETRY, 99)

    assert anomalies.counts == {AnomalyKind.ORPHAN: 12, AnomalyKind.RETRY: 1}
    assert anomalies.lines == {AnomalyKind.ORPHAN: list(range(1, 11)), AnomalyKind.RETRY: [99]}


def test_a_retransmitted_request_of_the_dut_counts_once() -> None:
    found = told("""
        12:00:00.000 < 1 StopTransaction {"transactionId":1,"meterStop":9,"timestamp":"2024-05-17T12:00:00Z"}
        12:00:05.000 < 2 StopTransaction {"transactionId":1,"meterStop":9,"timestamp":"2024-05-17T12:00:00Z"}
        12:00:05.020 > 2 {}
        12:00:06.000 > 3 ClearCache
        12:00:06.050 < 3 {}
    """)
    (run,) = found.document.runs

    assert [(a.kind, a.count, a.lines) for a in run.anomalies] == [("RETRY", 1, [3])]
    assert found.rows(RESPONSE) == (value("ClearCache", 50, (5, 5, 6)),)


def test_a_payload_of_another_shape_is_only_a_message() -> None:
    found = told("""
        12:00:00.000 > 1 ReserveNow {"connectorId":[]}
        12:00:00.050 < 1 {"status":{}}
    """)
    (run,) = found.document.runs

    assert [(a.kind, a.count, a.lines) for a in run.anomalies] == [("PAYLOAD", 2, [2, 3])]
    assert found.rows(RESPONSE) == (value("ReserveNow", 50, (2, 2, 3)),)
    assert found.rows("triggered_function_timeout") == ()
