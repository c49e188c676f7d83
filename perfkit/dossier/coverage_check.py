"""The check of results/coverage.json: planned and run test cases, found again from the PICS and the raw logs."""

from __future__ import annotations

import json

import msgspec

from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.errors import PerfkitError
from perfkit.core.pics.load import read_pics
from perfkit.core.plan.coverage import coverage
from perfkit.core.verification_record import Check, Difference, failed, passed
from perfkit.core.version import VERSION
from perfkit.dossier import comparison
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.sample_sources import sample_sources

COVERAGE = "results/coverage.json"
KEY = "coverage"
MAX_BYTES = 256 << 20


def check_coverage(campaign: CampaignFolder) -> Check:
    """Whether the document of `perfkit coverage` is what the logs give now."""
    try:
        stored = json.loads(campaign.coverage.read_bytes()[:MAX_BYTES])
        stated_pics = str(stored["pics"])
        version = str(stored["perfkit"])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        sentence = f"it is no document of `perfkit coverage` ({' '.join(str(error).split())})"
        return failed(KEY, COVERAGE, sentence, [Difference(COVERAGE, sentence)])
    try:
        pics = read_pics(campaign.pics)
        document = coverage(pics, analyze([str(campaign.logs)], pics=pics).document, sample_sources())
    except PerfkitError as error:
        sentence = f"it cannot be computed from the raw data ({error})".replace(f"{campaign.root.as_posix()}/", "")
        return failed(KEY, COVERAGE, sentence, [Difference(COVERAGE, sentence)])
    there = stated_pics.removesuffix(campaign.pics.name)
    text = json.dumps(msgspec.to_builtins(document), ensure_ascii=False).replace(f"{campaign.root.as_posix()}/", there)
    differing = list(comparison.differences(json.loads(text), stored, leave_out=("/perfkit",)))
    if not differing:
        return passed(KEY, COVERAGE, "found again from the PICS and the raw logs, every statement the same")
    sentence = f"statements that differ from what the raw data give: {len(differing):,}"
    if version != VERSION:
        sentence += f"; perfkit {version} wrote it and this is perfkit {VERSION}: verify with perfkit {version}"
    return failed(KEY, COVERAGE, sentence, differing, undecided=version != VERSION)
