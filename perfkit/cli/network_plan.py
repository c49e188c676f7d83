"""From the options of `perfkit network` to what will be measured; contradictions are refused first."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from perfkit.cli.responder import KEY_VARIABLE
from perfkit.core.errors import UsageError

if TYPE_CHECKING:
    from perfkit_probes.public_reference import ReferencePlan
    from perfkit_probes.radio.base import Technology
    from perfkit_probes.survey import SurveyPlan

_SUSTAINED_KILOBYTES = (50, 10_000)
_NOTHING = (
    "nothing to measure: --to HOST[:PORT] names the responder (`perfkit responder` on the far end), --dongle the radio "
    "device; `perfkit emulate dongle` and `perfkit responder` on this computer let you try without either"
)


def device_uri(arguments: argparse.Namespace) -> str | None:
    """Where the radio device is, "auto" to look for it, None for a link without one."""
    uri: str | None = arguments.device
    return uri or ("auto" if arguments.dongle else None)


def plan_of(arguments: argparse.Namespace) -> SurveyPlan:
    """The plan.

    Raises:
        UsageError: The options contradict each other, or their values cannot be used.
        PicsError: The PICS file cannot be used.
    """
    from perfkit_probes.path import parse_target
    from perfkit_probes.survey import SurveyPlan

    has_device = device_uri(arguments) is not None
    if not has_device and not arguments.to:
        raise UsageError(_NOTHING)
    if arguments.record_raw is not None and not has_device:
        raise UsageError("--record-raw keeps what a device answers; add --dongle or --device")
    _refuse_sustained(arguments)
    named, is_mobile = _technologies(arguments)
    if not has_device and len(named) > 1:
        names = ", ".join(one.upper() for one in named)
        raise UsageError(
            f"only a dongle can change between {names}; add --dongle, or say with --technology which it is"
        )
    if not has_device and is_mobile and not named:
        raise UsageError(
            "the PICS names a mobile link without its generation; add --dongle, or --technology 2g, 3g or 4g"
        )
    plan = SurveyPlan(
        target=parse_target(arguments.to) if arguments.to else None,
        technologies=named,
        interface=arguments.interface,
        is_mobile=has_device or is_mobile or bool(named),
        max_bytes=arguments.max_bytes,
        is_quick=arguments.quick,
        sustained_kilobytes=arguments.sustained,
        key=arguments.key or os.environ.get(KEY_VARIABLE) or None,
        reference=_reference(arguments, is_metered=has_device or is_mobile or bool(named)),
    )
    plan.link_plan(named[0].value if named else "4g")  # refuses a budget that allows nothing
    return plan


def _refuse_sustained(arguments: argparse.Namespace) -> None:
    """A sustained test that cannot be, by its size or beside the other options."""
    if arguments.sustained is None:
        return
    least, most = _SUSTAINED_KILOBYTES
    if not least <= arguments.sustained <= most:
        raise UsageError(f"--sustained {arguments.sustained}: give kilobytes each way, {least} to {most}")
    if arguments.quick:
        raise UsageError("--sustained and --quick contradict each other; choose one")
    if not arguments.to:
        raise UsageError("--sustained sends to a responder; add --to HOST[:PORT]")


def _technologies(arguments: argparse.Namespace) -> tuple[tuple[Technology, ...], bool]:
    """What was named, by option before PICS; and whether the PICS says that the DUT has a mobile link."""
    from perfkit_probes.radio.base import Technology

    stated: tuple[Technology, ...] = ()
    is_mobile = False
    if arguments.pics is not None:
        from perfkit.core.pics.load import read_pics
        from perfkit.core.pics.model import Technology as Medium

        communication = read_pics(arguments.pics).communication
        is_mobile = communication.technology is Medium.MOBILE
        stated = tuple(Technology(one.value) for one in communication.mobile_generations)
    return (_parsed(arguments.technology) if arguments.technology else stated), is_mobile


def _parsed(text: str) -> tuple[Technology, ...]:
    from perfkit_probes.radio.base import Technology

    known = {one.value: one for one in Technology}
    words = [word.strip().lower() for word in text.split(",")]
    for word in words:
        if word not in known:
            raise UsageError(f"--technology {text!r}: {word!r} is none of {', '.join(known)}")
    return tuple(dict.fromkeys(known[word] for word in words))


def _reference(arguments: argparse.Namespace, *, is_metered: bool) -> ReferencePlan | None:
    from perfkit_probes.public_reference import ReferencePlan

    if not arguments.speedtest:
        given = [name for name in ("server", "mini", "force") if getattr(arguments, name)]
        if given:
            raise UsageError(f"--{given[0]} belongs to --speedtest")
        return None
    if not arguments.to:
        raise UsageError("--speedtest is a reference beside the gate's own probes; add --to HOST[:PORT]")
    if arguments.server is not None and arguments.mini:
        raise UsageError("--server and --mini name two servers; choose one")
    if is_metered and not arguments.force:
        raise UsageError(
            "speedtest-cli chooses its own volume, up to 100 MB, and this link is metered; add --force to spend that"
        )
    return ReferencePlan(arguments.server, arguments.mini, is_metered=is_metered, is_forced=arguments.force)
