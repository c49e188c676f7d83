"""The page in a browser: no error in its console, no request that leaves the file, sorting, printing. Needs Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from perfkit.report.content.build import build_content
from perfkit.report.html.page import render
from tests.perfkit.report.documents import DOCUMENT
from tests.perfkit.report.report_inputs import inputs_of, sample_of, samples_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT_S = 50
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
    "--disable-dev-shm-usage", "--enable-logging=stderr", "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Visit:
    """What a browser did with a page: its document afterwards, its console, and the addresses that it asked for."""

    dom: str
    console: list[str]
    requests: set[str]


def browse(folder: Path, page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        pytest.skip("no Chromium on this machine")
    command = [found[0], *QUIET, f"--user-data-dir={folder / 'profile'}", *options, page.as_uri()]
    environment = {**os.environ, "HOME": str(folder)}
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S, env=environment, errors="replace"
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"the browser did not answer within {TIMEOUT_S} s")


def visit(folder: Path, text: bytes) -> Visit:
    page, log = folder / "page.html", folder / "net.json"
    page.write_bytes(text)
    done = browse(folder, page, f"--log-net-log={log}", "--dump-dom")
    if not done.stdout.strip():
        pytest.skip(f"the browser does not work here: {done.stderr[-300:]}")
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return Visit(done.stdout, console, set(requested(log)))


def requested(log: Path) -> Iterator[str]:
    """What the page asked the network for; what the browser wants of its maker has no origin as its initiator."""
    try:
        events = json.loads(log.read_text(errors="replace"))["events"]
    except (OSError, ValueError) as error:
        pytest.skip(f"the browser did not finish its log: {error}")
    for event in events:
        parameters = event.get("params", {})
        if parameters.get("initiator", "not an origin") == "not an origin":
            continue
        if not parameters["url"].startswith(("data:", "file:")):
            yield parameters["url"]


def report() -> bytes:
    rows = [sample_of(number, number / 10) for number in range(1, 41)]
    inputs = inputs_of(DOCUMENT, samples=samples_of(*rows), raw_lines={"a.log": {1: "[1] <x>"}})
    return render(build_content(inputs), inputs)


def test_a_report_makes_no_error_and_no_request_and_can_be_sorted(tmp_path: Path) -> None:
    seen = visit(tmp_path, report())

    assert seen.console == []
    assert seen.requests == set()
    assert seen.dom.count('<button type="button">') > 20
    assert 'placeholder="Filter rows"' in seen.dom


CLICKS = """<script>
const table = document.querySelector("#table-observations-response_timeout table");
const button = table.querySelectorAll("thead button")[2];
const column = () => [...table.tBodies[0].rows].map((row) => row.cells[2].textContent.trim());
const orders = [1, 2].map(() => { button.click(); return column(); });
document.body.append(Object.assign(document.createElement("pre"), {id: "orders", textContent: JSON.stringify(orders)}));
</script>"""


def test_a_click_sorts_by_number_and_the_next_one_turns_the_order_round(tmp_path: Path) -> None:
    """Longest wait first is no order of letters: 10 comes after 9. What has no value stays last."""
    rows = [sample_of(number, value_s) for number, value_s in enumerate((9.5, None, 10.25, 0.125), 1)]
    inputs = inputs_of(DOCUMENT, samples=samples_of(*rows))
    text = render(build_content(inputs), inputs).decode()
    policy = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', text)
    assert policy is not None

    seen = visit(tmp_path, (text.replace(policy[0], "") + CLICKS).encode())

    found = re.search('<pre id="orders">([^<]*)', seen.dom)
    assert seen.console == []
    assert found is not None
    assert json.loads(found[1]) == [["0.125", "9.500", "10.250", "-"], ["10.250", "9.500", "0.125", "-"]]


def test_an_error_and_a_request_would_be_seen(tmp_path: Path) -> None:
    seen = visit(tmp_path, b"<!doctype html><img src='http://example.org/x.png'><script>nothing.here()</script>")

    assert any("nothing is not defined" in line for line in seen.console)
    assert "http://example.org/x.png" in seen.requests


def test_the_policy_stops_what_would_leave_the_page(tmp_path: Path) -> None:
    broken = report().replace(
        b"<main", b"<img src='http://example.org/x.png'><script>document.title='run'</script><main"
    )
    seen = visit(tmp_path, broken)

    assert len([line for line in seen.console if "Content Security Policy" in line]) == 2
    assert seen.requests == set()
    assert "<title>run" not in seen.dom


def test_a_report_prints_to_pages_that_name_it(tmp_path: Path) -> None:
    from pypdf import PdfReader

    page, printed = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_bytes(report())
    done = browse(tmp_path, page, "--no-pdf-header-footer", f"--print-to-pdf={printed}")
    if not printed.exists():
        pytest.skip(f"the browser does not print here: {done.stderr[-300:]}")
    reader = PdfReader(printed)
    pages = [" ".join(entry.extract_text().split()) for entry in reader.pages]
    identification = build_content(inputs_of(DOCUMENT)).id[:11]  # the day of issue, not the digest

    assert all(identification in text for text in pages)
    assert "End of report" in pages[-1]
    assert "The 40 rows are in the HTML version of this report" in " ".join(pages)
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
