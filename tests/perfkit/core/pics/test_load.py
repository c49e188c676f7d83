"""What a PICS file is read as, and where exactly its faults are said to be."""

from __future__ import annotations

import codecs
import hashlib
import os
import threading
from pathlib import Path

import pytest

from perfkit.core.errors import Finding, PicsError
from perfkit.core.pics.load import load_pics, read_pics, read_pics_and_digest
from perfkit.core.pics.model import (
    ChargingRateUnit,
    DutType,
    FileTransferProtocol,
    MobileGeneration,
    ProductSubtype,
    RfidReaders,
    Sockets,
    StatedValue,
    Technology,
    YesNoBoth,
)
from perfkit.core.policy import Aggregate, Policy, TriggeredStart

COMPLETE = """\
schema: perfkit.pics/1
document: {id: Test Procedure, edition: V1.2.0}
dut:
  type: charging_station
  product_subtype: mode_1_2_only
  vendor: Exämple
  model: One 22
  serial: 00123
  firmware: 1.10
  connectors: 2
  sockets: multiple
  fixed_cable: no
  milliseconds: Yes
  rfid_readers: one per EVSE
communication:
  technology: mobile
  mobile_generations: [2G, lte]
performance:
  triggered_function_timeout: 5
  response_timeout: 2.50
  authorize_response_time: null
  remote_start_authorization_time: 500 ms
  remote_stop_authorization_time: "1.5 s"
policy:
  triggered_start: req
  aggregate: P95
  queue_tolerance_s: 500 ms
features: {C-02: yes, C-06: both, R-1: false}
limits:
  GetConfigurationMaxKeys: 50
  HeartbeatIntervalMinimum: 10
  ChargingScheduleAllowedChargingRateUnit: [Current, W]
  SupportedFileTransferProtocols: ftp
  other: ["Light: 10 to 100"]
profiles: {certificate: subset, core: yes}
security: {profile_2: yes}
"""


def findings_of(text: str) -> list[str]:
    with pytest.raises(PicsError) as caught:
        load_pics(text, "perf.yaml")
    assert str(caught.value).splitlines() == [str(finding) for finding in caught.value.findings]
    return [str(finding) for finding in caught.value.findings]


def the_finding(text: str) -> str:
    [finding] = findings_of(text)
    return finding


def test_every_section_is_read() -> None:
    pics = load_pics(COMPLETE, "perf.yaml")
    dut = pics.dut
    assert (dut.type, dut.product_subtype) == (DutType.CHARGING_STATION, ProductSubtype.MODE_1_2_ONLY)
    assert (dut.vendor, dut.model, dut.serial, dut.firmware) == ("Exämple", "One 22", "00123", "1.10")
    assert (dut.connectors, dut.sockets, dut.fixed_cable, dut.milliseconds) == (2, Sockets.MULTIPLE, False, True)
    assert dut.rfid_readers is RfidReaders.ONE_PER_EVSE
    assert pics.communication.technology is Technology.MOBILE
    assert pics.communication.mobile_generations == (MobileGeneration.G2, MobileGeneration.G4)
    assert pics.policy == Policy(triggered_start=TriggeredStart.REQ, aggregate=Aggregate.P95, queue_tolerance_s=0.5)
    assert (pics.features.offline_unknown_ids, pics.features.stop_tx_on_ev_side_disconnect) == (True, YesNoBoth.BOTH)
    assert (pics.features.reserve_charging_station, pics.features.local_start) == (False, None)
    assert (pics.limits.get_configuration_max_keys, pics.limits.heartbeat_interval_minimum) == (50, 10)
    assert pics.limits.charging_schedule_allowed_charging_rate_unit == (
        ChargingRateUnit.CURRENT,
        ChargingRateUnit.POWER,
    )
    assert pics.limits.supported_file_transfer_protocols == (FileTransferProtocol.FTP,)
    assert pics.limits.other == ("Light: 10 to 100",)
    assert (pics.profiles.core, pics.security.profile_2, pics.security.profile_3) == (True, True, None)
    assert (pics.schema, pics.document.edition, pics.source) == ("perfkit.pics/1", "V1.2.0", "perf.yaml")


def test_stated_values_keep_their_decimals_and_text() -> None:
    assert load_pics(COMPLETE, "perf.yaml").performance.by_key() == {
        "triggered_function_timeout": StatedValue(5.0, 0, "5"),
        "response_timeout": StatedValue(2.5, 2, "2.50"),
        "authorize_response_time": None,
        "remote_start_authorization_time": StatedValue(0.5, 3, "500 ms"),
        "remote_stop_authorization_time": StatedValue(1.5, 1, "1.5 s"),
    }


