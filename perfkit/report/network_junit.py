"""The result of `perfkit network` as JUnit XML: one test case per technology and threshold."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from perfkit.core.network_record import NetworkDocument, Outcome, TechnologyResult, Verdict
from perfkit.report.junit import add_properties, xml_text

_THRESHOLDS = ("bandwidth", "latency", "rssi")


def render(document: NetworkDocument) -> bytes:
    """UTF-8 XML: a missed threshold fails, an error that kept one from being measured is one, the rest is skipped."""
    suites = Element("testsuites", {"name": "perfkit network"})
    suite = SubElement(suites, "testsuite", {"name": document.schema, "timestamp": document.started.split("+")[0]})
    device = document.device
    facts: dict[str, object] = {
        "perfkit": document.tool.version,
        "host": document.host,
        "interface": document.interface,
        "target": document.target,
        "label": document.label,
        "gate": document.gate.value,
        "restored": document.restored,
        "device.model": device.model if device else None,
        "device.firmware": device.firmware if device else None,
    }
    add_properties(suite, facts)
    for one in document.technologies:
        for threshold in _THRESHOLDS:
            _test_case(suite, one, threshold)
    counts = {
        "tests": str(3 * len(document.technologies)),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
        "skipped": str(len(suite.findall("testcase/skipped"))),
        "time": f"{document.seconds:.3f}",
    }
    for element in (suites, suite):
        for name, value in counts.items():
            element.set(name, value)
    indent(suites)
    body: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _test_case(suite: Element, one: TechnologyResult, threshold: str) -> None:
    label = f"{one.label}." if one.label else ""
    seconds = f"{one.seconds / 3:.3f}"
    name = xml_text(f"{label}{one.technology}.{threshold}")
    case = SubElement(suite, "testcase", {"classname": "perfkit.network", "name": name, "time": seconds})
    add_properties(case, _facts(one, threshold))
    verdict: Verdict = getattr(one.verdicts, threshold)
    reason: str | None = getattr(one.reasons, threshold)
    message = xml_text(reason or verdict.value)
    if verdict is Verdict.NOT_MET:
        SubElement(case, "failure", {"message": message, "type": "threshold missed"})
    elif verdict is Verdict.NOT_MEASURED and one.outcome is Outcome.ERROR:
        SubElement(case, "error", {"message": message, "type": "not measured"})
    elif verdict is not Verdict.MET:
        SubElement(case, "skipped", {"message": message})


def _facts(one: TechnologyResult, threshold: str) -> dict[str, object]:
    facts: dict[str, object] = {"outcome": one.outcome.value, "operator": one.operator, "rat": one.rat}
    if threshold == "rssi" and one.rssi is not None:
        facts |= {"value_dbm": one.rssi.value_dbm, "bound": one.rssi.bound, "source": one.rssi.source}
    elif threshold == "latency" and one.latency is not None:
        facts |= {"median_ms": one.latency.median_ms, "p95_ms": one.latency.p95_ms, "loss": one.latency.loss}
    elif threshold == "bandwidth" and one.bandwidth is not None:
        require = one.bandwidth.require
        if require is not None:
            facts |= {"up": require.up.value, "down": require.down.value, "bytes": require.bytes}
        facts |= {"capacity_up_kB_s": one.bandwidth.capacity_up_kB_s}
        facts |= {"capacity_down_kB_s": one.bandwidth.capacity_down_kB_s}
    return facts
