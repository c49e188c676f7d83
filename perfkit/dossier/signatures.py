"""A checked signature as lines of the checklist: is it intact, and is it known who signed?"""

from __future__ import annotations

from datetime import UTC, datetime

from perfkit.core.verification_record import Check, Difference, SignatureInfo, failed, not_checked, passed
from perfkit.signing.check import CheckedSignature


def signature_info(file: str, signature: CheckedSignature) -> SignatureInfo:
    """What the signature says of itself."""
    return SignatureInfo(
        file=file,
        field=signature.field,
        signer=signature.signer,
        issuer=signature.issuer,
        signed_at=None if signature.signed_at is None else _iso(signature.signed_at),
        valid_from=_iso(signature.valid_from),
        valid_until=_iso(signature.valid_until),
        certificate_sha256=signature.certificate_sha256,
        trusted=signature.trusted,
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def integrity_check(file: str, signature: CheckedSignature) -> Check:
    """Whether the document is as it was signed."""
    if signature.faults:
        faults = [Difference(file, fault) for fault in signature.faults]
        return failed("signature", file, f"the signature of {signature.signer} does not hold", faults)
    return passed("signature", file, f"signed by {signature.signer}; intact, and it covers the whole document")


def signer_check(file: str, signature: CheckedSignature) -> Check:
    """Whether somebody to trust vouches for the signer; what nobody vouches for is said to be a mere statement."""
    key, subject = "signer", f"{file}, who signed"
    outside = _outside_validity(signature)
    if outside is not None:
        return failed(key, subject, outside, [Difference(file, outside)])
    if signature.trusted is None:
        return not_checked(
            key, subject, f"no certificate to trust was named (--trust): {signature.signer} is what the signer says"
        )
    if not signature.trusted:
        reason = signature.distrust or "the signature does not hold"
        return failed(key, subject, reason, [Difference(file, reason)])
    note = "" if datetime.now(UTC) <= signature.valid_until else "; it has expired since, and no time stamp dates it"
    return passed(key, subject, f"a certificate to trust vouches for {signature.signer} at the stated time{note}")


def _outside_validity(signature: CheckedSignature) -> str | None:
    moment = signature.signed_at
    if moment is None or signature.valid_from <= moment <= signature.valid_until:
        return None
    return (
        f"the certificate of {signature.signer} was valid from {signature.valid_from:%Y-%m-%d} to "
        f"{signature.valid_until:%Y-%m-%d}, and not at the stated time of signing, {moment:%Y-%m-%d}"
    )