def test_nothing_has_to_be_stated() -> None:
    pics = load_pics("dut:\nperformance: {response_timeout: ~}\n", "perf.yaml")
    assert (pics.dut.type, pics.dut.product_subtype, pics.dut.milliseconds) == (None, ProductSubtype.NONE, None)
    assert set(pics.performance.by_key().values()) == {None}
    assert pics.policy == Policy()


def test_null_leaves_a_switch_at_its_default() -> None:
    assert load_pics("policy: {aggregate: null, tool_delay_s: null}", "p").policy == Policy()


def test_a_single_value_stands_for_the_technology() -> None:
    assert load_pics("communication: Wi-Fi", "p").communication.technology is Technology.WIFI


@pytest.mark.parametrize("spelling", ["charging_station", "CS", "Charging Station", "charge_point", "Charge Point"])
def test_spellings_of_a_charging_station(spelling: str) -> None:
    assert load_pics(f"dut: {{type: {spelling}}}", "p").dut.type is DutType.CHARGING_STATION


@pytest.mark.parametrize("spelling", ["csms", "CSMS", "Central System"])
def test_spellings_of_a_csms(spelling: str) -> None:
    assert load_pics(f"dut: {{type: {spelling}}}", "p").dut.type is DutType.CSMS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dut:\n  vendr: x\n", "perf.yaml:2:3: unknown key 'dut.vendr'; did you mean 'vendor'?"),
        ("dut:\n  Vendor: x\n", "perf.yaml:2:3: unknown key 'dut.Vendor'; did you mean 'vendor'?"),
        ("dut:\n  role: CS\n", "perf.yaml:2:3: unknown key 'dut.role'; did you mean 'type'?"),
        ("dutt: {}\n", "perf.yaml:1:1: unknown key 'dutt'; did you mean 'dut'?"),
        (
            "performance:\n    remote_start_time: 4",
            "perf.yaml:2:5: unknown key 'performance.remote_start_time'; did you mean 'remote_start_authorization_time'?",
        ),
        ("response_timeout: 3", "perf.yaml:1:1: unknown key 'response_timeout'; it belongs under `performance:`"),
        ("dut: {technology: wifi}", "perf.yaml:1:7: unknown key 'dut.technology'; it belongs under `communication:`"),
        (
            "communication:\n  xyz: 1",
            "perf.yaml:2:3: unknown key 'communication.xyz'; known here: technology, mobile_generations",
        ),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest_known_one(text: str, expected: str) -> None:
    assert the_finding(text) == expected


