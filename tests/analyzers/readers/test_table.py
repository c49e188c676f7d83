from __future__ import annotations

import io

import pytest

from perfkit.core.errors import InputError
from perfkit_analyzers.readers.base import LogFormat
from perfkit_analyzers.readers.table import LOG_FORMATS, detect, open_log

OWN = [(log_format, sample) for log_format in LOG_FORMATS for sample in log_format.samples]
# Shapes of logs that other programs write; values invented.
FOREIGN = {
    "mobilityhouse": 'INFO:ocpp:CP_7: send [2,"7c","Heartbeat",{}]\nINFO:ocpp:CP_7: receive message [3,"7c",{}]\n',
    "Home Assistant": '2026-02-16 18:06:46.507 INFO (MainThread) [ocpp] c1: receive message [2,"1","Heartbeat",{}]\n',
    "SteVe": "[INFO ] 2026-06-17 05:46:41,763 x.WebSocketLogger (q-5) - [chargeBoxId=C, sessionId=d] Received: "
    '[2,"1","Heartbeat",{}]\n',
    "libocpp": '2026-01-01T10:00:00.123Z: ChargePoint>CentralSystem Heartbeat \n[\n  2,\n  "1",\n',
    "evcc": '[ocpp  ] TRACE 2026/07/29 22:03:41 recv CP1: [2,"77","Heartbeat",{}]\n',
    "SAP simulator": 'debug: 4/10/2026, 6:00:01 PM CP1 | << Command \'Reset\' received request payload: [2,"d","Reset",{}]\n',
    "MicroOcpp": '[MO] Send: [2,"1","Heartbeat",{}]\n[MO] Recv: [3,"1",{}]\n',
    "OCPP-Tester": "[2025-11-06 00:25:26.901] REQUEST: Heartbeat\n-----\n{}\n=====\n",
    "CSV": 'timestamp,id,action,msg\n2025-10-01T08:00:00.000Z,C,Heartbeat,"[2, ""1"", ""Heartbeat"", {}]"\n',
    "syslog": "Nov 22 14:01:02 host kernel: [12:00:00] eth0: link up\n",
    "web server": '127.0.0.1 - - [22/Nov/2026:14:01:02 +0000] "GET / HTTP/1.1" 200 5\n',
    "Java": "12:00:01.123 [main] INFO  a.b.C - started\n",
    "PICS": "dut:\n  type: charging_station\nstated:\n  response_timeout: 2 s\n",
    "JSON": '{"Test Case": "TC_001_CS"}',
    "PNG": "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "empty": "",
    "test document": "Use case Test Case Name : see below\n",
}


@pytest.mark.parametrize("log_format", LOG_FORMATS, ids=lambda f: f.name)
def test_samples_are_detected_as_their_own_format_and_by_no_other(log_format: LogFormat) -> None:
    assert len(log_format.samples) >= 2
    for owner, sample in OWN:
        sure = log_format.sniff(sample)
        assert (sure >= 0.5) is (owner is log_format), sample


@pytest.mark.parametrize(("log_format", "sample"), OWN)
def test_samples_are_read_without_a_skipped_line(log_format: LogFormat, sample: str) -> None:
    opened = open_log(io.BytesIO(sample.encode()), "sample")
    assert opened is not None
    assert opened.format is log_format
    assert list(opened.reader)
    assert opened.reader.tally.skipped == 0
    assert opened.reader.tally.lines == sample.count("\n")


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_logs_are_no_logs_of_these_formats(name: str) -> None:
    assert detect(FOREIGN[name]) is None
    assert open_log(io.BytesIO(FOREIGN[name].encode("latin-1")), name) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_detection_looks_through_the_encoding(encoding: str) -> None:
    for log_format, sample in OWN:
        opened = open_log(io.BytesIO(sample.encode(encoding)), "sample")
        assert opened is not None
        assert opened.format is log_format


def test_the_head_is_read_although_the_stream_gives_little_at_a_time() -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 7, 7) if size is None or size > 0 else 7)

    text = "garbage\n" * 100 + LOG_FORMATS[0].samples[1]
    opened = open_log(Trickle(text.encode()), "x")
    assert opened is not None
    assert [type(event).__name__ for event in opened.reader].count("OcppMessage") == 2


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">',
        "12:00 INFO urn://Ocpp/Cs/2015/10/BootNotification",
        "Test Case Name : TC_001_CS\nCommunication Medium : SOAP\n",
    ],
)
def test_soap_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"^a\.log: SOAP not supported"):
        open_log(io.BytesIO(text.encode()), "a.log")


def test_soap_in_the_payload_of_a_frame_is_no_soap_log() -> None:
    text = '[10:00:00:000] [msg-in]  [2,"1","DataTransfer",{"vendorId":"x","data":"<soap:Envelope/> urn://Ocpp/Cs/2015/10/"}]\n'
    opened = open_log(io.BytesIO(text.encode()), "a.log")
    assert opened is not None
    assert [type(event).__name__ for event in opened.reader].count("OcppMessage") == 1


@pytest.mark.parametrize("text", ["\n", " ", "\t\n", "[\n", "[1]\n", "<a", "Test Case Name"])
def test_what_repeats_itself_is_looked_through_once(text: str) -> None:
    """Minutes, if the time grew with the square of the length."""
    assert open_log(io.BytesIO(text.encode() * 200_000), "x") is None


def test_names_are_unique() -> None:
    names = [log_format.name for log_format in LOG_FORMATS]
    assert len(set(names)) == len(names)
