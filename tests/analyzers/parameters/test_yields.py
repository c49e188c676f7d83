from __future__ import annotations

import pytest

from perfkit_analyzers.parameters.table import PARAMETERS

EXPECTED = {
    "CancelReservation/StatusNotification": "051",
    "ReserveNow/StatusNotification": "046_1 046_2 047 049 051 052 053",
    "ChangeAvailability/StatusNotification": "013 014 034 046_1 047 048_3 049 050_3 053",
    "TriggerMessage/MeterValues": "054",
    "TriggerMessage/Heartbeat": "054",
    "TriggerMessage/StatusNotification": "054",
    "Authorize": "003 004_1 004_2 005_1 007 010 011_1 011_2 023_1 023_2 023_3 053 059",
    "RemoteStartTransaction/StartTransaction": (
        "005_1 005_2 005_3 007 008 010 012 015 016 018_1 018_2 026 028 032_1 032_2 036 037_1 037_2 037_3 038 039 "
        "046_2 047 049 051 057 058_2 059 066 068 069 070 071 082"
    ),
    "RemoteStopTransaction/StopTransaction": "005_3 012",
}
"""Section 1 of the measurement rules, with the test cases whose reusable states yield values."""


@pytest.mark.parametrize("combination", EXPECTED)
def test_the_test_cases_that_yield_values(combination: str) -> None:
    ((parameter, entry),) = [(p, e) for p in PARAMETERS for e in p.yields if e.combination == combination]
    suffix = "_CSMS" if parameter.key == "authorize_response_time" else "_CS"

    named = [name for name in entry.test_cases if name.startswith("TC_")]
    assert sorted(named) == [f"TC_{number}{suffix}" for number in EXPECTED[combination].split()]