def test_a_finding_names_the_key_and_the_nearest_for_programs() -> None:
    with pytest.raises(PicsError, match="did you mean") as caught:
        load_pics("dut:\n  vendr: x\n", "perf.yaml")
    message = "unknown key 'dut.vendr'; did you mean 'vendor'?"
    assert caught.value.findings == (Finding("perf.yaml", 2, 3, message, "dut.vendr", "vendor"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dut: [1]", "perf.yaml:1:6: dut: expected indented keys such as `type: charging_station`, found a list"),
        ("dut: CS", "perf.yaml:1:6: dut: expected indented keys such as `type: charging_station`, found 'CS'"),
        ("dut:\n  vendor: [a]", "perf.yaml:2:11: dut.vendor: expected text, found a list [A, Vendor name]"),
        (
            "dut:\n  vendor: No",
            "perf.yaml:2:11: dut.vendor: No without quotes is a yes/no value, not text; write 'No' in quotes "
            "[A, Vendor name]",
        ),
        (
            "dut:\n  vendor: ' '",
            "perf.yaml:2:11: dut.vendor: the text is empty; write null if it is not stated [A, Vendor name]",
        ),
        (
            "dut:\n  rfid_readers: {a: b}",
            "perf.yaml:2:17: dut.rfid_readers: expected one of none, single, one_per_evse, found keys with values "
            "[A, RFID readers]",
        ),
        (
            "dut:\n  type: statoin",
            "perf.yaml:2:9: dut.type: expected one of charging_station, csms, found 'statoin' [A, DUT]",
        ),
        (
            "communication: moble",
            "perf.yaml:1:16: communication.technology: expected one of wifi, ethernet, mobile, found 'moble'; "
            "did you mean 'mobile'? [A.4, Communication technology; 8.2.2]",
        ),
        (
            "communication: {mobile_generations: [2g, 5g]}",
            "perf.yaml:1:42: communication.mobile_generations: expected one of 2g, 3g, 4g, found '5g' [6.2]",
        ),
        (
            "dut: {milliseconds: 1}",
            "perf.yaml:1:21: dut.milliseconds: expected yes or no, found '1' "
            "[A, Support for milliseconds in OCPP messages]",
        ),
        ("policy: {digits: '2'}", "perf.yaml:1:18: policy.digits: expected a whole number from 0 to 9, found '2' "
         "[docs/method.md 10]"),
        ("policy: {digits: 10}", "perf.yaml:1:18: policy.digits: expected a whole number from 0 to 9, found '10' "
         "[docs/method.md 10]"),
        ("policy: {digits: 1.5}", "perf.yaml:1:18: policy.digits: expected a whole number from 0 to 9, found '1.5' "
         "[docs/method.md 10]"),
        (
            "policy: {tool_delay_s: 2}",
            "perf.yaml:1:24: policy.tool_delay_s: expected seconds from 0 to 1 (2, 2.5, 500 ms), found '2' "
            "[docs/method.md 10]",
        ),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_or_range(text: str, expected: str) -> None:
    assert the_finding(text) == expected


@pytest.mark.parametrize(
    ("dut_type", "key", "message"),
    [
        (
            "charging_station",
            "authorize_response_time",
            "is stated only for a CSMS (A.4), and dut.type is charging_station",
        ),
        ("csms", "triggered_function_timeout", "is stated only for a charging station (A.4), and dut.type is csms"),
        (
            "csms",
            "remote_start_authorization_time",
            "is stated only for a charging station (A.4), and dut.type is csms",
        ),
        ("csms", "remote_stop_authorization_time", "is stated only for a charging station (A.4), and dut.type is csms"),
    ],
)
def test_a_value_that_only_the_other_type_of_dut_may_state(dut_type: str, key: str, message: str) -> None:
    text = f"performance:\n  {key}: 5\ndut:\n  type: {dut_type}\n"
    assert the_finding(text) == f"perf.yaml:2:{len(key) + 5}: performance.{key} {message}; write null"
    assert load_pics(text.replace(": 5", ": null"), "p").performance.by_key()[key] is None
    assert load_pics(f"performance: {{{key}: 5}}", "p").performance.by_key()[key] == StatedValue(5.0, 0, "5")


def test_a_subtype_of_a_csms_is_none() -> None:
    message = "dut.product_subtype belongs to a charging station (A, Product subtype), and dut.type is csms; write none"
    assert the_finding("dut: {type: csms, product_subtype: mode_1_2_only}") == f"perf.yaml:1:36: {message}"
    assert load_pics("dut: {type: csms, product_subtype: none}", "p").dut.type is DutType.CSMS


def test_generations_need_the_mobile_network() -> None:
    text = "communication: {technology: wifi, mobile_generations: 4g}"
    assert the_finding(text).startswith(
        "perf.yaml:1:55: communication.mobile_generations needs communication.technology: mobile"
    )
    assert load_pics("communication: {technology: wifi, mobile_generations: []}", "p").source == "p"


def test_all_faults_are_told_at_once_in_file_order() -> None:
    text = (
        "dut:\n"
        "  type: csms\n"
        "  vendr: x\n"
        "performance:\n"
        "  response_timeout: 0\n"
        "  triggered_function_timeout: 3\n"
        "  response_timeout: 2\n"
        "polcy: {}\n"
    )
    assert [finding.split(" ")[0] for finding in findings_of(text)] == [
        "perf.yaml:3:3:",
        "perf.yaml:5:21:",
        "perf.yaml:6:31:",
        "perf.yaml:7:3:",
        "perf.yaml:8:1:",
    ]


def test_faults_inside_a_section_whose_name_is_misspelt_are_told_too() -> None:
    text = "Performance:\n  response_timeout: soon\n  vendr: x\npolcy: 3\nfoo:\n  bar: 1\n"
    assert [finding.split(";")[0].split(",")[0] for finding in findings_of(text)] == [
        "perf.yaml:1:1: unknown key 'Performance'",
        "perf.yaml:2:21: performance.response_timeout: expected seconds",
        "perf.yaml:3:3: unknown key 'performance.vendr'",
        "perf.yaml:4:1: unknown key 'polcy'",
        "perf.yaml:5:1: unknown key 'foo'",
    ]


def test_a_foreign_file_does_not_flood_the_terminal() -> None:
    findings = findings_of("".join(f"key_{number}: 1\n" for number in range(1000)))
    assert len(findings) == 201
    assert findings[-1] == "perf.yaml:201:1: and 800 more findings from here on"


def test_a_key_that_is_stated_twice() -> None:
    assert the_finding("dut:\n  vendor: a\n  vendor: a\n") == (
        "perf.yaml:3:3: dut.vendor is stated twice, first in line 2; remove one"
    )
    assert the_finding("dut: {}\npolicy:\ndut:\n") == "perf.yaml:3:1: dut is stated twice, first in line 1; remove one"


def test_a_key_that_is_no_word() -> None:
    assert the_finding("dut:\n  ? [a]\n  : 1\n") == "perf.yaml:2:5: expected a key, found a list"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "perf.yaml:1:1: the file is empty; `perfkit pics new` writes a template"),
        ("\n# only a comment\n", "perf.yaml:1:1: the file is empty; `perfkit pics new` writes a template"),
        ("null\n", "perf.yaml:1:1: the file is empty; `perfkit pics new` writes a template"),
        ("\n- a\n", "perf.yaml:2:1: a PICS file holds keys with values (`dut:`, `performance:`), not a list"),
        ("hello\n", "perf.yaml:1:1: a PICS file holds keys with values (`dut:`, `performance:`), not a single value"),
        ("dut:\n\tvendor: x\n", "perf.yaml:2:1: a tab stands here; YAML wants spaces"),
        (
            "dut:\n  vendor: a: b\n",
            "perf.yaml:2:12: not valid YAML: mapping values are not allowed here (the line before is not finished, the "
            "indentation is wrong, or a text with a colon needs quotes)",
        ),
        (
            "dut:\n  vendor: 'x\n",
            "perf.yaml:3:1: not valid YAML: found unexpected end of stream (a quotation mark is not closed)",
        ),
        ("dut: [", "perf.yaml:1:7: not valid YAML: expected the node content, but found '<stream end>'"),
        ("dut: &a {}\npolicy: *a\n", "perf.yaml:1:6: the anchor &a is not supported; remove it"),
        ("dut:\n  vendor: !!str 5\n", "perf.yaml:2:11: the tag tag:yaml.org,2002:str is not supported; remove it"),
        ("dut: {}\n---\ndut: {}\n", "perf.yaml:2:1: a second document starts here; a PICS file holds one"),
        ("dut: {}\npolicy:\x07\n", "perf.yaml:2:8: the character U+0007 cannot stand in a text file; is this a PICS file?"),
        ("[" * 5000, "perf.yaml:1:11: nested too deeply for a PICS file"),
        ("#" * 100_001, "perf.yaml: 100001 characters are too many for a PICS file"),
    ],
)  # fmt: skip
def test_text_that_is_no_pics(text: str, expected: str) -> None:
    assert findings_of(text)[0] == expected


