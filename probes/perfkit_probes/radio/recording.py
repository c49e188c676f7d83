"""Raw answers of a device on file, for firmware that nobody has described yet; whoever the device belongs to is masked.

Masked: IMEI, IMSI, ICCID, telephone and serial numbers, MAC addresses, session identifiers, public addresses.
"""

from __future__ import annotations

import ipaddress
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from perfkit.core.errors import InputError

_STAR = "*"
# <Imei>860000000000013</Imei>: everything between is a number of the device or its owner.
_PRIVATE_ELEMENT = re.compile(
    r"<(SerialNumber|Imei|Imsi|Iccid|Msisdn|MacAddress\d?|SesInfo|TokInfo|token|Username|Password|Phone|Content)>"
    r"([^<]+)(</)",
    re.IGNORECASE,
)
# content="..." of <meta name="csrf_token" content="...">
_META_TOKEN = re.compile(r'(csrf_token"\s+content=")([^"]+)')
_MAC = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")
# IMEI and IMSI have 14 to 16 digits, an ICCID 18 to 20 with an F at times, a telephone number a plus sign.
_LONG_NUMBER = re.compile(r"(?<![\w.])(?:\+\d{7,15}|\d{14,20}[Ff]?)(?!\w)")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
# AT: +CNUM: "","+49...",145 | ^SN: ... ; the little-endian addresses of ^DHCP
_PRIVATE_LINE = re.compile(r"(?im)^((?:\+CNUM|\^SN|\+EGMR|\^CARDID|\^ICCID|\+CCID|\^DHCP|\^DHCPV6|IMEI) ?: ?)(.+)$")


def masked_text(text: str) -> str:
    """Return an answer with everything that names the device or its owner starred; lengths and shapes stay."""
    text = _PRIVATE_ELEMENT.sub(lambda match: f"<{match[1]}>{_STAR * len(match[2])}{match[3]}", text)
    text = _META_TOKEN.sub(lambda match: match[1] + _STAR * len(match[2]), text)
    text = _PRIVATE_LINE.sub(lambda match: match[1] + re.sub(r"[0-9A-Za-z]", _STAR, match[2]), text)
    text = _MAC.sub(lambda match: re.sub(r"[0-9A-Fa-f]", _STAR, match[0]), text)
    text = _LONG_NUMBER.sub(lambda match: _STAR * len(match[0]), text)
    text = _IPV4.sub(_masked_address, text)
    return _IPV6.sub(_masked_address, text)


def _masked_address(match: re.Match[str]) -> str:
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return match[0]
    return re.sub(r"[0-9A-Fa-f]", _STAR, match[0]) if address.is_global else match[0]


class RawRecording:
    """A file of raw answers: one JSON object per line with time, request and masked answer."""

    def __init__(self, path: Path) -> None:
        """Open the file; raises InputError when it cannot be written."""
        try:
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"{path} cannot be written ({error.strerror}); choose another --record-raw file"
            ) from error

    def record(self, request: str, answer: str) -> None:
        """Append one answer."""
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = {"time": stamp, "request": masked_text(request), "answer": masked_text(answer)}
        self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        """Return the recording itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
