"""The element of `meterValue` that OCPP 1.6 and 2.x share, as far as a measurement needs it."""

from __future__ import annotations

import msgspec


class SampledValue(msgspec.Struct, frozen=True, rename="camel"):
    """One sampled value."""

    context: str | None = None


class MeterValue(msgspec.Struct, frozen=True, rename="camel"):
    """The values sampled at one moment."""

    timestamp: str | None = None
    sampled_value: list[SampledValue] = []
