"""Network results with known content, written by hand."""

from __future__ import annotations

import msgspec

from perfkit.core.analysis_record import ToolInfo
from perfkit.core.network_record import (
    SCHEMA,
    THRESHOLDS,
    Bandwidth,
    CapacityDetail,
    Cost,
    DeviceInfo,
    Gate,
    GoodputDetail,
    Latency,
    LatencyRow,
    Limits,
    NetworkDocument,
    Outcome,
    PublicReference,
    Reasons,
    Require,
    Required,
    RequireDirection,
    Rssi,
    SignalReading,
    TechnologyResult,
    Verdict,
    Verdicts,
)

HOSTILE = '\x1b[31m[bold red]=cmd[/]\x00<&>"\n'

NO_ROW = LatencyRow(None, None, None, None, None, None, 0, 0, 84, "UDP echo", "not asked for")
LATENCY = Latency(
    median_ms=62.84,
    p95_ms=70.0,
    max_ms=71.5,
    min_ms=60.1,
    jitter_ms=1.0,
    loss=0.1,
    count=9,
    sent=10,
    packet_bytes=84,
    method="UDP echo, kernel stamps",
    reason=None,
    cold=LatencyRow(2100.0, 2100.0, 2100.0, 2100.0, None, 0.0, 1, 1, 84, "first packet after 15 s of silence", None),
    at_required_load=LatencyRow(80.0, 90.0, 95.5, 70.0, 1.0, 0.0, 40, 40, 528, "udp at 5 kB/s each way", None),
    under_saturation=NO_ROW,
    tcp=NO_ROW,
    icmp=NO_ROW,
    host_overhead_ms=0.2,
)
READING = SignalReading(
    time="2026-01-02T12:00:00.000+00:00",
    rssi_dbm=-69.0,
    bound=None,
    source="device/signal",
    reason=None,
    csq=None,
    hcsq=None,
    rsrp_dbm=-96.0,
    rsrq_db=-10.0,
    sinr_db=12.0,
    rscp_dbm=None,
    ecio_db=None,
    band="20",
    cell="2576001",
)
RSSI = Rssi(
    value_dbm=-69.0,
    bound=None,
    source="device/signal",
    csq=22,
    count=3,
    min_dbm=-71.0,
    max_dbm=-68.0,
    min_bound=None,
    max_bound=None,
    reason=None,
    hcsq=None,
    rsrp_dbm=-96.0,
    rsrq_db=-10.0,
    sinr_db=12.0,
    rscp_dbm=None,
    ecio_db=None,
    readings=[READING],
)
DELIVERED = RequireDirection(5.0, "high", 0.0, 3.0, "no delay builds up")
REQUIRE = Require(
    up=Required.MET,
    down=Required.MET,
    kB_s=5.0,
    bytes=42_240,
    seconds=4.0,
    transport="udp",
    packet_bytes=528,
    truncated=None,
    up_detail=DELIVERED,
    down_detail=DELIVERED,
)
CAPACITY = CapacityDetail(None, None, "high", 0.0, 1228, None)
GOODPUT = GoodputDetail("last half", "high", 0, 200_000, None, None, 3.1, None, None)
BANDWIDTH = Bandwidth(
    require=REQUIRE,
    capacity_up_kB_s=60.02,
    capacity_down_kB_s=386.1,
    goodput_up_kB_s=57.9,
    goodput_down_kB_s=372.4,
    capacity_up=msgspec.structs.replace(CAPACITY, burst_kB_s=1200.0, burst_bytes=32_000),
    capacity_down=CAPACITY,
    capacity_truncated="bytes",
    goodput_up=GOODPUT,
    goodput_down=GOODPUT,
    reasons={},
    sustained_kB=None,
)
COST = Cost(30_000, 28_000, 31_000, 29_000, 30_500, 28_500, path_proven=True, path="eth1 counted them")
MET = TechnologyResult(
    technology="4g",
    label=None,
    operator="Emulated",
    rat="LTE",
    started="2026-01-02T12:00:00.000+00:00",
    seconds=60.0,
    switch_seconds=20.0,
    outcome=Outcome.MEASURED,
    reason=None,
    rssi=RSSI,
    latency=LATENCY,
    bandwidth=BANDWIDTH,
    public_reference=PublicReference("public reference", "host.example", 80.0, 350.0, 55.0, 9_000_000, 1_000_000, None),
    verdicts=Verdicts(Verdict.MET, Verdict.MET, Verdict.MET),
    reasons=Reasons(None, None, None),
    gate=Gate.MET,
    advice=[],
    budget=Limits(4_000_000, 60.0, None),
    bytes_used=58_000,
    cost=COST,
)
SLOW = msgspec.structs.replace(
    MET,
    technology="2g",
    rat="EDGE",
    bandwidth=msgspec.structs.replace(
        BANDWIDTH,
        require=msgspec.structs.replace(
            REQUIRE,
            up=Required.NOT_MET,
            up_detail=RequireDirection(3.01, "high", 0.0, 900.0, "the delay grows by 40 %"),
        ),
    ),
    rssi=msgspec.structs.replace(RSSI, value_dbm=None, count=0, source=None, reason="not measured: hides the RSSI"),
    public_reference=None,
    verdicts=Verdicts(Verdict.NOT_MET, Verdict.MET, Verdict.NOT_MEASURED),
    reasons=Reasons("up: the delay grows by 40 %", None, "not measured: hides the RSSI"),
    gate=Gate.NOT_MET,
    advice=["another time of day"],
)
NO_SERVICE = msgspec.structs.replace(
    MET,
    technology="3g",
    operator=None,
    rat=None,
    outcome=Outcome.NO_SERVICE,
    reason="no service in 3G: not registered within 150 s",
    rssi=None,
    latency=None,
    bandwidth=None,
    public_reference=None,
    verdicts=Verdicts(*[Verdict.NOT_APPLICABLE] * 3),
    reasons=Reasons(*["no service in 3G: not registered within 150 s"] * 3),
    gate=Gate.INCOMPLETE,
    budget=None,
    bytes_used=0,
    cost=None,
)
BROKEN = msgspec.structs.replace(
    NO_SERVICE,
    outcome=Outcome.ERROR,
    reason="nothing answers at octt.lab:9310",
    verdicts=Verdicts(*[Verdict.NOT_MEASURED] * 3),
    reasons=Reasons(*["nothing answers at octt.lab:9310"] * 3),
)
DEVICE = DeviceInfo(
    "E3372", "22.317.01.00.00", "hilink", "CL2E3372HM", "http://192.168.8.1", "0011223344556677", "86*********13", None
)
DOCUMENT = NetworkDocument(
    schema=SCHEMA,
    tool=ToolInfo("perfkit", "0.1.0"),
    started="2026-01-02T12:00:00+00:00",
    seconds=200.0,
    host="lab1",
    interface="eth1",
    device=DEVICE,
    label="octt",
    target="octt.lab:9310",
    thresholds=THRESHOLDS,
    technologies=[SLOW, NO_SERVICE, MET],
    gate=Gate.NOT_MET,
    restored=True,
    restore_reason=None,
    settings={"NetworkMode": "00"},
    notes=["no service in 3G at this place"],
    merged=[],
)
WIRED = msgspec.structs.replace(
    DOCUMENT,
    started="2026-01-02T13:00:00+00:00",
    host="lab2",
    interface=None,
    device=None,
    label="csms",
    technologies=[
        msgspec.structs.replace(
            MET,
            technology="wired",
            rssi=None,
            public_reference=None,
            operator=None,
            rat=None,
            verdicts=Verdicts(Verdict.MET, Verdict.MET, Verdict.NOT_APPLICABLE),
            reasons=Reasons(None, None, "no mobile link was named"),
        )
    ],
    gate=Gate.MET,
    restored=None,
    settings={},
    notes=[],
)
HOSTILE_DOCUMENT = msgspec.structs.replace(
    DOCUMENT,
    host=HOSTILE,
    label=HOSTILE,
    target=HOSTILE,
    interface=HOSTILE,
    device=msgspec.structs.replace(DEVICE, model=HOSTILE, firmware=HOSTILE),
    settings={HOSTILE: HOSTILE},
    notes=[HOSTILE],
    technologies=[
        msgspec.structs.replace(
            SLOW,
            technology=HOSTILE,
            operator=HOSTILE,
            rat=HOSTILE,
            label=HOSTILE,
            advice=[HOSTILE],
            reasons=Reasons(HOSTILE, HOSTILE, HOSTILE),
            rssi=msgspec.structs.replace(
                RSSI, source=HOSTILE, readings=[msgspec.structs.replace(READING, band=HOSTILE, cell=HOSTILE)]
            ),
            public_reference=PublicReference(HOSTILE, HOSTILE, None, None, None, None, None, HOSTILE),
            cost=msgspec.structs.replace(COST, path=HOSTILE),
        ),
        msgspec.structs.replace(BROKEN, reason=HOSTILE),
    ],
)