def test_an_alias_bomb_is_refused_unexpanded() -> None:
    levels = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    findings = findings_of("\n".join(levels))
    assert len(findings) == 40 + 39 * 9
    assert findings[1] == "perf.yaml:2:5: the anchor &a1 is not supported; remove it"
    assert findings[2] == "perf.yaml:2:10: the alias *a0 is not supported; write the value itself"


def test_a_byte_order_mark_takes_no_column() -> None:
    assert the_finding("\ufeffdutt: {}") == "perf.yaml:1:1: unknown key 'dutt'; did you mean 'dut'?"
    assert the_finding("\ufeffdut: {}\x07").startswith("perf.yaml:1:8: the character U+0007")


def test_a_file_is_read_with_and_without_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "perf.yaml"
    for mark in (b"", codecs.BOM_UTF8):
        path.write_bytes(mark + "dut:\r\n  vendor: Exämple\r\n".encode())
        assert read_pics(path).dut.vendor == "Exämple"
        assert read_pics(str(path)).source == str(path)


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ("dut: {}".encode("utf-16"), ":1:1", "the file is in UTF-16; save it as UTF-8"),
        ("dut: {}".encode("utf-16-le"), ":1:1", "the file is in UTF-16; save it as UTF-8"),
        ("dut: {}".encode("utf-16-be"), ":1:1", "the file is in UTF-16; save it as UTF-8"),
        (
            "dut:\n  vendor: Exä".encode("latin-1"),
            ":2:13",
            "not a text in UTF-8 (byte 0xE4); save it as UTF-8, if this is a PICS file at all",
        ),
        (b"x" * 1_000_001, "", "more than 1000000 bytes; is this a PICS file?"),
    ],
)
def test_a_file_that_is_not_utf_8(tmp_path: Path, content: bytes, place: str, message: str) -> None:
    path = tmp_path / "perf.yaml"
    path.write_bytes(content)
    with pytest.raises(PicsError) as caught:
        read_pics(path)
    assert str(caught.value) == f"{path}{place}: {message}"


def test_a_pipe_is_read_once_for_its_pics_and_its_digest(tmp_path: Path) -> None:
    pipe, content = tmp_path / "perf.yaml", b"dut:\n  type: csms\n"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    pics, sha256 = read_pics_and_digest(pipe)
    writer.join()
    assert (pics.dut.type, sha256) == (DutType.CSMS, hashlib.sha256(content).hexdigest())


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    with pytest.raises(PicsError) as caught:
        read_pics(path)
    assert str(caught.value) == f"{path}: cannot be read: No such file or directory"
    assert caught.value.exit_code == 2
    with pytest.raises(PicsError, match="cannot be read: "):
        read_pics(tmp_path)
