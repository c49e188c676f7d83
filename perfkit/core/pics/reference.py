"""docs/pics.md: the reference of the PICS file, made from the table of its keys."""

from __future__ import annotations

from perfkit.core.pics.contradictions import CONTRADICTIONS
from perfkit.core.pics.field import Field, Section
from perfkit.core.pics.kinds import Choice, Kind, Several
from perfkit.core.pics.table import EXCLUSIONS, SECTIONS, TOP_LEVEL
from perfkit.core.policy import DEFAULT_POLICY

INTRODUCTION = """\
# The PICS file

<!-- Made by `perfkit pics reference`; a test keeps it so. -->

The Protocol Implementation Conformance Statement (PICS) says what the DUT is, which values its vendor states, and how
to measure. It is a YAML file in UTF-8.

```console
$ perfkit pics new perf.yaml                # a commented template; --type csms for a CSMS
$ perfkit pics check perf.yaml              # everything that is wrong, at once, with line and column
$ perfkit pics schema > pics.schema.json    # JSON Schema, for editors
$ perfkit analyze logs/ --pics perf.yaml
```

A short one:

```yaml
dut:
  type: charging_station
  vendor: Example Charging
  model: Example One 22
  firmware: 1.10.2
communication: mobile
performance:
  triggered_function_timeout: 5
  response_timeout: 2.50
  remote_start_authorization_time: 4 s
  remote_stop_authorization_time: 1500 ms
policy:
  triggered_start: req
```

- Every section and key may be left out; `null` means *not stated*. Without a PICS the role is taken from the logs and
  nothing is compared.
- A duration is a number of seconds (`2`, `2.50`) or has the unit `s` or `ms` (`500 ms`). The decimals are remembered: a
  measured value is printed beside `2.50` with two decimals.
- Yes/no values: `yes`, `no`, `true`, `false`. Upper and lower case do not matter in values; keys are written as below.
- Text is kept as it is written, so that `firmware: 1.10` stays 1.10.
- A list may be written as a single value when it has one member.
- YAML anchors, aliases and tags are refused, and so are keys that occur twice.
- Clauses are those of the *OCPP 1.6 Test Procedure & Test Plans* V1.2.0 unless another document is named.
"""


CONTRADICTIONS_INTRODUCTION = """\
`perfkit pics check` reports all of them at once, each with line, column and clause; the JSON Schema does not know them.
A key that is not stated contradicts nothing. That milliseconds are claimed and absent is found by `perfkit coverage`,
since it needs the logs.
"""


def pics_reference() -> str:
    """The page, in Markdown."""
    blocks = [INTRODUCTION, "## Top level\n", *_table([(field, "") for field in TOP_LEVEL])]
    for section in SECTIONS:
        blocks += [f"\n## `{section.name}`: {section.title}\n", f"Clause: {section.clause}.{_shorthand(section)}\n"]
        defaults = DEFAULT_POLICY.as_written() if section.name == "policy" else {}
        blocks += _table([(field, defaults.get(field.key, "")) for field in section.fields])
    blocks += ["\n## Keys that exclude each other\n"]
    blocks += [f"- `{'.'.join(rule.forbidden)}` {rule.reason}" for rule in EXCLUSIONS]
    blocks += ["\n## Contradictions\n", CONTRADICTIONS_INTRODUCTION]
    blocks += dict.fromkeys(f"- `{row.at}` contradicts {row.reason} [{row.clause}]" for row in CONTRADICTIONS)
    return "\n".join(blocks) + "\n"


def _shorthand(section: Section) -> str:
    if section.shorthand is None:
        return ""
    return f" `{section.name}: VALUE` is short for the key `{section.shorthand}`."


def _table(rows: list[tuple[Field, str]]) -> list[str]:
    has_default = any(default for _, default in rows)
    default_head, default_rule = (" default |", "---|") if has_default else ("", "")
    lines = [f"| key | value |{default_head} meaning | clause | example |", f"|---|---|{default_rule}---|---|---|"]
    for field, default in rows:
        default_cell = f" `{default}` |" if has_default else ""
        value = field.kind.wording + _other_spellings(field.kind)
        lines.append(
            f"| `{field.key}` | {value} |{default_cell} {field.description} | {field.clause} | `{field.example}` |"
        )
    return lines


def _other_spellings(kind: Kind) -> str:
    choice = kind.item if isinstance(kind, Several) else kind
    if not isinstance(choice, Choice) or not choice.spellings:
        return ""
    words: dict[str, list[str]] = {}
    for word, member in choice.spellings.items():
        words.setdefault(member, []).append(word)
    return "; also " + "; ".join(f"{', '.join(others)} for {member}" for member, others in words.items())
