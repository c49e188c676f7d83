"""What the configuration in the logs suggests for keys that the PICS does not state; the vendor decides."""

from __future__ import annotations

from collections.abc import Iterable

from perfkit.core.configuration.pics_checks import FEATURE_KEYS, PROFILE_KEYS
from perfkit.core.configuration.standard_key import members
from perfkit.core.configuration_record import ConfigurationInfo, ConfigurationKey


def suggested(configuration: ConfigurationInfo, missing_keys: Iterable[str]) -> dict[str, str]:
    """Key of the PICS and what it probably is, with the configuration key that says so; only where one does."""
    keys = {key.key: key for key in configuration.keys}
    found = {}
    for missing in missing_keys:
        section, _, name = missing.partition(".")
        if section == "features" and name in FEATURE_KEYS:
            answer = _feature(configuration, FEATURE_KEYS[name])
        elif missing == "features.C-06":
            answer = _fixed_stop(keys.get("StopTransactionOnEVSideDisconnect"))
        elif section == "profiles":
            answer = _profile(keys.get("SupportedFeatureProfiles"), PROFILE_KEYS.get(name, ""))
        else:
            answer = None
        if answer is not None:
            found[missing] = answer
    return found


def _feature(configuration: ConfigurationInfo, key: str) -> str | None:
    implemented = next((one.implemented for one in configuration.optional_functionalities if one.key == key), None)
    if implemented is None:
        return None
    return f"yes, {key} is there" if implemented else f"no, {key} is not there"


def _fixed_stop(key: ConfigurationKey | None) -> str | None:
    if key is None or key.read_only is None or key.value is None:
        return None
    if not key.read_only:
        return f"both, {key.key} can be set"
    return f"{'yes' if key.value.lower() == 'true' else 'no'}, {key.key} is fixed to {key.value}"


def _profile(key: ConfigurationKey | None, word: str) -> str | None:
    if key is None or key.value is None:
        return None
    is_listed = word.lower() in {member.lower() for member in members(key.value)}
    return f"yes, {key.key} lists {word}" if is_listed else f"no, {key.key} does not list {word}"
