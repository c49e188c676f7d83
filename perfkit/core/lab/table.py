"""The table of everything a laboratory file may say; the reader, the template, the JSON Schema and docs are made of it.

Clauses are those of ISO/IEC 17025:2017 if no other document is named.
"""

from __future__ import annotations

from perfkit.core.decision_rule import DecisionRule
from perfkit.core.errors import LabError
from perfkit.core.lab.kinds import Day, Entries, Paragraph
from perfkit.core.lab.model import Recorder
from perfkit.core.pics.field import Field, Section
from perfkit.core.pics.form import Form
from perfkit.core.pics.form_words import FormWords
from perfkit.core.pics.kinds import Choice, Flag, Several, Text

SCHEMA_ID = "perfkit.lab/1"

TEXT = Text()
LINES = Several(TEXT)
RECORDER = Choice.of(Recorder, {"lab": "laboratory", "customer": "vendor"})

OPINION = (
    Field("text", Paragraph(), "The opinion or interpretation.", "7.8.7.2", "The margin is small."),
    Field("author", TEXT, "Who stands for it.", "7.8.7.1", "A. Berg", ("by", "name")),
)
PERSON = (
    Field("name", TEXT, "Name.", "7.8.2.1 o", "A. Berg"),
    Field("role", TEXT, "Function.", "7.8.2.1 o", "head of laboratory", ("function", "title")),
    Field("authorises", Flag(), "Authorises the report.", "7.8.2.1 o", "yes", ("authorizes", "signs")),
)
EQUIPMENT = (
    Field("name", TEXT, "What it is.", "6.4", "test host"),
    Field("identification", TEXT, "Inventory or serial number.", "6.4.13", "LAB-017", ("id", "serial")),
    Field("calibration", TEXT, "State of calibration.", "6.4.13", "not calibrated, NTP stratum 2", ("calibrated",)),
)

TOP_LEVEL = (
    Field(
        "schema",
        Choice((SCHEMA_ID,), {"perfkit/lab/1": SCHEMA_ID}),
        "Format of this file.",
        "docs/report.md",
        SCHEMA_ID,
        ("version", "$schema"),
    ),
    Field(
        "opinions",
        Entries(OPINION, "text"),
        "Opinions and interpretations, printed apart from the results.",
        "7.8.7",
        "[{text: The margin is small., author: A. Berg}]",
        ("opinion", "interpretations"),
    ),
)

REPORT = (
    Field(
        "id",
        TEXT,
        "Identification of the report. Not stated: made of the date and a digest of what the report is made from.",
        "7.8.2.1 d",
        "EX-2026-0117",
        ("number", "report_id"),
    ),
    Field("title", TEXT, "Title of the report.", "7.8.2.1 a", "OCPP 1.6 performance measurement", ("name",)),
)

LABORATORY = (
    Field("name", TEXT, "Name of the laboratory.", "7.8.2.1 b", "Example Test Laboratory"),
    Field("address", LINES, "Address, one entry per line.", "7.8.2.1 b", "[1 Example Street, Example City]"),
    Field("contact", LINES, "Telephone, mail, web site.", "7.8.2.1 b", "[lab@example.org]", ("contacts",)),
    Field(
        "accreditation",
        TEXT,
        "Accreditation or authorisation, as it may be printed.",
        "7.8.1.2",
        "authorised by the Open Charge Alliance",
    ),
    Field("logo", TEXT, "Image file (.svg, .png, .jpg), relative to this file.", "7.8.1.2", "logo.svg"),
    Field(
        "fonts",
        LINES,
        "Font files (.ttf, .otf, .ttc), relative to this file, for characters that the PDF's own fonts lack.",
        "docs/charts-and-pdf.md",
        "[NotoSansCJK-Regular.ttc]",
        ("font",),
    ),
    Field(
        "people",
        Entries(PERSON, "name"),
        "Who worked on the report; those who authorise it sign it.",
        "7.8.2.1 o",
        "[{name: A. Berg, role: head of laboratory, authorises: yes}]",
        ("persons", "staff"),
    ),
)

