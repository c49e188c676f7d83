from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import msgspec

from perfkit.core.network_record import NetworkDocument
from perfkit.report.network_junit import render
from tests.perfkit.report.network_documents import BROKEN, DOCUMENT, HOSTILE_DOCUMENT


def parsed(document: NetworkDocument = DOCUMENT) -> Element:
    return fromstring(render(document))  # noqa: S314 - our own text


def outcome(root: Element, name: str) -> list[tuple[str, str | None]]:
    case = next(entry for entry in root.iter("testcase") if entry.get("name") == name)
    return [(child.tag, child.get("message")) for child in case if child.tag != "properties"]


def test_a_test_case_per_technology_and_threshold() -> None:
    suite = parsed().find("testsuite")

    assert suite is not None
    names = [entry.get("name") for entry in suite.findall("testcase")]
    assert names == [f"{one}.{what}" for one in ("2g", "3g", "4g") for what in ("bandwidth", "latency", "rssi")]
    counts = tuple(suite.get(name) for name in ("tests", "failures", "errors", "skipped"))
    assert counts == ("9", "1", "0", "4")


def test_missed_fails_not_measured_is_skipped_met_is_neither() -> None:
    root = parsed()

    assert outcome(root, "2g.bandwidth") == [("failure", "up: the delay grows by 40 %")]
    assert outcome(root, "2g.rssi") == [("skipped", "not measured: hides the RSSI")]
    assert outcome(root, "3g.latency") == [("skipped", "no service in 3G: not registered within 150 s")]
    assert outcome(root, "4g.rssi") == []


def test_what_an_error_kept_from_being_measured_is_an_error() -> None:
    root = parsed(msgspec.structs.replace(DOCUMENT, technologies=[BROKEN]))

    assert outcome(root, "3g.bandwidth") == [("error", "nothing answers at octt.lab:9310")]
    assert root.get("errors") == "3"


def test_figures_are_properties() -> None:
    case = next(entry for entry in parsed().iter("testcase") if entry.get("name") == "4g.rssi")

    found = {entry.get("name"): entry.get("value") for entry in case.findall("properties/property")}
    assert (found["value_dbm"], found["source"], found["operator"]) == ("-69", "device/signal", "Emulated")


def test_hostile_text_stays_xml() -> None:
    assert len(list(parsed(HOSTILE_DOCUMENT).iter("testcase"))) == 6
