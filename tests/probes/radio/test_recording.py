from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfkit.core.errors import InputError
from perfkit_probes.radio.recording import masked_text
from perfkit_probes.radio.table import open_device, open_recording
from tests.probes.radio.devices import at_bench, hilink_bench


@pytest.mark.parametrize(
    ("text", "starred"),
    [
        ("<Imei>860000000000013</Imei>", "<Imei>***************</Imei>"),
        ("<Msisdn>+491700000000</Msisdn>", "<Msisdn>*************</Msisdn>"),
        (
            "<SerialNumber>G4P0</SerialNumber><rssi>-69dBm</rssi>",
            "<SerialNumber>****</SerialNumber><rssi>-69dBm</rssi>",
        ),
        ("<MacAddress1>02:00:00:00:00:01</MacAddress1>", "<MacAddress1>*****************</MacAddress1>"),
        ("<x>02-00-00-00-00-01</x>", "<x>**-**-**-**-**-**</x>"),
        ('content="abcdef"', 'content="abcdef"'),
        ('name="csrf_token" content="abcdef"', 'name="csrf_token" content="******"'),
        ("<WanIPAddress>8.8.4.4</WanIPAddress>", "<WanIPAddress>*.*.*.*</WanIPAddress>"),
        ("<WanIPAddress>10.1.2.3</WanIPAddress>", "<WanIPAddress>10.1.2.3</WanIPAddress>"),
        ("<d>2001:4860::1</d>", "<d>****:****::*</d>"),
        ("<d>fe80::1</d>", "<d>fe80::1</d>"),
        ("IMEI: 860000000000021\nOK", "IMEI: ***************\nOK"),
        ("860000000000021\nOK", "***************\nOK"),
        ("^ICCID: 8900100000000000002F\nOK", "^ICCID: ********************\nOK"),
        ('+CNUM: "","+491700000000",145', '+CNUM: "","+************",***'),
        ("^DHCP: CCDB080A,F8FFFFFF", "^DHCP: ********,********"),
        # what must stay: levels, masks, cells, versions
        ('^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF', '^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF'),
        ("<SoftwareVersion>22.317.01.00.00</SoftwareVersion>", "<SoftwareVersion>22.317.01.00.00</SoftwareVersion>"),
        ('+CREG: 2,1,"00D3","00D09A81",6', '+CREG: 2,1,"00D3","00D09A81",6'),
        ("<LTEBand>7FFFFFFFFFFFFFFF</LTEBand>", "<LTEBand>7FFFFFFFFFFFFFFF</LTEBand>"),
        ("<Name>LTE BC1</Name><Value>2000000400380</Value>", "<Name>LTE BC1</Name><Value>2000000400380</Value>"),
    ],
)
def test_what_names_a_device_or_its_owner_is_starred(text: str, starred: str) -> None:
    assert masked_text(text) == starred


@pytest.mark.parametrize("kind", ["hilink", "at"])
def test_recording_of_a_device_holds_its_answers_and_none_of_its_numbers(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"
    bench_of = hilink_bench if kind == "hilink" else at_bench
    with bench_of() as bench, open_recording(path) as recorder, open_device(bench.uri, recorder=recorder) as device:
        device.identity()
        device.signal()
        device.mode_settings()
    text = path.read_text(encoding="utf-8")
    entries = [json.loads(line) for line in text.splitlines()]

    assert {"time", "request", "answer"} == set(entries[0])
    requests = [entry["request"] for entry in entries]
    assert ("GET /api/device/signal" if kind == "hilink" else "AT^HCSQ?") in requests
    assert "E3372" in text
    for private in ("860000000000", "00101000000000", "89001000000000", "G4P00000", "02:00:00", "SessionID"):
        assert private not in text


def test_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be written .* choose another --record-raw file"):
        open_recording(tmp_path)
