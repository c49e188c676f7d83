"""`perfkit pics`: write, check and describe the PICS file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from perfkit.cli.output_file import OutputFile
from perfkit.core.errors import PicsError, UsageError
from perfkit.core.pics.load import read_pics
from perfkit.core.pics.model import DutType, Pics

EXIT_INVALID = 2
CHECK_SCHEMA_ID = "perfkit.pics-check/1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions of `perfkit pics`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("new", help="write a commented template", allow_abbrev=False)
    new.add_argument("file", nargs="?", type=Path, metavar="FILE", help="where to (default: standard output)")
    new.add_argument(
        "--type",
        dest="dut_type",
        choices=[member.value for member in DutType],
        default=DutType.CHARGING_STATION.value,
        help="what is tested (default: %(default)s)",
    )
    new.add_argument("--force", action="store_true", help="overwrite FILE if it exists")
    check = actions.add_parser("check", help="say everything that is wrong with PICS files", allow_abbrev=False)
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.add_argument("--json", action="store_true", help="print the findings as one JSON document")
    actions.add_parser("schema", help="print the JSON Schema of the PICS file", allow_abbrev=False)
    actions.add_parser("reference", help="print the description of all keys in Markdown", allow_abbrev=False)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; 0, or 2 when a checked file is invalid."""
    if arguments.action == "new":
        return _new(arguments.file, DutType(arguments.dut_type), force=arguments.force)
    if arguments.action == "check":
        return _check(arguments.files, as_json=arguments.json)
    if arguments.action == "schema":
        from perfkit.core.pics.schema import json_schema

        print(json.dumps(json_schema(), indent=2))
        return 0
    from perfkit.core.pics.reference import pics_reference

    print(pics_reference(), end="")
    return 0


def _new(file: Path | None, dut_type: DutType, *, force: bool) -> int:
    from perfkit.core.pics.template import pics_template

    text = pics_template(dut_type)
    if file is None:
        print(text, end="")
        return 0
    if file.exists() and not file.is_dir() and not force:
        raise UsageError(f"{file} exists; --force overwrites it")
    with OutputFile(file) as output:
        output.stream.write(text.encode())
        output.commit()
    print(f"wrote {file}; fill it in, then `perfkit pics check {file}`")
    return 0


def _check(files: list[Path], *, as_json: bool) -> int:
    results = [(file, *_outcome(file)) for file in files]
    if as_json:
        documents = [_document(file, error) for file, _, error in results]
        print(json.dumps({"schema": CHECK_SCHEMA_ID, "files": documents}, indent=2))
    else:
        for file, pics, error in results:
            if pics is not None:
                print(f"{file}: valid; {_summary(pics)}")
            else:
                print(error, file=sys.stderr)
    return EXIT_INVALID if any(error for _, _, error in results) else 0


def _outcome(file: Path) -> tuple[Pics | None, PicsError | None]:
    try:
        return read_pics(file), None
    except PicsError as error:
        return None, error


def _document(file: Path, error: PicsError | None) -> dict[str, object]:
    findings = [
        {
            "line": finding.line,
            "column": finding.column,
            "key": finding.key,
            "message": finding.message,
            "nearest": finding.nearest,
        }
        for finding in (error.findings if error else ())
    ]
    return {"path": str(file), "valid": error is None, "findings": findings}


def _summary(pics: Pics) -> str:
    """What the file says, in one line: DUT, stated values, technology, switches."""
    dut = pics.dut
    subtype = " (Mode 1/2-only)" if dut.product_subtype.value == "mode_1_2_only" else ""
    kind = f"{dut.type.value.replace('_', ' ')}{subtype}" if dut.type else "type not stated"
    name = " ".join(part for part in (dut.vendor, dut.model, dut.firmware) if part)
    stated = sum(value is not None for value in pics.performance.by_key().values())
    values = f"{stated} stated value{'' if stated == 1 else 's'}"
    technology = pics.communication.technology
    medium = f"over {technology.value}" if technology else "technology not stated"
    changed = ", ".join(f"{switch.switch} {switch.value}" for switch in pics.policy.differences())
    policy = f"policy: {changed}" if changed else "default policy"
    return ", ".join([f"{kind} {name}".rstrip(), values, medium, policy])
