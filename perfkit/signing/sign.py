"""Signs a PDF: PAdES baseline B (ETSI EN 319 142-1), as its author's certification that allows no change."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from typing import TYPE_CHECKING

from perfkit.core.errors import UsageError
from perfkit.signing import library
from perfkit.signing.key import SigningKey

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner

FIELD = "Laboratory"


def sign_pdf(
    pdf: bytes, key: SigningKey, *, signed_at: datetime, reason: str | None = None, location: str | None = None
) -> bytes:
    """The same PDF with a certifying signature appended; what was there stays byte for byte, PDF/A marks included.

    `signed_at` (with its zone) is the signing time stated in the signature; nobody vouches for it, as for every
    signature without a time stamp. Apart from times and the signature itself the same arguments give the same bytes.

    Raises:
        UsageError: pyHanko is missing, the certificate is not valid at that time, or the PDF cannot be signed.
    """
    library.require()
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import PdfSignatureMetadata
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.general import SigningError

    key.refuse_outside_validity(signed_at)
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        location=location,
        certify=True,
        subfilter=SigSeedSubFilter.PADES,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    output = io.BytesIO()
    try:
        _signer(metadata, key, signed_at).sign_pdf(_writer(pdf, signed_at), output=output)
    except (PdfError, SigningError) as error:
        raise UsageError(f"the PDF cannot be signed ({error}); sign a report once, as perfkit wrote it") from error
    return output.getvalue()


def _signer(metadata: PdfSignatureMetadata, key: SigningKey, signed_at: datetime) -> PdfSigner:
    """A signer that states the given time and not that of the host's clock."""
    from pyhanko.pdf_utils.writer import BasePdfFileWriter
    from pyhanko.sign import PdfSigner
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession

    class SignerAtTime(PdfSigner):
        def init_signing_session(
            self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
        ) -> PdfSigningSession:
            session = super().init_signing_session(pdf_out, existing_fields_only)
            session.system_time = signed_at
            return session

    return SignerAtTime(metadata, key.signer)


def _writer(pdf: bytes, signed_at: datetime) -> IncrementalPdfFileWriter:
    """A writer whose file identifier follows from the content (ISO 32000-2, 14.4) where pyHanko draws one at random."""
    from pyhanko.pdf_utils.generic import ByteStringObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class RepeatableWriter(IncrementalPdfFileWriter):
        def __init__(self) -> None:
            super().__init__(io.BytesIO(pdf))
            identifier = hashlib.sha256(pdf + signed_at.isoformat().encode()).digest()[:16]
            self._document_id[1] = ByteStringObject(identifier)

    return RepeatableWriter()