CUSTOMER = (
    Field("name", TEXT, "Name of the customer.", "7.8.2.1 e", "Example Charging"),
    Field("address", LINES, "Address, one entry per line.", "7.8.2.1 e", "[2 Example Road, Example City]"),
    Field("contact", LINES, "Telephone, mail, person.", "7.8.2.1 e", "[certification@example.com]", ("contacts",)),
)

TEST = (
    Field(
        "place",
        TEXT,
        "Where the tests were made, if not in the laboratory.",
        "7.8.2.1 c",
        "test bay 2, Example City",
        ("location",),
    ),
    Field("received", Day(), "Date of receipt of the item.", "7.8.2.1 h", "2026-06-05", ("date_received",)),
    Field("condition", TEXT, "Condition of the item.", "7.8.2.1 g", "new, without visible damage"),
    Field("from", Day(), "First day of testing; compared with the logs.", "7.8.2.1 i", "2026-06-08", ("start",)),
    Field("to", Day(), "Last day of testing; compared with the logs.", "7.8.2.1 i", "2026-06-11", ("end",)),
    Field(
        "logs_recorded_by",
        RECORDER,
        "Who ran the test cases and recorded the logs.",
        "7.8.2.1 p",
        "laboratory",
        ("logs", "recorded_by"),
    ),
    Field("network_measured_by", RECORDER, "Who measured the network.", "7.8.2.1 p", "laboratory", ("network",)),
    Field(
        "sampling",
        Paragraph(),
        "Sampling plan: which test cases were run, how often.",
        "7.8.2.1 k",
        "every applicable test case once",
        ("sampling_plan",),
    ),
    Field(
        "environment",
        Paragraph(),
        "Conditions that may influence the results.",
        "7.8.3.1 a",
        "indoors, 21 °C",
        ("conditions",),
    ),
    Field(
        "deviations",
        Several(Paragraph()),
        "Additions to, deviations or exclusions from the method.",
        "7.8.2.1 n",
        "[TC_021 was run again after a power failure]",
        ("deviation", "exclusions"),
    ),
    Field(
        "equipment",
        Entries(EQUIPMENT, "name"),
        "Equipment beyond what the documents name themselves.",
        "6.4",
        "[{name: test host, identification: LAB-017}]",
    ),
    Field(
        "clock_traceability",
        Paragraph(),
        "How the clock of the test host is traced. Not stated: the report says that it is not calibrated.",
        "6.5",
        "disciplined by NTP, offset below 1 ms, record LAB-NTP-4",
        ("traceability",),
    ),
)

DECISION_RULE = (
    Field(
        "rule",
        Choice.of(DecisionRule, {"non-binary": "non_binary", "guard_band": "guarded"}),
        "Decision rule for statements of conformity; none: no statement.",
        "7.8.6; ILAC-G8:09/2019, 4.2",
        "guarded",
    ),
    Field(
        "agreed",
        TEXT,
        "When and how the rule was agreed with the customer.",
        "7.1.3",
        "order of 2026-05-20",
        ("agreement",),
    ),
)

SECTIONS = (
    Section("report", "The report", "7.8.2", REPORT),
    Section("laboratory", "The laboratory", "7.8.2.1 b", LABORATORY, ("lab",)),
    Section("customer", "The customer", "7.8.2.1 e", CUSTOMER, ("client", "vendor")),
    Section("test", "Circumstances of the test", "7.8.2.1 c to p", TEST, ("testing", "tests")),
    Section("decision_rule", "Statement of conformity", "7.8.6", DECISION_RULE, ("decision",), shorthand="rule"),
)

WORDS = FormWords("a laboratory file", "`perfkit init`", "`laboratory:`, `customer:`", LabError)
FORM = Form(WORDS, TOP_LEVEL, SECTIONS)
